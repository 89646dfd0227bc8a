"""How much a face tells of the emotion behind it.

The model is wrong about faces, not about frames: seen again 0.2 s later, the same face repeats the
same mistake. So a face counts once, however often it is seen. Frames whose readings are alike are
views of one face; what they tell together is what their mean tells. A reading that is out of line,
or a face that has been counted for long enough, begins a new one. (A hidden Markov model whose
emissions are segments, not frames: Ostendorf et al. 1996, "From HMM's to segment models".)
"""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from math import dist, exp, log

import msgspec
from msgspec import Struct

from edge.events import EMOTIONS

Seven = tuple[float, ...]
"""One number for each of EMOTIONS, in their order."""

LEAST = 1e-3
"""Probabilities below this are as good as this: an int8 model cannot tell them apart."""


class Emission(Struct, frozen=True):
    """What convert/fit_mood.py measured of the model, on validation faces only."""

    sharpness: float
    """Exponent of the model's probabilities."""
    bias: Seven
    """Logarithm of what the model owes each emotion: the rare ones are named too seldom."""
    apart: float
    """Distance to the mean reading (logs) from which on a view is of another face."""
    often: Seven = (1 / 7,) * 7
    """How often each emotion is expected, summing to one. With all alike, a blurred face that
    says nothing would be taken for disgust, which hardly ever is what it is."""
    longest: float = 6.0
    """Seconds after which the same face counts again."""
    doubt: float = 2.0
    """So many views tell half of what a face can tell: one frame alone never makes a mood."""


class Face(Struct, frozen=True):
    """Views of what looks like one face with one expression."""

    mean: Seven
    """Mean of the readings' logarithms."""
    views: float
    """How many, each counted by the detector's confidence."""
    began: float
    """When it was first seen, in monotonic seconds."""


@cache
def shipped() -> Emission:
    """Return what was measured of the model that ships with the box."""
    return msgspec.json.decode((files("edge.mood") / "rules.json").read_bytes(), type=Emission)


def look(
    face: Face | None, probabilities: Seven, at: float, confidence: float, emission: Emission
) -> tuple[Face, bool]:
    """Return the face with one more view, and whether it is a new one.

    `confidence`, in 0..1, is the detector's; a view it does not believe in hardly counts.
    """
    reading = tuple(log(max(p, LEAST)) for p in probabilities)
    weight = max(confidence, LEAST)
    if (
        face is None
        or at - face.began >= emission.longest
        or dist(reading, face.mean) > emission.apart
    ):
        return Face(reading, weight, at), True
    views = face.views + weight
    mean = tuple(m + (r - m) * weight / views for m, r in zip(face.mean, reading, strict=True))
    return Face(mean, views, face.began), False


def evidence(face: Face, emission: Emission) -> Seven:
    """Return p(face | emotion) up to a common factor: (7,), their mean one."""
    trust = face.views / (face.views + emission.doubt)
    powers = [
        trust * (emission.sharpness * m + b) for m, b in zip(face.mean, emission.bias, strict=True)
    ]
    highest = max(powers)
    weights = [exp(power - highest) for power in powers]
    scale = len(EMOTIONS) / sum(weights)
    return tuple(weight * scale for weight in weights)
