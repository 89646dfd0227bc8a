"""The figures are the textbook's, and their intervals hold what they promise."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn import metrics as textbook

from convert import metrics
from convert.dataset import LABELS


@pytest.fixture(scope="module")
def exam() -> tuple[np.ndarray, np.ndarray]:
    """Truth and logits of 2,000 faces; the logits are right about two times in three."""
    rng = np.random.default_rng(1)
    truth = rng.choice(7, 2000, p=[0.1, 0.01, 0.04, 0.3, 0.15, 0.1, 0.3])
    return truth, 2 * np.eye(7)[truth] + rng.normal(0, 1, (2000, 7))


def test_scores_are_those_of_scikit_learn(exam: tuple[np.ndarray, np.ndarray]) -> None:
    truth, logits = exam
    said = logits.argmax(axis=1)
    matrix = metrics.confusion(truth, said)
    precision, recall, f1, _ = textbook.precision_recall_fscore_support(truth, said)
    assert metrics.accuracy(matrix) == pytest.approx(textbook.accuracy_score(truth, said))
    assert metrics.balanced_accuracy(matrix) == pytest.approx(
        textbook.balanced_accuracy_score(truth, said)
    )
    assert metrics.precision(matrix) == pytest.approx(precision)
    assert metrics.recall(matrix) == pytest.approx(recall)
    assert metrics.f1(matrix) == pytest.approx(f1)


def test_an_emotion_that_nobody_shows_does_not_count() -> None:
    matrix = metrics.confusion(np.array([0, 0, 3, 3]), np.array([0, 1, 3, 3]))
    assert metrics.balanced_accuracy(matrix) == pytest.approx(0.75)
    assert metrics.precision(matrix)[1] == 0


def test_temperature_is_found_again(exam: tuple[np.ndarray, np.ndarray]) -> None:
    truth, logits = exam
    honest = metrics.fit_temperature(logits, truth)
    assert metrics.fit_temperature(3 * logits, truth) == pytest.approx(3 * honest, rel=1e-3)


def test_temperature_calibrates(exam: tuple[np.ndarray, np.ndarray]) -> None:
    truth, logits = exam
    cool = metrics.probabilities(4 * logits)
    warm = metrics.probabilities(4 * logits, metrics.fit_temperature(4 * logits, truth))
    assert metrics.calibration_error(truth, warm) < 0.05
    assert metrics.calibration_error(truth, cool) > 0.1


def test_calibration_error_of_a_boaster() -> None:
    sure = np.tile(np.array([0.9] + [0.1 / 6] * 6), (100, 1))
    truth = np.where(np.arange(100) < 60, 0, 1)
    assert metrics.calibration_error(truth, sure) == pytest.approx(0.3)


def test_a_prior_shift_helps_the_rare_and_keeps_to_its_cost(
    exam: tuple[np.ndarray, np.ndarray],
) -> None:
    truth, logits = exam
    prior = metrics.log_prior(truth)
    shy = logits + prior  # what a network that saw few rare faces says
    before = metrics.confusion(truth, shy.argmax(axis=1))
    shift = metrics.fit_prior_shift(shy, truth, prior, cost=0.01)
    after = metrics.confusion(truth, (shy + shift).argmax(axis=1))
    assert shift[LABELS.index("disgust")] == shift.max() > 0
    assert metrics.balanced_accuracy(after) > metrics.balanced_accuracy(before)
    assert metrics.accuracy(after) >= metrics.accuracy(before) - 0.01


def test_no_cost_allowed_means_no_accuracy_lost(exam: tuple[np.ndarray, np.ndarray]) -> None:
    truth, logits = exam
    shift = metrics.fit_prior_shift(logits, truth, metrics.log_prior(truth), cost=0)
    right = (logits.argmax(axis=1) == truth).mean()
    assert ((logits + shift).argmax(axis=1) == truth).mean() >= right


def test_four_only_chooses_among_four() -> None:
    logits = np.array([[0, 9, 0, 1, 0, 0, 0], [0, 0, 0, 0, 0, 9, 1], [9, 0, 0, 0, 0, 0, 0.0]])
    truth, said = metrics.four_only(logits, np.array([3, 6, 1]))
    assert (truth.tolist(), said.tolist()) == ([3, 6], [3, 6])


def test_intervals_hold_the_truth_about_as_often_as_they_promise() -> None:
    rng = np.random.default_rng(5)
    held = 0
    for seed in range(40):
        right = (rng.random(300) < 0.8).astype(float)
        figure = metrics.bootstrap(lambda r: float(r.mean()), right, seed=seed)
        held += figure.low <= 0.8 <= figure.high
    assert 33 <= held <= 40


def test_redrawing_a_matrix_is_redrawing_its_faces(exam: tuple[np.ndarray, np.ndarray]) -> None:
    truth, logits = exam
    right = (logits.argmax(axis=1) == truth).astype(float)
    by_rows = metrics.bootstrap(lambda r: float(r.mean()), right)
    by_matrix = metrics.of_matrix(metrics.accuracy, metrics.confusion(truth, logits.argmax(axis=1)))
    assert by_matrix.value == pytest.approx(by_rows.value)
    assert by_matrix.low == pytest.approx(by_rows.low, abs=0.005)
    assert by_matrix.high == pytest.approx(by_rows.high, abs=0.005)
