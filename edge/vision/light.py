"""How well a face can be read, and what helps where the light is poor. Pure.

Measured with grain added to faces by person: a face whose signal stands out sixteenfold from its
grain is read as in daylight; at ten (a quarter of the light) a mean of four looks restores most of
it, at seven (an eighth) a slight blur and a stretch do; at four nothing is worth believing.
"""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

CLEAR = 16.0
"""Signal to noise from which on one look is the best there is: more would lag behind the face."""
GRAINY = 10.0
"""Under it a mean of looks is blurred and stretched as well."""
READABLE = 4.0
"""Under it what is read is noise."""
LEAST = 5.0
"""Levels of grey by which a face's pixels have to differ (standard deviation) to show anything."""
SHARP = 0.16
"""Share of a face's contrast in detail of a few pixels, grain not counted. Under it, on validation
rows that were blurred, one in four is read right where each emotion weighs the same, against two in
three of sharp ones (tests/bench/quality.py); no row that was not blurred is under it."""
FINE = 2.0
"""Standard deviation in pixels of the blur beside which detail shows."""
PASSES = 1 - 2 / (2 * np.pi * FINE**2) + 1 / (4 * np.pi * FINE**2)
"""Share of the grain's variance that is left when the blurred face is taken away."""
LOOKS = 4
"""So many looks are averaged."""
LAPLACE = np.array([[1, -2, 1], [-2, 4, -2], [1, -2, 1]], np.float32)

Crop = NDArray[np.uint8]


def noise(face: Crop) -> float:
    """Return the standard deviation of the grain in a face, in levels of grey.

    Immerkaer 1996, "Fast noise variance estimation".
    """
    found = cv2.filter2D(face.astype(np.float32), -1, LAPLACE)
    return float(np.abs(found).mean() * np.sqrt(np.pi / 2) / 6)


def quality(face: Crop) -> float:
    """Return how far a face stands out from its grain; 0 where there is nothing to read."""
    pixels = face.astype(np.float32)
    contrast, grain = float(pixels.std()), noise(face)
    detail = float((pixels - cv2.GaussianBlur(pixels, (0, 0), FINE)).var()) - PASSES * grain**2
    if contrast < LEAST or detail < (SHARP * contrast) ** 2:
        return 0.0
    return contrast / max(grain, 0.1)


def best(looks: Sequence[Crop], clear: float) -> Crop:
    """Return the face to read, of the newest looks at one person, the newest last.

    `clear` is the newest look's quality.
    """
    newest = looks[-1]
    if clear >= CLEAR or clear == 0:
        return newest
    mean = np.asarray(np.mean(np.stack(looks[-LOOKS:]), axis=0), np.float32)
    if clear >= GRAINY:
        return np.asarray(np.rint(mean), np.uint8)
    mean = np.asarray(cv2.GaussianBlur(mean, (0, 0), 0.6), np.float32)
    low, high = np.percentile(mean, [1, 99])
    stretched = 20 + (mean - low) * (215 / max(12.0, float(high - low)))
    return np.asarray(np.clip(stretched, 0, 255), np.uint8)
