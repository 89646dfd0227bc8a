"""Fit a change of the model's last layer to what people said of its readings. Pure.

What is learnt is C, (7, d), added to the last layer: logits / temperature + C x for an embedding x
(its last number is one). It minimizes the cross-entropy of the taps, plus strength / 2 times the
trace of C P C', where P says what a change does to the faces that the model was trained on. So this
is L2-regularised multinomial logistic regression around the released model, in the metric of its
base data; elastic weight consolidation (Kirkpatrick et al. 2017) of the one layer that is linear:
all that has to be known of the base faces is their second moment, which comes with the model.
Relatives: weight imprinting (Qi et al. 2018), which sets a class's weights to the mean embedding of
a few samples, and softmax regression trained on the device on a frozen network's embeddings
(Coral's `SoftmaxRegression`). docs/training.md says what was compared.

How far a change goes is a budget: the root of the trace over seven, about the root mean square
change of a logit on base faces. The strength is the smallest that keeps to it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from edge.errors import ModelError
from edge.events import EMOTIONS

Floats = NDArray[np.float64]
Indices = NDArray[np.intp]

CLASSES = len(EMOTIONS)
STRENGTHS = (400.0, 160.0, 64.0, 26.0, 10.0, 4.0, 1.6)
"""Tried from the first on; each fit begins with the one before."""
STEPS = 8
"""Of each fit. With Böhning's bound of the curvature each comes closer."""
FOLDS = 5
FOREIGN = 0.1
"""How far a change may go that the old logits do not say, where one that they say goes to one."""
RIDGE = 1.0
"""Added to the variance of each number of the embedding: what hardly varies may hardly count."""


def penalty(weights: Floats, moment: Floats) -> Floats:
    """Return the matrix P, (d, d): trace(C P C') is what a change C, (7, d), of the layer costs.

    For a change that mixes the old logits anew and shifts them, which takes 8 of the d directions
    ("matrix scaling", Guo et al. 2017), that is its mean squared change of the logits on base
    faces, whose second moment is `moment`, (d, d). All other directions are dearer, for a few taps
    cannot tell so many of them apart. P is the inverse of the sum of both priors' covariances.
    `weights` are the old layer, (7, d); the last of the d numbers is always one.
    """
    own = np.vstack([weights, np.eye(weights.shape[1])[-1]])
    mixing = own.T @ np.linalg.pinv(own @ moment @ own.T) @ own
    other = np.linalg.inv(moment + RIDGE * np.eye(len(moment)))
    return np.asarray(np.linalg.inv(mixing + FOREIGN * other))


@dataclass(frozen=True)
class Base:
    """What a released model brings along; see edge.vision.card.LastLayer."""

    weights: Floats
    """The last layer, (7, d), the bias last, of logits over the temperature."""
    root: Floats
    """Lower triangular, (d, d): root @ root.T is the penalty."""

    @classmethod
    def of(cls, weights: NDArray[np.floating], moment: NDArray[np.floating]) -> Base:
        """Take the two arrays of a model's file.

        Raises:
            ModelError: no fit can be made with them: the moment is none of any faces.
        """
        layer = np.asarray(weights, np.float64)
        try:
            root = np.linalg.cholesky(penalty(layer, np.asarray(moment, np.float64)))
        except np.linalg.LinAlgError as error:
            raise ModelError(f"this model cannot be taught: its last layer: {error}") from error
        return cls(layer, np.asarray(root, np.float64))

    @property
    def width(self) -> int:
        """How many numbers an embedding has."""
        return int(self.weights.shape[1]) - 1


@dataclass(frozen=True)
class Taps:
    """What people said, oldest first."""

    seen: Floats
    """Embeddings, (n, d), their last number one."""
    felt: Indices
    """Index into EMOTIONS, (n,)."""

    @classmethod
    def of(
        cls, embeddings: Sequence[bytes], felt: Sequence[int], scale: float, zero_point: int
    ) -> Taps:
        """Take int8 embeddings, which are scale * (int8 - zero_point), and what was felt."""
        steps = np.frombuffer(b"".join(embeddings), np.int8).reshape(len(felt), -1 if felt else 0)
        seen = scale * (steps.astype(float) - zero_point)
        return cls(np.c_[seen, np.ones(len(felt))], np.array(felt, np.intp))

    def take(self, rows: NDArray[np.bool_] | Indices | slice) -> Taps:
        """Return some of them."""
        return Taps(self.seen[rows], self.felt[rows])


