"""A face leaves the eyes only by choice, and for a correction."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import cv2
from msgspec import Struct

from edge.events import Correct, Playback, SetPreferences

Box = Callable[..., Any]
PATIENCE = 60.0


class Nothing(Struct):
    """The body of a request that needs none."""


def faces(folder: Path) -> list[Path]:
    return sorted((folder / "state" / "faces").glob("*/[!.]*"))  # a dot: still being written


def wait_for(condition: Callable[[], object]) -> None:
    end = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < end, "did not happen"
        time.sleep(0.05)


def test_a_correction_keeps_its_face_where_the_owner_opted_in_until_it_is_erased(
    box: Box, tmp_path: Path
) -> None:
    daemon = box()
    daemon.until(lambda s: s.prediction)
    assert daemon.ask(Correct("sad")).accepted
    assert daemon.ask(SetPreferences(keep_faces=True)).accepted
    unmarked = daemon.status().prediction
    marked = daemon.until(lambda s: s.prediction not in ("", unmarked)).prediction
    assert faces(tmp_path) == []
    assert daemon.ask(Correct("surprise", marked)).accepted
    wait_for(lambda: faces(tmp_path))
    (kept,) = faces(tmp_path)
    assert (kept.parent.name, kept.stem) == ("surprise", marked)
    face = cv2.imread(str(kept), cv2.IMREAD_UNCHANGED)
    assert face is not None
    assert face.shape == (48, 48)
    daemon.control.post("/api/erase", Nothing(), dict)
    assert faces(tmp_path) == []


def test_the_house_prefers_the_same_after_a_power_cut(box: Box) -> None:
    daemon = box()
    daemon.until(lambda s: s.playback is Playback.PLAYING)
    assert daemon.ask(SetPreferences(profiles=("home", "anna"), max_volume=30)).accepted
    daemon.until(lambda s: s.volume is None or s.volume <= 30)
    daemon.kill()
    daemon.start()
    status = daemon.until(lambda s: s.playback is Playback.PLAYING)
    assert status.volume is None or status.volume <= 30
