"""What the page's export of a box holds: the faces of corrections, and what was said of each.

The archive is read as it is. One person's correction counts as ten votes of one mind: it weighs as
much as a face of FER+, and is as soft as a house is sure.
"""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

import msgspec
import numpy as np

from convert.data import CLASSES, FERPLUS, SYNONYMS, UNDECLARED, Block, DataError
from convert.data.ferplus import SEVEN
from convert.data.folder import FILES_PER_PIECE, decoded, faces_of
from edge.records import PastCorrection

VOTES = 10
"""Of a correction, all for the same emotion: as many as FER+ asked people."""
LARGEST = 2**20
"""Bytes of a face; the box keeps some five thousand."""


@dataclass(frozen=True)
class Members:
    """Some faces of an archive, with their labels."""

    path: Path
    names: tuple[str, ...]
    label: tuple[int, ...]

    def read(self) -> Block:
        """Decode every face."""
        with _opened(self.path) as archive:
            images = [decoded(archive.read(name), _where(self.path, name)) for name in self.names]
        faces, converted = faces_of(images)
        label = np.array(self.label)
        votes = np.zeros((len(label), len(FERPLUS)), np.int64)
        votes[np.arange(len(label)), np.array(SEVEN)[label]] = VOTES
        return Block(faces, label, np.full(len(label), UNDECLARED), votes, converted)


class Export:
    """faces/MOOD/PREDICTION.png, and corrections.jsonl, which says what was said last of each."""

    kind = "export of a box"

    def __init__(self, path: Path) -> None:
        """List the faces; nothing is decoded yet."""
        self.path = path
        self._names: list[str] = []
        self._label: list[int] = []
        with _opened(path) as archive:
            last = self._corrections(archive)
            for info in archive.infolist():
                parts = PurePosixPath(info.filename).parts
                if len(parts) == 3 and parts[0] == "faces" and not info.is_dir():
                    self._add(info, parts[1], last)
        if not self._names:
            raise DataError(
                f"{path}: holds no faces of corrections; the box keeps them only where its owner"
                " has allowed that"
            )

    def pieces(self) -> Iterator[Members]:
        """Yield some hundred faces at a time."""
        for start in range(0, len(self._names), FILES_PER_PIECE):
            part = slice(start, start + FILES_PER_PIECE)
            yield Members(self.path, tuple(self._names[part]), tuple(self._label[part]))

    def where(self, row: int) -> str:
        """Return archive and member."""
        return _where(self.path, self._names[row])

    def names(self) -> list[str]:
        """Return the faces' names."""
        return [PurePosixPath(name).name for name in self._names]

    def _add(self, info: zipfile.ZipInfo, folder: str, last: dict[str, str]) -> None:
        """Add a face by what was said last of it; leave it out where that is no emotion."""
        where = _where(self.path, info.filename)
        if folder not in CLASSES:
            raise DataError(f"{where}: no such class; allowed: {', '.join(SYNONYMS)}")
        if info.file_size > LARGEST:
            raise DataError(f"{where}: {info.file_size:,} bytes; allowed: {LARGEST:,}")
        mood = last.get(PurePosixPath(info.filename).stem, folder)
        if mood in CLASSES:
            self._names.append(info.filename)
            self._label.append(CLASSES[mood])

    def _corrections(self, archive: zipfile.ZipFile) -> dict[str, str]:
        """Return what was said last of each prediction."""
        if "corrections.jsonl" not in archive.namelist():
            raise DataError(f"{self.path}: has no corrections.jsonl: not an export of a box")
        said = {}
        for number, line in enumerate(archive.read("corrections.jsonl").splitlines(), start=1):
            try:
                correction = msgspec.json.decode(line, type=PastCorrection)
            except (msgspec.MsgspecError, UnicodeDecodeError) as error:
                where = _where(self.path, "corrections.jsonl")
                raise DataError(f"{where}: line {number}: not a correction: {error}") from error
            said[correction.prediction] = correction.mood
        return said


def is_export(path: Path) -> bool:
    """Tell an export from other archives, such as numpy's."""
    try:
        with zipfile.ZipFile(path) as archive:
            return "images.npy" not in archive.namelist() and path.suffix != ".npz"
    except zipfile.BadZipFile:
        return path.suffix == ".zip"


def _where(path: Path, name: str) -> str:
    return f"{path}: {name}"


@contextmanager
def _opened(path: Path) -> Iterator[zipfile.ZipFile]:
    try:
        with zipfile.ZipFile(path) as archive:
            yield archive
    except (OSError, EOFError, RuntimeError, zipfile.BadZipFile, zlib.error) as error:
        raise DataError(f"{path}: cannot be read as an export of a box: {error}") from error
