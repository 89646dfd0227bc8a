from __future__ import annotations

import numpy as np
import pytest

from edge.vision.card import Framing
from edge.vision.framing import crop, square

PLAIN = Framing(0.0, 0.0, 1.0)


def gradient() -> np.ndarray:
    return np.add.outer(np.arange(120), np.arange(120)).astype(np.uint8)


def test_a_plain_framing_keeps_the_box() -> None:
    assert square((10, 20, 40, 40), PLAIN) == (10, 20, 40)


def test_offsets_count_in_box_widths_and_heights() -> None:
    left, top, side = square((10, 20, 40, 90), Framing(0.25, -0.1, 1.5))
    assert side == pytest.approx(90)
    assert left + side / 2 == pytest.approx(10 + 20 + 10)
    assert top + side / 2 == pytest.approx(20 + 45 - 9)


def test_a_crop_of_the_models_size_is_cut_pixel_by_pixel() -> None:
    frame = gradient()
    assert np.array_equal(crop(frame, (30, 20, 48, 48), PLAIN), frame[20:68, 30:78])


@pytest.mark.parametrize("box", [(-30, -30, 48, 48), (100, 100, 60, 60), (500, -900, 48, 48)])
def test_outside_the_frame_its_nearest_pixel_is_repeated(box: tuple[float, ...]) -> None:
    face = crop(gradient(), box, PLAIN)  # type: ignore[arg-type]
    assert face.shape == (48, 48)
    assert np.ptp(face[:1] if box[1] < 0 else face[-1:]) <= 120
    if box[0] == 500:
        assert np.unique(face).tolist() == [119]
    elif box[0] < 0:
        assert np.unique(face[:30, :30]).tolist() == [0]


def test_shrinking_averages_over_areas() -> None:
    stripes = np.tile(np.array([0, 200], np.uint8), (192, 96))
    assert np.unique(crop(stripes, (0, 0, 192, 192), PLAIN)).tolist() == [100]


def test_a_tiny_box_still_gives_a_whole_crop() -> None:
    assert crop(gradient(), (5, 5, 0.2, 0.2), PLAIN, size=24).shape == (24, 24)
