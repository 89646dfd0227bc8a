from __future__ import annotations

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from edge.vision.light import CLEAR, GRAINY, READABLE, best, noise, quality


def face(
    grain: float = 0.0, contrast: float = 40.0, blur: float = 0.0, seed: int = 0
) -> NDArray[np.uint8]:
    """A drawn face of the model's size: soft blots and a few lines, with grain."""
    rng = np.random.default_rng(1)
    soft = cv2.GaussianBlur(rng.normal(0, 1, (48, 48)).astype(np.float32), (0, 0), 3)
    fine = cv2.GaussianBlur(rng.normal(0, 1, (48, 48)).astype(np.float32), (0, 0), 1.2)
    drawn = soft / soft.std() + 0.5 * fine / fine.std()
    if blur:
        drawn = cv2.GaussianBlur(drawn, (0, 0), blur)
    drawn = 110 + contrast * drawn / drawn.std()
    dirty = drawn + np.random.default_rng(seed).normal(0, 1, drawn.shape) * grain
    return np.asarray(np.clip(dirty, 0, 255), np.uint8)


@pytest.mark.parametrize("grain", [3.0, 8.0])
def test_grain_is_measured(grain: float) -> None:
    assert noise(face(grain)) == pytest.approx(grain, rel=0.35)


def test_quality_falls_with_the_grain() -> None:
    clean, dim, dark = (quality(face(grain)) for grain in (0.5, 4.0, 20.0))
    assert clean > CLEAR > dim > READABLE > dark


@pytest.mark.parametrize("grain", [0.3, 2.0, 4.0])
def test_grain_does_not_pass_for_detail(grain: float) -> None:
    assert quality(face(grain)) > READABLE
    assert quality(face(grain, blur=3)) == 0


def test_a_blur_and_a_blank_show_nothing() -> None:
    assert quality(face(0.3, blur=5)) == 0
    assert quality(np.full((48, 48), 90, np.uint8)) == 0
    assert quality(face(0.0, contrast=2.0)) == 0


def test_in_the_light_the_newest_look_is_read_as_it_is() -> None:
    looks = [face(1, seed=number) for number in range(4)]
    assert best(looks, CLEAR) is looks[-1]


def test_in_dim_light_the_mean_of_the_looks_has_less_grain() -> None:
    looks = [face(6, seed=number) for number in range(4)]
    clean = face().astype(float)
    one, mean = (np.std(look - clean) for look in (looks[-1], best(looks, GRAINY)))
    assert mean < 0.6 * one


def test_in_poor_light_the_face_is_stretched_as_well() -> None:
    looks = [face(2, contrast=8, seed=number) for number in range(4)]
    read = best(looks, GRAINY - 1)
    assert read.std() > 3 * looks[-1].std()
    assert read.dtype == np.uint8
