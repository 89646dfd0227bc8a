"""The player and the services that the settings name."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from edge.errors import MoodboxError, SettingsError
from edge.events import Account
from edge.player import Player
from edge.player.catalogue import CatalogueFinder, songs
from edge.player.fallback import FallbackPlayer
from edge.player.mpd import MpdPlayer
from edge.player.mpd_library import MpdLibrary
from edge.player.mpd_server import MpdServer
from edge.player.mqtt import Connect, MqttPlayer
from edge.player.simulated import SimulatedSpeaker
from edge.player.spotify import SpotifyPlayer
from edge.settings import MusicSettings
from edge.settings.player import (
    LibrespotSettings,
    MpdSettings,
    MqttPlayerSettings,
    OfSpotify,
    PlayerSettings,
    SimulatedPlayerSettings,
    SoloistSettings,
    SpotifySettings,
)
from edge.spotify.finder import Finder, Pick, SpotifyFinder
from edge.spotify.reccobeats import ReccoBeats
from edge.spotify.speakers import Speaker, speakers
from edge.spotify.web_api import WebApi

REMEMBERED = 1000
"""Orders that a box's simulated speaker remembers: it may stand there for a year."""


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


class Finders:
    """What there is to pick from, of both players, or of the one that can be asked."""

    def __init__(self, *finders: Finder) -> None:
        """Ask each of `finders`, in order."""
        self._finders = finders

    def own(self) -> list[Pick]:
        """See Finder."""
        return self._all(lambda it: it.own())

    def search(self, words: str) -> list[Pick]:
        """See Finder."""
        return self._all(lambda it: it.search(words))

    def _all(self, ask: Callable[[Finder], list[Pick]]) -> list[Pick]:
        found: list[Pick] = []
        errors: list[MoodboxError] = []
        for finder in self._finders:
            try:
                found += ask(finder)
            except MoodboxError as error:
                errors.append(error)
        if errors and len(errors) == len(self._finders):
            raise errors[0]
        return found


def finder_for(players: Sequence[PlayerSettings], api: WebApi) -> Finder:
    """Return who tells what there is to pick from."""
    finders = [_finder(player, api) for player in players]
    return finders[0] if len(finders) == 1 else Finders(*finders)


def _finder(player: PlayerSettings, api: WebApi) -> Finder:
    match player:
        case MpdSettings():
            return MpdLibrary(mpd_server(player))
        case MqttPlayerSettings():
            return Finders()
        case SimulatedPlayerSettings():
            return CatalogueFinder()
        case OfSpotify():
            return SpotifyFinder(api, lists=player.lists)


def search_for(
    player: Player, players: Sequence[PlayerSettings], api: WebApi
) -> Callable[[str], str]:
    """Return what finds the URI that words mean, for whoever of `players` is to play it."""
    first, *more = (_search(one, api) for one in players)
    if not more or not isinstance(player, FallbackPlayer):
        return first

    def search(words: str) -> str:
        return player.pick(first, more[0])(words)

    return search


def _search(player: PlayerSettings, api: WebApi) -> Callable[[str], str]:
    match player:
        case MpdSettings():
            return MpdLibrary(mpd_server(player)).first
        case MqttPlayerSettings():
            return str  # whoever hears them searches
        case OfSpotify() | SimulatedPlayerSettings():
            return api.search


def covers_for(players: Sequence[PlayerSettings]) -> Callable[[str], bytes] | None:
    """Return what reads the covers that only a player has; None where each has its address."""
    servers = [mpd_server(player) for player in players if isinstance(player, MpdSettings)]
    return MpdLibrary(servers[0]).cover if servers else None


def songs_for(players: Sequence[PlayerSettings]) -> Callable[[str], list[str]] | None:
    """Return what tells the songs of a source of a player's own library; None where none has."""
    servers = [mpd_server(player) for player in players if isinstance(player, MpdSettings)]
    return MpdLibrary(servers[0]).songs if servers else None


def mpd_server(player: MpdSettings) -> MpdServer:
    """Return the MPD that the settings name, with its password where they name one."""
    return MpdServer(player.host, player.port, _secret(player.password_file))


def _secret(path: str) -> str:
    try:
        return Path(path).read_text(encoding="utf-8").strip() if path else ""
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"player.password_file = {path}: cannot be read: {error}") from error


def together(
    players: Sequence[PlayerSettings],
    one: Callable[[PlayerSettings], Player],
    clock: Callable[[], float] = time.monotonic,
) -> Player:
    """Return the house's player, each of `players` made by `one`: itself, or two as one."""
    first, *more = players
    if not more:
        return one(first)
    plays = (first.plays, more[0].plays)
    return FallbackPlayer(one(first), one(more[0]), plays=plays, clock=clock)


def player_for(player: PlayerSettings, api: WebApi, state: Path, connect: Connect) -> Player:
    """Return the player that the settings name; nothing is opened yet.

    `state` survives a restart; `connect` makes a connection to the home's broker.
    """
    match player:
        case SpotifySettings():
            return SpotifyPlayer(player.speaker, api)
        case LibrespotSettings():
            from edge.player.librespot import LibrespotPlayer  # noqa: PLC0415  what only it needs

            return LibrespotPlayer(player.speaker, player.address)
        case SoloistSettings():
            from edge.player.soloist import SoloistPlayer  # noqa: PLC0415  what only it needs

            return SoloistPlayer(player.speaker, player.address)
        case MpdSettings():
            return MpdPlayer(player.speaker, mpd_server(player), state / "mpd-queue.json")
        case MqttPlayerSettings():
            return MqttPlayer(player.speaker, connect)
        case SimulatedPlayerSettings():
            return SimulatedSpeaker(player.speaker, songs=songs, remembers=REMEMBERED)
