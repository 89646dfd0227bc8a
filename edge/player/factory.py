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
from edge.spotify.finder import Finder, SpotifyFinder
from edge.spotify.reccobeats import ReccoBeats
from edge.spotify.speakers import Speaker, speakers
from edge.spotify.web_api import WebApi


def api_for(music: MusicSettings, state: Path, report: Callable[[Account], None]) -> WebApi:
    """Return the box's one way to the Web API; `state` is the folder that survives a restart."""
    return WebApi(
        state,
        report,
        api=music.api,
        accounts=music.accounts,
        daily_requests=music.daily_requests,
    )


def features_for(music: MusicSettings) -> ReccoBeats | None:
    """Return who tells how songs sound; None where the settings want nobody asked."""
    return ReccoBeats(music.reccobeats) if music.reccobeats else None


def speakers_for(music: MusicSettings, api: WebApi) -> Callable[[], list[Speaker]] | None:
    """Return what asks for the account's speakers; None for a player that has but its own."""
    return partial(speakers, api, music.speaker) if music.player == "spotify" else None


def finder_for(music: MusicSettings, api: WebApi) -> Finder:
    """Return who tells what there is to pick from."""
    return CatalogueFinder() if music.player == "simulated" else SpotifyFinder(api)


def player_for(music: MusicSettings, api: WebApi) -> Player:
    """Return the player that the settings name; nothing is opened yet."""
    match music.player:
        case "spotify":
            return SpotifyPlayer(music.speaker, api)
        case "librespot":
            return LibrespotPlayer(music.speaker, music.local or "http://127.0.0.1:3678")
        case "soloist":
            return SoloistPlayer(music.speaker, music.local or "ws://127.0.0.1:9090")
        case "simulated":
            return SimulatedSpeaker(music.speaker, songs=songs)
