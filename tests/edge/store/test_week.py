"""A week beside those before it, and beside the model's card."""

from __future__ import annotations

import numpy as np
import pytest

from edge.records import PastPrediction
from edge.store.report import report
from edge.store.week import FEWEST, stability, week

FLAT = (1 / 7,) * 7


def moods(count: int, happy: float, sure: float) -> list[PastPrediction]:
    rest = (1 - happy) / 6
    row = [rest, rest, rest, happy, rest, rest, rest]
    return [
        PastPrediction(f"p{n}", float(n), "happy", sure, row, "", "home", None)
        for n in range(count)
    ]


def test_the_index_is_nothing_where_nothing_moved_and_known_where_something_did() -> None:
    assert stability(FLAT, FLAT) == 0
    # Siddiqi's textbook form, by hand: (.7-.5) ln(.7/.5) + (.3-.5) ln(.3/.5).
    assert stability((0.5, 0.5), (0.7, 0.3)) == pytest.approx(0.1695, abs=1e-4)
    assert np.isfinite(stability((1.0, 0.0), (0.0, 1.0)))


def test_a_week_that_is_read_otherwise_has_shifted() -> None:
    now, before = moods(FEWEST, 0.9, 0.95), moods(FEWEST, 0.4, 0.55)
    told = week(report(7, now, [], []), now, before, FLAT)
    assert told.emotions is not None
    assert told.emotions > 0.25
    assert told.confidence is not None
    assert told.confidence > 0.25
    same = week(report(7, before, [], []), before, before, FLAT)
    assert (same.emotions, same.confidence) == (0, 0)
    assert same.card is not None
    assert same.card > 0


def test_a_few_moods_say_nothing() -> None:
    now, before = moods(FEWEST - 1, 0.9, 0.95), moods(FEWEST, 0.4, 0.55)
    told = week(report(7, now, [], []), now, before, FLAT)
    assert (told.card, told.emotions, told.confidence) == (None, None, None)
