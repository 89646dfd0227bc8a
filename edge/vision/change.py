"""Whether a picture shows anything that an earlier one did not. Cheap: no search for faces."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

CELL = 8
"""Pixels of a full-size picture along the side of what is compared: a small part of a face."""
CHANGED = 6
"""Levels of grey, 0..255, by which the mean of a cell differs where something has changed; noise
moves a mean of 64 pixels by one or two."""


class ChangeDetector:
    """Compares each picture with the last one that was searched for faces."""

    def __init__(self) -> None:
        """Nothing was searched yet, so everything is new."""
        self._kept: NDArray[np.uint8] | None = None
        self._newest: NDArray[np.uint8] | None = None

    def seen(self, pixels: NDArray[np.uint8]) -> bool:
        """Return whether `pixels`, (h, w, 3), differ from the picture that was kept."""
        height, width = pixels.shape[:2]
        # The green of every other row says as much of changes as all three colours of all rows.
        size = (max(1, width // CELL), max(1, height // CELL))
        green = np.ascontiguousarray(pixels[::2, :, 1])
        small = np.asarray(cv2.resize(green, size, interpolation=cv2.INTER_AREA), np.uint8)
        self._newest = small
        if self._kept is None or self._kept.shape != small.shape:
            return True
        return bool(cv2.absdiff(self._kept, small).max() >= CHANGED)

    def keep(self) -> None:
        """Compare with the newest picture from now on."""
        self._kept = self._newest
