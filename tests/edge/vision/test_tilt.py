from __future__ import annotations

import math

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from edge.vision.card import Framing
from edge.vision.detector import Detector, Face, Landmarks
from edge.vision.framing import crop, crop_turned
from edge.vision.tilt import HINT, LEANS, lean, tilt

UPRIGHT = ((30.0, 40.0), (60.0, 40.0), (45.0, 55.0), (33.0, 70.0), (57.0, 70.0))
BOX = (20.0, 20.0, 50.0, 60.0)


def leaning(degrees: float) -> Landmarks:
    turn = math.radians(degrees)
    sine, cosine = math.sin(turn), math.cos(turn)
    return tuple((x * cosine - y * sine, x * sine + y * cosine) for x, y in UPRIGHT)


class Enlarging(Detector):
    """Tells a lean of `degrees` where it looks more closely."""

    name = "yunet"

    def __init__(self, degrees: float) -> None:
        self.degrees = degrees
        self.looks: list[tuple[int, ...]] = []

    def _find(self, small: NDArray[np.uint8]) -> list[Face]:
        self.looks.append(small.shape)
        height, width = small.shape[:2]
        return [Face((0.3 * width, 0.3 * height, 0.3 * width, 0.3 * height), 0.9,
                     leaning(self.degrees))]  # fmt: skip


def told(hint: float, closely: float) -> tuple[float, Enlarging]:
    detector = Enlarging(closely)
    frame = np.zeros((200, 200, 3), np.uint8)
    return tilt(detector, frame, Face(BOX, 0.9, leaning(hint))), detector


@pytest.mark.parametrize("degrees", [-40.0, -10.0, 0.0, 5.0, 30.0])
def test_the_lean_of_landmarks_is_their_angle(degrees: float) -> None:
    assert lean(leaning(degrees)) == pytest.approx(degrees)


def test_an_upright_face_is_looked_at_once_and_left_as_it_is() -> None:
    degrees, detector = told(HINT - 1, 30)
    assert degrees == 0
    assert detector.looks == []


def test_a_face_that_seems_to_lean_is_measured_enlarged() -> None:
    degrees, detector = told(HINT + 1, 30)
    assert degrees == pytest.approx(30, abs=0.5)
    assert max(detector.looks[0]) > 300
    assert told(HINT + 1, LEANS - 2)[0] == 0


def test_without_landmarks_no_face_leans() -> None:
    assert tilt(Enlarging(30), np.zeros((200, 200, 3), np.uint8), Face(BOX, 1.0)) == 0


@pytest.mark.parametrize("degrees", [-30, 20, 40])
def test_a_turned_crop_is_the_upright_one(degrees: int) -> None:
    noise = np.random.default_rng(0).normal(0, 1, (240, 240)).astype(np.float32)
    soft = cv2.GaussianBlur(noise, (0, 0), 6)
    frame = np.clip(128 + 50 * soft / soft.std(), 0, 255).astype(np.uint8)
    box, framing = (90.0, 90.0, 60.0, 60.0), Framing(0.0, 0.0, 1.1)
    turn = cv2.getRotationMatrix2D((119.5, 119.5), -degrees, 1)
    leans = np.asarray(cv2.warpAffine(frame, turn, (240, 240)), np.uint8)
    upright = crop(frame, box, framing)
    turned = crop_turned(leans, box, framing, degrees)
    assert np.corrcoef(upright.ravel(), turned.ravel())[0, 1] > 0.97
    assert np.corrcoef(upright.ravel(), crop(leans, box, framing).ravel())[0, 1] < 0.95


def test_an_upright_face_is_cut_just_as_the_model_was_trained() -> None:
    frame = np.random.default_rng(0).integers(0, 256, (200, 200), np.uint8)
    framing = Framing(0.01, -0.02, 1.1)
    assert np.array_equal(crop_turned(frame, BOX, framing, 0.0), crop(frame, BOX, framing))
