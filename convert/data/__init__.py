"""From face collections as they are found to one checked data set.

The contract of a source: it hands out pieces, which a worker process reads into blocks of rows.
Whatever its kind, faces end up as 48x48 grey bytes, and labels in the order of LABELS.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import cv2
import numpy as np
from numpy.typing import NDArray

from convert.dataset import LABELS, SIZE, Split
from edge.errors import MoodboxError

ROWS_PER_PIECE = 2048
"""About 5 MB of pixels: small beside a worker's own weight, large beside the cost of a message."""
UNDECLARED = -1
"""The split of a row whose source does not say what it may be used for."""

FERPLUS = (
    "neutral",
    "happiness",
    "surprise",
    "sadness",
    "anger",
    "disgust",
    "fear",
    "contempt",
    "unknown",
    "NF",
)
"""What FER+ counts votes for, in its own order; NF: not a face."""

USAGES = {
    "Training": Split.TRAIN,
    "PublicTest": Split.VALIDATION,
    "PrivateTest": Split.TEST,
}
"""FER2013's names of the splits."""

SYNONYMS = {
    "angry": ("angry", "anger"),
    "disgust": ("disgust", "disgusted"),
    "fear": ("fear", "fearful", "afraid"),
    "happy": ("happy", "happiness"),
    "sad": ("sad", "sadness"),
    "surprise": ("surprise", "surprised"),
    "neutral": ("neutral", "neutrality"),
}
CLASSES = {name: LABELS.index(label) for label, names in SYNONYMS.items() for name in names}
"""Names of classes in lower case, with their index in LABELS."""


class DataError(MoodboxError):
    """A source cannot be used: file, row, what was found and what is allowed, in one line."""


@dataclass(frozen=True)
class Block:
    """Consecutive rows of a source, as it gave them; only the schema judges the values."""

    images: NDArray[np.uint8]
    """(n, 48, 48)."""
    label: NDArray[np.int64]
    """(n,)."""
    split: NDArray[np.int64]
    """(n,), a Split or UNDECLARED."""
    votes: NDArray[np.int64] | None = None
    """(n, 10) in the order of FERPLUS; None where the source has none."""
    converted: int = 0
    """How many images were of another size or in colour."""
    copied: NDArray[np.bool_] | None = None
    """Evaluation rows known to copy a training row that is not here any more, (n,)."""


class Piece(Protocol):
    """Some rows that a worker process can read by itself; it travels there by pickle."""

    def read(self) -> Block:
        """Read the rows, or raise DataError."""


class Source(Protocol):
    """A collection of faces."""

    path: Path
    kind: str
    """What it is, in words."""

    def pieces(self) -> Iterator[Piece]:
        """Yield all rows, in order, never holding many."""

    def where(self, row: int) -> str:
        """Return the file and the place in it of a row, for a person."""

    def names(self) -> list[str] | None:
        """Return the image file's name of each row; None where rows have no files."""


def as_face(image: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return the largest centred square of a grey `image`, (h, w), as (48, 48)."""
    height, width = image.shape
    if height == width == SIZE:
        return image
    side = min(height, width)
    top, left = (height - side) // 2, (width - side) // 2
    middle = image[top : top + side, left : left + side]
    method = cv2.INTER_AREA if side > SIZE else cv2.INTER_CUBIC
    return np.asarray(cv2.resize(middle, (SIZE, SIZE), interpolation=method), np.uint8)
