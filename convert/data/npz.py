"""Faces in one numpy archive: images, label, and where it has them usage and ferplus_votes.

A checked data set is one as well: it has split, votes, voters and copied instead.
"""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import numpy as np
from numpy.lib import format as npy
from numpy.typing import NDArray

from convert.data import (
    FERPLUS,
    ROWS_PER_PIECE,
    UNDECLARED,
    USAGES,
    Block,
    DataError,
    as_face,
)
from convert.data.ferplus import ten
from convert.dataset import LABELS, SIZE

CHECKED = {"split": (), "copied": (), "votes": (len(LABELS),), "voters": ()}
"""What a checked data set has more, and how much of each a row."""
BROKEN = (OSError, ValueError, EOFError, KeyError, zipfile.BadZipFile, zlib.error)


@dataclass(frozen=True)
class Rows:
    """Rows of the archive, already out of it: a zip file can only be read front to back."""

    images: NDArray[np.uint8]
    label: NDArray[np.int64]
    split: NDArray[np.int64]
    votes: NDArray[np.int64] | None
    copied: NDArray[np.bool_] | None = None

    def read(self) -> Block:
        """Bring the images to size."""
        faces, converted = self.images, 0
        if faces.shape[1:] != (SIZE, SIZE):
            faces, converted = np.stack([as_face(image) for image in faces]), len(faces)
        return Block(faces, self.label, self.split, self.votes, converted, self.copied)


class Npz:
    """images uint8 (n, h, w), label int (n,), usage str (n,), ferplus_votes int (n, 10)."""

    kind = "numpy archive"

    def __init__(self, path: Path) -> None:
        """Read everything but the images, and check that all arrays have as many rows."""
        self.path = path
        with (
            self._readable(),
            path.open("rb") as raw,  # numpy leaves a broken file open that it opened itself
            np.load(raw, allow_pickle=False) as file,
        ):
            for name in ("images", "label"):
                if name not in file:
                    raise DataError(f"{path}: has no array {name!r}; needed: images, label")
            self._label = self._whole(file["label"], "label")
            usage, votes = file.get("usage"), file.get("ferplus_votes")
            self._votes = None if votes is None else self._whole(votes, "ferplus_votes")
            checked = {n: file[n] for n in CHECKED if n in file} if "split" in file else {}
        with self._images() as (_, shape):
            count = shape[0]
        self._expect("label", self._label, (count,))
        if self._votes is not None:
            self._expect("ferplus_votes", self._votes, (count, len(FERPLUS)))
        self._split = np.full(count, UNDECLARED)
        if usage is not None:
            self._expect("usage", usage, (count,))
            self._split = self._splits(usage)
        self._copied: NDArray[np.bool_] | None = None
        if checked:
            self._take(checked)

    def pieces(self) -> Iterator[Rows]:
        """Yield the rows while the images stream out of the archive."""
        with self._images() as (stream, (count, *shape)):
            for start in range(0, count, ROWS_PER_PIECE):
                part = slice(start, min(start + ROWS_PER_PIECE, count))
                size = (part.stop - start, *shape)
                images = np.frombuffer(_exactly(stream, int(np.prod(size))), np.uint8)
                votes = None if self._votes is None else self._votes[part]
                copied = None if self._copied is None else self._copied[part]
                faces = images.reshape(size)
                yield Rows(faces, self._label[part], self._split[part], votes, copied)

    def where(self, row: int) -> str:
        """Return file and row, counted from 0 as numpy does."""
        return f"{self.path}: row {row}"

    def names(self) -> None:
        """Rows have no files."""

    @contextmanager
    def _images(self) -> Iterator[tuple[IO[bytes], tuple[int, ...]]]:
        with (
            self._readable(),
            zipfile.ZipFile(self.path) as archive,
            archive.open("images.npy") as stream,
        ):
            version = npy.read_magic(stream)
            header = npy.read_array_header_1_0 if version == (1, 0) else npy.read_array_header_2_0
            shape, fortran, dtype = header(stream)
            if dtype != np.uint8 or len(shape) != 3 or fortran:
                raise DataError(
                    f"{self.path}: images are {dtype} {shape}; allowed: uint8 (n, h, w), row-major"
                )
            yield stream, shape

    @contextmanager
    def _readable(self) -> Iterator[None]:
        try:
            yield
        except BROKEN as error:
            raise DataError(f"{self.path}: cannot be read as a numpy archive: {error}") from error

    def _whole(self, array: NDArray[Any], name: str) -> NDArray[np.int64]:
        if array.dtype.kind not in "iu":
            raise DataError(f"{self.path}: {name} is {array.dtype}; allowed: whole numbers")
        return array.astype(np.int64)

    def _expect(self, name: str, array: NDArray[Any], shape: tuple[int, ...]) -> None:
        if array.shape != shape:
            raise DataError(f"{self.path}: {name} is {array.shape}; the images make it {shape}")

    def _take(self, checked: dict[str, NDArray[Any]]) -> None:
        """Take what a data set that was checked before says of its rows."""
        missing = [name for name in CHECKED if name not in checked]
        if missing:
            raise DataError(f"{self.path}: has split but no array {missing[0]!r}")
        count = len(self._label)
        for name, shape in CHECKED.items():
            self._expect(name, checked[name], (count, *shape))
        self._split = self._whole(checked["split"], "split")
        self._copied = checked["copied"].astype(bool)
        self._votes = ten(checked["votes"].astype(np.int64), checked["voters"].astype(np.int64))

    def _splits(self, usage: NDArray[Any]) -> NDArray[np.int64]:
        names, index = np.unique(usage, return_inverse=True)
        for number, name in enumerate(names):
            if name not in USAGES:
                row = int(np.argmax(index == number))
                raise DataError(
                    f"{self.where(row)}: usage = {str(name)!r}; allowed: {', '.join(USAGES)}"
                )
        return np.array([USAGES[str(name)] for name in names], np.int64)[index]


def _exactly(stream: IO[bytes], count: int) -> bytes:
    data = stream.read(count)
    if len(data) != count:
        raise EOFError("the images end too early")
    return data
