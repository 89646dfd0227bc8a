"""The same faces under worse conditions, always worsened in the same way."""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np
from numpy.typing import NDArray

Images = NDArray[np.uint8]
Worsen = Callable[[Images, int], Images]


def worsened(images: Images, condition: str) -> Images:
    """Return grey faces, (n, h, w), under one of CONDITIONS; rows take turns with the side."""
    worsen = CONDITIONS[condition]
    return np.stack([worsen(image, row) for row, image in enumerate(images)])


def _placed(image: Images, tilt: float = 0, right: float = 0, down: float = 0) -> Images:
    """Turn by `tilt` degrees and move by shares of the picture; its border is drawn on."""
    height, width = image.shape
    matrix = cv2.getRotationMatrix2D(((width - 1) / 2, (height - 1) / 2), tilt, 1)
    matrix[:, 2] += right * width, down * height
    placed = cv2.warpAffine(image, matrix, (width, height), borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(placed, np.uint8)


def _at_the_edge(image: Images, row: int) -> Images:
    """A detector that is off by a sixth of the face, to each of the four sides in turn."""
    right, down = ((1, 0), (0, 1), (-1, 0), (0, -1))[row % 4]
    return _placed(image, right=right / 6, down=down / 6)


def _tilted(degrees: float) -> Worsen:
    return lambda image, row: _placed(image, tilt=degrees if row % 2 else -degrees)


def _half_lit(image: Images, row: int) -> Images:
    """A lamp beside the head: one cheek keeps a quarter of its light."""
    light = np.linspace(0.25, 1, image.shape[1])
    lit = image * (light if row % 2 else light[::-1])
    return np.asarray(lit.round(), np.uint8)


def _blurred(image: Images, row: int) -> Images:
    """Out of focus or moving."""
    del row
    return np.asarray(cv2.GaussianBlur(image, (0, 0), image.shape[0] / 32), np.uint8)


def _far(image: Images, row: int) -> Images:
    """A face of half as many pixels, as from across the room."""
    del row
    height, width = image.shape
    small = cv2.resize(image, (width // 2, height // 2), interpolation=cv2.INTER_AREA)
    return np.asarray(cv2.resize(small, (width, height)), np.uint8)


CONDITIONS: dict[str, Worsen] = {
    "at the crop's edge": _at_the_edge,
    "tilted 10 degrees": _tilted(10),
    "tilted 20 degrees": _tilted(20),
    "half-lit": _half_lit,
    "blurred": _blurred,
    "far away": _far,
}
