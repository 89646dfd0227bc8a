"""What the corrections say about the moods: pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from statistics import fmean

from msgspec import Struct

from edge.events import EMOTIONS
from edge.records import PastCorrection, PastPlay, PastPrediction

LOW_CONFIDENCE = 0.5


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

    Nobody corrects what is right, so this is no accuracy: `corrected` of `predictions` is a lower
    bound of how often it was wrong, and `agreed` counts only corrections that confirmed the mood.
    """

    days: float
    predictions: int
    corrections: int
    agreed: int
    confused: list[Confused]
    """Most often first."""
    unsure: list[PastPrediction]
    """The moments of lowest confidence."""
    played: dict[str, int]
    """Plays for each mood."""
    skipped: dict[str, int]
    """Of these, skipped."""
    drift: list[Drift] = []
    """Furthest first; empty where nothing was read, or no card tells. A home is no data set: a
    drift says where to look, and not that the model is wrong."""


def report(
    days: float,
    moods: Sequence[PastPrediction],
    plays: Sequence[PastPlay],
    corrections: Sequence[PastCorrection],
    frequency: Sequence[float] = (),
) -> MoodReport:
    """Sum up the predictions, plays and corrections of so many days.

    `frequency` holds each emotion's share by the model's card, in the order of EMOTIONS.
    """
    known = [row for row in corrections if row.predicted]
    pairs = Counter((row.mood, str(row.predicted)) for row in known if row.mood != row.predicted)
    low = sorted((row for row in moods if row.confidence < LOW_CONFIDENCE), key=_confidence)
    return MoodReport(
        days=days,
        predictions=len(moods),
        corrections=len(corrections),
        agreed=sum(row.mood == row.predicted for row in known),
        confused=[Confused(felt, seen, times) for (felt, seen), times in pairs.most_common(5)],
        unsure=low[:10],
        played=dict(Counter(play.mood for play in plays)),
        skipped=dict(Counter(play.mood for play in plays if play.outcome == "skipped")),
        drift=_drift(moods, frequency),
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
