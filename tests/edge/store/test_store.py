from __future__ import annotations

import io
import json
import resource
import sqlite3
import time
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from edge.errors import Fault
from edge.events import Correction, Down, PlayEnd, PlayRecord, Prediction, Preferences, Up
from edge.records import Taste
from edge.store import Reader, Store, schema
from edge.store.export import export

WITHIN = 20.0


class Heard:
    """What a store reported."""

    def __init__(self) -> None:
        self.events: list[Up | Down] = []

    def __call__(self, event: Up | Down) -> None:
        self.events.append(event)

    def wait_for(self, kind: type[Up | Down]) -> Up | Down:
        until(lambda: self._first(kind))
        found = self._first(kind)
        assert found
        return found

    def _first(self, kind: type[Up | Down]) -> Up | Down | None:
        return next((event for event in self.events if isinstance(event, kind)), None)


def until(condition: Callable[[], Any]) -> Any:
    deadline = time.monotonic() + WITHIN
    while not (found := condition()):
        assert time.monotonic() < deadline, "did not happen"
        time.sleep(0.01)
    return found


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "state" / "moodbox.db"


@pytest.fixture
def heard() -> Heard:
    return Heard()


@pytest.fixture
def store(path: Path, heard: Heard) -> Iterator[Store]:
    made = Store(path, heard, flush_every=3600)
    made.start()
    yield made
    assert made.stop(WITHIN)


def prediction(number: int = 1, at: float = 100.0) -> Prediction:
    return Prediction(f"p{number}", at, "happy", 0.9, (0.1,) * 7, "abc", "home")


def correction(number: int = 1, at: float = 101.0) -> Correction:
    return Correction(f"p{number}", at, "sad", "home")


def kept(store: Store, record: Correction | Preferences | Prediction) -> str:
    answers: list[str] = []
    store.remember(record, answers.append)
    until(lambda: answers)
    return answers[0]


def test_a_new_box_has_no_preferences(store: Store) -> None:
    assert store.preferences() is None


def test_preferences_are_kept_across_a_restart(store: Store, path: Path, heard: Heard) -> None:
    wanted = Preferences(sources={"happy": ["spotify:playlist:x"]}, private=True, volume=30)
    assert kept(store, wanted) == ""
    assert Store(path, heard).preferences() == wanted


def test_a_confirmed_correction_is_in_the_file(store: Store, path: Path) -> None:
    assert kept(store, correction()) == ""
    with sqlite3.connect(path) as connection:
        assert connection.execute("SELECT prediction, mood FROM corrections").fetchall() == [
            ("p1", "sad")
        ]
    connection.close()


def test_history_waits_for_its_batch_and_goes_with_the_next_correction(store: Store) -> None:
    store.clock_is(1_800_000_000.0)
    store.flush()
    store.remember(prediction())
    store.remember(PlayRecord("w1", 100.0, "spotify:track:a", "why", "happy", "p1", "home"))
    assert store.read.plays(0, 2e9) == []
    kept(store, correction())
    [felt] = store.read.moods(0, 2e9)
    assert (felt.id, felt.at, felt.probabilities) == ("p1", 1_800_000_100.0, [0.1] * 7)
    [corrected] = store.read.corrections()
    assert (corrected.mood, corrected.predicted) == ("sad", "happy")


