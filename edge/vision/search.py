"""Where in a frame to look for faces, and how closely.

An emotion can be read from a face of some 28 pixels, which a full-size frame has of a face four
or five metres away; the detector finds it in half the size. Looking everywhere at full size takes
four times as long, so it is done part by part, while there is nothing else to do; and a face that
is known is followed by looking around it alone.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from enum import Enum

import numpy as np
from numpy.typing import NDArray

from edge.vision.detector import Area, Detector, Face
from edge.vision.framing import BoundingBox

WHOLE = 640
"""Pixels of the longer side of a whole frame, looked at."""
QUICK = 320
"""The same for a processor that cannot afford more often."""
AROUND = 160
"""Pixels of the longer side of what lies around a known face."""
REACH = 3.0
"""How many times as large as its face that is: nobody moves farther between two looks."""
LAP = 64
"""Pixels by which the parts of a frame overlap: larger faces are found in the whole."""
SAME = 0.3
"""Two boxes that overlap this much (intersection over union) are the same face."""


class Look(Enum):
    """How to look at one frame, from nothing to everything."""

    NOT = "not"
    """Nothing has changed since nobody was found."""
    AROUND = "around"
    """Around the faces that are known."""
    QUICK = "quick"
    """The whole, small."""
    WHOLE = "whole"
    """The whole, at half the size or the like."""
    CLOSELY = "closely"
    """One part at full size; the next time the next part."""


class Search:
    """Looks for faces as it is told to."""

    def __init__(self, detector: Detector) -> None:
        """Look with this detector."""
        self.detector = detector
        self._turn = 0
        """Which part is next to be looked at closely."""

    def find(self, pixels: NDArray[np.uint8], how: Look, known: Sequence[Face]) -> list[Face]:
        """Return the faces in `pixels`, (h, w, 3); `known` are those of the last look.

        A known face that is lost makes it a look at the whole; and what the whole is too small
        to show of known faces is looked for around them.
        """
        match how:
            case Look.NOT:
                return []
            case Look.AROUND if known:
                faces = self._around(pixels, known)
                if len(faces) == len(known):
                    return faces
                return merged(faces, self.detector.find(pixels, WHOLE))
            case Look.CLOSELY:
                parts = areas(pixels.shape[1], pixels.shape[0])
                self._turn = (self._turn + 1) % len(parts)
                return self.detector.find(pixels, WHOLE + 2 * LAP, parts[self._turn])
            case Look.QUICK:
                return self.detector.find(pixels, QUICK)
            case _:
                faces = self.detector.find(pixels, WHOLE)
                lost = [face for face in known if not _has(faces, face.box)]
                return merged(faces, self._around(pixels, lost))

    def _around(self, pixels: NDArray[np.uint8], known: Sequence[Face]) -> list[Face]:
        """Return those of the known faces that are still about where they were."""
        found: list[Face] = []
        for face in known:
            area = around(face.box, pixels.shape[1], pixels.shape[0])
            near = self.detector.find(pixels, AROUND, area) if min(area[2:]) > 0 else []
            near = [one for one in near if not _has(found, one.box)]
            if near:
                found.append(max(near, key=lambda one: overlap(one.box, face.box)))
        return found


def around(box: BoundingBox, width: int, height: int) -> Area:
    """Return the part of a frame of that size in which a face that was at `box` is by now."""
    x, y, w, h = box
    side = REACH * max(w, h)
    left, right = (_within(x + w / 2 + sign * side / 2, width) for sign in (-1, 1))
    top, bottom = (_within(y + h / 2 + sign * side / 2, height) for sign in (-1, 1))
    return left, top, right - left, bottom - top


def areas(width: int, height: int) -> list[Area]:
    """Return overlapping parts that together cover a frame, none much larger than WHOLE."""
    across, down = (max(1, math.ceil(side / WHOLE)) for side in (width, height))
    rows = [_part(turn, down, height) for turn in range(down)]
    columns = [_part(turn, across, width) for turn in range(across)]
    return [(left, top, wide, high) for top, high in rows for left, wide in columns]


def merged(faces: list[Face], more: Sequence[Face]) -> list[Face]:
    """Return the faces and those of `more` that are others."""
    every = list(faces)
    for face in more:
        if not _has(every, face.box):
            every.append(face)
    return every


def overlap(a: BoundingBox, b: BoundingBox) -> float:
    """Return the boxes' intersection over their union, 0..1."""
    width = min(a[0] + a[2], b[0] + b[2]) - max(a[0], b[0])
    height = min(a[1] + a[3], b[1] + b[3]) - max(a[1], b[1])
    if width <= 0 or height <= 0:
        return 0.0
    both = width * height
    return both / (a[2] * a[3] + b[2] * b[3] - both)


def _has(faces: Sequence[Face], box: BoundingBox) -> bool:
    return any(overlap(face.box, box) >= SAME for face in faces)


def _part(turn: int, parts: int, side: int) -> tuple[int, int]:
    """Return where one of the parts of a side begins, and how long it is."""
    begin = max(0, side * turn // parts - LAP)
    return begin, min(side, side * (turn + 1) // parts + LAP) - begin


def _within(place: float, side: int) -> int:
    return min(max(round(place), 0), side)
