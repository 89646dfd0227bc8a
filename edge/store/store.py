"""The one writer: records come in from any thread, and go to the disk in order."""

from __future__ import annotations

import logging
import sqlite3
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from uuid import uuid4

from edge.errors import Fault
from edge.events import DAMAGED, Down, HandsOff, Preferences, Record, Up
from edge.records import Expected, Features, ListedSong, PlaylistSnapshot, Taste, Week
from edge.service import Service
from edge.store import playlists, schema, statements
from edge.store.export import export
from edge.store.reader import Reader
from edge.store.report import MoodReport, report
from edge.store.statements import Statement
from edge.store.waiting import Done, Job, Waiting, tell
from edge.store.week import successor, week

log = logging.getLogger(__name__)

FLUSH_EVERY = 120.0
"""Seconds that history may wait in memory: 60 rows in one commit wear the card 150 times less."""
KEEP_DAYS = 90.0
DAY = 86400.0
PURGE_EVERY = DAY
RESCUED_WITHIN = 5.0
"""Seconds that the end of the process waits for what was not written yet."""
LOST = (
    "it was damaged and set aside as {}: history, corrections and paired browsers are gone, and "
    "after a restart also what the house prefers; look that over, then acknowledge this"
)


class Store(Service):
    """Keeps records; reading is `read`, or a Reader of one's own.

    A disk that is full, read-only or away is a Fault: said once, and tried again while history
    waits in memory. A damaged file is set aside and a new one begun, private until told otherwise.
    """

    def __init__(
        self,
        path: Path,
        report: Callable[[Up | Down], None],
        *,
        flush_every: float = FLUSH_EVERY,
        keep_days: float = KEEP_DAYS,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Keep everything in the file `path`, for `keep_days` days; its folder is made if needed.

        Args:
            path: the SQLite file.
            report: hears Down and Up of the part "store".
            flush_every: seconds that history may wait in memory.
            keep_days: how long history and corrections are kept.
            clock: monotonic seconds.
        """
        super().__init__("store", report)
        self.path = path
        self.read = Reader(path)
        self.keep_days = keep_days
        self._clock = clock
        self._waiting = Waiting(flush_every)
        self._offset: float | None = None
        self._stamped: float | None = None
        self._purged = float("-inf")
        self._connection: sqlite3.Connection | None = None
        self._boot = _boot()

    # For other threads.

    def remember(self, record: Record, done: Done | None = None) -> None:
        """Keep `record`; never waits.

        `done`, called on the writer's thread, hears "" once it is durable, or why it is not (it
        then stays queued, and is written once the disk is back).
        """
        self._waiting.put(Job(record, statements.urgent(record), done))

    def preferences(self) -> Preferences | None:
        """Return the preferences, or None on a box that has none yet.

        Where they are there but cannot be read, the box is private: it fails closed.
        """
        try:
            return self.read.preferences()
        except (sqlite3.Error, ValueError) as error:
            log.warning("%s: preferences cannot be read (%s): private", self.path, error)
            return Preferences(private=True)

    def clock_is(self, offset: float) -> None:
        """Say that the clock is set, and that wall time is monotonic time plus `offset`."""
        new = self._offset is None or abs(offset - self._offset) > statements.STEP
        self._offset = offset
        if new:
            self.wake()

    def taste(self) -> Taste:
        """Return what was learnt of the taste of the house; nothing where it cannot be read."""
        try:
            return self.read.taste() or Taste()
        except (sqlite3.Error, ValueError) as error:
            log.warning("%s: the taste cannot be read (%s): learning anew", self.path, error)
            return Taste()

    def hands_off(self) -> HandsOff | None:
        """Return until when the mood was to leave the music alone; None where nobody knows."""
        try:
            return self.read.hands_off()
        except (sqlite3.Error, ValueError):
            return None

    def keep_taste(self, taste: Taste) -> None:
        """Keep what was learnt; in the next batch."""
        self._waiting.put(Job([statements.of_taste(taste)], urgent=False))

    def keep_playlist(self, playlist: PlaylistSnapshot, songs: Sequence[ListedSong] | None) -> None:
        """Put a list in the place of what it was, whole or not at all; None leaves its songs.

        Waits until it is durable, as all of these do; raises Fault where that is impossible.
        """
        self._wait(playlists.of_playlist(playlist, songs))

    def forget_playlists(self, sources: Sequence[str]) -> None:
        """Forget lists with their songs."""
        self._wait(playlists.forget(sources))

    def keep_features(self, found: Mapping[str, Features | None]) -> None:
        """Keep how songs sound, by URI; None: nothing is known of it."""
        self._wait(playlists.of_features(found))

    def add_token(self, hashed: str, name: str, at: float) -> None:
        """Keep a paired browser's hashed token; `at` is wall time. Waits until it is durable."""
        sql = "INSERT OR IGNORE INTO tokens (hash, name, at) VALUES (?, ?, ?)"
        self._wait([Statement(sql, (hashed, name, at))])

    def revoke_token(self, number: int) -> None:
        """Forget a paired browser. Waits until it is durable."""
        self._wait([Statement("DELETE FROM tokens WHERE number = ?", (number,))])

    def mood_report(self, days: float, now: float, frequency: Sequence[float] = ()) -> MoodReport:
        """Sum up so many days before the wall time `now`; see report()."""
        since, read = now - days * DAY, self.read
        return report(
            days,
            read.moods(since, now),
            read.plays(since, now),
            read.corrections(since),
            frequency,
            confirmations=read.confirmations(since, now),
        )

    def week(self, now: float, expected: Expected = Expected()) -> Week:  # noqa: B008  frozen
        """Return how the week before the wall time `now` stands beside the four before.

        And beside what the model's card lets `expected`.
        """
        since, read = now - 7 * DAY, self.read
        first = since - 28 * DAY
        late, early = read.moods(since, now), read.moods(first, since)
        said = read.corrections(first, now), read.confirmations(first, now)
        follows = successor([*early, *late], *said)
        told = self.mood_report(7, now, expected.frequency)
        return week(told, late, early, expected, follows)

    def export(self, faces: Sequence[Path] = ()) -> bytes:
        """Return all that is kept as a ZIP archive; the `faces` of corrections lie in it."""
        return export(self.read, faces)

    def acknowledge(self, part: str) -> None:
        """Say no more that a damaged file was set aside; `part` is the problem that was seen."""
        if part == DAMAGED:
            schema.seen(self.path)

    def forget_token(self, hashed: str) -> None:
        """Forget the paired browser with this hashed token. Waits until it is durable."""
        self._wait([Statement("DELETE FROM tokens WHERE hash = ?", (hashed,))])

    def forget_taps(self) -> None:
        """Delete the embeddings of taps, and wait until they are off the disk; raises as erase."""
        self._wait(statements.forget_taps(), shrink=True)

    def erase(self) -> None:
        """Delete history, corrections, taste and songs, and wait until they are off the disk.

        Raises:
            Fault: they could not be deleted.
        """
        self._wait([*statements.erase(), *playlists.erase()], shrink=True)

    def flush(self) -> None:
        """Write what waits, and wait until it is durable.

        Raises:
            Fault: it could not be written.
        """
        self._wait([])

    def rescue(self) -> None:
        """Write what waits before the process is ended; what cannot be is told, and said lost.

        Any thread may call it, the writer's own too, and whatever became of that.
        """
        try:
            if threading.current_thread() is not self._thread:
                self._wait([], timeout=RESCUED_WITHIN)
            else:
                if self._connection is None:
                    self.open()
                self._write()
        except BaseException as error:
            jobs = self._waiting.take()
            tell(jobs, f"{self.path}: {error!r}")
            log.exception("%s: %d records are lost with the process", self.path, len(jobs))

    def _wait(self, work: list[Statement], *, shrink: bool = False, timeout: float = 10.0) -> None:
        answered = threading.Event()
        reasons: list[str] = []

        def done(reason: str) -> None:
            reasons.append(reason)
            answered.set()

        self._waiting.put(Job(work, urgent=True, done=done, shrink=shrink))
        if not answered.wait(timeout):
            raise Fault(f"{self.path}: not written within {timeout:.0f} s")
        if reasons[0]:
            raise Fault(reasons[0])

    # The writer's own thread.

    def open(self) -> None:
        """Open the file, make it where there is none, and bring it up to date."""
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            self._connection = schema.connect(self.path)
            self.path.chmod(0o600)
        except BaseException as error:
            raise self._failed(self._waiting.take(), error) from error
        if aside := schema.unseen(self.path):
            names = ", ".join(file.name for file in aside)
            self._report(Down(DAMAGED, LOST.format(names), self._clock()))

    def step(self) -> None:
        """Wait for something urgent or for the batch to be due, and write."""
        self._waiting.wait(1.0, over=lambda: self.stopping)
        if self._waiting.due or self._housekeeping():
            self._write()

    def wake(self) -> None:
        """Stop waiting for more."""
        self._waiting.ring()

    def close(self) -> None:
        """Write what is left and close the file."""
        connection, self._connection = self._connection, None
        if connection is None:
            return
        try:
            if self.stopping and self._waiting:
                self._connection = connection
                self._write()
        finally:
            self._connection = None
            connection.close()

    def _housekeeping(self) -> bool:
        if self._offset is None:
            return False
        if self._stamped is None or abs(self._offset - self._stamped) > statements.STEP:
            return True
        return self._clock() - self._purged >= PURGE_EVERY

    def _write(self) -> None:
        """Write all that waits in one transaction, and tell who asked."""
        jobs = self._waiting.take()
        try:
            self._write_all(jobs)
        except BaseException as error:
            raise self._failed(jobs, error) from error

    def _failed(self, jobs: list[Job], error: BaseException) -> BaseException:
        """Let `jobs` wait again, tell whoever asked why, and return what to raise."""
        self._waiting.put_back(jobs)
        if isinstance(error, sqlite3.Error):
            error = self._fault(error)
        elif isinstance(error, OSError):
            error = Fault(f"{self.path}: {error.strerror}; nothing is kept")
        words = str(error) or repr(error)
        tell(jobs, words if isinstance(error, Fault) else f"{self.path}: {words}")
        return error

    def _write_all(self, jobs: list[Job]) -> None:
        """Write `jobs` and take them off the list; a bad one costs itself alone."""
        try:
            self._commit(jobs)
        except Exception as error:
            if not schema.of_the_data(error):
                raise
            self._commit([])  # raises where no job is to blame
            while jobs:
                self._write_one(jobs[0])
                del jobs[0]
        else:
            tell(jobs, "")
            jobs.clear()

    def _write_one(self, job: Job) -> None:
        try:
            self._commit([job])
        except Exception as error:
            if not schema.of_the_data(error):
                raise
            log.exception("%s: one record cannot be kept", self.path)
            tell([job], f"{self.path}: {error}")
        else:
            tell([job], "")

    def _commit(self, jobs: list[Job]) -> None:
        connection, offset = self._connection, self._offset
        assert connection is not None  # noqa: S101  open() came before
        now = self._clock()
        connection.execute("BEGIN IMMEDIATE")
        try:
            for job in jobs:
                for statement in self._statements(job, offset):
                    connection.execute(*statement)
            if offset is not None and self._housekeeping():
                for statement in (
                    *statements.stamp(self._boot, offset),
                    *statements.purge(now + offset - self.keep_days * DAY),
                ):
                    connection.execute(*statement)
            connection.execute("COMMIT")
        except BaseException:
            if connection.in_transaction:
                connection.execute("ROLLBACK")
            raise
        if offset is not None:
            self._stamped, self._purged = offset, now
        if any(job.shrink for job in jobs):
            connection.execute("VACUUM")
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def _statements(self, job: Job, offset: float | None) -> list[Statement]:
        if isinstance(job.work, list):
            return job.work
        return statements.of_record(job.work, self._boot, offset)

    def _fault(self, error: sqlite3.Error) -> Fault:
        """Say what is wrong in one line; a damaged file is set aside, and a new one begun."""
        if not schema.damaged(error):
            return Fault(f"{self.path}: {error}; nothing is kept until it can be written again")
        try:
            if self._connection is not None:
                self._connection.close()
                self._connection = None
            aside = schema.set_aside(self.path)
            self._waiting.put_back([Job(Preferences(private=True), urgent=True)])
            schema.connect(self.path).close()
        except (OSError, sqlite3.Error) as worse:
            return Fault(f"{self.path}: {error}, and no new one can be begun: {worse}")
        return Fault(
            f"{self.path}: {error}; set aside as {aside.name}, a new one is begun, and the "
            "box is private until told otherwise"
        )


def _boot() -> str:
    """Return the name of this boot: monotonic times of one boot can be compared."""
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
    except OSError:
        return uuid4().hex
