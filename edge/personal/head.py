"""Learn a change of the model's last layer from what people of the house said of its readings.

What is learnt is C, (7, d), added to the last layer: logits / temperature + C x for an embedding x
(its last number is one). It minimizes the cross-entropy of the taps, plus strength / 2 times the
trace of C P C'. P comes with the model (`convert/last_layer.py`): what a change does to the faces
that the model was trained on. So this is L2-regularised multinomial logistic regression around the
released model, in the metric of its base data; elastic weight consolidation (Kirkpatrick et al.
2017) of the one layer that is linear. Relatives: weight imprinting (Qi et al. 2018), which sets a
class's weights to the mean embedding of a few samples, and softmax regression trained on the device
on a frozen network's embeddings (Coral's `SoftmaxRegression`). docs/training.md says what was
compared.

How far it goes is a budget: the root of the trace over seven, about the root mean square change of
a logit on base faces. The strength is the smallest that keeps to it. CAREFUL is what the general
test can bear. A BOLD one is taken only where the model reads the house badly and cross-validation
over the taps says clearly that it helps; and nothing at all is changed unless that says that more
of the taps would be read rightly.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from edge.events import Learning

Floats = NDArray[np.float64]

CLASSES = 7
CAREFUL = 0.18
BOLD = (0.4, 0.8)
STRENGTHS = (400.0, 160.0, 64.0, 26.0, 10.0, 4.0, 1.6)
"""Tried from the first on; each fit begins with the one before."""
STEPS = 8
"""Of each fit. With Böhning's bound of the curvature each comes closer."""
FOLDS = 5
FEWEST = 10
"""Taps; with fewer nothing is changed."""
BADLY = 0.8
"""Share of the taps; where the released model reads more of them rightly, CAREFUL it stays."""
BIASED = 0.5
"""Where it reads no more than that, the taps are hardly on moments as they come."""
CLEARLY = 2.0
"""Standard errors by which a bolder budget has to foretell held-back taps better."""


@dataclass(frozen=True)
class Base:
    """What a released model brings along; see edge.vision.card.LastLayer."""

    weights: Floats
    """The last layer, (7, d), the bias last, of logits over the temperature."""
    root: Floats
    """Lower triangular, (d, d): root @ root.T is the penalty."""

    @classmethod
    def of(cls, weights: NDArray[np.floating], penalty: NDArray[np.floating]) -> Base:
        """Take the two arrays of a model's file."""
        return cls(np.asarray(weights, float), np.linalg.cholesky(np.asarray(penalty, float)))

    @property
    def width(self) -> int:
        """How many numbers an embedding has."""
        return int(self.weights.shape[1]) - 1


@dataclass(frozen=True)
class Taps:
    """What people said, oldest first."""

    seen: Floats
    """Embeddings, (n, d), their last number one."""
    felt: NDArray[np.intp]
    """Index into EMOTIONS, (n,)."""

    @classmethod
    def of(
        cls, embeddings: Sequence[bytes], felt: Sequence[int], scale: float, zero_point: int
    ) -> Taps:
        """Take int8 embeddings, which are scale * (int8 - zero_point), and what was felt."""
        steps = np.frombuffer(b"".join(embeddings), np.int8).reshape(len(felt), -1 if felt else 0)
        seen = scale * (steps.astype(float) - zero_point)
        return cls(np.c_[seen, np.ones(len(felt))], np.array(felt, np.intp))

    def take(self, rows: NDArray[np.bool_] | NDArray[np.intp] | slice) -> Taps:
        """Return some of them."""
        return Taps(self.seen[rows], self.felt[rows])


def learn(base: Base, taps: Taps) -> Floats | None:
    """Return the change, (7, d), that the taps call for; None: none that would help."""
    if len(taps.felt) < FEWEST:
        return None
    logits = taps.seen @ base.weights.T
    if (logits.argmax(axis=1) == taps.felt).all():
        return None
    whitened = np.asarray(np.linalg.solve(base.root, taps.seen.T).T, np.float64)
    budget = _budget(whitened, logits, taps.felt)
    if not budget:
        return None
    ways = _path(whitened, logits, taps.felt, (budget,))
    return np.asarray(np.linalg.solve(base.root.T, ways[0].T).T)


def right(base: Base, change: Floats | None, taps: Taps) -> NDArray[np.bool_]:
    """Return which taps the model reads as people felt, with a change or without, (n,)."""
    weights = base.weights if change is None else base.weights + change
    return np.asarray((taps.seen @ weights.T).argmax(axis=1) == taps.felt)


@dataclass(frozen=True)
class Verdict:
    """What the taps teach, and what the newest of them say of what the others taught."""

    state: Learning
    change: Floats | None
    corrections: int = 0
    """Among the newest taps."""
    mended: int = 0
    """Of these, what the older taps teach would have read rightly."""


def judge(base: Base, taps: Taps) -> Verdict:
    """Return what to read with: what all taps teach, unless the newest speak against the others.

    A third of the taps, the newest, is held back and read with what the older ones teach, as they
    would have been. Where that is right of fewer than the released model, it is taken back.
    """
    count = len(taps.felt)
    if count < FEWEST:
        return Verdict(Learning.FEW, None)
    older, newer = taps.take(slice(count - count // 3)), taps.take(slice(count - count // 3, None))
    before, after = right(base, None, newer), right(base, learn(base, older), newer)
    told = int((~before).sum()), int((after & ~before).sum())
    if after.sum() < before.sum():
        return Verdict(Learning.TAKEN_BACK, None, *told)
    change = learn(base, taps)
    state = Learning.NOTHING if change is None else Learning.LEARNT
    return Verdict(state, change, *told)


def _budget(whitened: Floats, logits: Floats, felt: NDArray[np.intp]) -> float:
    """Return how far to go, by what cross-validation says of taps that were held back; 0: not."""
    budgets = (CAREFUL, *BOLD)
    loss = np.zeros((len(budgets), len(felt)))
    hits = np.zeros(len(felt), bool)
    for fold in range(FOLDS):
        held = np.arange(len(felt)) % FOLDS == fold
        ways = _path(whitened[~held], logits[~held], felt[~held], budgets)
        said = [logits[held] + whitened[held] @ way.T for way in ways]
        loss[:, held] = [_loss(one, felt[held]) for one in said]
        hits[held] = said[0].argmax(axis=1) == felt[held]
    share = np.mean(logits.argmax(axis=1) == felt)
    if hits.mean() <= share:
        return 0.0
    chosen, (least, *bold) = CAREFUL, loss
    # Who taps only where it is wrong tells nothing of what was right.
    badly = BIASED < share < BADLY
    for budget, found in zip(BOLD, bold, strict=True):
        gain = least - found
        error = gain.std() / np.sqrt(len(gain))
        if badly and gain.mean() > CLEARLY * error:
            chosen, least = budget, found
    return chosen


def _path(
    whitened: Floats, logits: Floats, felt: NDArray[np.intp], budgets: tuple[float, ...]
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
        cost = np.sqrt(np.sum(way**2) / CLASSES)
        ways = [way if cost <= b else old for b, old in zip(budgets, ways, strict=True)]
        if cost > max(budgets):
            break
    return ways


def _softmax(logits: Floats) -> Floats:
    powers = np.exp(logits - logits.max(axis=1, keepdims=True))
    return np.asarray(powers / powers.sum(axis=1, keepdims=True))


def _loss(logits: Floats, felt: NDArray[np.intp]) -> Floats:
    """Return the cross-entropy of each row, (n,)."""
    said = _softmax(logits)[np.arange(len(felt)), felt]
    return np.asarray(-np.log(np.maximum(said, 1e-9)))
