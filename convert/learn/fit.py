"""A change of the last layer by some corrections that moves little for all other faces. Pure.

Multinomial logistic regression, held back by a quadratic penalty: `strength` times the mean square
change of the logits on the faces that the model was trained on. That mean is a quadratic form of
those faces' second moment, so the moment is all that has to be known of them: replay by statistics
instead of by pictures (as in elastic weight consolidation, Kirkpatrick et al. 2017, which is exact
for one layer). The last layer is written as (7, width + 1), its bias as the weight of a constant 1.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.special import log_softmax, softmax

Floats = NDArray[np.float64]
Indices = NDArray[np.integer]

FOLDS = 5
DRAWN = 20_000
"""Made-up faces that show how much a change changes."""
JITTER = 1e-6
"""Share of the mean variance that is added to each: some channels never vary."""


def with_one(embedded: NDArray[np.floating]) -> Floats:
    """Return pooled numbers, (n, width), with a constant 1 behind them."""
    return np.asarray(np.c_[embedded.astype(np.float64), np.ones(len(embedded))])


def second_moment(known: Floats) -> Floats:
    """Return the mean of the outer products of the rows, (width + 1, width + 1)."""
    return np.asarray(known.T @ known / len(known))


def whitening(moment: Floats) -> Floats:
    """Return W, (width + 1, width + 1): the rows x W' have the identity as their second moment.

    In those terms the penalty is a plain sum of squares, and the fit takes few steps.
    """
    size = len(moment)
    ridge = JITTER * np.trace(moment) / size
    return np.linalg.inv(np.linalg.cholesky(moment + ridge * np.eye(size)))


def change(layer: Floats, known: Floats, label: Indices, white: Floats, strength: float) -> Floats:
    """Return what to add to `layer`, (7, width + 1), after `known` rows, (n, width + 1).

    `white` is the whitening of the faces that are to be let be.
    """
    rows, logits = np.arange(len(known)), known @ layer.T
    whitened = known @ white.T

    def surprise(flat: Floats) -> tuple[float, Floats]:
        delta = flat.reshape(layer.shape)
        said = logits + whitened @ delta.T
        wrong = softmax(said, axis=1)
        wrong[rows, label] -= 1
        lost = -log_softmax(said, axis=1)[rows, label].sum() + strength * (delta * delta).sum()
        return float(lost), np.ravel(wrong.T @ whitened + 2 * strength * delta)

    found = minimize(surprise, np.zeros(layer.size), jac=True, method="L-BFGS-B")
    return np.asarray(found.x.reshape(layer.shape) @ white)


def held_out(
    layer: Floats, known: Floats, label: Indices, white: Floats, strength: float
) -> Indices:
    """Return what is said of each row by layers that have learnt from other rows only, (n,)."""
    said = np.zeros(len(known), np.int64)
    fold = np.random.default_rng(0).permutation(len(known)) % FOLDS
    for number in range(FOLDS):
        mine = fold == number
        learnt = layer + change(layer, known[~mine], label[~mine], white, strength)
        said[mine] = (known[mine] @ learnt.T).argmax(axis=1)
    return said


def drawn(moment: Floats, seed: int = 0) -> Floats:
    """Return made-up pooled numbers with this second moment, (DRAWN, width + 1)."""
    mean = moment[-1, :-1]
    spread = moment[:-1, :-1] - np.outer(mean, mean)
    spread = spread + np.eye(len(mean)) * (JITTER * np.trace(spread) / len(mean) + 1e-12)
    rng = np.random.default_rng(seed)
    return with_one(mean + rng.normal(size=(DRAWN, len(mean))) @ np.linalg.cholesky(spread).T)


def changed(layer: Floats, delta: Floats, rows: Floats) -> float:
    """Return the share of `rows` of which another emotion is said after a change."""
    before, after = ((rows @ weights.T).argmax(axis=1) for weights in (layer, layer + delta))
    return float(np.mean(before != after))
