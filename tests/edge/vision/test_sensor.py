"""Each Raspberry Pi camera sees all that it can, whatever Picamera2 would choose by itself."""

from __future__ import annotations

import pytest
from fakes.sensors import MODULES, sensor_modes

from edge.settings import Picamera2Settings
from edge.vision.camera import sensor
from edge.vision.camera.sensor import Mode

DEFAULT = Picamera2Settings()


@pytest.mark.parametrize(
    ("model", "size", "picture", "degrees"),
    [
        ("ov5647", (1296, 972), (1280, 960), 53.5),
        ("imx219", (1640, 1232), (1280, 962), 62.2),
        ("imx708", (2304, 1296), (1280, 720), 66),
        ("imx708_wide", (2304, 1296), (1280, 720), 102),
        ("imx477", (2028, 1520), (1280, 960), None),
        ("imx296", (1456, 1088), (1280, 956), None),
    ],
)
def test_the_whole_sensor_is_seen_in_its_own_aspect(
    model: str, size: tuple[int, int], picture: tuple[int, int], degrees: float | None
) -> None:
    modes = sensor.published(sensor_modes(model))
    mode = sensor.widest(modes, DEFAULT.width)
    assert mode is not None
    assert mode.size == size
    assert mode.crop == max((m.crop for m in modes), key=lambda crop: crop[2] * crop[3])
    made = sensor.picture(mode, DEFAULT.width, DEFAULT.height)
    assert made == picture
    assert made[0] / made[1] == pytest.approx(mode.crop[2] / mode.crop[3], rel=0.003)
    seen = sensor.angle(model, modes, mode)
    assert seen == (None if degrees is None else pytest.approx(degrees))


@pytest.mark.parametrize("model", MODULES)
def test_what_is_asked_for_fits_one_mode_alone(model: str) -> None:
    modes = sensor.published(sensor_modes(model))
    mode = sensor.widest(modes, DEFAULT.width)
    assert mode is not None
    assert [other.crop for other in modes if other.sensor == mode.sensor] == [mode.crop]


@pytest.mark.parametrize(
    ("model", "place", "degrees"),
    [("imx708", 0, 46.8), ("imx708_wide", 0, 78.9), ("imx219", 0, 26.5), ("imx219", 2, 38.9)],
)
def test_a_cropped_mode_is_told_by_its_angle(model: str, place: int, degrees: float) -> None:
    modes = sensor.published(sensor_modes(model))
    assert sensor.angle(model, modes, modes[place]) == pytest.approx(degrees, abs=0.1)


def test_of_modes_that_see_everything_the_fastest_that_is_large_enough_is_taken() -> None:
    small, large = (
        Mode((640, 360), 10, 200.0, (0, 0, 4608, 2592)),
        Mode((4608, 2592), 10, 14.0, (0, 0, 4608, 2592)),
    )
    assert sensor.widest([small, large], 640) == small
    assert sensor.widest([small, large], 1280) == large
    assert sensor.widest([small], 1280) == small


def test_a_sensor_that_is_cropped_in_every_mode_is_seen_as_far_as_it_can_be() -> None:
    tall, wide = (
        Mode((800, 600), 10, 30, (0, 0, 800, 600)),
        Mode((900, 300), 10, 60, (0, 0, 900, 300)),
    )
    assert sensor.widest([tall, wide], 640) == tall


def test_a_camera_that_publishes_no_modes_has_none() -> None:
    assert sensor.widest(sensor.published([{"format": "MJPEG"}]), 1280) is None


def test_a_picture_is_never_larger_than_what_the_sensor_gives() -> None:
    mode = Mode((640, 480), 10, 60.0, (0, 0, 640, 480))
    assert sensor.picture(mode, 1280, 720) == (640, 480)


def test_the_angle_is_said_for_people() -> None:
    modes = sensor.published(sensor_modes("imx708_wide"))
    words = sensor.in_words("imx708_wide", modes, modes[1], (1280, 720))
    assert words == "imx708_wide, 1280x720, sees 102 degrees"
    assert "all that its lens shows" in sensor.in_words("imx477", modes, modes[1], (1280, 720))
