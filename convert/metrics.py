"""How good a model is: pure functions of arrays, each figure with a bootstrap interval.

`truth` and `predicted` are indices into LABELS, (n,); `probabilities` and `logits` are (n, 7). A
confusion matrix counts faces by true emotion (row) and predicted emotion (column). Every figure is
a share of one.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize_scalar
from sklearn.metrics import confusion_matrix, log_loss

from convert.dataset import LABELS
from edge.vision.card import Figure

Floats = NDArray[np.floating]
Indices = NDArray[np.integer]
Numbers = NDArray[np.number]

ROUNDS = 1000
"""Resamplings of a bootstrap; the ends of a 95 % interval then rest on 25 of them."""
BINS = 15
"""Of confidence, equally wide, as in Guo et al. 2017."""
FOUR = ("angry", "happy", "sad", "neutral")
"""The emotions that four-class systems report on."""


def probabilities(logits: Floats, temperature: float = 1.0) -> Floats:
    """Return the softmax of logits at a temperature."""
    scaled = logits.astype(np.float64) / temperature
    powers = np.exp(scaled - scaled.max(axis=1, keepdims=True))
    return np.asarray(powers / powers.sum(axis=1, keepdims=True))


def confusion(truth: Indices, predicted: Indices) -> NDArray[np.int64]:
    """Return the confusion matrix, (7, 7)."""
    return np.asarray(confusion_matrix(truth, predicted, labels=np.arange(len(LABELS))))


def accuracy(matrix: Numbers) -> Floats:
    """Return the share of faces read rightly, of one matrix or of a stack, (..., 7, 7)."""
    right = np.trace(matrix, axis1=-2, axis2=-1)
    return np.asarray(right / matrix.sum(axis=(-2, -1)))


def recall(matrix: Numbers) -> Floats:
    """Return the share of each true emotion's faces read rightly; NaN where there are none."""
    return _ratio(np.diagonal(matrix, axis1=-2, axis2=-1), matrix.sum(axis=-1), np.nan)


def precision(matrix: Numbers) -> Floats:
    """Return the share of each predicted emotion's faces that are one; 0 where it is never said."""
    return _ratio(np.diagonal(matrix, axis1=-2, axis2=-1), matrix.sum(axis=-2), 0)


def f1(matrix: Numbers) -> Floats:
    """Return the harmonic mean of precision and recall of each emotion."""
    sizes = matrix.sum(axis=-1) + matrix.sum(axis=-2)
    return _ratio(2 * np.diagonal(matrix, axis1=-2, axis2=-1), sizes, np.nan)


def balanced_accuracy(matrix: Numbers) -> Floats:
    """Return the mean recall of the emotions that occur."""
    return np.asarray(np.nanmean(recall(matrix), axis=-1))


def _ratio(part: Numbers, whole: Numbers, empty: float) -> Floats:
    out = np.full(whole.shape, empty, np.float64)
    return np.divide(part, whole, out=out, where=whole > 0)


@dataclass(frozen=True)
class Reliability:
    """What a model promises and what it keeps, by confidence; each array is (BINS,)."""

    confidence: Floats
    """Mean confidence of the faces in each bin; 0 where there are none."""
    accuracy: Floats
    """Share of them read rightly."""
    share: Floats
    """Share of all faces in each bin."""

    @property
    def error(self) -> float:
        """The expected calibration error."""
        return float(np.sum(self.share * np.abs(self.accuracy - self.confidence)))


def reliability(truth: Indices, sure: Floats) -> Reliability:
    """Sort faces by how sure the model is of its answer; `sure` are probabilities, (n, 7)."""
    top, right = sure.max(axis=1), sure.argmax(axis=1) == truth
    bins = np.minimum((top * BINS).astype(int), BINS - 1)
    count = np.bincount(bins, minlength=BINS)
    return Reliability(
        confidence=_ratio(np.bincount(bins, top, BINS), count, 0),
        accuracy=_ratio(np.bincount(bins, right, BINS), count, 0),
        share=count / len(truth),
    )


