"""The songs that a player's own library has of what the moods were given: read once a day."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable

from edge.errors import CannotPlay, Fault, NeedsSomebody
from edge.events import Preferences
from edge.records import ListedSong
from edge.spotify.budget import DAY
from edge.uri import EVERYTHING, Scheme, Uri

log = logging.getLogger(__name__)

ENOUGH = 30.0
"""Seconds of reading after which what is left waits for the next look."""


class LocalSongs:
    """Remembers what `read` told of each source; what could not be read is asked for again."""

    def __init__(
        self, read: Callable[[str], list[str]], clock: Callable[[], float] = time.monotonic
    ) -> None:
        """Ask `read` for the URIs of a source's songs; it raises what a player does."""
        self._read, self._clock = read, clock
        self._found: dict[str, tuple[float, list[str]]] = {}
        """Source -> when it was read, by the wall, and its songs."""

    def look(self, preferences: Preferences, now: float) -> bool:
        """Read what the moods were given, and all there is; return whether there is no more."""
        given = {it for theirs in preferences.all_sources().values() for it in theirs}
        wanted = [it for it in sorted(given) if Uri.parse(it).scheme is Scheme.MPD]
        self._found = {it: self._found[it] for it in (*wanted, EVERYTHING) if it in self._found}
        began = self._clock()
        for source in (*wanted, EVERYTHING):
            read_at, _ = self._found.get(source, (0.0, []))
            if 0 <= now - read_at < DAY:
                continue
            if self._clock() - began >= ENOUGH:
                return False
            try:
                self._found[source] = now, self._read(source)
            except CannotPlay:
                self._found[source] = now, []  # it is not there: who plays it will say so
            except (Fault, NeedsSomebody) as error:
                log.info("whose songs its player has is not known yet: %s", error)
                return False
        return True

    @property
    def sources(self) -> list[str]:
        """What was read."""
        return list(self._found)

    @property
    def songs(self) -> list[ListedSong]:
        """The songs of all that was read."""
        return [
            ListedSong(uri=uri, title="", source=source)
            for source, (_, songs) in self._found.items()
            for uri in songs
        ]
