"""What a household's taps teach: how far the last layer is to change, and when it is not to.

CAREFUL is what the general test can bear. A BOLD budget is taken only where the model reads the
house badly and cross-validation over the taps says clearly that it helps; and nothing at all is
changed unless that says that more of the taps would be read rightly. Pure; the fit is
edge.personal.fit's.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from edge.events import Learning
from edge.personal import fit
from edge.personal.fit import Base, Floats, Taps, right

CAREFUL = 0.18
BOLD = (0.4, 0.8)
FEWEST = 10
"""Taps; with fewer nothing is changed."""
BADLY = 0.8
"""Share of the taps; where the released model reads more of them rightly, CAREFUL it stays."""
BIASED = 0.5
"""Where it reads no more than that, the taps are hardly on moments as they come."""
CLEARLY = 2.0
"""Standard errors by which a bolder budget has to foretell held-back taps better."""


def learn(base: Base, taps: Taps) -> Floats | None:
    """Return the change, (7, d), that the taps call for; None: none that would help."""
    if len(taps.felt) < FEWEST or right(base, None, taps).all():
        return None
    budget = _budget(base, taps)
    return fit.changes(base, taps, (budget,))[0] if budget else None


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


def _budget(base: Base, taps: Taps) -> float:
    """Return how far to go, by what cross-validation says of taps that were held back; 0: not."""
    said = fit.held_out(base, taps, (CAREFUL, *BOLD))
    share = right(base, None, taps).mean()
    if np.mean(said[0].argmax(axis=1) == taps.felt) <= share:
        return 0.0
    chosen, (least, *bold) = CAREFUL, fit.loss(said, taps.felt)
    # Who taps only where it is wrong tells nothing of what was right.
    badly = BIASED < share < BADLY
    for budget, found in zip(BOLD, bold, strict=True):
        gain = least - found
        error = gain.std() / np.sqrt(len(gain))
        if badly and gain.mean() > CLEARLY * error:
            chosen, least = budget, found
    return chosen
