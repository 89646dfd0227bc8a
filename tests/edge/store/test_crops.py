"""The faces of corrections: few, not for long, and in folders that a model can be trained on."""

from __future__ import annotations

import os
import time
from pathlib import Path

import cv2
import numpy as np
import pytest

from edge.errors import Refused
from edge.store import Reader
from edge.store.crops import Crops
from edge.store.export import export


def face(grey: int = 90) -> bytes:
    return bytes(cv2.imencode(".png", np.full((48, 48), grey, np.uint8))[1])


def test_a_face_is_kept_under_its_prediction_and_what_was_felt(tmp_path: Path) -> None:
    crops = Crops(tmp_path / "faces")
    crops.keep("ab12-7", "sad", face())
    assert [str(path.relative_to(tmp_path)) for path in crops.files()] == ["faces/sad/ab12-7.png"]
    assert crops.get("ab12-7") == face()
    assert crops.get("ab12-8") == b""
    assert crops.files()[0].stat().st_mode & 0o077 == 0


def test_a_face_that_goes_while_others_are_looked_for_is_not_among_them(tmp_path: Path) -> None:
    crops = Crops(tmp_path / "faces")
    crops.keep("p1", "sad", face())
    # To whoever asks for its time, it is as one that has just been deleted.
    (tmp_path / "faces" / "sad" / "gone.png").symlink_to("nowhere")
    assert [path.name for path in crops.files()] == ["p1.png"]
    crops.purge()


def test_a_second_thought_moves_it(tmp_path: Path) -> None:
    crops = Crops(tmp_path / "faces")
    crops.keep("p1", "sad", face())
    crops.keep("p1", "angry", face())
    assert [path.parent.name for path in crops.files()] == ["angry"]


@pytest.mark.parametrize("name", ["../p", "a/b", "", "*", "p" * 41, "p.png", "\x00"])
def test_what_is_no_id_never_becomes_a_path(tmp_path: Path, name: str) -> None:
    crops = Crops(tmp_path / "faces")
    crops.keep("p1", "sad", face())
    with pytest.raises(Refused, match="no face is kept"):
        crops.keep(name, "sad", face())
    assert crops.get(name) == b""


def test_a_mood_that_no_model_knows_has_no_folder(tmp_path: Path) -> None:
    with pytest.raises(Refused, match="no face is kept"):
        Crops(tmp_path / "faces").keep("p1", "../joyful", face())


def test_the_oldest_goes_when_there_are_too_many_and_when_it_is_too_old(tmp_path: Path) -> None:
    crops = Crops(tmp_path / "faces", most=3, keep_days=1)
    for number in range(5):
        crops.keep(f"p{number}", "sad", face())
        os.utime(tmp_path / f"faces/sad/p{number}.png", (time.time() - 100 + number,) * 2)
    assert [path.stem for path in crops.files()] == ["p2", "p3", "p4"]
    os.utime(tmp_path / "faces/sad/p3.png", (time.time() - 90_000,) * 2)
    crops.purge()
    assert sorted(path.stem for path in crops.files()) == ["p2", "p4"]


def test_nothing_is_left_of_what_is_erased(tmp_path: Path) -> None:
    crops = Crops(tmp_path / "faces")
    crops.erase()
    crops.keep("p1", "sad", face())
    crops.erase()
    assert list(tmp_path.iterdir()) == []


def test_what_is_taken_along_can_be_trained_on(tmp_path: Path) -> None:
    crops = Crops(tmp_path / "faces")
    crops.keep("p1", "sad", face(50))
    crops.keep("p2", "happy", face(200))
    archive = tmp_path / "export.zip"
    archive.write_bytes(export(Reader(tmp_path / "none.db"), crops.files()))
    from convert.data.read import open_source  # noqa: PLC0415  pandas, for this test alone

    source = open_source(archive)
    (block,) = [piece.read() for piece in source.pieces()]
    assert source.names() == ["p1.png", "p2.png"]
    assert block.images[:, 0, 0].tolist() == [50, 200]