def test_the_newest_rows_are_told_where_there_are_too_many(store: Store) -> None:
    store.clock_is(0.0)
    for number in range(9):
        store.remember(prediction(number, at=100.0 + number // 2))
        play = PlayRecord(f"w{number}", 100.0 + number, "u", "why", "happy", "p1", "home")
        store.remember(play)
        store.remember(correction(number, at=100.0 + number))
    store.flush()
    read = store.read
    assert [row.id for row in read.moods(0, 2e9, 3)] == ["p6", "p7", "p8"]
    assert [row.id for row in read.plays(0, 2e9, 3)] == ["w6", "w7", "w8"]
    assert [row.prediction for row in read.corrections(most=3)] == ["p6", "p7", "p8"]


def test_history_is_written_when_stopped(path: Path, heard: Heard) -> None:
    store = Store(path, heard, flush_every=3600)
    store.start()
    store.clock_is(1_800_000_000.0)
    store.remember(prediction())
    assert store.stop(WITHIN)
    assert len(store.read.moods(0, 2e9)) == 1


def test_how_a_play_ended_is_kept_with_it(store: Store) -> None:
    store.clock_is(1_800_000_000.0)
    store.remember(PlayRecord("w1", 100.0, "spotify:track:a", "why", "happy", "p1", "home"))
    store.remember(PlayEnd("w1", 160.0, "skipped", 60.0))
    store.flush()
    [play] = store.read.plays(0, 2e9)
    assert (play.outcome, play.listened) == ("skipped", 60.0)


def test_what_happened_before_the_clock_was_set_gets_its_time_later(store: Store) -> None:
    kept(store, correction(at=50.0))
    assert store.read.corrections()[0].at is None
    store.clock_is(1_800_000_000.0)
    until(lambda: store.read.corrections()[0].at == 1_800_000_050.0)


def test_what_is_too_old_is_deleted(path: Path, heard: Heard) -> None:
    now = time.monotonic()
    store = Store(path, heard, keep_days=1.0)
    store.start()
    kept(store, correction(1, at=now - 2 * 86400))
    kept(store, correction(2, at=now))
    store.clock_is(1_800_000_000.0)
    until(lambda: [c.prediction for c in store.read.corrections()] == ["p2"])
    assert store.stop(WITHIN)


def test_erase_leaves_no_trace_in_the_file_but_keeps_the_preferences(
    store: Store, path: Path
) -> None:
    kept(store, Preferences(volume=12))
    kept(store, Correction("secretid", 1.0, "sad", "home"))
    store.erase()
    assert store.read.corrections() == []
    for file in path.parent.iterdir():
        assert b"secretid" not in file.read_bytes(), file.name
    assert store.preferences() == Preferences(volume=12)


def test_an_export_holds_everything(store: Store) -> None:
    store.clock_is(1_800_000_000.0)
    for number in range(6000):
        store.remember(prediction(number))
    kept(store, correction())
    kept(store, Preferences(volume=7, alerts=("json://user:secret@host",)))
    with zipfile.ZipFile(io.BytesIO(export(store.read))) as archive:
        files = {name: archive.read(name).splitlines() for name in archive.namelist()}
    assert len(files["predictions.jsonl"]) == 6000
    assert json.loads(files["corrections.jsonl"][0])["predicted"] == "happy"
    assert json.loads(files["preferences.json"][0])["volume"] == 7
    assert b"secret" not in files["preferences.json"][0]


def test_what_was_learnt_is_kept(store: Store) -> None:
    assert store.taste() == Taste()
    learnt = Taste({"home": {"happy": {}}})
    store.keep_taste(learnt)
    store.flush()
    assert store.taste() == learnt


def test_tokens_are_found_listed_and_revoked(store: Store) -> None:
    store.add_token("hash-a", "phone", 5.0)
    [device] = store.read.devices()
    assert device.name == "phone"
    assert store.read.knows_token("hash-a")
    store.revoke_token(device.number)
    assert not store.read.knows_token("hash-a")


def test_a_folder_that_cannot_be_made_is_said_once(tmp_path: Path, heard: Heard) -> None:
    (tmp_path / "file").write_text("")
    store = Store(tmp_path / "file" / "moodbox.db", heard)
    store.start()
    down = heard.wait_for(Down)
    assert isinstance(down, Down)
    assert "nothing is kept" in down.reason
    assert store.stop(WITHIN)


@pytest.fixture
def disk() -> Iterator[Callable[[int], None]]:
    """Let no file grow beyond so many bytes: the kernel refuses, as on a full disk."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    yield lambda most: resource.setrlimit(resource.RLIMIT_FSIZE, (most, hard))
    resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_a_full_disk_is_said_and_what_waits_is_written_once_there_is_room(
    store: Store, heard: Heard, path: Path, disk: Callable[[int], None]
) -> None:
    kept(store, correction(1))
    disk(path.with_name(path.name + "-wal").stat().st_size)
    assert "nothing is kept until" in kept(store, correction(2))
    assert isinstance(heard.wait_for(Down), Down)
    assert [row.prediction for row in store.read.corrections()] == ["p1"]
    disk(resource.RLIM_INFINITY)
    heard.wait_for(Up)
    assert [row.prediction for row in store.read.corrections()] == ["p1", "p2"]


def test_a_damaged_file_is_set_aside_and_the_box_becomes_private(path: Path, heard: Heard) -> None:
    path.parent.mkdir()
    path.write_bytes(b"this is no database at all" * 100)
    store = Store(path, heard)
    before = store.preferences()
    assert before is not None
    assert before.private
    store.start()
    down = heard.wait_for(Down)
    assert isinstance(down, Down)
    assert "set aside as moodbox.db.damaged-1" in down.reason
    heard.wait_for(Up)
    assert kept(store, correction()) == ""
    after = store.preferences()
    assert after is not None
    assert after.private
    assert (path.parent / "moodbox.db.damaged-1").read_bytes().startswith(b"this is no")
    assert store.stop(WITHIN)


@pytest.fixture
def stuck_path(tmp_path: Path) -> Path:
    """Of a file that cannot be renamed when it is damaged: its new name would be too long."""
    return tmp_path / f"{'m' * (255 - len('-journal'))}"


def damage(path: Path, table: str) -> None:
    """Overwrite the page where a table begins; the rest of the file stays whole."""
    with sqlite3.connect(path) as connection:
        sql = "SELECT rootpage FROM sqlite_master WHERE name = ?"
        [page] = connection.execute(sql, (table,)).fetchone()
        [size] = connection.execute("PRAGMA page_size").fetchone()
    connection.close()
    with path.open("r+b") as file:
        file.seek((page - 1) * size)
        file.write(b"\xff" * size)


def test_a_power_cut_while_a_file_is_set_aside_leaves_no_log_for_the_new_one(path: Path) -> None:
    log = path.with_name(f"{path.name}-wal")
    path.parent.mkdir(exist_ok=True)
    log.write_bytes(b"what the damaged file had not taken in")
    # The last step does not come about.
    with pytest.raises(FileNotFoundError):
        schema.set_aside(path)
    assert not log.exists()
    assert (path.parent / "moodbox.db.damaged-1-wal").exists()


def test_a_damaged_file_that_cannot_be_set_aside_is_told_and_tried_again(
    stuck_path: Path, heard: Heard
) -> None:
    first = Store(stuck_path, heard)
    first.start()
    assert kept(first, correction(1)) == ""
    assert first.stop(WITHIN)
    damage(stuck_path, "corrections")
    ended: list[str] = []
    store = Store(stuck_path, heard)
    store.on_bugs = ended.append
    store.start()
    assert "no new one can be begun" in kept(store, correction(2))
    down = heard.wait_for(Down)
    assert isinstance(down, Down)
    assert "malformed" in down.reason
    with pytest.raises(Fault, match="no new one can be begun"):
        store.flush()
    for file in stuck_path.parent.glob(f"{stuck_path.name}*"):
        file.unlink()
    heard.wait_for(Up)
    until(lambda: [row.prediction for row in store.read.corrections()] == ["p2"])
    assert store.stop(WITHIN)
    assert not ended


def test_a_file_that_is_none_and_cannot_be_set_aside_keeps_nobody_waiting(
    stuck_path: Path, heard: Heard
) -> None:
    stuck_path.write_bytes(b"this is no database at all" * 100)
    told: list[str] = []
    store = Store(stuck_path, heard)
    store.remember(correction(), told.append)
    store.start()
    assert isinstance(heard.wait_for(Down), Down)
    assert [("no new one can be begun" in words) for words in told] == [True]
    assert store.stop(WITHIN)


def test_a_store_of_a_newer_version_is_left_alone(path: Path, heard: Heard) -> None:
    path.parent.mkdir()
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA user_version = 99")
    connection.close()
    before = path.read_bytes()
    store = Store(path, heard)
    store.start()
    down = heard.wait_for(Down)
    assert isinstance(down, Down)
    assert "store of version 99" in down.reason
    assert store.stop(WITHIN)
    assert path.read_bytes() == before


def test_who_reads_while_the_file_is_being_made_finds_nothing_yet(path: Path) -> None:
    path.parent.mkdir()
    connection = sqlite3.connect(path, isolation_level=None)
    scripts = schema.migrations()
    for step in range(len(scripts) + 1):
        schema.migrate(connection, scripts[:step])
        read = Reader(path)
        assert (read.playlists(), read.songs(), read.moods(0, 2e9)) == ([], [], [])
        assert (read.preferences(), read.taste(), read.devices()) == (None, None, [])
    connection.close()


def test_a_migration_happens_whole_or_not_at_all(path: Path) -> None:
    path.parent.mkdir()
    connection = sqlite3.connect(path, isolation_level=None)
    broken = [*schema.migrations(), "CREATE TABLE extra (x); CREATE TABLE extra (x);"]
    schema.migrate(connection, broken[:2])
    before = set(connection.execute("SELECT name, sql FROM sqlite_master"))
    with pytest.raises(sqlite3.Error):
        schema.migrate(connection, broken)
    connection.rollback()
    assert set(connection.execute("SELECT name, sql FROM sqlite_master")) == before
    assert connection.execute("PRAGMA user_version").fetchone()[0] == 2
    connection.close()


def test_waiting_for_a_store_that_is_away_ends(tmp_path: Path, heard: Heard) -> None:
    store = Store(tmp_path / "moodbox.db", heard)
    with pytest.raises(Fault, match="not written within"):
        store._wait([], timeout=0.01)


def test_when_too_much_waits_the_oldest_history_goes_and_no_correction_silently(
    tmp_path: Path, heard: Heard, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("edge.store.waiting.MOST", 3)
    store = Store(tmp_path / "moodbox.db", heard)
    told: list[str] = []
    store.remember(prediction(1))
    for number in (1, 2, 3):
        store.remember(correction(number), told.append)
    assert told == []
    store.remember(correction(4), told.append)
    assert len(told) == 1
    assert "not kept" in told[0]
    store.start()
    until(lambda: len(told) == 4)
    assert store.stop(WITHIN)
    assert [row.prediction for row in store.read.corrections()] == ["p1", "p2", "p3"]


def test_a_number_that_no_column_holds_is_refused_and_nothing_that_waited_is_lost(
    store: Store, heard: Heard
) -> None:
    store.clock_is(0.0)
    store.remember(prediction())
    for number in (2**63, 2**64, -(2**63) - 1):
        with pytest.raises(Fault, match="too large"):
            store.revoke_token(number)
    store.revoke_token(2**63 - 1)
    assert [row.id for row in store.read.moods(0, 1e12)] == ["p1"]
    assert heard.events == []


def test_a_record_that_cannot_be_written_costs_no_other_and_is_told(
    store: Store, heard: Heard
) -> None:
    store.clock_is(0.0)
    store.remember(prediction(1))
    store.remember(PlayEnd("p1", 1.0, "finished", listened=2**70))
    store.remember(prediction(2))
    assert kept(store, correction()) == ""
    assert [row.id for row in store.read.moods(0, 1e12)] == ["p1", "p2"]
    assert heard.events == []


class Clumsy(Store):
    """Meets what nobody foresaw wherever it writes."""

    meets: BaseException | None = None

    def _commit(self, jobs: list[Any]) -> None:
        if self.meets:
            raise self.meets
        super()._commit(jobs)


@pytest.fixture
def clumsy(path: Path, heard: Heard) -> Clumsy:
    store = Clumsy(path, heard, flush_every=3600)
    store.clock_is(0.0)
    return store


@pytest.mark.parametrize(
    "meets", [ArithmeticError("nobody foresaw"), MemoryError(), SystemExit("nobody foresaw")]
)
def test_what_nobody_foresaw_leaves_no_waiter_waiting_and_loses_no_record(
    clumsy: Clumsy, heard: Heard, meets: BaseException
) -> None:
    clumsy.meets = meets
    clumsy.remember(prediction())
    clumsy.start()
    with pytest.raises(Fault, match=str(meets) or "MemoryError"):
        clumsy.revoke_token(1)
    heard.wait_for(Down)
    clumsy.meets = None
    until(lambda: [row.id for row in clumsy.read.moods(0, 1e12)] == ["p1"])
    assert clumsy.stop(WITHIN)


def test_what_waits_when_the_process_is_to_end_is_written_whatever_thread_ends_it(
    clumsy: Clumsy, heard: Heard
) -> None:
    rescued: list[str] = []

    def ends(name: str) -> None:
        clumsy.meets = None  # it passed, but too late
        clumsy.rescue()
        rescued.append(name)

    clumsy.on_bugs = ends
    clumsy.pause = lambda seconds: False  # type: ignore[method-assign]  # no need to wait here
    clumsy.meets = ArithmeticError("for a while")
    clumsy.remember(prediction(1))
    clumsy.remember(correction(1))
    clumsy.start()
    until(lambda: rescued)
    assert [row.id for row in clumsy.read.moods(0, 1e12)] == ["p1"]
    assert [row.prediction for row in clumsy.read.corrections()] == ["p1"]
    clumsy.remember(prediction(2))
    clumsy.rescue()
    assert [row.id for row in clumsy.read.moods(0, 1e12)] == ["p1", "p2"]
    assert clumsy.stop(WITHIN)


def test_what_cannot_be_rescued_is_told_and_said_lost(
    clumsy: Clumsy, caplog: pytest.LogCaptureFixture
) -> None:
    clumsy.meets = MemoryError("for good")
    clumsy.start()
    clumsy.remember(prediction())
    told: list[str] = []
    clumsy.remember(correction(), told.append)
    until(lambda: told)
    clumsy.rescue()
    assert "for good" in told[0]
    assert "2 records are lost with the process" in caplog.text
    assert clumsy.stop(WITHIN)


def test_one_who_cannot_be_told_costs_no_other(store: Store) -> None:
    told: list[str] = []

    def deaf(_reason: str) -> None:
        raise ValueError("deaf")

    store.remember(correction(1), deaf)
    store.remember(correction(2), told.append)
    until(lambda: told)
    assert told == [""]
