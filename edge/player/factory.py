"""The player and the services that the settings name."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

from edge.events import Account
from edge.player import Player
from edge.player.catalogue import CatalogueFinder, songs
from edge.player.librespot import LibrespotPlayer
from edge.player.simulated import SimulatedSpeaker
from edge.player.soloist import SoloistPlayer
from edge.player.spotify import SpotifyPlayer
from edge.settings import MusicSettings
from edge.settings.player import (
    LibrespotSettings,
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
    return SpotifyFinder(api) if isinstance(player, OfSpotify) else CatalogueFinder()


def player_for(player: PlayerSettings, api: WebApi) -> Player:
    """Return the player that the settings name; nothing is opened yet."""
    match player:
        case SpotifySettings():
            return SpotifyPlayer(player.speaker, api)
        case LibrespotSettings():
            return LibrespotPlayer(player.speaker, player.address)
        case SoloistSettings():
            return SoloistPlayer(player.speaker, player.address)
        case SimulatedPlayerSettings():
            return SimulatedSpeaker(player.speaker, songs=songs)
