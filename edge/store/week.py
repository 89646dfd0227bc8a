"""The last week beside the four before, and beside the model's card: pure.

A home is no data set, so its shares lie far from the card's from the first day on; what is worth a
word is that they move. Measured by the population stability index, the symmetric divergence of two
shares (Jeffreys 1946), by which credit scores are watched: below 0.1 is called stable, above 0.25
shifted.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from statistics import fmean

from edge.events import EMOTIONS
from edge.mood.confidence import binned
from edge.records import (
    Expected,
    PastConfirmation,
    PastCorrection,
    PastPrediction,
    Successor,
    Week,
)
from edge.store.report import MoodReport, judged, newcombe

FEWEST = 50
"""Moods that have to be read in either time; fewer move by chance."""
LEAST = 0.005
"""Share that an empty bin counts as: the logarithm of nothing says nothing."""


def week(
    told: MoodReport,
    now: Sequence[PastPrediction],
    before: Sequence[PastPrediction],
    expected: Expected,
    follows: Successor | None = None,
) -> Week:
    """Return how the week of which `told` is the report stands.

    `now` holds its moods, `before` those of the weeks before; `expected` is what the card says;
    `follows` is the model in use beside the one before it.
    """
    many = len(now) >= FEWEST
    both = many and len(before) >= FEWEST
    here, there, sure = shares(now), shares(before), sureness(now)
    most = told.confused[0] if told.confused else None
    return Week(
        told.right,
        told.wrong,
        told.low,
        told.high,
        most.felt if most else "",
        most.predicted if most else "",
        card=stability(expected.frequency, here) if many and here and expected.frequency else None,
        emotions=stability(there, here) if both and here and there else None,
        confidence=stability(sureness(before), sure) if both else None,
        confidence_card=(
            stability(expected.confidence, sure) if many and expected.confidence else None
        ),
        successor=follows,
    )


def successor(
    moods: Sequence[PastPrediction],
    corrections: Sequence[PastCorrection],
    confirmations: Sequence[PastConfirmation],
) -> Successor | None:
    """Return how the model of the newest of `moods` does beside the one before it, if any was.

    Who judges a reading does not do so by chance; but the same people judge with both models.
    """
    used = [row.model for row in moods if row.model]
    earlier = [it for it in used if it != used[-1]]
    if not earlier:
        return None
    counts = []
    for model in (used[-1], earlier[-1]):
        right, wrong = judged(
            [row for row in corrections if row.model == model],
            [row for row in confirmations if row.model == model],
        )
        counts.append((right, right + wrong))
    now, before = counts
    return Successor(used[-1], *now, earlier[-1], *before, *newcombe(*now, *before))


def stability(expected: Sequence[float], found: Sequence[float]) -> float:
    """Return the population stability index of two lists of shares, 0 where they are the same."""
    pairs = [(max(e, LEAST), max(f, LEAST)) for e, f in zip(expected, found, strict=True)]
    return sum((f - e) * math.log(f / e) for e, f in pairs)


def shares(moods: Sequence[PastPrediction]) -> list[float]:
    """Return the mean probability of each of EMOTIONS; nothing where none was read."""
    read = [row.probabilities for row in moods if len(row.probabilities) == len(EMOTIONS)]
    return [fmean(column) for column in zip(*read, strict=True)]


def sureness(moods: Sequence[PastPrediction]) -> list[float]:
    """Return the share of the moods in each bin of confidence."""
    return binned(row.confidence for row in moods)
