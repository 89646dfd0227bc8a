from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from edge.errors import Fault
from edge.vision import detector
from edge.vision.detector import YUNET, Detector
from edge.vision.search import WHOLE, overlap


@pytest.fixture(scope="module")
def somebody(root: Path) -> NDArray[np.uint8]:
    """The frame in the middle of the sample, where somebody looks into the camera."""
    film = cv2.VideoCapture(str(root / "edge" / "sample.mp4"))
    film.set(cv2.CAP_PROP_POS_FRAMES, film.get(cv2.CAP_PROP_FRAME_COUNT) // 2)
    fine, pixels = film.read()
    assert fine
    return np.asarray(pixels, np.uint8)


@pytest.fixture(params=["yunet", "haar"])
def finder(request: pytest.FixtureRequest) -> Detector:
    if request.param == "haar":
        return detector.make("haar", Path("/nowhere"))[0]
    found, note = detector.make("auto", request.getfixturevalue("yunet"))
    assert found.name == "yunet"
    assert not note
    return found


def test_one_face_is_found_and_none_in_an_empty_room(
    finder: Detector, somebody: NDArray[np.uint8]
) -> None:
    (face,) = finder.find(somebody, WHOLE)
    assert 0 < face.confidence <= 1
    assert finder.find(np.full_like(somebody, 128), WHOLE) == []
    (other,) = detector.make("haar", Path("/nowhere"))[0].find(somebody, WHOLE)
    assert overlap(face.box, other.box) > 0.4


def test_the_box_is_in_the_frames_own_pixels(finder: Detector, somebody: NDArray[np.uint8]) -> None:
    (face,) = finder.find(somebody, WHOLE)
    for times in (0.5, 2.0):
        scaled = np.asarray(cv2.resize(somebody, None, fx=times, fy=times), np.uint8)
        (other,) = finder.find(scaled, WHOLE)
        x, y, w, h = (value / times for value in other.box)
        assert overlap((x, y, w, h), face.box) > 0.7


def test_a_wide_picture_is_not_squeezed(yunet: Path, somebody: NDArray[np.uint8]) -> None:
    finder, _ = detector.make("yunet", yunet)
    margin = np.full_like(somebody[:, :160], 90)
    wide = np.concatenate([margin, somebody], axis=1)
    (face,) = finder.find(somebody, WHOLE)
    (moved,) = finder.find(wide, WHOLE)
    x, y, w, h = moved.box
    assert overlap((x - margin.shape[1], y, w, h), face.box) > 0.6


def test_without_yunet_the_fall_back_is_said_aloud(tmp_path: Path) -> None:
    found, note = detector.make("auto", tmp_path)
    assert found.name == "haar"
    assert "moodbox models fetch" in note


def test_where_only_yunet_will_do_its_absence_is_a_fault(tmp_path: Path) -> None:
    with pytest.raises(Fault, match="models fetch"):
        detector.make("yunet", tmp_path)


def test_a_file_that_is_no_network_is_a_fault_in_one_line(tmp_path: Path) -> None:
    (tmp_path / YUNET.file).write_bytes(b"version https://git-lfs.github.com/spec/v1")
    with pytest.raises(Fault, match="not a YuNet network") as caught:
        detector.make("auto", tmp_path)
    assert "\n" not in str(caught.value)
