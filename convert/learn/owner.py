"""The owner's corrections: a face each, and what it was."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from convert.data import DataError
from convert.data.export import Export, is_export
from convert.dataset import Dataset
from convert.evaluation_set import EvaluationSet

FEWEST = 10
"""Corrections; fewer say nothing that would hold for the next face."""


@dataclass(frozen=True)
class Corrections:
    """Faces that were read wrongly, or were called right."""

    faces: EvaluationSet
    predictions: tuple[str, ...]
    """Their ids on the box, (n,)."""

    def __len__(self) -> int:
        """Return the number of faces."""
        return len(self.faces)


def read(path: Path) -> Corrections:
    """Read a box's export.

    Raises:
        DataError: it is none, or holds too few faces.
    """
    if not path.is_file():
        raise DataError(f"{path}: no such file")
    if not is_export(path):
        raise DataError(f"{path}: not an export of a box (.zip)")
    export = Export(path)
    blocks = [piece.read() for piece in export.pieces()]
    images, label = (
        np.concatenate([getattr(block, name) for block in blocks]) for name in ("images", "label")
    )
    names = np.array([Path(name).stem for name in export.names()])
    flat = images.reshape(len(images), -1)
    _, first = np.unique(flat, axis=0, return_index=True)
    told = first[flat[first].min(axis=1) < flat[first].max(axis=1)]  # neither copies nor blanks
    told.sort()
    if len(told) < FEWEST:
        raise DataError(f"{path}: holds {len(told)} faces of corrections; needed: {FEWEST}")
    faces = EvaluationSet(images[told], label[told].astype(np.int8))
    return Corrections(faces, tuple(map(str, names[told])))


def without(data: Dataset, faces: NDArray[np.uint8]) -> Dataset:
    """Return `data` without the rows that show one of the owner's `faces`."""
    theirs = {face.tobytes() for face in faces}
    return data.take(np.array([image.tobytes() not in theirs for image in data.images]))
