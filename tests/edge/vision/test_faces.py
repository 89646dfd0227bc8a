from __future__ import annotations

import numpy as np

from edge.vision.faces import KEEP, MOST, Faces

FACE = np.full((48, 48), 7, np.uint8)


def test_no_face_is_kept_before_somebody_opted_in() -> None:
    faces = Faces()
    faces.saw(FACE, 0.0)
    faces.mark("p1", 0.0)
    assert faces.get("p1", 0.0) is None


def test_the_newest_face_is_kept_under_the_predictions_id() -> None:
    faces = Faces()
    faces.keep(on=True)
    faces.saw(np.zeros_like(FACE), 0.0)
    faces.saw(FACE, 1.0)
    faces.saw(None, 1.5)
    faces.mark("p1", 2.0)
    assert faces.get("p1", 3.0) is FACE
    assert faces.get("p2", 3.0) is None


def test_a_face_is_forgotten_after_ten_minutes() -> None:
    faces = Faces()
    faces.keep(on=True)
    faces.saw(FACE, 0.0)
    faces.mark("p1", 0.0)
    assert faces.get("p1", KEEP - 1) is FACE
    assert faces.get("p1", KEEP) is None
    faces.saw(None, KEEP)
    assert not faces._kept


def test_opting_out_forgets_all_at_once() -> None:
    faces = Faces()
    faces.keep(on=True)
    faces.saw(FACE, 0.0)
    faces.mark("p1", 0.0)
    faces.keep(on=False)
    assert faces.get("p1", 0.0) is None
    faces.mark("p2", 0.0)
    assert faces.get("p2", 0.0) is None


def test_no_more_than_so_many_are_kept() -> None:
    faces = Faces()
    faces.keep(on=True)
    for number in range(MOST + 50):
        faces.saw(FACE, number * 0.1)
        faces.mark(f"p{number}", number * 0.1)
    assert len(faces._kept) <= MOST + 1
    assert faces.get(f"p{MOST + 49}", 30.0) is FACE
