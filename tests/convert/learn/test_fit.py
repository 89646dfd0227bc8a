"""A change of the last layer learns what was corrected, and lets be what it was told to let be."""

from __future__ import annotations

import numpy as np
import pytest

from convert.learn import choose, fit
from convert.learn.fit import Floats
from edge.errors import ModelError

WIDTH = 12


def world(seed: int = 0) -> tuple[Floats, Floats, np.ndarray]:
    """A last layer, what it reads of many faces, and what it says of them."""
    rng = np.random.default_rng(seed)
    layer = rng.normal(size=(7, WIDTH + 1))
    known = fit.with_one(rng.normal(size=(2000, WIDTH)) + np.linspace(0, 2, WIDTH))
    return layer, known, (known @ layer.T).argmax(axis=1)


def household(layer: Floats, seed: int = 1) -> tuple[Floats, np.ndarray]:
    """Faces far from all others, each of which is fear, and none of which is read so."""
    rng = np.random.default_rng(seed)
    known = fit.with_one(rng.normal(0, 0.3, size=(40, WIDTH)) + 6 * np.eye(WIDTH)[3])
    assert (known @ layer.T).argmax(axis=1)[0] != 2
    return known, np.full(40, 2)


def test_corrections_are_learnt_and_hold_for_faces_that_were_not_seen() -> None:
    layer, base, said = world()
    known, label = household(layer)
    moment = fit.second_moment(base)
    harm = choose.lost_on(layer, base, said)
    learnt = choose.learn(layer, known, label, moment, harm=harm, most=0.02)
    assert (learnt.held_out == label).mean() > 0.9
    fellows, same = household(layer, seed=7)
    assert ((fellows @ (layer + learnt.delta).T).argmax(axis=1) == same).mean() > 0.9
    assert harm(learnt.delta) <= 0.02


def test_the_stronger_the_less_changes() -> None:
    layer, base, _ = world()
    known, label = household(layer)
    moment = fit.second_moment(base)
    rows, white = fit.drawn(moment), fit.whitening(moment)
    changed = [
        fit.changed(layer, fit.change(layer, known, label, white, strength), rows)
        for strength in (1, 100, 10_000)
    ]
    assert changed[0] > changed[1] > changed[2]


def test_made_up_faces_have_the_moment_that_they_were_made_from() -> None:
    _, base, _ = world()
    moment = fit.second_moment(base)
    again = fit.second_moment(fit.drawn(moment))
    assert np.abs(again - moment).max() < 0.1


def test_corrections_that_mean_nothing_are_not_learnt() -> None:
    layer, base, said = world()
    rng = np.random.default_rng(3)
    rows = rng.permutation(len(base))[:40]
    label = (said[rows] + rng.integers(1, 7, 40)) % 7
    moment = fit.second_moment(base)
    with pytest.raises(ModelError, match="nothing gained: of 40 corrections 0 are read rightly"):
        choose.learn(
            layer,
            base[rows],
            label,
            moment,
            harm=choose.lost_on(layer, base, said),
            most=0.0005,
        )
