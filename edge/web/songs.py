"""The owner's songs by mood, and the speakers.

GET /api/songs       ?mood=&most=: songs for a mood, and the lists that they come from
GET /api/songs/all   every song of every mood
GET /api/sources     what the moods were given and the lists that were read: kind, name, problem
GET /api/speakers    the account's speakers, which costs a request; a local player's own costs none
"""

from __future__ import annotations

import time
from collections.abc import Callable
from itertools import chain
from typing import NamedTuple

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from edge.choose.songs import NO_MOODS, Collection, MoodSong, SongMoods, Songs, recommended, table
from edge.choose.sources import SPOTIFYS, Playable
from edge.errors import CannotPlay, Fault, MoodboxError, Refused
from edge.events import AddSource, Playback, Preferences, RequestBody, SetSources
from edge.records import PlaylistSnapshot
from edge.spotify.finder import Finder
from edge.spotify.speakers import Speaker
from edge.uri import Kind, Scheme, Uri
from edge.web.answers import KnownSource, SongsOf
from edge.web.api import query_as, refuse, reply
from edge.web.hub import Hub
from edge.web.storage import Reader, Store


class MusicLookup(NamedTuple):
    """What the songs and speakers need besides the store."""

    moods: SongMoods = NO_MOODS
    finder: Finder | None = None
    """Tells what there is to pick from; None: nobody can."""
    speakers: Callable[[], list[Speaker]] | None = None
    """Asks for the account's; None: there is only the one that the player drives."""
    cover: Callable[[str], bytes] | None = None
    """Reads a cover that only the player has; None: each has its address in the network."""
    playable: Playable = SPOTIFYS
    """What the player can play."""
    local: Callable[[str], list[str]] | None = None
    """Tells the songs of a source of the player's own library; None: it has none."""

    def check(self, wanted: RequestBody, reader: Reader) -> None:
        """Raise Refused where a mood is to be given what the player's own library does not have.

        What the moods have already, and what nobody can tell now, is let pass. May take seconds.
        """
        if self.local is None or not isinstance(wanted, AddSource | SetSources):
            return
        asked = [wanted.source] if isinstance(wanted, AddSource) else wanted.sources
        preferences = reader.preferences() or Preferences()
        known = set(chain.from_iterable(preferences.all_sources().values()))
        for source in (it.strip() for it in asked):
            if source not in known and Uri.parse(source).scheme is Scheme.MPD:
                self._look_for(self.local, source)

    @staticmethod
    def _look_for(local: Callable[[str], list[str]], source: str) -> None:
        try:
            found = local(source)
        except CannotPlay:
            found = []
        except MoodboxError:
            return  # it is away: what it has is seen when it is due
        if not found:
            raise Refused(f"source {source!r}: the player's library has nothing of that name")


class SongRoutes:
    """Answers about songs and speakers."""

    def __init__(self, hub: Hub, store: Store, sound: MusicLookup, moods: tuple[str, ...]) -> None:
        """Tell of the songs in `store`; `moods` are those that this box tells apart."""
        self._hub, self._store, self._sound, self._moods = hub, store, sound, moods

    def routes(self) -> list[BaseRoute]:
        """Return the routes."""
        return [
            Route("/api/songs", self._of_mood),
            Route("/api/songs/all", self._all),
            Route("/api/sources", self._sources),
            Route("/api/speakers", self._speakers),
        ]

    def _of_mood(self, request: Request) -> Response:
        asked, status = query_as(request, SongsOf), self._hub.status
        mood = asked.mood or (status.mood.name if status and status.mood else "")
        if mood not in self._moods:
            return refuse(400, f"mood {mood!r}: allowed: {', '.join(self._moods)}")
        found = recommended(self._table(), mood, asked.most, time.strftime("%F"))
        return reply(Songs(found, self._store.read.playlists()))

    def _all(self, _request: Request) -> Response:
        return reply(Songs(self._table(), self._store.read.playlists()))

    def _sources(self, _request: Request) -> Response:
        read = self._store.read
        lists, pictured = {it.source: it for it in read.playlists()}, read.pictured()
        given = chain.from_iterable((read.preferences() or Preferences()).all_sources().values())
        return reply(
            [
                _known(source, lists.get(source), cover=source in pictured)
                for source in dict.fromkeys(chain(given, lists))
            ]
        )

    def _table(self) -> list[MoodSong]:
        read = self._store.read
        sources = (read.preferences() or Preferences()).all_sources()
        return table(
            Collection(read.songs(), read.playlists(), sources, read.features(), self._sound.moods)
        )

    def _speakers(self, _request: Request) -> Response:
        if self._sound.speakers is None:
            return self._local_speaker()
        try:
            return reply(self._sound.speakers())
        except Fault as error:
            return refuse(503, str(error))
        except MoodboxError as error:
            return refuse(409, str(error))

    def _local_speaker(self) -> Response:
        status = self._hub.status
        if status is None or "music" in status.problems or not status.speaker:
            why = status.problems.get("music", "") if status else ""
            return refuse(503, why or "the speaker has not been heard of yet")
        playing = status.playback is Playback.PLAYING
        return reply([Speaker(status.speaker, "local", status.volume, playing, ours=True)])


def _known(source: str, as_read: PlaylistSnapshot | None, *, cover: bool) -> KnownSource:
    uri = Uri.parse(source)
    kind = uri.kind
    if uri.scheme is Scheme.MPD:
        return KnownSource(source, kind, uri.id)
    if as_read is None:
        return KnownSource(
            source, kind, "", waits=kind is Kind.PLAYLIST or uri.is_list, cover=cover
        )
    return KnownSource(source, kind, as_read.name, problem=as_read.problem, cover=cover)
