"""From what happened to SQL: pure."""

from __future__ import annotations

from typing import Any, NamedTuple

import msgspec
from msgspec import Struct

from edge.events import Correction, PlayEnd, PlayRecord, Prediction, Preferences, Record
from edge.records import Taste

HISTORY = ("predictions", "plays", "corrections")
"""The tables that grow, and are purged by age."""


class Statement(NamedTuple):
    """One statement and its values."""

    sql: str
    values: tuple[Any, ...] = ()


def urgent(record: Record) -> bool:
    """Whether `record` must be on the disk before anybody is told that it was taken."""
    return isinstance(record, Correction | Preferences)


def of_record(record: Record, boot: str, offset: float | None) -> Statement:
    """Return what writes `record`.

    `offset` is wall minus monotonic seconds, None while the clock is not known to be set.
    """
    if isinstance(record, Preferences):
        return _only_row("preferences", record)
    if isinstance(record, PlayEnd):
        return Statement(
            "UPDATE plays SET outcome = ?, listened = ? WHERE id = ?",
            (record.outcome, record.listened, record.id),
        )
    stamp = {
        "at": None if offset is None else record.at + offset,
        "monotonic": record.at,
        "boot": boot,
    }
    if isinstance(record, Prediction):
        row = stamp | {
            "id": record.id,
            "mood": record.mood,
            "confidence": record.confidence,
            "probabilities": msgspec.json.encode(record.probabilities).decode(),
            "model": record.model,
            "profile": record.profile,
        }
        return _insert("predictions", row)
    if isinstance(record, PlayRecord):
        row = stamp | {
            "id": record.id,
            "uri": record.uri,
            "why": record.why,
            "mood": record.mood,
            "prediction": record.prediction,
            "profile": record.profile,
        }
        return _insert("plays", row)
    row = stamp | {
        "prediction": record.prediction,
        "mood": record.mood,
        "profile": record.profile,
    }
    return _insert("corrections", row)


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


def stamp(boot: str, offset: float) -> list[Statement]:
    """Return what fills in the times of this boot's rows, once the clock is known to be set."""
    return [
        Statement(
            f"UPDATE {table} SET at = monotonic + ? WHERE at IS NULL AND boot = ?",  # noqa: S608
            (offset, boot),
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


def erase() -> list[Statement]:
    """Return what deletes all that is known of the people: history, corrections and taste."""
    return [Statement(f"DELETE FROM {table}") for table in (*HISTORY, "taste")]  # noqa: S608
