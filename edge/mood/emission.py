"""How much one frame tells of the emotion behind it.

Two frames of one face are wrong together: the same face, seen again 0.2 s later, repeats its
mistake. So the filter is an autoregressive ("Markov-switching") one, after Hamilton 1989: a frame
is either the last face again, and then tells nothing new, or a fresh expression, and then tells all
it can:

    p(x | emotion, last x) = fresh * p(x | emotion) + (1 - fresh) * p(x | last x)

Everything is divided by p(x), so 1 means "tells nothing".
"""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from math import exp, log, sqrt

import msgspec
from msgspec import Struct

from edge.events import EMOTIONS

Seven = tuple[float, ...]
"""One number for each of EMOTIONS."""

LEAST = 1e-3
"""Probabilities below this are as good as this: an int8 model cannot tell them apart."""


class Emission(Struct, frozen=True):
    """What was measured of the model on validation faces; see convert/fit_mood.py."""

    sharpness: float
    """Exponent of the model's probabilities."""
    bias: Seven
    """Logarithm of what the model owes to each emotion: rare ones are named too seldom."""
    alike: float
    """Log odds that two identical readings are of the same face."""
    apart: float
    """By how much these fall for each unit of distance between the readings."""
    fresh: float
    """Seconds after which a face usually shows something new."""


@cache
def shipped() -> Emission:
    """Return what was measured of the model that ships with the box."""
    return msgspec.json.decode((files("edge.mood") / "rules.json").read_bytes(), type=Emission)


def logs(probabilities: Seven) -> Seven:
    """Return the logarithms, bounded below."""
    return tuple(log(max(p, LEAST)) for p in probabilities)


def evidence(reading: Seven, emission: Emission) -> Seven:
    """Return p(x | emotion) / p(x) for a fresh face, (7,), their mean one; `reading` is logs."""
    powers = [emission.sharpness * x + b for x, b in zip(reading, emission.bias, strict=True)]
    highest = max(powers)
    weights = [exp(power - highest) for power in powers]
    scale = len(EMOTIONS) / sum(weights)
    return tuple(weight * scale for weight in weights)


def repeat(reading: Seven, last: Seven, emission: Emission) -> float:
    """Return p(x | the same face as last) / p(x)."""
    distance = sqrt(sum((x - y) ** 2 for x, y in zip(reading, last, strict=True)))
    return exp(emission.alike - emission.apart * distance)


def likelihood(
    probabilities: Seven, last: Seven, elapsed: float, confidence: float, emission: Emission
) -> Seven:
    """Return p(frame | emotion) / p(frame), (7,).

    `last` is the previous frame's reading (logs; empty where there is none), `elapsed` the seconds
    since, `confidence` how likely it is a face at all.
    """
    reading = logs(probabilities)
    told = evidence(reading, emission)
    if last:
        fresh = 1 - exp(-elapsed / emission.fresh)
        again = (1 - fresh) * repeat(reading, last, emission)
        told = tuple(fresh * t + again for t in told)
    return tuple(confidence * t + (1 - confidence) for t in told)
