"""What is learnt from taps: what helps and no more."""

from __future__ import annotations

import numpy as np
import pytest

from edge.errors import ModelError
from edge.events import Learning
from edge.personal.fit import CLASSES, Base, Taps, right
from edge.personal.head import CAREFUL, FEWEST, judge, learn

NEUTRAL, HAPPY = 6, 3
WIDTH = 24


@pytest.fixture
def base() -> Base:
    """A layer that tells seven directions apart, and base faces that vary alike in all."""
    weights = np.c_[4 * np.eye(CLASSES, WIDTH), np.zeros(CLASSES)]
    return Base(weights, 4 * np.eye(WIDTH + 1) / np.sqrt(CLASSES))


def household(count: int, shift: float, seed: int = 0) -> Taps:
    """Neutral and happy moments of a house where smiles look more neutral by `shift`."""
    rng = np.random.default_rng(seed)
    felt = rng.choice([NEUTRAL, HAPPY], count)
    seen = rng.normal(0, 0.15, (count, WIDTH + 1))
    seen[np.arange(count), felt] += 1
    seen[:, NEUTRAL] += shift * (felt == HAPPY)
    seen[:, -1] = 1
    return Taps(seen, felt)


def test_a_house_whose_smiles_are_overlooked_is_read_better(base: Base) -> None:
    change = learn(base, household(40, 1.05))
    later = household(200, 1.05, seed=1)
    assert change is not None
    assert right(base, change, later).mean() > right(base, None, later).mean() + 0.1


def test_where_nothing_helps_nothing_changes(base: Base) -> None:
    taps = household(40, 0.0)
    assert right(base, None, taps).all()
    assert learn(base, taps) is None
    assert learn(base, household(40, 1.05).take(np.arange(40) < 0)) is None


def test_a_few_taps_change_nothing(base: Base) -> None:
    assert learn(base, household(FEWEST - 1, 1.2)) is None


def test_corrections_alone_are_held_to_the_careful_budget(base: Base) -> None:
    taps = household(60, 1.2)
    wrong = taps.take(~right(base, None, taps))
    assert len(wrong.felt) >= FEWEST
    change = learn(base, wrong)
    if change is not None:
        assert np.sqrt(np.sum((change @ base.root) ** 2) / CLASSES) <= CAREFUL + 1e-9


def test_the_same_taps_teach_the_same(base: Base) -> None:
    taps = household(40, 1.05)
    first, second = learn(base, taps), learn(base, taps)
    assert first is not None
    assert second is not None
    assert (first == second).all()


def test_what_newer_taps_speak_against_is_taken_back(base: Base) -> None:
    earlier = household(40, 1.05)
    # From then on, what looks like those smiles is neutral.
    wrong = earlier.take(~right(base, None, earlier))
    again = Taps(wrong.seen, np.full(len(wrong.felt), NEUTRAL))
    taps = Taps(np.vstack([earlier.seen, again.seen]), np.r_[earlier.felt, again.felt])
    verdict = judge(base, taps)
    assert (verdict.state, verdict.change) == (Learning.TAKEN_BACK, None)


def test_it_says_how_many_of_the_last_corrections_it_would_have_spared(base: Base) -> None:
    verdict = judge(base, household(60, 1.05))
    assert verdict.state is Learning.LEARNT
    assert 0 < verdict.mended <= verdict.corrections


def test_a_moment_that_no_faces_have_is_refused_in_one_line() -> None:
    with pytest.raises(ModelError, match="cannot be taught: its last layer"):
        Base.of(np.eye(7, 9), -np.eye(9))
