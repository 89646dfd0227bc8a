"""The player and the services that the settings name."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

from edge.errors import SettingsError
from edge.events import Account
from edge.player import Player
from edge.player.catalogue import CatalogueFinder, songs
from edge.player.librespot import LibrespotPlayer
from edge.player.mpd import MpdPlayer
from edge.player.mpd_library import MpdLibrary
from edge.player.mpd_server import MpdServer
from edge.player.simulated import SimulatedSpeaker
from edge.player.soloist import SoloistPlayer
from edge.player.spotify import SpotifyPlayer
from edge.settings import MusicSettings
from edge.settings.player import (
    LibrespotSettings,
    MpdSettings,
    OfSpotify,
    PlayerSettings,
    SimulatedPlayerSettings,
    SoloistSettings,
    SpotifySettings,
)
from edge.spotify.finder import Finder, SpotifyFinder
from edge.spotify.reccobeats import ReccoBeats
from edge.spotify.speakers import Speaker, speakers
from edge.spotify.web_api import WebApi


def api_for(player: PlayerSettings, state: Path, report: Callable[[Account], None]) -> WebApi:
    """Return the box's one way to the Web API; `state` is the folder that survives a restart."""
    account = player if isinstance(player, OfSpotify) else SpotifySettings()
    return WebApi(
        state,
        report,
        api=account.api,
        accounts=account.accounts,
        daily_requests=account.daily_requests,
    )


def features_for(music: MusicSettings) -> ReccoBeats | None:
    """Return who tells how songs sound; None where the settings want nobody asked."""
    return ReccoBeats(music.reccobeats) if music.reccobeats else None


def speakers_for(player: PlayerSettings, api: WebApi) -> Callable[[], list[Speaker]] | None:
    """Return what asks for the account's speakers; None for a player that has but its own."""
    return partial(speakers, api, player.speaker) if isinstance(player, SpotifySettings) else None


def finder_for(player: PlayerSettings, api: WebApi) -> Finder:
    """Return who tells what there is to pick from."""
    match player:
        case MpdSettings():
            return MpdLibrary(_server(player))
        case SimulatedPlayerSettings():
            return CatalogueFinder()
        case _:
            return SpotifyFinder(api)


def search_for(player: PlayerSettings, api: WebApi) -> Callable[[str], str]:
    """Return what finds the URI that words mean."""
    return MpdLibrary(_server(player)).first if isinstance(player, MpdSettings) else api.search


def covers_for(player: PlayerSettings) -> Callable[[str], bytes] | None:
    """Return what reads the covers that only the player has; None where each has its address."""
    return MpdLibrary(_server(player)).cover if isinstance(player, MpdSettings) else None


def _server(player: MpdSettings) -> MpdServer:
    return MpdServer(player.host, player.port, _secret(player.password_file))


def _secret(path: str) -> str:
    try:
        return Path(path).read_text(encoding="utf-8").strip() if path else ""
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"player.password_file = {path}: cannot be read: {error}") from error


def player_for(player: PlayerSettings, api: WebApi, state: Path) -> Player:
    """Return the player that the settings name; nothing is opened yet.

    `state` is the folder that survives a restart.
    """
    match player:
        case SpotifySettings():
            return SpotifyPlayer(player.speaker, api)
        case LibrespotSettings():
            return LibrespotPlayer(player.speaker, player.address)
        case SoloistSettings():
            return SoloistPlayer(player.speaker, player.address)
        case MpdSettings():
            return MpdPlayer(player.speaker, _server(player), state / "mpd-queue.json")
        case SimulatedPlayerSettings():
            return SimulatedSpeaker(player.speaker, songs=songs)