def changes(base: Base, taps: Taps, budgets: Sequence[float]) -> list[Floats]:
    """Return for each budget the change, (7, d), that the taps call for within it."""
    whitened, logits = _terms(base, taps)
    ways = _path(whitened, logits, taps.felt, budgets)
    return [np.asarray(np.linalg.solve(base.root.T, way.T).T) for way in ways]


def held_out(base: Base, taps: Taps, budgets: Sequence[float]) -> Floats:
    """Return the logits of each tap after changes that other taps called for, (budgets, n, 7)."""
    whitened, logits = _terms(base, taps)
    said = np.zeros((len(budgets), *logits.shape))
    for fold in range(FOLDS):
        held = np.arange(len(logits)) % FOLDS == fold
        ways = _path(whitened[~held], logits[~held], taps.felt[~held], budgets)
        said[:, held] = [logits[held] + whitened[held] @ way.T for way in ways]
    return said


def right(base: Base, change: Floats | None, taps: Taps) -> NDArray[np.bool_]:
    """Return which taps the model reads as people felt, with a change or without, (n,)."""
    weights = base.weights if change is None else base.weights + change
    return np.asarray((taps.seen @ weights.T).argmax(axis=1) == taps.felt)


def loss(logits: Floats, felt: Indices) -> Floats:
    """Return the cross-entropy of each row of `logits`, (..., n, 7), (..., n)."""
    said = _softmax(logits)[..., np.arange(len(felt)), felt]
    return np.asarray(-np.log(np.maximum(said, 1e-9)))


def _terms(base: Base, taps: Taps) -> tuple[Floats, Floats]:
    """Return the taps where the penalty is a sum of squares, and what the model says of them."""
    whitened = np.linalg.solve(base.root, taps.seen.T).T
    return np.asarray(whitened, np.float64), taps.seen @ base.weights.T


def _path(
    whitened: Floats, logits: Floats, felt: Indices, budgets: Sequence[float]
) -> list[Floats]:
    """Return for each budget the weakest-held change within it, (7, d), of whitened embeddings.

    The change is a mixture of the taps' embeddings (representer theorem), so n x 7 numbers are
    looked for. The curvature is at most half the kernel's (Böhning 1992), whose inverse one
    eigendecomposition gives for every strength.
    """
    kernel = whitened @ whitened.T
    values, vectors = np.linalg.eigh(kernel)
    wanted = np.eye(CLASSES)[felt]
    mixture = np.zeros_like(logits)
    ways = [np.zeros((CLASSES, whitened.shape[1])) for _ in budgets]
    for strength in STRENGTHS:
        step = vectors / (values / 2 + strength)
        for _ in range(STEPS):
            slope = _softmax(logits + kernel @ mixture) - wanted + strength * mixture
            mixture = mixture - step @ (vectors.T @ slope)
        way = mixture.T @ whitened
        ways = [_within(b, old, way) for b, old in zip(budgets, ways, strict=True)]
        if _cost(way) > max(budgets):
            break
    return ways


def _within(budget: float, old: Floats, new: Floats) -> Floats:
    """Return how far one may go from a change within the budget to the next one on the path."""
    if _cost(new) <= budget:
        return new
    step = new - old
    a, b, c = np.sum(step**2), np.sum(old * step), np.sum(old**2) - CLASSES * budget**2
    far = (np.sqrt(b**2 - a * min(c, 0.0)) - b) / a
    return np.asarray(old + far * step)


def _cost(way: Floats) -> float:
    return float(np.sqrt(np.sum(way**2) / CLASSES))


def _softmax(logits: Floats) -> Floats:
    powers = np.exp(logits - logits.max(axis=-1, keepdims=True))
    return np.asarray(powers / powers.sum(axis=-1, keepdims=True))
