"""Drawn faces: what moves is somebody, however little; what does not is a picture."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from edge.vision.detector import Face
from edge.vision.pictures import MOST, STILL_FOR, Pictures, shift, within

PERIOD = 3.0
WIDTH = 60.0


def drawn(x: float, y: float, width: float = WIDTH, seed: int = 0) -> NDArray[np.float32]:
    """Return a room with a face-like blot around (x, y), to a fraction of a pixel."""
    rng = np.random.default_rng(seed)
    blot = cv2.GaussianBlur(rng.normal(0, 1, (64, 64)).astype(np.float32), (0, 0), 3)
    blot = 128 + 60 * blot / blot.std()
    times = width / 64
    place = np.array([[times, 0, x - 32 * times], [0, times, y - 32 * times]], np.float32)
    room = np.full((240, 320), 100, np.float32)
    return np.asarray(cv2.warpAffine(blot, place, (320, 240), room, cv2.INTER_LINEAR,
                                     cv2.BORDER_TRANSPARENT), np.float32)  # fmt: skip


def taken(
    scene: NDArray[np.float32], at: float, light: float = 1.0, noise: float = 3.0
) -> NDArray[np.uint8]:
    """Return what a camera makes of it."""
    grain = np.random.default_rng(round(at * 1000)).normal(0, noise, scene.shape)
    grey = np.clip(scene * light + grain, 0, 255).astype(np.uint8)
    return np.repeat(grey[..., None], 3, axis=2)


def face(x: float, y: float, width: float = WIDTH, jitter: float = 0.0) -> Face:
    return Face((x - width / 2 + jitter, y - width / 2 - jitter, width, width), 0.9)


def test_a_photograph_stops_counting_and_stays_away() -> None:
    pictures = Pictures()
    scene = drawn(150.3, 120.7)
    counted = []
    for at in np.arange(0, 300, PERIOD):
        jitter = float(np.random.default_rng(int(at)).normal(0, 1.5))
        there = pictures.without(taken(scene, at), [face(150, 120, jitter=jitter)], at)
        counted.append(bool(there))
    assert all(counted[: int(STILL_FOR / PERIOD)])
    assert not any(counted[int(STILL_FOR / PERIOD) + 1 :])


@pytest.mark.parametrize("light", [1.0, 0.25])
@pytest.mark.parametrize("width", [28.0, 60.0, 120.0])
def test_somebody_who_reads_stays(width: float, light: float) -> None:
    """The head sways by a millimetre or two, very slowly."""
    pictures = Pictures()
    for at in np.arange(0, 3600, 30.0):
        sway = width * 0.012 * np.sin(at / 37)
        pixels = taken(drawn(150 + sway, 120, width), at, light)
        assert pictures.without(pixels, [face(150, 120, width)], at), at


def test_a_photograph_is_one_when_the_light_changes_too() -> None:
    pictures = Pictures()
    scene = drawn(150, 120)
    lamp = np.linspace(0.6, 1.2, 320, dtype=np.float32)[None, :]
    for at in np.arange(0, 400, PERIOD):
        lit = scene * lamp if at > 150 else scene * (1 - at / 400)
        there = pictures.without(taken(lit, at), [face(150, 120)], at)
        assert bool(there) == (at < STILL_FOR), at


def test_a_picture_that_moves_is_somebody_at_once() -> None:
    pictures = Pictures()
    for at in np.arange(0, 200, PERIOD):
        pictures.without(taken(drawn(150, 120), at), [face(150, 120)], at)
    assert pictures.without(taken(drawn(150.9, 120), 201), [face(150, 120)], 201)


def test_a_picture_that_was_hidden_for_a_moment_is_one_still() -> None:
    pictures = Pictures()
    for at in np.arange(0, 200, PERIOD):
        pictures.without(taken(drawn(150, 120), at), [face(150, 120)], at)
    other = taken(drawn(155, 118, seed=9), 201)
    assert pictures.without(other, [face(155, 118)], 201), "somebody stands in front of it"
    assert pictures.without(taken(drawn(150, 120), 202), [face(150, 120)], 202) == []


def test_a_photograph_that_is_found_now_and_then_is_one_all_the_same() -> None:
    pictures = Pictures()
    for at in np.arange(0, 600, 40.0):
        there = pictures.without(taken(drawn(150, 120), at), [face(150, 120)], at)
        assert bool(there) == (at < STILL_FOR)


def test_somebody_beside_a_photograph_counts() -> None:
    pictures = Pictures()
    for at in np.arange(0, 300, PERIOD):
        scene = np.maximum(drawn(80, 120), drawn(220 + at % 7, 120, seed=5))
        there = pictures.without(taken(scene, at), [face(80, 120), face(220, 120)], at)
    assert [one.box[0] for one in there] == [190.0]


def test_only_so_many_places_are_remembered() -> None:
    pictures = Pictures()
    for at in range(5 * MOST):
        x = 40 + 3 * at
        pictures.without(taken(drawn(x, 120), at), [face(x, 120)], float(at))
    assert len(pictures._places) <= MOST


def test_a_shift_is_measured_to_a_fraction_of_a_pixel() -> None:
    before, after = (drawn(16 + by, 16, 32)[:32, :32] for by in (0.0, 0.25))
    assert shift(before, after) == pytest.approx(0.25 / 32, rel=0.2)
    assert shift(before, drawn(16, 16, 32, seed=3)[:32, :32]) is None


@pytest.mark.parametrize(
    ("box", "inside"),
    [((64, 36, 20, 20), True), ((600, 36, 20, 20), False), ((120, 60, 20, 20), False)],
)
def test_a_place_to_ignore_is_a_share_of_the_picture(
    box: tuple[float, float, float, float], *, inside: bool
) -> None:
    assert within(box, [(0.05, 0.05, 0.14, 0.2)], 640, 360) is inside
    assert not within(box, [], 640, 360)
