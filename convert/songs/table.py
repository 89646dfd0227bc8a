"""The owner's table of songs: read, cleaned, each song once.

Nothing in it can refuse the whole table but its columns: a row with a missing or broken value is
left out, counted and, the first few, named.
"""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

from edge.errors import MoodboxError

T = TypeVar("T")
RANGES: Mapping[str, tuple[float, float]] = MappingProxyType({
    "valence": (0, 1),
    "energy": (0, 1),
    "danceability": (0, 1),
    "loudness": (-100, 20),
    "speechiness": (0, 1),
    "acousticness": (0, 1),
    "instrumentalness": (0, 1),
    "liveness": (0, 1),
    "tempo": (0, 400),
})  # fmt: skip
"""What is allowed in each column that is looked at."""
NEEDED = ("track_id", "valence", "energy")
"""Columns from which moods come; a table may be without the others."""
AUDIO = (".aif", ".aiff", ".flac", ".m4a", ".mp3", ".oga", ".ogg", ".opus", ".wav")
"""How the names of audio files end; of these, libsndfile reads all but .m4a."""
FEWEST_SONGS = 30
SHOWN = 5
"""Broken rows that are named, each in a line; the rest are counted."""
MOSTLY_BROKEN = 0.5
"""Beyond this share of broken or empty rows the table may be another than it should be."""
ENCODINGS = ("utf-8-sig", "latin-1")
"""In the order in which they are tried; the second reads any bytes."""


class Broken(NamedTuple):
    """A row that is left out."""

    line: int
    column: str
    words: str


class Table(NamedTuple):
    """Songs and how they sound."""

    ids: list[str]
    """Spotify's ids, or the paths of audio files; each once."""
    names: list[str]
    """Artist and title, to tell that two ids are the same song; the id where they are not told."""
    values: NDArray[np.float64]
    """(songs, columns), in the order of RANGES, as far as the table has them."""
    broken: list[Broken]
    silent: int
    """Rows without any feature."""
    doubled: int
    """Rows whose song was there before."""
    encoding: str

    @property
    def broken_share(self) -> float:
        """Return how many of the table's rows are broken or without any feature, 0 to 1."""
        broken = len(self.broken) + self.silent
        return broken / (len(self.ids) + broken + self.doubled or 1)

    def first_of_each_name(self) -> NDArray[np.intp]:
        """Return the rows of different songs: one on single, album and sampler weighs once.

        Where next to none has a name of its own, the names say nothing: all rows.
        """
        found: NDArray[np.intp] = np.unique(self.names, return_index=True)[1]
        return found if len(found) >= FEWEST_SONGS else np.arange(len(self.names))


def read(path: Path, *, strict: bool = False) -> Table:
    """Read the table at `path`, in UTF-8 or else Latin-1.

    Raises:
        MoodboxError: in one line, where it is no table of songs; with `strict`, also where most
            of its rows are broken or without features.
    """
    table = _decoded(path, lambda rows, encoding: _table(path, rows, encoding))
    if strict and table.broken_share > MOSTLY_BROKEN:
        raise MoodboxError(f"{path}: {mostly_broken(table)}")
    return table


def ids_of(path: Path) -> set[str]:
    """Return the songs in a table of the owner's, such as `moodbox songs export` writes."""

    def ids(rows: csv.DictReader[str], _encoding: str) -> set[str]:
        if "track_id" not in (rows.fieldnames or ()):
            raise MoodboxError(f"{path}: columns are missing: track_id")
        return {(row["track_id"] or "").strip() for row in rows}

    return _decoded(path, ids)


def _decoded(path: Path, take: Callable[[csv.DictReader[str], str], T]) -> T:
    """Return what `take` makes of the rows at `path` and their encoding: UTF-8, or else Latin-1."""
    for encoding in ENCODINGS:
        try:
            with path.open(encoding=encoding, newline="") as file:
                return take(csv.DictReader(file), encoding)
        except UnicodeDecodeError:
            continue
        except csv.Error as error:
            raise MoodboxError(f"{path}: not a CSV file: {error}") from error
    raise AssertionError  # Latin-1 reads any bytes


def mostly_broken(table: Table) -> str:
    """Return what to say of a table most of whose rows are broken."""
    share = f"{table.broken_share:.0%}"
    return f"{share} of its rows are broken or without features; is it the right table?"


def about_broken(path: Path, table: Table) -> Iterator[str]:
    """Yield a few lines on what is left out: the first rows, then how many by column."""
    for it in table.broken[:SHOWN]:
        yield f"left out: {path}, line {it.line}: {it.words}"
    if len(table.broken) > SHOWN:
        counts = Counter(it.column for it in table.broken).most_common()
        columns = ", ".join(f"{column} {count}" for column, count in counts)
        yield f"left out: {len(table.broken)} rows in all, by column: {columns}"


def _table(path: Path, rows: csv.DictReader[str], encoding: str) -> Table:
    there = rows.fieldnames or ()
    if missing := [name for name in NEEDED if name not in there]:
        raise MoodboxError(f"{path}: columns are missing: {', '.join(missing)}")
    columns = [name for name in RANGES if name in there]
    songs: dict[str, tuple[str, list[float]]] = {}
    broken: list[Broken] = []
    silent = doubled = 0
    for row in rows:
        id_ = (row["track_id"] or "").strip()
        if not any(row[name] for name in columns):
            silent += 1
        elif wrong := _wrong(row, columns):
            broken.append(Broken(rows.line_num, *wrong))
        elif id_ in songs:
            doubled += 1
        else:
            songs[id_] = (_name(row), [float(row[name]) for name in columns])
    if len(songs) < FEWEST_SONGS:
        first = f"; line {broken[0].line}: {broken[0].words}" if broken else ""
        raise MoodboxError(
            f"{path}: {len(songs)} songs with features; at least {FEWEST_SONGS}{first}"
        )
    names = [name for name, _ in songs.values()]
    values = np.array([row for _, row in songs.values()])
    return Table(list(songs), names, values, broken, silent, doubled, encoding)


def _wrong(row: dict[str, str], columns: Iterable[str]) -> tuple[str, str] | None:
    """Return the column that is wrong in a row, and what is allowed there."""
    id_ = (row["track_id"] or "").strip()
    if not id_.isalnum() and not id_.lower().endswith(AUDIO):
        return "track_id", f"track_id {row['track_id']!r}: letters and digits, or an audio file"
    for name in columns:
        low, high = RANGES[name]
        try:
            fits = low <= float(row[name]) <= high
        except (TypeError, ValueError):
            fits = False
        if not fits:
            return name, f"{name} {row[name]!r}: a number from {low} to {high}"
    return None


def _name(row: dict[str, str]) -> str:
    artist, title = row.get("artists") or "", row.get("track_name") or ""
    return f"{artist} - {title}".casefold() if artist and title else row["track_id"]
