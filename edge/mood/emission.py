"""How much a face tells of the emotion behind it.

The model is wrong about faces, not about frames: seen again 0.2 s later, the same face repeats the
same mistake. So what is counted are segments, not frames (Ostendorf et al. 1996, "From HMM's to
segment models"): views whose readings are alike are of one face, and what they tell together is
what their mean tells. `edge.mood.filter` counts each face once.
"""

from __future__ import annotations

from collections.abc import Iterable
from math import dist, exp, log

import msgspec
from msgspec import Struct

from edge.events import EMOTIONS, Emission, Seven

LEAST = 1e-3
"""Probabilities below this are as good as this: an int8 model cannot tell them apart."""


class Segment(Struct, frozen=True):
    """Views of what looks like one face with one expression."""

    mean: Seven
    """Mean of the readings' logarithms, over the last seconds."""
    views: float
    """How many those were, each counted by the detector's confidence."""
    began: float
    """When this face came, or came again, in monotonic seconds."""
    seen: float
    """When it was last seen."""


def reading(probabilities: tuple[float, ...]) -> Seven:
    """Return the logarithms of a model's probabilities."""
    return _seven(log(max(p, LEAST)) for p in probabilities)


def is_of(segment: Segment, logs: Seven, emission: Emission) -> bool:
    """Return whether a reading is as views of one face are."""
    return dist(logs, segment.mean) <= emission.apart


def grown(segment: Segment, logs: Seven, at: float, weight: float, recent: float) -> Segment:
    """Return the segment with one more view; views older than `recent` seconds hardly count."""
    kept = segment.views * exp((segment.seen - at) / recent)
    views = kept + weight
    mean = _seven(m + (r - m) * weight / views for m, r in zip(segment.mean, logs, strict=True))
    return msgspec.structs.replace(segment, mean=mean, views=views, seen=at)


def evidence(segment: Segment, emission: Emission, doubt: float) -> Seven:
    """Return p(face | emotion) up to a common factor: (7,), their mean one.

    `doubt` views tell half of what a face can tell: one frame alone never makes a mood.
    """
    trust = segment.views / (segment.views + doubt)
    powers = [
        trust * (emission.sharpness * m + b)
        for m, b in zip(segment.mean, emission.bias, strict=True)
    ]
    highest = max(powers)
    weights = [exp(power - highest) for power in powers]
    scale = len(EMOTIONS) / sum(weights)
    return _seven(weight * scale for weight in weights)


def _seven(numbers: Iterable[float]) -> Seven:
    angry, disgust, fear, happy, sad, surprise, neutral = numbers
    return angry, disgust, fear, happy, sad, surprise, neutral
