"""What no model may be that a box runs, whoever sent it: one answer to all, or in float inside."""

from __future__ import annotations

from collections.abc import Iterator

import cv2
import numpy as np
from numpy.typing import NDArray

from edge.errors import ModelError
from edge.events import EMOTIONS
from edge.vision.classifier import Classifier

TIMES = 20
SIDE = 8
"""Spots of a made-up picture along a side. Of these both shipped models read four emotions and
more, of finer or coarser ones fewer."""
ALIKE = 0.02
"""By so much no probability of a model without a head differs between two of them. A sound one may
take all for one emotion, for they are no faces; but not as surely."""


def pictures(height: int, width: int) -> Iterator[NDArray[np.uint8]]:
    """Yield made-up pictures, grey, (height, width), of soft spots; bright ones and dim ones."""
    rng = np.random.default_rng(0)
    for _ in range(TIMES):
        dark, bright = np.sort(rng.integers(0, 256, 2))
        spots = rng.integers(dark, bright + 1, (SIDE, SIDE)).astype(np.uint8)
        yield np.asarray(cv2.resize(spots, (width, height)), np.uint8)


def demand(model: Classifier) -> None:
    """Let a model look at the pictures.

    Raises:
        ModelError: it says the same of all of them, as surely, or reckons with floats.
    """
    name = model.card.name
    if model.floats:
        raise ModelError(f"{name}: not int8 inside: {', '.join(model.floats[:3])}")
    size = model.card.input
    said = np.array([model(face) for face in pictures(size.height, size.width)])
    if np.ptp(said, axis=0).max() < ALIKE:
        mood = EMOTIONS[said[0].argmax()]
        raise ModelError(
            f"{name}: reads each of {TIMES} made-up pictures as {mood}, and as surely:"
            " its last layer has learnt nothing"
        )
