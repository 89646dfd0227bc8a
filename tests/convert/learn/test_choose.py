"""A change of the last layer learns what was corrected, and lets be what it was told to let be."""

from __future__ import annotations

import numpy as np
import pytest

from convert.last_layer import second_moment
from convert.learn import choose, replay
from edge.errors import ModelError
from edge.personal import fit
from edge.personal.fit import Base, Floats, Taps

WIDTH = 12


def world(seed: int = 0) -> tuple[Base, Taps, Floats]:
    """A last layer, what it reads of many faces and says of them, and their moment."""
    rng = np.random.default_rng(seed)
    layer = rng.normal(size=(7, WIDTH + 1))
    known = np.c_[rng.normal(size=(2000, WIDTH)) + np.linspace(0, 2, WIDTH), np.ones(2000)]
    moment = second_moment(known)
    return Base.of(layer, moment), Taps(known, (known @ layer.T).argmax(axis=1)), moment


def household(base: Base, seed: int = 1) -> Taps:
    """Faces far from all others, each of which is fear, and none of which is read so."""
    rng = np.random.default_rng(seed)
    known = np.c_[rng.normal(0, 0.3, size=(40, WIDTH)) + 6 * np.eye(WIDTH)[3], np.ones(40)]
    felt = Taps(known, np.full(40, 2))
    assert not fit.right(base, None, felt)[0]
    return felt


def test_corrections_are_learnt_and_hold_for_faces_that_were_not_seen() -> None:
    base, everybody, _ = world()
    taps = household(base)
    harm = choose.lost_on(base, everybody)
    learnt = choose.learn(base, taps, harm=harm, most=0.05)
    assert (learnt.held_out == taps.felt).mean() > 0.9
    assert fit.right(base, learnt.delta, household(base, seed=7)).mean() > 0.9
    assert harm(learnt.delta) <= 0.05


def test_each_budget_is_kept_to_and_used() -> None:
    base, _, _ = world()
    budgets = choose.BUDGETS[:16]
    for budget, change in zip(budgets, fit.changes(base, household(base), budgets), strict=True):
        spent = np.sqrt(np.sum((change @ base.root) ** 2) / fit.CLASSES)
        assert spent == pytest.approx(budget, rel=0.01)


def test_made_up_faces_have_the_moment_that_they_were_made_from() -> None:
    _, _, moment = world()
    assert np.abs(second_moment(replay.drawn(moment)) - moment).max() < 0.1


def test_corrections_that_mean_nothing_are_not_learnt() -> None:
    base, everybody, _ = world()
    rng = np.random.default_rng(3)
    some = everybody.take(rng.permutation(2000)[:40])
    taps = Taps(some.seen, (some.felt + rng.integers(1, 7, 40)) % 7)
    with pytest.raises(ModelError, match="nothing gained: of 40 corrections 0 are read rightly"):
        choose.learn(base, taps, harm=choose.lost_on(base, everybody), most=0.0005)
