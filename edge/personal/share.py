"""What a box tells a fleet: which way its taps pull the model's last layer, clipped. Pure.

The taps and what they were of stay where they are; what is told is one array of as many numbers as
the last layer has, in the coordinates in which the fit's penalty is a sum of squares (fit.py). So
its norm is what the change would do to base faces, and a clipped norm, or noise in each number,
weighs little where the base data says little. The desktop's side is convert/fleet/.
"""

from __future__ import annotations

import io

import numpy as np

from edge.personal import fit
from edge.personal.fit import CLASSES, Base, Floats, Taps
from edge.personal.head import FEWEST

CLIP = 0.4
"""The budget of one box's change: more than it would do by its taps alone, for it is averaged with
many. Chosen by simulation (docs/training.md)."""
NORM = CLIP * CLASSES**0.5
"""The most that the norm of an update may be: differential privacy's sensitivity."""


def update(base: Base, taps: Taps) -> Floats:
    """Return which way the taps pull, (7, d), of norm NORM at most; zeros: few taps."""
    if len(taps.felt) < FEWEST:
        return np.zeros_like(base.weights)
    return np.asarray(fit.changes(base, taps, (CLIP,))[0] @ base.root)


def change(base: Base, mean: Floats, budget: float) -> Floats:
    """Return the change of the last layer, (7, d), that goes so far the way of a mean update."""
    far = float(np.sqrt(np.sum(mean**2) / CLASSES))
    way = mean * (budget / far if far else 0.0)
    return np.asarray(np.linalg.solve(base.root.T, way.T).T)


def packed(update: Floats, model: str) -> bytes:
    """Return the bytes of the npz that the fleet's program on the box hands over.

    `model` are the first 12 digits of the model file's sha256: to another the update means nothing.
    """
    file = io.BytesIO()
    np.savez(file, update=update.astype(np.float32), model=np.array(model))
    return file.getvalue()
