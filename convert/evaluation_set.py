"""Faces with known emotions, to measure a model on."""

from __future__ import annotations

import zipfile
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from convert import dataset
from convert.dataset import LABELS, NO_LABEL, Dataset, Split, Truth
from edge.errors import MoodboxError


@dataclass(frozen=True)
class EvaluationSet:
    """Faces and their emotions."""

    images: NDArray[np.uint8]
    """Grey faces, (n, h, w)."""
    truth: NDArray[np.int8]
    """Index into LABELS, (n,)."""

    def __len__(self) -> int:
        """Return the number of faces."""
        return len(self.images)

    def sized(self, height: int, width: int) -> EvaluationSet:
        """Return the same faces at another size."""
        if self.images.shape[1:] == (height, width):
            return self
        method = cv2.INTER_AREA if self.images.shape[1] > height else cv2.INTER_LINEAR
        small = [cv2.resize(face, (width, height), interpolation=method) for face in self.images]
        return EvaluationSet(np.stack(small).astype(np.uint8), self.truth)


def of(
    data: Dataset, split: Split, truth: Truth, *, copies: bool = False, agreed: bool = False
) -> EvaluationSet:
    """Return the rows of one split that `truth` names an emotion for.

    `copies` keeps test rows of which the source has an exact copy among its training rows;
    `agreed` only those for which more than half of the people voted alike.
    """
    rows = data.part(split)
    if not copies:
        rows = rows.take(~rows.copied)
    if agreed:
        rows = rows.take(rows.votes.max(axis=1) > rows.voters / 2)
    said = rows.answers(truth)
    return EvaluationSet(rows.images[said != NO_LABEL], said[said != NO_LABEL])


def read(path: Path, truth: Truth) -> EvaluationSet:
    """Read faces: the test rows of a data set that `data` wrote, or every row of a plain npz.

    A plain file holds `images`, uint8 (n, h, w), and `label`, whole numbers (n,).

    Raises:
        MoodboxError: one line that names the file, the row, and what is allowed.
    """
    try:
        # numpy leaves a file open that it was given by name and could not read.
        with path.open("rb") as raw, np.load(raw, allow_pickle=False) as file:
            names = set(file.files)
            if set(Dataset.__annotations__) <= names:
                return of(dataset.load(path), Split.TEST, truth)
            if not {"images", "label"} <= names:
                raise MoodboxError(
                    f"{path}: holds {', '.join(sorted(names)) or 'nothing'};"
                    " it has to hold images and label"
                )
            images, label = file["images"], file["label"]
    except (OSError, EOFError, ValueError, AttributeError, zipfile.BadZipFile) as error:
        raise MoodboxError(f"{path}: cannot be read as npz: {error}") from error
    return _checked(path, images, label)


def _checked(path: Path, images: NDArray[np.uint8], label: NDArray[np.integer]) -> EvaluationSet:
    """Return the faces if they are what they should be."""
    if images.dtype != np.uint8 or images.ndim != 3 or not images.size:
        raise MoodboxError(
            f"{path}: images are {images.dtype} {images.shape}, they have to be uint8 (n, h, w)"
        )
    if label.dtype.kind not in "iu" or label.shape != images.shape[:1]:
        raise MoodboxError(
            f"{path}: label is {label.dtype} {label.shape}, it has to be whole numbers"
            f" ({len(images)},), one an image"
        )
    wrong = np.flatnonzero((label < 0) | (label >= len(LABELS)))
    if len(wrong):
        allowed = ", ".join(f"{number} {name}" for number, name in enumerate(LABELS))
        raise MoodboxError(f"{path}: row {wrong[0]}: label {label[wrong[0]]}; allowed: {allowed}")
    return EvaluationSet(images, label.astype(np.int8))
