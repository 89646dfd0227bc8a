"""What the corrections say about the moods: pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from msgspec import Struct

from edge.store.rows import Corrected, Felt, Heard

LOW_CONFIDENCE = 0.5


class Confused(Struct, frozen=True):
    """A mood that was taken for another."""

    felt: str
    predicted: str
    times: int


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
    unsure: list[Felt]
    """The moments of lowest confidence."""
    played: dict[str, int]
    """Plays for each mood."""
    skipped: dict[str, int]
    """Of these, skipped."""


def report(
    days: float, moods: Sequence[Felt], plays: Sequence[Heard], corrections: Sequence[Corrected]
) -> MoodReport:
    """Sum up the predictions, plays and corrections of so many days."""
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
    )


def _confidence(row: Felt) -> float:
    return row.confidence
