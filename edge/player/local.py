"""What the players for programs of this machine share: their speaker tells by itself."""

from __future__ import annotations

import threading
from collections.abc import Callable

from edge.events import Playback
from edge.player import SpeakerEvent
from edge.player.event_connection import EventConnection
from edge.player.tracker import PlaybackTracker


class LocalPlayer:
    """Gathers what comes in on the connection's thread until the DJ asks for it."""

    local = True

    def __init__(self, name: str, clock: Callable[[], float]) -> None:
        """Begin with a speaker called `name` of which nothing is known."""
        self._events: EventConnection | None = None
        self.name = name
        self._clock = clock
        self._lock = threading.RLock()
        self._wake: Callable[[], None] = lambda: None
        self._listening = PlaybackTracker()
        self._news: list[SpeakerEvent] = []

    def close(self) -> None:
        """See Player."""
        events, self._events = self._events, None
        if events is not None:
            events.stop(5.0)

    def volume(self) -> int | None:
        """See Player."""
        return self._listening.volume

    def hear(self) -> list[SpeakerEvent]:
        """See Player."""
        with self._lock:
            news, self._news = self._news, []
            return news

    # On the connection's thread.

    def _lose(self) -> None:
        with self._lock:
            self._listening.turn(Playback.UNKNOWN, self._clock())
            self._tell(self._listening.state(self.name, self._clock()))

    def _tell(self, *news: SpeakerEvent | None) -> None:
        """Keep what is news, and wake the DJ."""
        with self._lock:
            self._news += [one for one in news if one is not None]
        self._wake()
