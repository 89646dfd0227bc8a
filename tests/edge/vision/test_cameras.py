from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest

from edge.errors import Fault
from edge.settings import (
    CameraSettings,
    Picamera2Settings,
    SimulatedCameraSettings,
    StillsSettings,
    VideoSettings,
    WebcamSettings,
)
from edge.vision import camera
from edge.vision.camera import Camera, v4l, webcam

Film = Callable[..., Path]


def opened(table: CameraSettings) -> Camera:
    source = camera.make(table)
    source.open()
    return source


def greys(source: Camera) -> list[int]:
    """Read to the end, and return each frame's number."""
    seen = []
    while frame := source.read(1.0):
        assert frame.pixels.dtype == np.uint8
        assert frame.pixels.shape == (120, 160, 3)
        seen.append(round(float(frame.pixels.mean()) / 2))
    source.close()
    return seen


def test_as_fast_as_possible_every_frame_is_read_once(film: Film) -> None:
    source = opened(VideoSettings(source=str(film(40)), speed=0))
    assert source.waits
    assert greys(source) == pytest.approx(range(40), abs=1)


def test_at_its_own_speed_a_video_drops_what_nobody_read_in_time(film: Film) -> None:
    source = opened(VideoSettings(source=str(film(100, fps=50)), speed=1))
    first = source.read(1.0)
    time.sleep(0.5)
    second = source.read(1.0)
    assert first is not None
    assert second is not None
    assert second.at - first.at >= 0.5
    assert (second.pixels.mean() - first.pixels.mean()) / 2 >= 20


def test_a_film_waits_for_its_first_look_while_a_model_is_loaded(film: Film) -> None:
    source = opened(VideoSettings(source=str(film(100, fps=50)), speed=1))
    time.sleep(0.5)
    first = source.read(1.0)
    assert first is not None
    assert first.pixels.mean() / 2 == pytest.approx(0, abs=2)


def test_at_its_own_speed_a_video_makes_an_eager_reader_wait(film: Film) -> None:
    source = opened(VideoSettings(source=str(film(10, fps=20)), speed=1))
    began = time.monotonic()
    seen = greys(source)
    assert seen == sorted(seen)
    assert time.monotonic() - began >= 0.4


def test_a_loop_begins_again(film: Film) -> None:
    source = opened(VideoSettings(source=str(film(5)), speed=0, loop=True))
    numbers = [source.read(1.0) for _ in range(12)]
    assert all(numbers)
    source.close()


@pytest.mark.parametrize("content", [b"", b"no video at all", bytes(5000)])
def test_a_file_that_is_no_video_is_one_line(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "film.mp4"
    path.write_bytes(content)
    with pytest.raises(Fault, match=r"film\.mp4: not a video") as caught:
        opened(VideoSettings(source=str(path)))
    assert "\n" not in str(caught.value)


def test_stills_come_in_the_order_of_their_names(tmp_path: Path) -> None:
    for number in (2, 0, 1):
        cv2.imwrite(str(tmp_path / f"{number}.png"), np.full((120, 160, 3), 2 * number, np.uint8))
    (tmp_path / "notes.txt").write_text("no picture")
    assert greys(opened(StillsSettings(source=str(tmp_path), speed=0))) == [0, 1, 2]


def test_a_still_is_shown_for_its_second(tmp_path: Path) -> None:
    cv2.imwrite(str(tmp_path / "only.png"), np.zeros((120, 160, 3), np.uint8))
    source = opened(StillsSettings(source=str(tmp_path), speed=2))
    assert source.read(1.0) is not None
    time.sleep(0.55)
    assert source.read(1.0) is None


def test_a_folder_without_one_good_picture_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "broken.png").write_bytes(b"no picture")
    with pytest.raises(Fault, match="no picture in it that OpenCV can read"):
        opened(StillsSettings(source=str(tmp_path))).read(1.0)


