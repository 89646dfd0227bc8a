from __future__ import annotations

import numpy as np
import pandas as pd

from convert.data import UNDECLARED
from convert.data.ferplus import seven
from convert.data.judge import judge, settle
from convert.dataset import LABELS, Split

TRAIN, VALIDATION, TEST = Split


def table(*rows: tuple[int, int, int]) -> pd.DataFrame:
    """Return a table of (split, image, label); image 0 is blank."""
    split, image, label = np.array(rows).T
    return pd.DataFrame(
        {
            "split": split,
            "image": image.astype(np.uint64),
            "label": label,
            "copied": np.zeros(len(rows), bool),
            "darkest": np.zeros(len(rows), np.uint8),
            "brightest": np.where(image == 0, 0, 200).astype(np.uint8),
        }
    )


def test_blank_images_are_dropped_everywhere() -> None:
    verdict = judge(table((TRAIN, 0, 1), (TEST, 0, 1), (TRAIN, 1, 1), (VALIDATION, 2, 1)))
    assert verdict.keep[2:].all()
    assert not verdict.keep[:2].any()


def test_of_equal_training_rows_the_first_stays() -> None:
    verdict = judge(table((VALIDATION, 8, 0), (TRAIN, 1, 1), (TRAIN, 1, 1), (TEST, 9, 0)))
    assert verdict.keep.tolist() == [True, True, False, True]
    assert verdict.contradictory == []


def test_training_rows_make_way_for_the_evaluation_rows_they_copy() -> None:
    verdict = judge(table((TRAIN, 5, 1), (TRAIN, 6, 1), (TEST, 5, 1), (VALIDATION, 7, 1)))
    assert verdict.keep.tolist() == [False, True, True, True]
    assert verdict.copied.tolist() == [False, False, True, False]


def test_equal_evaluation_rows_stay_and_are_told() -> None:
    verdict = judge(table((VALIDATION, 5, 1), (TEST, 5, 1), (TRAIN, 4, 1)))
    assert verdict.keep.all()
    assert verdict.crossed.tolist() == [True, False, False]


def test_contradictions_are_found_across_splits() -> None:
    verdict = judge(table((TRAIN, 5, 1), (TRAIN, 3, 2), (TEST, 5, 4), (VALIDATION, 7, 1)))
    assert [group.tolist() for group in verdict.contradictory] == [[0, 2]]


def test_undeclared_rows_join_training_where_the_other_splits_have_rows() -> None:
    split = np.array([UNDECLARED, VALIDATION, TEST, UNDECLARED])
    assert settle(split, np.arange(4, dtype=np.uint64)).tolist() == [0, 1, 2, 0]


def test_a_tenth_each_is_drawn_for_validation_and_test_where_there_is_none() -> None:
    image = np.random.default_rng(0).integers(0, 2**63, 4000).astype(np.uint64)
    settled = settle(np.full(4000, UNDECLARED), image)
    counts = np.bincount(settled)
    assert abs(counts[1] - 400) < 100
    assert abs(counts[2] - 400) < 100
    assert np.array_equal(settle(np.full(4000, UNDECLARED), image[::-1]), settled[::-1])


def test_votes_are_put_into_the_order_of_the_labels() -> None:
    order = ["neutral", "happy", "surprise", "sad", "angry", "disgust", "fear"]
    votes = np.hstack([np.eye(7, dtype=np.int64) * 10, np.zeros((7, 3), np.int64)])
    ours = seven(votes)
    assert [LABELS[column] for column in ours.argmax(axis=1)] == order
    assert (ours.sum(axis=1) == 10).all()


def test_votes_are_zero_where_most_people_named_none_of_the_seven() -> None:
    votes = np.zeros((3, 10), np.int64)
    votes[0, [0, 7]] = 3, 7
    votes[1, [0, 8]] = 5, 5
    votes[2, [0, 9]] = 6, 4
    assert seven(votes).sum(axis=1).tolist() == [0, 0, 6]
