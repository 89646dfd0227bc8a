from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from edge.vision.change import ChangeDetector


def picture(seed: int, noise: float = 4.0) -> NDArray[np.uint8]:
    """A room, with the noise of a camera in a lit room."""
    room = np.linspace(60, 200, 1280)[None, :, None] * np.ones((720, 1, 3))
    noisy = room + np.random.default_rng(seed).normal(0, noise, room.shape)
    return np.clip(noisy, 0, 255).astype(np.uint8)


def test_the_first_picture_is_new() -> None:
    assert ChangeDetector().seen(picture(0))


def test_noise_is_no_change() -> None:
    change = ChangeDetector()
    change.seen(picture(0))
    change.keep()
    assert not any(change.seen(picture(seed)) for seed in range(1, 6))


@pytest.mark.parametrize("side", [16, 20, 60])
def test_a_face_far_away_is_one(side: int) -> None:
    change = ChangeDetector()
    change.seen(picture(0))
    change.keep()
    somebody = picture(1)
    somebody[301 : 301 + side, 701 : 701 + side] -= 30
    assert change.seen(somebody)


def test_a_slow_change_of_the_light_is_noticed_in_the_end() -> None:
    change = ChangeDetector()
    change.seen(picture(0))
    change.keep()
    dimmer = [change.seen(picture(step) - np.uint8(step)) for step in range(12)]
    assert not dimmer[1]
    assert dimmer[-1]


def test_what_was_seen_before_keeping_is_compared_with() -> None:
    change = ChangeDetector()
    change.seen(picture(0))
    change.keep()
    moved = picture(0)
    moved[100:200, 100:200] = 0
    assert change.seen(moved)
    change.keep()
    assert not change.seen(moved)


def test_a_picture_of_another_size_is_new() -> None:
    change = ChangeDetector()
    change.seen(picture(0))
    change.keep()
    assert change.seen(picture(0)[:360])
