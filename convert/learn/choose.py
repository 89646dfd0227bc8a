"""How strongly the last layer is to be held back: as weakly as all other faces allow. Pure."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from convert.learn import fit
from convert.learn.fit import Floats, Indices
from edge.errors import ModelError

STRENGTHS = tuple(float(round(3200 * 2 ** (-step / 2))) for step in range(13))
"""From hardly any change to one that costs points everywhere, twice as much every second step."""


@dataclass(frozen=True)
class Learnt:
    """A change of the last layer, and how it did on corrections that it had not seen."""

    strength: float
    delta: Floats
    """(7, width + 1)."""
    held_out: Indices
    """What is said of each correction by changes that were learnt from the others, (n,)."""


def learn(
    layer: Floats,
    known: Floats,
    label: Indices,
    moment: Floats,
    *,
    harm: Callable[[Floats], float],
    most: float,
) -> Learnt:
    """Return the change that does best on held-out corrections among those that harm little.

    Args:
        layer: the last layer as it is.
        known: what it reads of each correction.
        label: what each was.
        moment: of what it reads of other faces.
        harm: what a change does to those, as a share of one.
        most: how much harm is let pass.

    Raises:
        ModelError: no change gains anything.
    """
    before = int(((known @ layer.T).argmax(axis=1) == label).sum())
    best, most_right, white = None, before, fit.whitening(moment)
    for strength in STRENGTHS:
        delta = fit.change(layer, known, label, white, strength)
        if harm(delta) > most:
            break
        said = fit.held_out(layer, known, label, white, strength)
        if (right := int((said == label).sum())) > most_right:
            best, most_right = Learnt(strength, delta, said), right
    if best is None:
        raise ModelError(
            f"nothing gained: of {len(label)} corrections {before} are read rightly, and a model"
            " that has learnt from the others reads no more of them so without reading other faces"
            " worse"
        )
    return best


def lost_on(layer: Floats, known: Floats, label: Indices) -> Callable[[Floats], float]:
    """Return what tells the accuracy that a change loses on labelled rows."""
    before = np.mean((known @ layer.T).argmax(axis=1) == label)

    def harm(delta: Floats) -> float:
        after = np.mean((known @ (layer + delta).T).argmax(axis=1) == label)
        return float(before - after)

    return harm
