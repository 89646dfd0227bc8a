"""The model is replaceable while the box runs; one that the eyes fail with is gone back from."""

from __future__ import annotations

import json
import queue
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, TypeVar

import msgspec
import pytest

from edge.events import MODEL, Down, Event, Pulse, Watching
from edge.eyes import Eyes
from edge.settings import CameraSettings, VisionSettings
from edge.vision.versions import FILE

T = TypeVar("T")
PATIENCE = 60.0


class Seeing:
    """Real eyes on the sample clip, again and again."""

    def __init__(self, models: Path, sample: Path, state: Path) -> None:
        self.events: queue.SimpleQueue[Event] = queue.SimpleQueue()
        camera = {"driver": "video", "source": str(sample), "loop": True}
        table: CameraSettings = msgspec.convert(camera, CameraSettings)
        vision = VisionSettings(models=str(models), device="cpu")
        self.eyes = Eyes(table, vision, state, self.events.put, trial=0.0)
        self.eyes.silence = PATIENCE  # a busy machine is slow

    def until(self, kind: type[T]) -> T:
        end = time.monotonic() + PATIENCE
        while not isinstance(found := self.events.get(timeout=end - time.monotonic()), kind):
            pass
        return found


@pytest.fixture
def seeing(models: Path, sample: Path, tmp_path: Path) -> Iterator[Seeing]:
    made = Seeing(models, sample, tmp_path)
    made.eyes.start()
    made.eyes.open_eyes()
    yield made
    assert made.eyes.stop(10)


def other(root: Path) -> tuple[dict[str, Any], bytes]:
    folder = root / "models"
    card = json.loads((folder / "emotion_fer2013.json").read_bytes())
    return card, (folder / "emotion_fer2013.tflite").read_bytes()


def test_a_model_is_put_is_seen_with_and_is_kept(seeing: Seeing, root: Path) -> None:
    before = seeing.until(Watching).model
    fresh = seeing.eyes.models.put(*other(root))
    seeing.eyes.renew()
    assert seeing.until(Watching).model == fresh != before
    end = time.monotonic() + PATIENCE
    while seeing.eyes.models.on_trial and time.monotonic() < end:
        time.sleep(0.05)
    assert seeing.eyes.models.on_trial == ""
    seeing.eyes.models.use(before)
    seeing.eyes.renew()
    assert seeing.until(Watching).model == before


def test_what_is_seen_with_the_model_before_proves_nothing(seeing: Seeing, root: Path) -> None:
    seeing.until(Watching)
    fresh = seeing.eyes.models.put(*other(root))
    for _ in range(2):
        seeing.until(Pulse)
    assert seeing.eyes.models.on_trial == fresh


def test_eyes_that_cannot_open_it_go_back_by_themselves(seeing: Seeing, root: Path) -> None:
    before = seeing.until(Watching).model
    fresh = seeing.eyes.models.put(*other(root))
    # As a card's bad block would: what was tried is not what is read later.
    (seeing.eyes.models.folder / FILE).write_bytes(b"spoilt")
    seeing.eyes.renew()
    down = seeing.until(Down)
    assert f"model {fresh} was not kept: " in down.reason
    assert (down.part, down.reason) == (MODEL, seeing.eyes.models.unseen)
    assert seeing.until(Down).part == "eyes"
    assert f"{before} is used again" in down.reason
    assert seeing.until(Watching).model == before
    assert seeing.eyes.models.on_trial == ""
