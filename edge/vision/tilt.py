"""How far a face leans to one side, from its landmarks.

YuNet's landmarks lean far less than a small face does (of 30 degrees, 6 in a face of 80 pixels),
so a face that seems to lean at all is looked at once more, enlarged: then they tell most of it.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from edge.vision.detector import Detector, Face, Landmarks
from edge.vision.search import around

HINT = 2.5
"""Degrees by which a small face's landmarks lean where the face may."""
LEANS = 8.0
"""Degrees from which on a face is turned; the model was trained on faces that lean less."""
ENLARGED = 130
"""Pixels of a face's width at which landmarks lean as the face does."""


def tilt(detector: Detector, pixels: NDArray[np.uint8], face: Face) -> float:
    """Return by how many degrees, clockwise, a face in (h, w, 3) leans; 0 for an upright one."""
    if not face.landmarks or abs(lean(face.landmarks)) < HINT:
        return 0.0
    area = around(face.box, pixels.shape[1], pixels.shape[0])
    longest = round(ENLARGED * max(area[2:]) / max(1.0, face.box[2]))
    seen = detector.find(pixels, longest, area, enlarge=True)
    if not seen:
        return 0.0
    x, y = (face.box[0] + face.box[2] / 2, face.box[1] + face.box[3] / 2)
    nearest = min(
        seen,
        key=lambda f: math.hypot(f.box[0] + f.box[2] / 2 - x, f.box[1] + f.box[3] / 2 - y),
    )
    degrees = lean(nearest.landmarks)
    return degrees if abs(degrees) >= LEANS else 0.0


def lean(landmarks: Landmarks) -> float:
    """Return the angle of the eyes, the mouth and the line between, in degrees clockwise."""
    right, left, _, mouth_right, mouth_left = landmarks
    across = [left[i] - right[i] + mouth_left[i] - mouth_right[i] for i in (0, 1)]
    down = [(mouth_right[i] + mouth_left[i] - right[i] - left[i]) / 2 for i in (0, 1)]
    return math.degrees(math.atan2(across[1] - down[0], across[0] + down[1]))
