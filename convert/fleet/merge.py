"""How far the last layer is to go in the direction that a fleet's boxes pull it. Pure."""

from __future__ import annotations

from convert.learn.choose import BUDGETS, MOST_LOST, lost_on
from edge.errors import ModelError
from edge.personal import share
from edge.personal.fit import Base, Floats, Taps

FARTHEST = 0.13
"""The largest budget; what boxes have in common goes no farther. Chosen by tests/bench/fleet.py."""


def change(
    base: Base, mean: Floats, validation: Taps, *, most: float = MOST_LOST
) -> tuple[Floats, float]:
    """Return the largest change that costs validation rows little, (7, d), and its budget.

    `mean` is the boxes' mean update, (7, d), with its noise (edge/personal/share.py); `most` is how
    much of the validation rows may be lost.

    Raises:
        ModelError: even the smallest costs too much.
    """
    lost = lost_on(base, validation)
    for budget in reversed([it for it in BUDGETS if it <= FARTHEST]):
        found = share.change(base, mean, budget)
        if lost(found) <= most:
            return found, budget
    raise ModelError("whatever is taken over from the boxes costs other faces too much")
