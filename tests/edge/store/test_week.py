"""A week beside those before it, and beside the model's card."""

from __future__ import annotations

import numpy as np
import pytest

from edge.records import Expected, PastConfirmation, PastCorrection, PastPrediction
from edge.store.report import newcombe, report
from edge.store.week import FEWEST, stability, successor, week

FLAT = (1 / 7,) * 7
CARD = Expected(FLAT, (0.0, 0.0, 0.0, 0.0, 0.0, 1.0))
"""Of faces each of whose moods is surer than 0.9."""


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
    told = week(report(7, now, [], []), now, before, CARD)
    assert told.emotions is not None
    assert told.emotions > 0.25
    assert told.confidence is not None
    assert told.confidence > 0.25
    same = week(report(7, before, [], []), before, before, CARD)
    assert (same.emotions, same.confidence) == (0, 0)
    assert same.card is not None
    assert same.card > 0


def test_a_few_moods_say_nothing() -> None:
    now, before = moods(FEWEST - 1, 0.9, 0.95), moods(FEWEST, 0.4, 0.55)
    told = week(report(7, now, [], []), now, before, CARD)
    assert (told.card, told.emotions, told.confidence) == (None, None, None)
    assert told.confidence_card is None


def test_how_sure_the_box_is_is_held_against_the_card_from_the_first_week_on() -> None:
    sure, unsure = moods(FEWEST, 0.9, 0.95), moods(FEWEST, 0.9, 0.55)
    assert week(report(7, sure, [], []), sure, [], CARD).confidence_card == 0
    told = week(report(7, unsure, [], []), unsure, [], CARD)
    assert told.confidence_card is not None
    assert told.confidence_card > 0.25
    silent = week(report(7, sure, [], []), sure, [], Expected(FLAT))  # a card from before
    assert silent.card is not None
    assert silent.confidence_card is None


def judgements(
    model: str, right: int, wrong: int
) -> tuple[list[PastCorrection], list[PastConfirmation]]:
    probabilities = list(FLAT)
    corrections = [
        PastCorrection(1.0, "p", "sad", "home", "happy", 0.9, probabilities, model)
        for _ in range(wrong)
    ]
    confirmations = [
        PastConfirmation(1.0, "p", "happy", "home", 0.9, probabilities, model) for _ in range(right)
    ]
    return corrections, confirmations


def test_the_interval_of_a_difference_is_that_of_the_literature() -> None:
    # Newcombe 1998, table II, method 10: 56/70 less 48/80, and 9/10 less 3/10.
    assert newcombe(56, 70, 48, 80) == pytest.approx((0.0524, 0.3339), abs=1e-4)
    assert newcombe(9, 10, 3, 10) == pytest.approx((0.1705, 0.8090), abs=1e-4)
    assert newcombe(3, 3, 0, 0) == (-1, 1)


def test_a_model_that_is_corrected_more_often_than_the_one_before_it_is_told_by_its_interval() -> (
    None
):
    moods = [
        PastPrediction(f"p{n}", float(n), "happy", 0.9, list(FLAT), model, "home", None)
        for n, model in enumerate(["older", "old", "", "new"])
    ]
    (wrong, right), (wrong_before, right_before) = (
        judgements("new", 10, 15),
        judgements("old", 40, 10),
    )
    it = successor(moods, wrong + wrong_before, right + right_before)
    assert it is not None
    assert (it.model, it.right, it.judged) == ("new", 10, 25)
    assert (it.before, it.right_before, it.judged_before) == ("old", 40, 50)
    assert it.high < 0
    few = successor(moods, wrong[:2] + wrong_before, right[:2] + right_before)
    assert few is not None
    assert few.low < 0 < few.high
    assert successor(moods[:1], wrong_before, right_before) is None
    assert successor([], [], []) is None
