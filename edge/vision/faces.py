"""The faces of the last ten minutes, in memory alone, and only where the owner opted in."""

from __future__ import annotations

from collections import OrderedDict

import numpy as np
from numpy.typing import NDArray

KEEP = 600.0
"""Seconds."""
MOST = 200
"""Faces; at 48x48 pixels half a megabyte."""


class Faces:
    """Crops by prediction id. Pure: time is passed in."""

    def __init__(self) -> None:
        """Keep nothing until told to."""
        self._on = False
        self._newest: NDArray[np.uint8] | None = None
        self._kept: OrderedDict[str, tuple[float, NDArray[np.uint8]]] = OrderedDict()

    def keep(self, on: bool) -> None:
        """Begin to keep faces, or stop and forget them all."""
        self._on = on
        if not on:
            self._newest = None
            self._kept.clear()

    def saw(self, face: NDArray[np.uint8] | None, at: float) -> None:
        """Note the newest face, and forget what is too old."""
        if self._on and face is not None:
            self._newest = face
        while self._kept:
            oldest = next(iter(self._kept))
            if at - self._kept[oldest][0] < KEEP and len(self._kept) <= MOST:
                break
            del self._kept[oldest]

    def mark(self, prediction: str, at: float) -> None:
        """Keep the newest face under this id."""
        if self._newest is not None:
            self._kept[prediction] = (at, self._newest)

    def get(self, prediction: str, at: float) -> NDArray[np.uint8] | None:
        """Return the face kept under this id, or None."""
        when, face = self._kept.get(prediction, (0.0, None))
        return face if at - when < KEEP else None
