"""From what happened to SQL: pure."""

from __future__ import annotations

from typing import Any, NamedTuple

import msgspec
from msgspec import Struct

from edge.events import (
    Confirmation,
    Correction,
    HandsOff,
    MoodEnd,
    PlayEnd,
    PlayRecord,
    Prediction,
    Preferences,
    Record,
    SongEnd,
    SongStart,
    TakenBack,
)
from edge.records import Taste

HISTORY = ("predictions", "plays", "heard", "corrections", "confirmations")
"""The tables that grow, and are purged by age."""

HEARD = ("uri", "title", "artist", "album", "cover", "link", "context")
"""What is kept of a track that was heard."""


class Statement(NamedTuple):
    """One statement and its values."""

    sql: str
    values: tuple[Any, ...] = ()


def urgent(record: Record) -> bool:
    """Whether `record` must be on the disk before anybody is told that it was taken."""
    return isinstance(record, Correction | Confirmation | TakenBack | HandsOff | Preferences)


def of_record(record: Record, boot: str, offset: float | None) -> list[Statement]:
    """Return what writes `record`.

    `offset` is wall minus monotonic seconds, None while the clock is not known to be set.
    """
    match record:
        case Preferences() | HandsOff():
            table = "preferences" if isinstance(record, Preferences) else "hands_off"
            return [_only_row(table, record)]
        case PlayEnd() | SongEnd() | MoodEnd() | TakenBack():
            return [_of_end(record)]
    row = _columns(record) | {
        "at": None if offset is None else record.at + offset,
        "monotonic": record.at,
        "boot": boot,
    }
    match record:
        case Prediction():
            probabilities = msgspec.json.encode(record.probabilities).decode()
            return [_insert("predictions", row | {"probabilities": probabilities})]
        case PlayRecord() | SongStart():
            return [_insert("plays" if isinstance(record, PlayRecord) else "heard", row)]
        case Correction():  # the newest is what counts
            return [_no_more("corrections", record.prediction), _insert("corrections", row)]
    return [_insert("confirmations", row), Statement(TELL_MOOD)]


def _columns(record: Struct) -> dict[str, Any]:
    row = msgspec.structs.asdict(record)
    track = row.pop("track", None)
    return row | ({name: getattr(track, name) for name in HEARD} if track else {})


TELL_MOOD = (
    "UPDATE confirmations SET mood = (SELECT mood FROM predictions WHERE id = prediction) "
    "WHERE mood = '' AND prediction IN (SELECT id FROM predictions)"
)


def _of_end(record: PlayEnd | SongEnd | MoodEnd | TakenBack) -> Statement:
    match record:
        case PlayEnd():
            sql = "UPDATE plays SET outcome = ?, listened = ? WHERE id = ?"
            return Statement(sql, (record.outcome, record.listened, record.id))
        case SongEnd():
            sql = "UPDATE heard SET outcome = ?, listened = ? WHERE id = ?"
            return Statement(sql, (record.outcome, record.listened, record.id))
        case MoodEnd():
            sql = "UPDATE predictions SET lasted = ? - monotonic WHERE id = ?"
            return Statement(sql, (record.at, record.id))
    return _no_more("corrections", record.prediction)


def _no_more(table: str, prediction: str) -> Statement:
    return Statement(f"DELETE FROM {table} WHERE prediction = ?", (prediction,))  # noqa: S608


def of_taste(taste: Taste) -> Statement:
    """Return what writes what was learnt."""
    return _only_row("taste", taste)


def _only_row(table: str, value: Struct) -> Statement:
    sql = f"INSERT INTO {table} VALUES (1, ?) ON CONFLICT DO UPDATE SET json = excluded.json"  # noqa: S608
    return Statement(sql, (msgspec.json.encode(value),))


def _insert(table: str, row: dict[str, Any]) -> Statement:
    names, marks = ", ".join(row), ", ".join("?" * len(row))
    sql = f"INSERT OR IGNORE INTO {table} ({names}) VALUES ({marks})"  # noqa: S608  our own names
    return Statement(sql, tuple(row.values()))


STEP = 5.0
"""Seconds by which a clock that is set jumps at least."""


def stamp(boot: str, offset: float) -> list[Statement]:
    """Return what fills in the times of this boot's rows once the clock is set, or set anew."""
    return [
        Statement(
            f"UPDATE {table} SET at = monotonic + ?1 "  # noqa: S608
            "WHERE boot = ?2 AND (at IS NULL OR abs(at - monotonic - ?1) > ?3)",
            (offset, boot, STEP),
        )
        for table in HISTORY
    ]


def purge(before: float) -> list[Statement]:
    """Return what deletes everything that happened before wall time `before`.

    Rows are in the order in which they were written, so a row that never got a time goes with
    its elders.
    """
    return [
        Statement(
            f"DELETE FROM {table} WHERE number <= "  # noqa: S608
            f"(SELECT max(number) FROM {table} WHERE at < ?)",
            (before,),
        )
        for table in HISTORY
    ]


def forget_taps() -> list[Statement]:
    """Return what forgets the embeddings of taps, and nothing else of them."""
    return [
        Statement(f"UPDATE {table} SET embedding = x'' WHERE embedding <> x''")  # noqa: S608
        for table in ("corrections", "confirmations")
    ]


def erase() -> list[Statement]:
    """Return what deletes all that is known of the people: history, corrections and taste."""
    return [Statement(f"DELETE FROM {table}") for table in (*HISTORY, "taste")]  # noqa: S608
