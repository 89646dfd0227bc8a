"""What the controller's loop takes next: time passes by the clock, however full the inbox is."""

from __future__ import annotations

import queue
from collections.abc import Callable
from typing import Protocol

from edge.events import Event, Tick

TICK = 0.5
"""Seconds between two ticks; the loop turns at least so often."""


class Inbox(Protocol):
    """A queue of events, or what a test makes of one that lives by a made-up clock."""

    def put(self, item: Event) -> None:
        """Add an event; never waits, from any thread."""

    def get(self, block: bool = True, timeout: float | None = None) -> Event:
        """Take the oldest event; raise queue.Empty where none comes within `timeout` seconds."""


class Turns:
    """The events of an inbox in order, and between them a tick whenever one is due."""

    def __init__(
        self,
        inbox: Inbox,
        clock: Callable[[], float],
        wall: Callable[[], float | None],
    ) -> None:
        """Take from `inbox`; `clock` is monotonic, `wall` returns None until it is set."""
        self._inbox, self._clock, self._wall = inbox, clock, wall
        self._due = clock()

    def next(self) -> Event:
        """Wait for an event or a tick, TICK seconds at most."""
        left = self._due - self._clock()
        if left > 0:
            try:
                return self._inbox.get(timeout=left)
            except queue.Empty:
                pass
        now = self._clock()
        self._due = now + TICK
        return Tick(now, self._wall())
