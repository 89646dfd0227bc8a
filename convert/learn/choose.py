"""How far the last layer is to change: as far as all other faces allow. Pure."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from edge.errors import ModelError
from edge.personal import fit
from edge.personal.fit import Base, Floats, Indices, Taps

BUDGETS = tuple(0.03 * 2 ** (step / 4) for step in range(20))
"""From hardly any change to one that costs points everywhere, each a fifth more."""
MOST_LOST = 0.002
"""Accuracy on the validation rows that a change may cost: less than the test is allowed to lose,
for on other rows it is a quarter of a point more or less by chance (docs/training.md)."""


@dataclass(frozen=True)
class Learnt:
    """A change of the last layer, and how it did on corrections that it had not seen."""

    budget: float
    delta: Floats
    """(7, width + 1), of logits over the temperature."""
    held_out: Indices
    """What is said of each correction by changes that were learnt from the others, (n,)."""


def learn(base: Base, taps: Taps, *, harm: Callable[[Floats], float], most: float) -> Learnt:
    """Return the change that does best on held-out corrections among those that harm little.

    Args:
        base: the last layer as it is.
        taps: the corrections.
        harm: what a change does to other faces, as a share of one.
        most: how much harm is let pass.

    Raises:
        ModelError: no change gains anything.
    """
    before = int(fit.right(base, None, taps).sum())
    best, most_right = None, before
    said = fit.held_out(base, taps, BUDGETS).argmax(axis=2)
    for budget, delta, told in zip(BUDGETS, fit.changes(base, taps, BUDGETS), said, strict=True):
        if harm(delta) > most:
            break
        if (right := int((told == taps.felt).sum())) > most_right:
            best, most_right = Learnt(budget, delta, told), right
    if best is None:
        raise ModelError(
            f"nothing gained: of {len(taps.felt)} corrections {before} are read"
            " rightly, and a model that has learnt from the others reads no more of them so without"
            " reading other faces worse"
        )
    return best


def lost_on(base: Base, known: Taps) -> Callable[[Floats], float]:
    """Return what tells the accuracy that a change loses on labelled faces."""
    before = fit.right(base, None, known).mean()
    return lambda delta: float(before - fit.right(base, delta, known).mean())
