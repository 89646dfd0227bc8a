"""Tells people from pictures of people: a face that never moves is nobody.

Each face is compared with what was seen at its place before: by how much has it shifted? One step
of Lucas and Kanade's registration (1981, "An iterative image registration technique"), with terms
for changes of the light and for lamps that come on at one side, tells shifts of a fiftieth of a
pixel from the noise of a camera. Somebody who sits still and reads sways by several millimetres a
minute; a photograph, by none. Pure but for the pixels: time is passed in.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from edge.events import Rectangle
from edge.vision.card import Framing
from edge.vision.detector import Face
from edge.vision.framing import BoundingBox, crop
from edge.vision.search import SAME, overlap

STILL_FOR = 120.0
"""Seconds without a movement after which a face is a picture's."""
MOVED = 0.006
"""Of a face's width: the smallest shift that is a movement; on a person not a millimetre."""
MOVED_PIXELS = 0.2
"""The same in pixels of the frame; the noise of a dim room stays below it."""
ALIKE = 0.5
"""Share of a patch's variance that a shift must leave explained: else it shows something else."""
SIDE = 32
"""Pixels of the patches that are compared, along a side."""
MOST = 16
"""Places that are remembered: those seen last."""
WHOLE_FACE = Framing(0.0, 0.0, 1.0)

RAMPS = np.meshgrid(*[np.linspace(-1, 1, SIDE, dtype=np.float32)] * 2)
"""Light that grows from one side of a patch to the other."""

Patch = NDArray[np.float32]
"""What was seen, (SIDE, SIDE), grey."""


@dataclass(frozen=True, eq=False)
class Place:
    """Where a face was, and what was there."""

    box: BoundingBox
    patch: Patch
    moved_at: float
    """When it last moved, or was first seen."""
    seen_at: float

    @property
    def is_picture(self) -> bool:
        """Whether what is here was seen not to move for long enough."""
        return self.seen_at - self.moved_at >= STILL_FOR


class Pictures:
    """Remembers which faces do not move."""

    def __init__(self) -> None:
        """Remember none."""
        self._places: list[Place] = []

    def without(self, pixels: NDArray[np.uint8], faces: Sequence[Face], at: float) -> list[Face]:
        """Return the faces that are not of pictures; `pixels`, (h, w, 3), were taken at `at`."""
        return [face for face in faces if not self._is_picture(pixels[..., 1], face, at)]

    def _is_picture(self, green: NDArray[np.uint8], face: Face, at: float) -> bool:
        """Note a face, and say whether it is a picture's."""
        here = [place for place in self._places if overlap(place.box, face.box) >= SAME]
        shifts = [(place, shift(place.patch, _patch(green, place.box))) for place in here]
        enough = max(MOVED, MOVED_PIXELS / max(1.0, face.box[2]))
        still = [place for place, by in shifts if by is not None and by < enough]
        # A picture that somebody hides for a moment is one still; one that moves is none.
        hidden = [place for place, by in shifts if by is None and place.is_picture]
        if still:
            now = replace(min(still, key=lambda place: place.moved_at), seen_at=at)
        else:
            now = Place(face.box, _patch(green, face.box), at, at)
        others = [place for place in self._places if place not in here]
        places = sorted([*others, *hidden, now], key=lambda place: place.seen_at)
        self._places = places[-MOST:]
        return now.is_picture


def within(box: BoundingBox, places: Sequence[Rectangle], width: int, height: int) -> bool:
    """Whether the middle of a face lies in one of the places of a frame of that size."""
    x, y = (box[0] + box[2] / 2) / width, (box[1] + box[3] / 2) / height
    return any(
        left <= x <= left + wide and top <= y <= top + high for left, top, wide, high in places
    )


def shift(before: Patch, after: Patch) -> float | None:
    """Return how far `after` lies from `before`, in sides of the patch; None: it is another thing.

    Larger shifts than some twentieths are told only to be large, or to be another thing.
    """
    down, across = np.gradient(before)
    light = [before, np.ones_like(before), *RAMPS, before * RAMPS[0], before * RAMPS[1]]
    terms = np.stack([across, down, *light], axis=-1).reshape(SIDE * SIDE, -1)
    seen = after.reshape(-1)
    fit, *_ = np.linalg.lstsq(terms, seen, rcond=None)
    rest = seen - terms @ fit
    gain = float(fit[2])
    if gain <= 0 or float(rest.var()) > (1 - ALIKE) * float(seen.var()):
        return None
    return float(np.hypot(fit[0], fit[1])) / gain / SIDE


def _patch(green: NDArray[np.uint8], box: BoundingBox) -> Patch:
    face = crop(green, box, WHOLE_FACE, SIDE).astype(np.float32)
    return np.asarray(cv2.GaussianBlur(face, (0, 0), 1.0), np.float32)
