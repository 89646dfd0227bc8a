"""Kaggle's fer2013.csv (and icml_face_data.csv): emotion, pixels, and where it has it Usage."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from convert.data import UNDECLARED, USAGES, Block, DataError
from convert.dataset import SIZE

LINES_PER_PIECE = 512
"""A face takes some 9 KB as text."""


@dataclass(frozen=True)
class Lines:
    """Lines of the file, not parsed yet: that is the work to share among processes."""

    path: Path
    first: int
    """Number of the first line, counted from 1 as editors do."""
    columns: tuple[str, ...]
    lines: list[str]

    def read(self) -> Block:
        """Parse every line."""
        faces = np.empty((len(self.lines), SIZE, SIZE), np.uint8)
        label = np.empty(len(self.lines), np.int64)
        split = np.full(len(self.lines), UNDECLARED)
        for index, line in enumerate(self.lines):
            where = f"{self.path}: line {self.first + index}"
            fields = _fields(line, self.columns, where)
            faces[index] = _pixels(fields["pixels"], where)
            label[index] = _emotion(fields["emotion"], where)
            if "Usage" in fields:
                split[index] = usage(fields["Usage"], where)
        return Block(faces, label, split)


class Csv:
    """One face a line: emotion 0..6, 2304 pixels, Usage."""

    kind = "Kaggle's csv"

    def __init__(self, path: Path) -> None:
        """Read the header."""
        self.path = path
        with path.open(encoding="utf-8", errors="replace", newline="") as file:
            self._columns = header(file.readline())
        for name in ("emotion", "pixels"):
            if name not in self._columns:
                raise DataError(
                    f"{path}: line 1: no column {name!r}; allowed: emotion,pixels,Usage"
                )

    def pieces(self) -> Iterator[Lines]:
        """Yield some hundred lines at a time."""
        with self.path.open(encoding="utf-8", errors="replace", newline="") as file:
            file.readline()
            first = 2
            while lines := list(islice(file, LINES_PER_PIECE)):
                yield Lines(self.path, first, self._columns, lines)
                first += len(lines)

    def where(self, row: int) -> str:
        """Return file and line, as an editor counts."""
        return f"{self.path}: line {row + 2}"

    def names(self) -> None:
        """Rows have no files."""


def header(line: str) -> tuple[str, ...]:
    """Return the column names of a csv file; some copies have blanks after the commas."""
    return tuple(name.strip().strip('"') for name in line.lstrip("\ufeff").split(","))


def usage(name: str, where: str) -> int:
    """Return the Split that FER2013 calls `name`."""
    if name not in USAGES:
        raise DataError(f"{where}: Usage = {name!r}; allowed: {', '.join(USAGES)}")
    return USAGES[name]


def _fields(line: str, columns: tuple[str, ...], where: str) -> dict[str, str]:
    try:
        values = next(csv.reader([line], strict=True), [])
    except csv.Error as error:
        raise DataError(f"{where}: not comma-separated values: {error}") from error
    if len(values) != len(columns):
        raise DataError(f"{where}: {len(values)} columns; allowed: {len(columns)}, as in line 1")
    return dict(zip(columns, (value.strip() for value in values), strict=True))


def _pixels(text: str, where: str) -> NDArray[np.uint8]:
    try:
        pixels = bytes(map(int, text.split()))
    except ValueError as error:
        raise DataError(f"{where}: pixels: allowed: whole numbers 0 to 255") from error
    if len(pixels) != SIZE * SIZE:
        raise DataError(f"{where}: {len(pixels)} pixels; allowed: {SIZE * SIZE}")
    return np.frombuffer(pixels, np.uint8).reshape(SIZE, SIZE)


def _emotion(text: str, where: str) -> int:
    try:
        return int(text)
    except ValueError as error:
        raise DataError(f"{where}: emotion = {text!r}; allowed: 0 to 6") from error
