from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from edge.vision.detector import Detector, Face
from edge.vision.framing import BoundingBox
from edge.vision.search import Look, Search, areas, around, merged, overlap

SMALLEST = 12
"""Pixels of the smallest face that the detector here finds, as YuNet does."""


class Squares(Detector):
    """Finds bright squares, and remembers how large the pictures were that it was shown."""

    name = "haar"

    def __init__(self) -> None:
        self.shown: list[tuple[int, int]] = []

    def _find(self, small: NDArray[np.uint8]) -> list[Face]:
        self.shown.append((small.shape[1], small.shape[0]))
        found = []
        grey = small[..., 0].copy()
        while (bright := np.argwhere(grey > 128)).size:
            top, left = bright[0]
            width = int(np.argmin(np.append(grey[top, left:] > 128, False)))
            height = int(np.argmin(np.append(grey[top:, left] > 128, False)))
            grey[top : top + height, max(0, left - 1) : left + width + 1] = 0
            grey[top + height : top + height + 1, left : left + width] = 0
            if width >= SMALLEST:
                box = (float(left), float(top), float(width), float(height))
                found.append(Face(box, 0.9, ((left + width / 2, top + height / 2),)))
        return found


def room(*boxes: BoundingBox, size: tuple[int, int] = (1280, 720)) -> NDArray[np.uint8]:
    pixels = np.zeros((size[1], size[0], 3), np.uint8)
    for x, y, w, h in boxes:
        pixels[int(y) : int(y + h), int(x) : int(x + w)] = 255
    return pixels


def boxes(faces: list[Face]) -> list[BoundingBox]:
    return sorted(face.box for face in faces)


NEAR: BoundingBox = (200, 100, 160, 160)
FAR: BoundingBox = (900, 500, 16, 16)
"""Found at full size alone."""


@pytest.fixture
def search() -> Search:
    return Search(Squares())


def near(found: list[BoundingBox], expected: list[BoundingBox]) -> bool:
    return len(found) == len(expected) and all(
        overlap(a, b) > 0.8 for a, b in zip(found, sorted(expected), strict=True)
    )


def test_the_whole_is_looked_at_at_half_the_size_and_boxes_are_the_frames(search: Search) -> None:
    (face,) = search.find(room(NEAR, FAR), Look.WHOLE, [])
    assert overlap(face.box, NEAR) > 0.95
    assert face.landmarks[0] == pytest.approx((280, 180), abs=2)
    assert search.detector.shown == [(640, 360)]  # type: ignore[attr-defined]


def test_looking_closely_finds_small_faces_wherever_they_are(search: Search) -> None:
    for x in range(0, 1264, 97):
        for y in (0, 250, 355, 364, 704):
            there = room((x, y, 16, 16))
            found = [face for _ in range(4) for face in search.find(there, Look.CLOSELY, [])]
            assert near(boxes(merged([], found)), [(x, y, 16, 16)]), (x, y)


def test_a_known_face_is_followed_by_looking_around_it_alone(search: Search) -> None:
    known = [Face(NEAR, 0.9)]
    for step in range(1, 5):
        moved = (200.0 + 40 * step, 100.0, 160.0, 160.0)
        known = search.find(room(moved), Look.AROUND, known)
        assert near(boxes(known), [moved])
    shown = search.detector.shown  # type: ignore[attr-defined]
    assert all(max(size) <= 160 for size in shown)


def test_a_small_face_that_was_found_closely_is_followed_and_stays_in_the_whole(
    search: Search,
) -> None:
    known = [Face(FAR, 0.9)]
    assert near(boxes(search.find(room(FAR), Look.AROUND, known)), [FAR])
    assert near(boxes(search.find(room(FAR), Look.WHOLE, known)), [FAR])


def test_a_known_face_that_is_lost_is_looked_for_everywhere(search: Search) -> None:
    elsewhere = (800.0, 300.0, 160.0, 160.0)
    found = search.find(room(elsewhere), Look.AROUND, [Face(NEAR, 0.9)])
    assert near(boxes(found), [elsewhere])


def test_two_faces_side_by_side_stay_two(search: Search) -> None:
    pair: list[BoundingBox] = [(200, 100, 100, 100), (310, 100, 100, 100)]
    known = search.find(room(*pair), Look.WHOLE, [])
    assert near(boxes(search.find(room(*pair), Look.AROUND, known)), pair)
    assert near(boxes(search.find(room(*pair), Look.WHOLE, known)), pair)


def test_nothing_is_found_without_looking(search: Search) -> None:
    assert search.find(room(NEAR), Look.NOT, []) == []
    assert search.detector.shown == []  # type: ignore[attr-defined]


@pytest.mark.parametrize("size", [(1280, 720), (1280, 960), (720, 1280), (1920, 1080), (640, 480)])
def test_the_parts_cover_the_frame(size: tuple[int, int]) -> None:
    covered = np.zeros((size[1], size[0]), bool)
    for left, top, width, height in areas(*size):
        assert width <= 768
        assert height <= 768
        covered[top : top + height, left : left + width] = True
    assert covered.all()


def test_what_lies_around_a_face_stays_inside_the_frame() -> None:
    assert around((0, 0, 100, 100), 1280, 720) == (0, 0, 200, 200)
    assert around((1200, 700, 100, 100), 1280, 720) == (1100, 600, 180, 120)
    left, top, width, height = around((-500, -500, 40, 40), 1280, 720)
    assert (left, top) == (0, 0)
    assert min(width, height) >= 0


def test_overlap_is_one_for_the_same_box_and_none_for_boxes_apart() -> None:
    assert overlap((0, 0, 10, 10), (0, 0, 10, 10)) == 1
    assert overlap((0, 0, 10, 10), (10, 0, 10, 10)) == 0
    assert overlap((0, 0, 10, 10), (5, 0, 10, 10)) == pytest.approx(1 / 3)
