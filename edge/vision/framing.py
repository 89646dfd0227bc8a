"""From a face detector's box to the square that the emotion model was trained to see.

Each detector draws its box differently, and a margin that is off costs up to 18 points of
accuracy. convert/framing.py fits one Framing per detector on the data set itself; it travels in
the model's card, and both sides cut faces with `crop`.
"""

from __future__ import annotations

import math

import cv2
import numpy as np
from numpy.typing import NDArray

from edge.vision.card import Framing

BoundingBox = tuple[float, float, float, float]
"""Left, top, width and height of a face in pixels of its frame; it may reach outside."""


def square(box: BoundingBox, framing: Framing) -> tuple[float, float, float]:
    """Return left, top and side of the model's square for `box`, in pixels of the frame."""
    x, y, width, height = box
    side = framing.scale * math.sqrt(width * height)
    centre_x = x + width * (0.5 + framing.dx)
    centre_y = y + height * (0.5 + framing.dy)
    return centre_x - side / 2, centre_y - side / 2, side


def crop(
    frame: NDArray[np.uint8], box: BoundingBox, framing: Framing, size: int = 48
) -> NDArray[np.uint8]:
    """Cut a face out of a grey `frame`, (h, w), as the model wants to see it: (size, size).

    Outside the frame its nearest pixel is repeated. Shrinking averages over areas, since
    skipping pixels would make a sharp camera look noisy.
    """
    left, top, exact = square(box, framing)
    side = max(1, round(exact))
    rows = np.clip(np.arange(side) + round(top), 0, frame.shape[0] - 1)
    columns = np.clip(np.arange(side) + round(left), 0, frame.shape[1] - 1)
    method = cv2.INTER_AREA if side > size else cv2.INTER_LINEAR
    face = cv2.resize(frame[np.ix_(rows, columns)], (size, size), interpolation=method)
    return np.asarray(face, np.uint8)


def crop_turned(
    frame: NDArray[np.uint8], box: BoundingBox, framing: Framing, degrees: float, size: int = 48
) -> NDArray[np.uint8]:
    """Cut a face that leans by `degrees`, clockwise, turned upright; the rest is as in `crop`."""
    left, top, side = square(box, framing)
    if not degrees:
        return crop(frame, box, framing, size)
    # Cut a larger square at full size, so that little is turned; then turn and scale at once.
    margin = 0.25 * side
    wide = max(1, round(side + 2 * margin))
    rows = np.clip(np.arange(wide) + round(top - margin), 0, frame.shape[0] - 1)
    columns = np.clip(np.arange(wide) + round(left - margin), 0, frame.shape[1] - 1)
    part = frame[np.ix_(rows, columns)]
    times = size / max(1.0, side)
    if times < 1:  # what warpAffine skips has to be blurred first
        part = np.asarray(cv2.GaussianBlur(part, (0, 0), 0.35 / times), np.uint8)
    middle = (wide - 1) / 2
    turn = cv2.getRotationMatrix2D((middle, middle), degrees, times)
    turn = turn + np.array([[0, 0, (size - 1) / 2 - middle]])
    face = cv2.warpAffine(
        part, turn, (size, size), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
    )
    return np.asarray(face, np.uint8)
