"""What a model says of faces that are seen again and again.

A camera never shows the same pixels twice: the detector's box trembles, the head tilts, the light
flickers. Several jittered views of each face tell how alike the readings of one face are.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Self

import cv2
import numpy as np
from numpy.typing import NDArray

from convert.dataset import NO_LABEL, Dataset, Split

VIEWS = 8
"""Views of each face."""

# Standard deviations from one frame to the next of a face that is found over and over; the wide
# ones of convert/augment.py are between people and rooms.
TILT_DEGREES = 3.0
SCALE = 0.04
SHIFT = 0.03
GAIN = 0.08
OFFSET = 6.0
NOISE = 3.0

Model = Callable[[NDArray[np.uint8]], NDArray[np.floating]]
"""A grey face, (48, 48), to calibrated probabilities, (7,)."""


@dataclass(frozen=True)
class Readings:
    """Readings of faces whose expression most people agree on, and that training never saw."""

    probabilities: NDArray[np.float32]
    """(faces, VIEWS, 7)."""
    truth: NDArray[np.int8]
    """The expression that most people named, (faces,)."""
    split: NDArray[np.int8]
    """A Split, (faces,): VALIDATION or TEST."""

    def part(self, split: Split) -> Self:
        """Return the faces of one split."""
        rows = self.split == split
        return type(self)(**{f.name: getattr(self, f.name)[rows] for f in fields(self)})

    def save(self, path: Path) -> None:
        """Write to `path` (npz)."""
        np.savez_compressed(path, **{f.name: getattr(self, f.name) for f in fields(self)})


def load(path: Path) -> Readings:
    """Read what `Readings.save` wrote."""
    with np.load(path, allow_pickle=False) as file:
        return Readings(**{f.name: file[f.name] for f in fields(Readings)})


def measure(model: Model, data: Dataset, seed: int = 1) -> Readings:
    """Show `model` every fit face of the validation and test rows, in jittered views."""
    rng = np.random.default_rng(seed)
    faces = data.take((data.split != Split.TRAIN) & ~data.copied & (data.majority() != NO_LABEL))
    said = [[model(jitter(face, rng)) for _ in range(VIEWS)] for face in faces.images]
    return Readings(np.array(said, np.float32), faces.majority(), faces.split)


def jitter(face: NDArray[np.uint8], rng: np.random.Generator) -> NDArray[np.uint8]:
    """Return the square grey `face` as the next frame may show it."""
    size = face.shape[0]
    centre = (size - 1) / 2
    matrix = cv2.getRotationMatrix2D(
        (centre, centre), rng.normal(0, TILT_DEGREES), float(np.exp(rng.normal(0, SCALE)))
    )
    shift = rng.normal(0, SHIFT * size, (2, 1))
    moved = cv2.warpAffine(
        face,
        np.hstack([matrix[:, :2], matrix[:, 2:] + shift]),
        (size, size),
        borderMode=cv2.BORDER_REFLECT_101,
    )
    gain, offset = np.exp(rng.normal(0, GAIN)), rng.normal(0, OFFSET)
    lit = gain * (moved.astype(np.float64) - 128) + 128 + offset + rng.normal(0, NOISE, face.shape)
    return np.asarray(np.clip(lit, 0, 255), np.uint8)