def calibration_error(truth: Indices, sure: Floats) -> float:
    """Return the expected calibration error of probabilities (Guo et al. 2017)."""
    return reliability(truth, sure).error


def fit_temperature(logits: Floats, truth: Indices) -> float:
    """Return the temperature at which the truth is likeliest (Guo et al. 2017)."""

    def surprise(log_temperature: float) -> float:
        sure = probabilities(logits, float(np.exp(log_temperature)))
        return float(log_loss(truth, sure, labels=np.arange(len(LABELS))))

    return float(np.exp(minimize_scalar(surprise, bounds=(-3, 3), method="bounded").x))


def log_prior(truth: Indices) -> Floats:
    """Return the logarithm of each emotion's frequency, (7,), one face of each added."""
    count = np.bincount(truth, minlength=len(LABELS)) + 1
    return np.asarray(np.log(count / count.sum()))


def fit_prior_shift(logits: Floats, truth: Indices, prior: Floats, cost: float) -> Floats:
    """Return what to add to the logits so that rare emotions are not overlooked, (7,).

    It is -t times the log `prior` (Menon et al. 2020, post-hoc logit adjustment), with the t in
    0..1 of the largest balanced accuracy among those that cost at most `cost` of the accuracy.
    """
    strengths = np.linspace(0, 1, 41)
    matrices = np.stack([confusion(truth, (logits - t * prior).argmax(axis=1)) for t in strengths])
    plain, balanced = accuracy(matrices), balanced_accuracy(matrices)
    allowed = plain >= plain[0] - cost
    best = strengths[np.where(allowed, balanced, -1).argmax()]
    return np.asarray(-best * (prior - prior.mean()))


def four_only(logits: Floats, label: Indices) -> tuple[Indices, Indices]:
    """Return truth and prediction on the faces of FOUR, with only these to choose from."""
    chosen = np.array([LABELS.index(name) for name in FOUR])
    rows = np.isin(label, chosen)
    return label[rows], chosen[logits[rows][:, chosen].argmax(axis=1)]


def interval(value: float, rounds: Floats, rows: int) -> Figure:
    """Return a figure with the middle 95 % of its resamplings."""
    told = rounds[~np.isnan(rounds)]
    low, high = np.percentile(told, (2.5, 97.5)) if len(told) else (np.nan, np.nan)
    return Figure(float(value), float(low), float(high), rows)


def bootstrap(statistic: Callable[..., float], *arrays: Numbers, seed: int = 0) -> Figure:
    """Return statistic(*arrays) with its interval, drawing rows with replacement."""
    rng, rows = np.random.default_rng(seed), len(arrays[0])
    drawn = [
        statistic(*(array[picks] for array in arrays))
        for picks in (rng.integers(rows, size=rows) for _ in range(ROUNDS))
    ]
    return interval(statistic(*arrays), np.asarray(drawn), rows)


def redraw(matrix: Indices, seed: int = 0) -> NDArray[np.int64]:
    """Return ROUNDS confusion matrices, as if the faces had been drawn with replacement."""
    count = int(matrix.sum())
    cells = np.random.default_rng(seed).multinomial(count, matrix.ravel() / count, ROUNDS)
    return cells.reshape(ROUNDS, *matrix.shape)


def of_matrix(statistic: Callable[..., Floats], matrix: Indices) -> Figure:
    """Return one number of a confusion matrix with its interval."""
    return interval(float(statistic(matrix)), statistic(redraw(matrix)), int(matrix.sum()))


def of_each(statistic: Callable[..., Floats], matrix: Indices) -> Sequence[Figure]:
    """Return one number for each emotion, with intervals."""
    values, rounds = statistic(matrix), statistic(redraw(matrix))
    sizes = matrix.sum(axis=1)
    return [interval(values[i], rounds[:, i], int(sizes[i])) for i in range(len(values))]