def test_a_bad_picture_among_good_ones_is_passed_over_with_a_line(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    for number in (0, 2):
        cv2.imwrite(str(tmp_path / f"{number}.png"), np.full((120, 160, 3), 2 * number, np.uint8))
    (tmp_path / "1.png").write_bytes(b"no picture")
    assert greys(opened(StillsSettings(source=str(tmp_path), speed=0))) == [0, 2]
    (line,) = caplog.messages
    assert "1.png: not a picture" in line


@pytest.mark.parametrize(
    ("table", "words"),
    [
        (VideoSettings(source="/nowhere/film.mp4"), "no such video"),
        (StillsSettings(source="/nowhere"), "no such folder"),
        (StillsSettings(source="/proc/self/fd"), "no picture in it"),
        (WebcamSettings(source="97"), "webcam 97: not there"),
        (WebcamSettings(source="front"), "a webcam has a number"),
        (Picamera2Settings(source="front"), "a Pi camera has a number"),
        (SimulatedCameraSettings(source="/nowhere/film.mp4"), "no such video"),
    ],
)
def test_a_camera_that_is_not_there_is_one_line(table: CameraSettings, words: str) -> None:
    source = camera.make(table)
    with pytest.raises(Fault, match=words) as caught:
        source.open()
    source.close()
    assert "\n" not in str(caught.value)


def test_the_raspberry_pi_camera_is_a_fault_where_there_is_none() -> None:
    source = camera.make(Picamera2Settings(source="7"))
    with pytest.raises(Fault, match=r"Picamera2 is missing|Raspberry Pi camera 7"):
        source.open()
    source.close()


def test_a_simulated_camera_is_unplugged_and_plugged_in_again(film: Film, tmp_path: Path) -> None:
    orders = tmp_path / "orders"
    table = SimulatedCameraSettings(source=str(film(5)), speed=0, orders=str(orders))
    source = opened(table)
    assert source.read(1.0) is not None
    orders.write_text("unplug\n")
    with pytest.raises(Fault, match="unplugged"):
        source.read(1.0)
    source.close()
    with pytest.raises(Fault, match="unplugged"):
        source.open()
    orders.unlink()
    assert len(greys(opened(table))) == 5


@pytest.mark.parametrize(
    ("name", "ribbon"),
    [("unicam-image", True), ("rp1-cfe-csi2_ch0", True), ("HD Webcam C615", False)],
)
def test_a_ribbon_camera_is_told_from_a_webcam(tmp_path: Path, name: str, ribbon: bool) -> None:
    (tmp_path / "video0").mkdir()
    (tmp_path / "video0" / "name").write_text(f"{name}\n")
    assert v4l.is_ribbon(0, tmp_path) is ribbon
    assert not v4l.is_ribbon(1, tmp_path)


def test_a_ribbon_camera_as_a_webcam_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "video0").mkdir()
    (tmp_path / "video0" / "name").write_text("unicam-image\n")
    with pytest.raises(Fault, match=r'ribbon camera, no webcam; set .* "picamera2"'):
        webcam.Driver(WebcamSettings(source="/dev/video0"), tmp_path).open()


@pytest.mark.parametrize(
    ("source", "number"), [("", 0), ("2", 2), ("/dev/video11", 11), ("front", None), ("-1", None)]
)
def test_a_webcam_is_named_by_its_number_or_its_device(source: str, number: int | None) -> None:
    assert v4l.number(source) == number


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "it is empty"),
        (b"\0\0\0\x18ftypheic" + bytes(500), "an HEIC picture; save it as a JPEG"),
        (b"\0\0\0\x14ftypqt  " + bytes(5000), "or cut short"),
    ],
)
def test_what_is_wrong_with_a_file_is_said(tmp_path: Path, content: bytes, words: str) -> None:
    path = tmp_path / "film.mov"
    path.write_bytes(content)
    with pytest.raises(Fault, match=words):
        opened(VideoSettings(source=str(path)))


def test_a_film_that_was_cut_short_is_one_line(tmp_path: Path) -> None:
    """A telephone writes the table of its frames last."""
    path = tmp_path / "film.mov"
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"mp4v"), 25.0, (160, 120))
    for number in range(50):
        writer.write(np.full((120, 160, 3), 2 * number, np.uint8))
    writer.release()
    whole = path.read_bytes()
    assert len(greys(opened(VideoSettings(source=str(path), speed=0)))) == 50
    path.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(Fault, match=r"film\.mov: .*cut short") as caught:
        opened(VideoSettings(source=str(path), speed=0)).read(1.0)
    assert "\n" not in str(caught.value)


@pytest.fixture
def uneven(tmp_path: Path) -> Path:
    """Five frames that stay for 0.1, 0.6, 0.1, 0.4 and 0.1 s, in a moving PNG."""
    path = tmp_path / "uneven.png"
    film = cv2.Animation()
    film.frames = [np.full((120, 160, 3), 20 * number, np.uint8) for number in range(5)]
    film.durations = [100, 600, 100, 400, 100]
    assert cv2.imwriteanimation(str(path), film)
    return path


def test_uneven_frames_keep_their_own_times(uneven: Path) -> None:
    source = opened(VideoSettings(source=str(uneven), speed=0.5))
    began = time.monotonic()
    seen = []
    while frame := source.read(2.0):
        seen.append((round(frame.pixels.mean() / 20), frame.at - began))
    for number, at in seen:
        # Neither early, nor, on a machine that is not too busy, late by more than a frame.
        assert at >= (0, 0.2, 1.4, 1.6, 2.4)[number] - 0.05
    assert [number for number, _ in seen] == sorted({number for number, _ in seen})
    assert len(seen) >= 3


def test_a_frame_that_stays_is_shown_again_rather_than_waited_for(uneven: Path) -> None:
    source = opened(VideoSettings(source=str(uneven), speed=0.1))
    first, second, third = (source.read(0.2) for _ in range(3))
    assert first is not None
    assert second is not None
    assert third is not None
    assert second.at - first.at < 0.9, "the next frame comes after a second"
    assert not np.shares_memory(first.pixels, second.pixels)
    assert second.pixels.mean() == first.pixels.mean() == third.pixels.mean()


def test_uneven_frames_are_all_read_where_none_may_be_lost(uneven: Path) -> None:
    source = opened(VideoSettings(source=str(uneven), speed=0))
    assert [round(each / 10) for each in greys(source)] == [0, 1, 2, 3, 4]
