"""What the corrections say about the moods: pure."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from statistics import fmean

from msgspec import Struct

from edge.events import DROPPED, EMOTIONS
from edge.records import PastConfirmation, PastCorrection, PastPlay, PastPrediction

LOW_CONFIDENCE = 0.5
Z = 1.96
"""Standard deviations that leave out five in a hundred."""


class Confused(Struct, frozen=True):
    """A mood that was taken for another."""

    felt: str
    predicted: str
    times: int


class Drift(Struct, frozen=True):
    """How often an emotion is read here, and how often the model was shown it."""

    emotion: str
    here: float
    """Mean of its probability over the moods that were read."""
    card: float
    """Its share by the model's card."""


class MoodReport(Struct, frozen=True):
    """How well the box read the moods, as far as anybody said so.

    Who judges a mood does not do so by chance, so `right` of `right + wrong` is no accuracy; `low`
    and `high` are only as far apart as so few judgements leave it open.
    """

    days: float
    predictions: int
    corrections: int
    agreed: int
    """Corrections that named the mood that was read."""
    confused: list[Confused]
    """Most often first."""
    unsure: list[PastPrediction]
    """The moments of lowest confidence."""
    played: dict[str, int]
    """Plays for each mood, of those that began."""
    skipped: dict[str, int]
    """Of these, skipped."""
    right: int = 0
    """Predictions that somebody called right."""
    wrong: int = 0
    """Predictions that somebody called something else."""
    low: float = 0.0
    """Lower end of the interval of the share of right ones, of 95 in a hundred."""
    high: float = 1.0
    drift: list[Drift] = []
    """Furthest first; empty where nothing was read, or no card tells. A home is no data set: a
    drift says where to look, and not that the model is wrong."""


def report(
    days: float,
    moods: Sequence[PastPrediction],
    plays: Sequence[PastPlay],
    corrections: Sequence[PastCorrection],
    frequency: Sequence[float] = (),
    *,
    confirmations: Sequence[PastConfirmation] = (),
) -> MoodReport:
    """Sum up the predictions, plays, corrections and confirmations of so many days.

    `frequency` holds each emotion's share by the model's card, in the order of EMOTIONS.
    """
    known = [row for row in corrections if row.predicted]
    right, wrong = judged(corrections, confirmations)
    pairs = Counter((row.mood, str(row.predicted)) for row in known if row.mood != row.predicted)
    low = sorted((row for row in moods if row.confidence < LOW_CONFIDENCE), key=_confidence)
    begun = [play for play in plays if play.outcome != DROPPED]
    ends = wilson(right, right + wrong)
    return MoodReport(
        days=days,
        predictions=len(moods),
        corrections=len(corrections),
        agreed=right - len(confirmations),
        right=right,
        wrong=wrong,
        low=ends[0],
        high=ends[1],
        confused=[Confused(felt, seen, times) for (felt, seen), times in pairs.most_common(5)],
        unsure=low[:10],
        played=dict(Counter(play.mood for play in begun)),
        skipped=dict(Counter(play.mood for play in begun if play.outcome == "skipped")),
        drift=_drift(moods, frequency),
    )


def judged(
    corrections: Sequence[PastCorrection], confirmations: Sequence[PastConfirmation]
) -> tuple[int, int]:
    """Return how many readings somebody called right, and how many something else."""
    known = [row for row in corrections if row.predicted]
    agreed = sum(row.mood == row.predicted for row in known)
    return agreed + len(confirmations), len(known) - agreed


def wilson(right: int, judged: int) -> tuple[float, float]:
    """Return the ends of the 95 % interval of a share (Wilson 1927, the score interval)."""
    if not judged:
        return 0.0, 1.0
    share, spread = right / judged, Z * Z / judged
    middle = share + spread / 2
    reach = Z * math.sqrt(share * (1 - share) / judged + spread / (4 * judged))
    return max(0.0, (middle - reach) / (1 + spread)), min(1.0, (middle + reach) / (1 + spread))


def newcombe(right: int, of: int, right_before: int, of_before: int) -> tuple[float, float]:
    """Return the ends of the 95 % interval of what one share has over another.

    From both shares' own intervals (Newcombe 1998, method 10).
    """
    if not of or not of_before:
        return -1.0, 1.0
    now, before = right / of, right_before / of_before
    low, high = wilson(right, of)
    low_before, high_before = wilson(right_before, of_before)
    return (
        now - before - math.hypot(now - low, high_before - before),
        now - before + math.hypot(high - now, before - low_before),
    )


def _drift(moods: Sequence[PastPrediction], frequency: Sequence[float]) -> list[Drift]:
    read = [row.probabilities for row in moods if len(row.probabilities) == len(EMOTIONS)]
    if not read or not frequency:
        return []
    means = [fmean(column) for column in zip(*read, strict=True)]
    rows = [Drift(*row) for row in zip(EMOTIONS, means, frequency, strict=True)]
    return sorted(rows, key=lambda row: abs(row.here - row.card), reverse=True)


def _confidence(row: PastPrediction) -> float:
    return row.confidence
