"""What the mood report makes of what was read."""

from __future__ import annotations

from edge.events import DROPPED, EMOTIONS
from edge.records import PastPlay, PastPrediction
from edge.store.report import report

CARD = (0.1, 0.0, 0.1, 0.3, 0.1, 0.1, 0.3)


def felt(name: str, *probabilities: float) -> PastPrediction:
    return PastPrediction(name, 1.0, "happy", 0.8, list(probabilities), "m", "home")


def test_drift_is_told_furthest_first() -> None:
    happy = (0.1, 0.0, 0.1, 0.8, 0.0, 0.0, 0.0)
    neutral = (0.1, 0.0, 0.1, 0.2, 0.0, 0.0, 0.6)
    found = report(7, [felt("a", *happy), felt("b", *neutral)], [], [], CARD)
    assert {row.emotion for row in found.drift} == set(EMOTIONS)
    first = found.drift[0]
    assert (first.emotion, round(first.here, 6), first.card) == ("happy", 0.5, 0.3)
    distances = [abs(row.here - row.card) for row in found.drift]
    assert distances == sorted(distances, reverse=True)


def test_without_a_card_or_moods_there_is_no_drift() -> None:
    assert report(7, [felt("a", *CARD)], [], []).drift == []
    assert report(7, [], [], [], CARD).drift == []
    assert report(7, [felt("a")], [], [], CARD).drift == []


def test_music_that_never_began_is_no_play() -> None:
    plays = [
        PastPlay(name, 1.0, "", "", "happy", "", "home", outcome, 60.0)
        for name, outcome in (("a", "finished"), ("b", DROPPED), ("c", ""))
    ]
    assert report(7, [], plays, []).played == {"happy": 2}
