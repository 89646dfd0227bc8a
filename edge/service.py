"""The one place where a thread is made: a part that opens, works, and closes."""

from __future__ import annotations

import logging
import os
import random
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from edge.errors import Fault
from edge.events import Down, Up

log = logging.getLogger(__name__)

BACKOFF_FIRST = 1.0
BACKOFF_MAX = 60.0
"""Seconds between two tries to open a part that is away."""
BUGS_PER_MINUTE = 3
"""More unexpected exceptions than this in a minute end the process: systemd starts it afresh."""


def backoff(failures: int, jitter: float) -> float:
    """Return the seconds to wait after so many failures in a row; `jitter` is in 0..1."""
    ceiling = min(BACKOFF_MAX, BACKOFF_FIRST * 2.0 ** min(failures - 1, 10))
    return ceiling * (0.5 + 0.5 * jitter)


class Service:
    """A part with a thread of its own: open(), then step() until told to stop, then close().

    A Fault means "cannot now": Down is reported once, the part is closed, and opened again after
    a while that doubles from 1 s to 60 s; Up is reported once it is back. Anything else that is
    raised is a bug: it is logged with its traceback and takes the same path, and a few of them in
    a minute end the process.
    """

    bound = 30.0
    """Seconds one open, step or close may take; longer is stuck, and the watchdog is not fed."""

    def __init__(self, name: str, report: Callable[[Up | Down], None]) -> None:
        """Make a part that is not started yet; `report` hears when it goes down and comes up."""
        self.name = name
        self._report = report
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None
        self._busy_since: float | None = None
        self._bugs: deque[float] = deque(maxlen=BUGS_PER_MINUTE + 1)
        self.on_bugs: Callable[[str], None] = end_process
        """Called on the part's own thread, before its close()."""

    # For the part to fill in.

    def open(self) -> None:
        """Get hold of the outside world; raise Fault where it is away."""

    def step(self) -> None:
        """Do one bounded piece of work, waiting for input with a timeout."""
        raise NotImplementedError

    def close(self) -> None:
        """Let go. Called once after each open, also after one that failed."""

    def wake(self) -> None:
        """Cut short what step() waits for; called from other threads, when stopping."""

    # For the owner.

    def start(self) -> None:
        """Start the thread."""
        self._thread = threading.Thread(target=self._run, name=self.name, daemon=True)
        self._thread.start()

    def stop(self, timeout: float) -> bool:
        """Ask the thread to end and wait; return whether it did within `timeout` seconds."""
        self._stopping.set()
        self.wake()
        if self._thread is not None:
            self._thread.join(timeout)
            return not self._thread.is_alive()
        return True

    @property
    def stopping(self) -> bool:
        """Whether the part has been told to stop."""
        return self._stopping.is_set()

    def pause(self, seconds: float) -> bool:
        """Wait; return True at once when told to stop."""
        with self.idle():
            return self._stopping.wait(seconds)

    @contextmanager
    def idle(self) -> Iterator[None]:
        """Have nothing to do for a while, of whatever length: who waits in it is not stuck."""
        busy, self._busy_since = self._busy_since is not None, None
        try:
            yield
        finally:
            self._busy_since = time.monotonic() if busy else None

    def stuck_for(self, now: float) -> float:
        """Return by how many seconds the current call is over its bound; 0 while all is well.

        A thread that died will not come back: that is for ever.
        """
        if self._thread is not None and not self._thread.is_alive() and not self.stopping:
            return float("inf")
        since = self._busy_since
        return 0.0 if since is None else max(0.0, now - since - self.bound)

    def _run(self) -> None:
        failures, down = 0, False
        while not self.stopping:
            wait = 0.0
            try:
                self._timed(self.open)
                while not self.stopping:
                    self._timed(self.step)
                    if down or failures:
                        failures = 0
                        if down:
                            down = False
                            log.info("%s is back", self.name)
                            self._report(Up(self.name, time.monotonic()))
            except BaseException as error:  # noqa: BLE001  a thread has nobody to pass it on to
                failures += 1
                wait = backoff(failures, random.random())
                if isinstance(error, Fault):
                    wait = max(wait, error.retry_after or 0.0)
                else:
                    self._bug()
                if not down:
                    down = True
                    log.warning("%s is down: %s", self.name, error)
                    self._report(Down(self.name, str(error) or repr(error), time.monotonic()))
            finally:
                try:
                    self._timed(self.close)
                except BaseException:
                    log.exception("%s did not close cleanly", self.name)
            self.pause(wait)

    def _timed(self, call: Callable[[], None]) -> None:
        self._busy_since = time.monotonic()
        try:
            call()
        finally:
            self._busy_since = None

    def _bug(self) -> None:
        log.exception("%s: unexpected error", self.name)  # noqa: LOG004  called while handling one
        now = time.monotonic()
        self._bugs.append(now)
        if len(self._bugs) > BUGS_PER_MINUTE and now - self._bugs[0] < 60:
            self.on_bugs(self.name)


def end_process(name: str) -> None:
    """End at once, whatever else is under way: systemd starts a new one."""
    log.critical("%s failed too often; ending, to be started afresh", name)
    os._exit(70)
