"""The checked data set: one npz file that every later step reads.

Rows carry two truths. `label` is what FER2013 reports; `votes` is what ten people said of the same
face (FER+), and is the better one. Either may be missing for a row.
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass, replace
from enum import IntEnum
from pathlib import Path
from typing import Literal, Self

import numpy as np
from numpy.typing import NDArray

from edge.events import EMOTIONS

LABELS = EMOTIONS
"""In the order of every array and of every model card."""
NO_LABEL = -1
SIZE = 48
"""Pixels along each side of a face."""

Truth = Literal["ferplus", "fer2013"]
"""The votes of ten people a face, or the original labels."""


class Split(IntEnum):
    """What a row may be used for."""

    TRAIN = 0
    VALIDATION = 1
    TEST = 2


@dataclass(frozen=True)
class Dataset:
    """Faces with their truths, row by row."""

    images: NDArray[np.uint8]
    """Grey faces, (n, 48, 48)."""
    label: NDArray[np.int8]
    """Index into LABELS, (n,); NO_LABEL where there is none."""
    votes: NDArray[np.float32]
    """People who named each of LABELS, (n, 7); a row of zeros where nobody was asked."""
    voters: NDArray[np.float32]
    """People who were asked, (n,), those who named none of LABELS among them."""
    split: NDArray[np.int8]
    """A Split, (n,)."""
    copied: NDArray[np.bool_]
    """Whether the source also had this very image among its training rows, (n,). Those training
    rows are gone from the data set; the flag lets a report leave the copies out all the same."""
    row: NDArray[np.int32]
    """The row's number in its source, (n,)."""

    def __len__(self) -> int:
        """Return the number of rows."""
        return len(self.images)

    def take(self, mask: NDArray[np.bool_] | NDArray[np.intp]) -> Self:
        """Return only the rows that `mask` selects."""
        return type(self)(**{name: getattr(self, name)[mask] for name in self.__annotations__})

    def part(self, split: Split) -> Self:
        """Return the rows of one split."""
        return self.take(self.split == split)

    def fold(self, number: int, of: int) -> Self:
        """Return the data set with another held-out part: fold `number`, from 1, of `of`.

        The test stays what it is, and what it shows is never trained on; all other rows are drawn
        by their pixels' checksum, so that copies stay together.
        """
        seen = np.array([zlib.crc32(face.tobytes()) for face in self.images], np.int64)
        held_out = np.where(seen % of == number - 1, Split.VALIDATION, Split.TRAIN)
        split = np.where(self.split == Split.TEST, Split.TEST, held_out).astype(np.int8)
        shown = np.isin(seen, seen[split == Split.TEST])
        return replace(self, split=split).take((split != Split.TRAIN) | ~shown)

    def majority(self) -> NDArray[np.int8]:
        """Return the emotion that most people named, (n,); NO_LABEL unless it is unique.

        Readers leave a row's votes at zero where most people named none of the seven.
        """
        top = np.sort(self.votes, axis=1)
        unique = (top[:, -1] > top[:, -2]) & (top[:, -1] > 0)
        return np.where(unique, self.votes.argmax(axis=1), NO_LABEL).astype(np.int8)

    def answers(self, truth: Truth) -> NDArray[np.int8]:
        """Return what is right by one of the two truths, (n,); NO_LABEL where nothing is."""
        return self.majority() if truth == "ferplus" else self.label

    def save(self, path: Path) -> None:
        """Write the data set to `path` (npz)."""
        np.savez_compressed(path, **{name: getattr(self, name) for name in self.__annotations__})


def load(path: Path) -> Dataset:
    """Read a data set that `Dataset.save` wrote."""
    with np.load(path, allow_pickle=False) as file:
        return Dataset(**{name: file[name] for name in Dataset.__annotations__})
