"""What waits to be written, in order."""

from __future__ import annotations

import logging
import threading
import time
from collections import deque
from collections.abc import Callable
from typing import NamedTuple

from edge.events import Record
from edge.store.statements import Statement

log = logging.getLogger(__name__)

MOST = 10_000
"""Jobs kept in memory while the disk is away; beyond, the oldest history is dropped."""

Done = Callable[[str], None]
"""Hears "" once something is on the disk, or why it is not."""


class Job(NamedTuple):
    """Statements that belong together, or a record whose time is filled in when it is written."""

    work: list[Statement] | Record
    urgent: bool
    done: Done | None = None
    shrink: bool = False
    """Leave no trace of what was deleted in the file."""

    @property
    def lasts(self) -> bool:
        """Whether it is tried again after a failure; work that somebody waited for is not."""
        return self.done is None or not isinstance(self.work, list)


def tell(jobs: list[Job], reason: str) -> None:
    """Tell whoever wants to know what became of `jobs`; one who cannot take it costs no other."""
    for job in jobs:
        try:
            if job.done:
                job.done(reason)
        except BaseException:
            log.exception("nobody was told of a record")


class Waiting:
    """A bounded queue that is due when something urgent is in it, or when the oldest is old."""

    def __init__(self, flush_every: float) -> None:
        """Let what is not urgent wait for `flush_every` seconds."""
        self._flush_every = flush_every
        self._jobs: deque[Job] = deque()
        self._changed = threading.Condition()
        self._since = 0.0

    def put(self, job: Job) -> None:
        """Add `job`, never waiting; where there is no room, something has to go, and is told so."""
        with self._changed:
            lost = self._make_room(job)
            if not self._jobs:
                self._since = time.monotonic()
            if lost is not job:
                self._jobs.append(job)
            self._changed.notify()
        if lost is not None:
            tell([lost], "too much waits to be written, so this is not kept")

    def put_back(self, jobs: list[Job]) -> None:
        """Put in front again what could not be written, as far as it is to be tried again."""
        again = [job._replace(done=None) for job in jobs if job.lasts]
        with self._changed:
            self._jobs.extendleft(reversed(again))

    def take(self) -> list[Job]:
        """Return all jobs, oldest first."""
        with self._changed:
            jobs = list(self._jobs)
            self._jobs.clear()
            return jobs

    def wait(self, seconds: float, over: Callable[[], bool]) -> None:
        """Wait until something is due or `over()`; `ring` makes it look again."""
        with self._changed:
            self._changed.wait_for(lambda: over() or self.due, seconds)

    def ring(self) -> None:
        """Make `wait` look again."""
        with self._changed:
            self._changed.notify()

    @property
    def due(self) -> bool:
        """Whether it is time to write."""
        old = time.monotonic() - self._since >= self._flush_every
        return bool(self._jobs) and (old or any(job.urgent for job in self._jobs))

    def __bool__(self) -> bool:
        return bool(self._jobs)

    def _make_room(self, job: Job) -> Job | None:
        """Return what has to go, if anything: the oldest history, else the new job itself."""
        if len(self._jobs) < MOST:
            return None
        oldest = next((waiting for waiting in self._jobs if not waiting.urgent), job)
        if oldest is not job:
            self._jobs.remove(oldest)
        return oldest
