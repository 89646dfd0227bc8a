"""FER+ labels, fer2013new.csv: what ten people saw in each face of FER2013."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from convert.data import FERPLUS, DataError, Source
from convert.data.kaggle import usage
from convert.dataset import LABELS

COLUMNS = ("Usage", "Image name", *FERPLUS)
_ORDER = {
    "angry": "anger",
    "disgust": "disgust",
    "fear": "fear",
    "happy": "happiness",
    "sad": "sadness",
    "surprise": "surprise",
    "neutral": "neutral",
}
SEVEN = [FERPLUS.index(_ORDER[label]) for label in LABELS]
"""Where each of LABELS stands in FERPLUS."""
OTHERS = [index for index in range(len(FERPLUS)) if index not in SEVEN]


class Ferplus:
    """The whole table; 36,000 lines of text are small."""

    def __init__(self, path: Path) -> None:
        """Read and check every line."""
        self.path = path
        rows = list(self._rows())
        self._split = np.array([split for split, _, _ in rows], np.int64)
        self._names = {name: index for index, (_, name, _) in enumerate(rows) if name}
        self._votes = np.array([votes for _, _, votes in rows], np.int64).reshape(-1, len(FERPLUS))

    def votes_for(self, source: Source, split: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return the votes on each row of `source`, (n, 10).

        Image files are found by their names (fer0000000.png); other sources must have FER2013's
        rows in FER2013's order, which Usage gives away.
        """
        names = source.names()
        if names is not None:
            return self._by_name(source, names)
        if len(split) != len(self._votes):
            raise DataError(
                f"{self.path}: {len(self._votes)} rows, {source.path} has {len(split)};"
                " allowed: FER2013 whole and in its own order"
            )
        if (split != self._split).any():
            row = int(np.argmax(split != self._split))
            raise DataError(
                f"{self.path}: line {row + 2}: another Usage than {source.where(row)};"
                " allowed: FER2013 in its own order"
            )
        return self._votes

    def _by_name(self, source: Source, names: list[str]) -> NDArray[np.int64]:
        rows = np.array([self._names.get(name, -1) for name in names])
        if (rows < 0).all():
            raise DataError(
                f"{self.path}: knows no image of {source.path};"
                " allowed: files named as in its column 'Image name', or fer2013.csv"
            )
        return np.where(rows[:, None] >= 0, self._votes[rows], 0)

    def _rows(self) -> Iterator[tuple[int, str, list[int]]]:
        with self.path.open(encoding="utf-8", errors="replace", newline="") as file:
            reader = csv.DictReader(file)
            missing = set(COLUMNS) - set(reader.fieldnames or ())
            if missing:
                raise DataError(f"{self.path}: line 1: no column {min(missing)!r}")
            for number, line in enumerate(reader, start=2):
                where = f"{self.path}: line {number}"
                try:
                    votes = [int(line[name]) for name in FERPLUS]
                except (TypeError, ValueError) as error:
                    raise DataError(f"{where}: votes: allowed: ten whole numbers") from error
                yield usage(line["Usage"], where), line["Image name"], votes


def ten(votes: NDArray[np.int64], voters: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the votes in the order of FERPLUS, (n, 10), of those for LABELS, (n, 7): `seven` back.

    The rest of the `voters`, (n,), named something else, nobody knows what: spread evenly, it wins
    only where it won before.
    """
    rest = np.maximum(voters - votes.sum(axis=1), 0)
    full = np.zeros((len(votes), len(FERPLUS)), np.int64)
    full[:, SEVEN] = votes
    for number, column in enumerate(OTHERS):
        full[:, column] = (rest + number) // len(OTHERS)
    return full


def seven(votes: NDArray[np.int64]) -> NDArray[np.float32]:
    """Return the votes for each of LABELS, (n, 7), of votes in the order of FERPLUS, (n, 10).

    Zeros where most people named something else, or as many: such a face has no emotion of ours.
    """
    ours = votes[:, SEVEN]
    wins = ours.max(axis=1) > votes[:, OTHERS].max(axis=1)
    return np.where(wins[:, None], ours, 0).astype(np.float32)
