"""Where the daemon and the listeners meet: the newest status, the announcements, the requests."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future
from typing import NamedTuple
from uuid import uuid4

import msgspec

from edge.events import Announce, Answer, PairingCode, Preferences, Request, RequestBody, Status

ANNOUNCEMENTS = 64
"""How many announcements a slow browser can be late by; older ones are lost to it."""
TROUBLES = 50
"""How many of the last faults are remembered."""
MOST_PENDING = 100


class Trouble(msgspec.Struct, frozen=True):
    """A fault of one of the box's parts."""

    at: float
    """When it was said, wall time."""
    part: str
    reason: str


class Changes(NamedTuple):
    """What changed since a listener looked last, ready to be sent."""

    version: int
    status: bytes | None
    """The newest status as JSON; None if it is the one that was seen."""
    announcements: list[bytes]


class Hub:
    """One for the daemon; every method may be called from any thread, and none waits."""

    def __init__(self, report: Callable[[Request | PairingCode], None]) -> None:
        """Hand requests to `report`; their answers come back through `answer`."""
        self._report = report
        self._lock = threading.Lock()
        self._version = 0
        self._status: Status | None = None
        self._status_version = 0
        self._encoded = b""
        self._announced: deque[tuple[int, bytes]] = deque(maxlen=ANNOUNCEMENTS)
        self._troubles: deque[Trouble] = deque(maxlen=TROUBLES)
        self._pending: dict[str, Future[Answer]] = {}
        self._watchers: set[Callable[[], None]] = set()
        self.preferences: Preferences | None = None
        """The newest; None until they change."""
        self.code: tuple[str, ...] = ()
        """The colours that pair a browser; the light shows them, and nothing else may."""

    # For the daemon.

    def show(self, status: Status) -> None:
        """Make `status` the one that everybody sees."""
        self.code = status.pairing_code
        status = msgspec.structs.replace(status, pairing_code=())
        with self._lock:
            self._version += 1
            self._status, self._status_version, self._encoded = status, self._version, b""
        self._ring()

    def prefer(self, preferences: Preferences) -> None:
        """Make `preferences` the house's, and tell who watches to look at them again.

        The store may be a moment late.
        """
        self.preferences = preferences
        self.announce(Announce("preferences", time.monotonic(), {}))

    def announce(self, announce: Announce) -> None:
        """Tell everybody who watches now, once."""
        with self._lock:
            self._version += 1
            self._announced.append((self._version, msgspec.json.encode(announce)))
            if announce.event == "fault":
                self._troubles.append(_trouble(announce))
        self._ring()

    def answer(self, answer: Answer) -> None:
        """Answer the request of the same id; ids that nobody here waits for are somebody else's."""
        with self._lock:
            future = self._pending.pop(answer.id, None)
        if future is not None and future.set_running_or_notify_cancel():
            future.set_result(answer)

    # For the listeners.

    @property
    def status(self) -> Status | None:
        """The newest status; None while the daemon has shown none."""
        return self._status

    def troubles(self) -> list[Trouble]:
        """Return the last faults since the start, oldest first."""
        with self._lock:
            return list(self._troubles)

    def ask(self, body: RequestBody, origin: str) -> Future[Answer]:
        """Hand over a request; cancel the future to stop waiting for its answer."""
        request = Request(uuid4().hex[:12], body, origin, time.monotonic())
        future: Future[Answer] = Future()
        with self._lock:
            oldest = next(iter(self._pending)) if len(self._pending) >= MOST_PENDING else ""
            self._pending[request.id] = future
        if oldest:
            self.answer(Answer(oldest, accepted=False, reason="too many requests at once"))
        self._report(request)
        return future

    def changes(self, seen: int) -> Changes:
        """Return what a listener that has seen version `seen` missed; -1 has seen nothing."""
        with self._lock:
            if self._status is not None and not self._encoded:
                self._encoded = msgspec.json.encode(self._status)
            fresh = self._status is not None and self._status_version > seen
            said = [text for version, text in self._announced if -1 < seen < version]
            return Changes(self._version, self._encoded if fresh else None, said)

    def watch(self, ring: Callable[[], None]) -> None:
        """Call `ring`, from any thread and at once, whenever there is news."""
        with self._lock:
            self._watchers.add(ring)

    def unwatch(self, ring: Callable[[], None]) -> None:
        """Stop calling `ring`."""
        with self._lock:
            self._watchers.discard(ring)

    def show_code(self, code: tuple[str, ...]) -> None:
        """Have the light show another code; empty closes the window: somebody was let in."""
        self._report(PairingCode(code, time.monotonic()))

    def _ring(self) -> None:
        with self._lock:
            watchers = list(self._watchers)
        for ring in watchers:
            ring()


def _trouble(announce: Announce) -> Trouble:
    data = announce.data
    at = time.time() - (time.monotonic() - announce.at)
    return Trouble(at, str(data.get("part", "")), str(data.get("reason", "")))
