"""Read-only questions to the store, for any thread: each opens the file, asks, and closes it."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from edge.events import HandsOff, Preferences
from edge.records import (
    Device,
    Features,
    ListedSong,
    PastConfirmation,
    PastCorrection,
    PastPlay,
    PastPrediction,
    PastSong,
    PlaylistSnapshot,
    Tap,
    Taste,
)

T = TypeVar("T")
MOST_ROWS = 5000
"""Enough for a chart."""
MOST_SONGS = 50_000
ALL = -1


class Reader:
    """Questions to the file at `path`; a file that is not there yet has nothing to tell."""

    def __init__(self, path: Path) -> None:
        """Read from the SQLite file `path`."""
        self._path = path

    def preferences(self) -> Preferences | None:
        """Return the preferences, or None where there are none yet."""
        rows = self._rows("SELECT json FROM preferences")
        return msgspec.json.decode(rows[0]["json"], type=Preferences) if rows else None

    def moods(self, since: float, until: float, most: int = MOST_ROWS) -> list[PastPrediction]:
        """Return the newest predictions between two wall times, oldest first."""
        sql = "SELECT * FROM predictions WHERE at >= ? AND at < ? ORDER BY at DESC, number DESC"
        return self._newest(PastPrediction, sql, since, until, most)

    def plays(self, since: float, until: float, most: int = MOST_ROWS) -> list[PastPlay]:
        """Return the newest plays between two wall times, oldest first."""
        sql = (
            "SELECT y.*, p.model FROM plays y LEFT JOIN predictions p ON p.id = y.prediction "
            "WHERE y.at >= ? AND y.at < ? ORDER BY y.at DESC, y.number DESC"
        )
        return self._newest(PastPlay, sql, since, until, most)

    def heard(self, since: float, until: float, most: int = MOST_ROWS) -> list[PastSong]:
        """Return the newest songs heard between two wall times, oldest first."""
        sql = (
            "SELECT h.*, s.name FROM heard h LEFT JOIN shelves s ON s.source = h.context "
            "WHERE h.at >= ? AND h.at < ? ORDER BY h.at DESC, h.number DESC"
        )
        return self._newest(PastSong, sql, since, until, most)

    def corrections(
        self, since: float = 0.0, until: float = 1e12, most: int = MOST_ROWS
    ) -> list[PastCorrection]:
        """Return the newest corrections between two wall times, and those without, oldest first."""
        sql = (
            "SELECT c.at, c.prediction, c.mood, c.profile, p.mood AS predicted, p.confidence, "
            "p.probabilities, p.model FROM corrections c "
            "LEFT JOIN predictions p ON p.id = c.prediction "
            "WHERE c.at IS NULL OR (c.at >= ? AND c.at < ?) ORDER BY c.number DESC"
        )
        return self._newest(PastCorrection, sql, since, until, most)

    def confirmations(
        self, since: float = 0.0, until: float = 1e12, most: int = MOST_ROWS
    ) -> list[PastConfirmation]:
        """Return the newest confirmations between two wall times, oldest first."""
        sql = (
            "SELECT c.at, c.prediction, c.mood, c.profile, p.confidence, p.probabilities, p.model "
            "FROM confirmations c LEFT JOIN predictions p ON p.id = c.prediction "
            "WHERE c.at IS NULL OR (c.at >= ? AND c.at < ?) ORDER BY c.number DESC"
        )
        return self._newest(PastConfirmation, sql, since, until, most)

    def taps(self) -> list[Tap]:
        """Return what people said of readings whose embedding was kept, in the readings' order.

        A correction counts instead of a confirmation of the same reading.
        """
        sql = (
            "SELECT p.at, t.prediction, t.mood, p.model, t.embedding FROM ("
            "SELECT prediction, mood, embedding FROM corrections UNION ALL "
            "SELECT prediction, mood, embedding FROM confirmations WHERE prediction NOT IN "
            "(SELECT prediction FROM corrections)) t "
            "JOIN predictions p ON p.id = t.prediction WHERE t.embedding <> x'' ORDER BY p.number"
        )
        return [_as(Tap, row) for row in self._rows(sql)]

    def hands_off(self) -> HandsOff | None:
        """Return until when the mood was to leave the music alone."""
        rows = self._rows("SELECT json FROM hands_off")
        return msgspec.json.decode(rows[0]["json"], type=HandsOff) if rows else None

    def taste(self) -> Taste | None:
        """Return what was learnt of the taste of the house."""
        rows = self._rows("SELECT json FROM taste")
        return msgspec.json.decode(rows[0]["json"], type=Taste) if rows else None

    def playlists(self) -> list[PlaylistSnapshot]:
        """Return the lists of songs that were read."""
        return [
            _as(PlaylistSnapshot, row)
            for row in self._rows("SELECT * FROM shelves ORDER BY source")
        ]

    def songs(self) -> list[ListedSong]:
        """Return all songs, playlist by playlist and in the order they lie there."""
        rows = self._rows("SELECT * FROM songs ORDER BY source, place LIMIT ?", MOST_SONGS)
        return [_as(ListedSong, row) for row in rows]

    def cover(self, uri: str) -> str:
        """Return the address of the picture of a song, or of a list's first song; or nothing."""
        rows = self._rows(
            "SELECT cover FROM songs WHERE (uri = ?1 OR source = ?1) AND cover <> '' "
            "UNION ALL SELECT cover FROM heard WHERE uri = ?1 AND cover <> '' LIMIT 1",
            uri,
        )
        return str(rows[0]["cover"]) if rows else ""

    def pictured(self) -> frozenset[str]:
        """Return the lists of which there is a picture."""
        rows = self._rows("SELECT DISTINCT source FROM songs WHERE cover <> ''")
        return frozenset(row["source"] for row in rows)

    def features(self) -> dict[str, Features | None]:
        """Return how songs sound, by URI; None for those of which nothing is known."""
        return {
            row["uri"]: row["json"] and msgspec.json.decode(row["json"], type=Features)
            for row in self._rows("SELECT uri, json FROM features")
        }

    def devices(self) -> list[Device]:
        """Return the paired browsers, oldest first."""
        rows = self._rows("SELECT number, name, at FROM tokens ORDER BY number")
        return [_as(Device, row) for row in rows]

    def knows_token(self, hashed: str) -> bool:
        """Whether a browser with this hashed token is paired."""
        return bool(self._rows("SELECT 1 FROM tokens WHERE hash = ?", hashed))

    def number_of(self, hashed: str) -> int | None:
        """Return the number of the paired browser with this hashed token."""
        rows = self._rows("SELECT number FROM tokens WHERE hash = ?", hashed)
        return int(rows[0]["number"]) if rows else None

    def _newest(self, kind: type[T], sql: str, since: float, until: float, most: int) -> list[T]:
        rows = self._rows(f"{sql} LIMIT ?", since, until, most)
        return [_as(kind, row) for row in reversed(rows)]

    def _rows(self, sql: str, *values: Any) -> list[sqlite3.Row]:
        if not self._path.exists():
            return []
        with self._connection() as connection:
            try:
                return connection.execute(sql, values).fetchall()
            except sqlite3.OperationalError as error:
                if str(error).startswith("no such table"):
                    return []  # made or brought up to date right now: nothing is in it
                raise

    @contextmanager
    def _connection(self) -> Iterator[sqlite3.Connection]:
        address = f"{self._path.absolute().as_uri()}?mode=ro"
        with closing(sqlite3.connect(address, uri=True, timeout=2.0)) as connection:
            connection.row_factory = sqlite3.Row
            yield connection


def _as(kind: type[Any], row: sqlite3.Row) -> Any:
    values = {name: row[name] for name in kind.__struct_fields__}
    if isinstance(text := values.get("probabilities"), str):
        values["probabilities"] = msgspec.json.decode(text)
    return kind(**values)
