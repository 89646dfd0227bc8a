"""A release that was not kept has changed the store already; the one before must live with that."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from edge.errors import Fault
from edge.events import Preferences
from edge.store import Reader, Store, schema

NEWER = """
ALTER TABLE corrections ADD COLUMN sure REAL NOT NULL DEFAULT 1;
CREATE TABLE extra (x);
-- Undone by:
ALTER TABLE corrections DROP COLUMN sure;
DROP TABLE extra;
"""
CORRECTION = (
    "INSERT INTO corrections (at, monotonic, boot, prediction, mood, profile, sure) "
    "VALUES (1e9, 1, 'b', 'newer', 'sad', 'home', 0.5)"
)


def shape(connection: sqlite3.Connection) -> set[tuple[str, str]]:
    rows = connection.execute("SELECT name, sql FROM sqlite_master WHERE name NOT LIKE 'sqlite_%'")
    return {(name, " ".join(sql.split())) for name, sql in rows if name != "undo"}


def migrated(path: Path, scripts: list[str]) -> sqlite3.Connection:
    connection = sqlite3.connect(path, isolation_level=None)
    schema.migrate(connection, scripts)
    return connection


def version(path: Path) -> int:
    with closing(sqlite3.connect(path)) as connection:
        return int(connection.execute("PRAGMA user_version").fetchone()[0])


def test_what_was_kept_under_a_newer_release_is_there_after_going_back(tmp_path: Path) -> None:
    path = tmp_path / "moodbox.db"
    store = Store(path, lambda _: None)
    store.start()
    store.remember(Preferences(max_volume=42))
    store.flush()
    assert store.stop(10)
    with closing(migrated(path, [*schema.migrations(), NEWER])) as newer:
        newer.execute(CORRECTION)
    assert version(path) == len(schema.migrations()) + 1

    store = Store(path, lambda _: None)
    store.start()
    store.flush()
    assert store.stop(10)
    assert version(path) == len(schema.migrations())
    assert [row.prediction for row in Reader(path).corrections()] == ["newer"]
    kept = Reader(path).preferences()
    assert kept is not None
    assert kept.max_volume == 42


def test_forwards_again_after_going_back(tmp_path: Path) -> None:
    path = tmp_path / "moodbox.db"
    migrated(path, [*schema.migrations(), NEWER]).close()
    schema.connect(path).close()
    with closing(migrated(path, [*schema.migrations(), NEWER])) as newer:
        newer.execute(CORRECTION)


@pytest.mark.parametrize("number", range(2, len(schema.migrations()) + 1))
def test_each_migration_says_how_it_is_undone(tmp_path: Path, number: int) -> None:
    scripts = schema.migrations()[:number]
    with closing(migrated(tmp_path / "older.db", scripts[:-1])) as older:
        wanted = shape(older)
    path = tmp_path / "newer.db"
    with closing(migrated(path, scripts)) as newer:
        for undo in schema.undos_to(newer, number - 1, path):
            newer.executescript(undo)
        assert shape(newer) == wanted
        assert newer.execute("PRAGMA user_version").fetchone() == (number - 1,)


def test_an_undo_that_fails_half_way_changes_nothing(tmp_path: Path) -> None:
    path = tmp_path / "moodbox.db"
    migrated(path, [*schema.migrations(), NEWER + "DROP TABLE nonsense;"]).close()
    with pytest.raises(sqlite3.Error, match="nonsense"):
        schema.connect(path)
    with closing(sqlite3.connect(path)) as connection:
        assert "extra" in {name for name, _ in shape(connection)}
    assert version(path) == len(schema.migrations()) + 1


def test_a_step_that_nobody_can_undo_is_said(tmp_path: Path) -> None:
    path = tmp_path / "moodbox.db"
    with closing(migrated(path, [*schema.migrations(), NEWER])) as newer:
        newer.execute("DELETE FROM undo")
    with pytest.raises(Fault, match="knows only"):
        schema.connect(path)
