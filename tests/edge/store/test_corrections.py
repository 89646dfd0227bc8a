"""Faces of corrections are fetched without anybody waiting, and forgotten for good."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from edge.events import Down, KeepFace, Up
from edge.store.corrections import CorrectionStore
from edge.store.crops import Crops

WITHIN = 20.0


class SlowEyes:
    """Eyes that know one face, and take their time to give it."""

    def __init__(self) -> None:
        self.may_answer = threading.Event()
        self.asked = threading.Event()

    def face(self, prediction: str, _timeout: float) -> bytes:
        self.asked.set()
        assert self.may_answer.wait(WITHIN)
        return b"png" if prediction == "p1" else b""


@pytest.fixture
def eyes() -> SlowEyes:
    return SlowEyes()


@pytest.fixture
def heard() -> list[Up | Down]:
    return []


@pytest.fixture
def correction_store(
    tmp_path: Path, eyes: SlowEyes, heard: list[Up | Down]
) -> Iterator[CorrectionStore]:
    made = CorrectionStore(Crops(tmp_path / "faces"), eyes.face, heard.append)
    made.keeping(True)
    made.start()
    yield made
    eyes.may_answer.set()
    assert made.stop(WITHIN)


def until(condition: Callable[[], object]) -> None:
    deadline = time.monotonic() + WITHIN
    while not condition():
        assert time.monotonic() < deadline, "did not happen"
        time.sleep(0.01)


def correct(prediction: str = "p1", mood: str = "sad") -> KeepFace:
    return KeepFace(prediction, mood)


def names(correction_store: CorrectionStore) -> list[str]:
    return [f"{path.parent.name}/{path.stem}" for path in correction_store.files()]


def test_a_correction_keeps_its_face(correction_store: CorrectionStore, eyes: SlowEyes) -> None:
    eyes.may_answer.set()
    correction_store.keep(correct("p2"))
    correction_store.keep(correct("p1", "away"))
    correction_store.keep(correct("p1"))
    until(lambda: names(correction_store) == ["sad/p1"])
    assert correction_store.get("p1") == b"png"


def test_whoever_corrects_waits_for_nobody(
    correction_store: CorrectionStore, eyes: SlowEyes
) -> None:
    correction_store.keep(correct())
    assert eyes.asked.wait(WITHIN)
    correction_store.keep(correct())
    assert names(correction_store) == []


def test_what_is_forgotten_while_it_is_fetched_is_not_kept(
    correction_store: CorrectionStore, eyes: SlowEyes
) -> None:
    correction_store.keep(correct())
    assert eyes.asked.wait(WITHIN)
    correction_store.forget()
    eyes.may_answer.set()
    assert correction_store.stop(WITHIN)
    assert names(correction_store) == []


def test_taking_back_the_consent_forgets_every_face(
    correction_store: CorrectionStore, eyes: SlowEyes
) -> None:
    eyes.may_answer.set()
    correction_store.keep(correct())
    until(lambda: names(correction_store))
    correction_store.keeping(False)
    assert correction_store.get("p1") == b""
    until(lambda: not names(correction_store))
    correction_store.keep(correct())
    assert correction_store.stop(WITHIN)
    assert names(correction_store) == []


def test_faces_can_be_listed_while_they_are_forgotten(
    correction_store: CorrectionStore, eyes: SlowEyes
) -> None:
    eyes.may_answer.set()
    for _ in range(100):
        correction_store.keeping(True)
        correction_store.keep(correct())
        until(lambda: names(correction_store))
        correction_store.keeping(False)
        until(lambda: not names(correction_store))


def test_a_disk_that_takes_nothing_is_said_once(
    correction_store: CorrectionStore, eyes: SlowEyes, heard: list[Up | Down], tmp_path: Path
) -> None:
    (tmp_path / "faces").write_text("a file in the way")
    eyes.may_answer.set()
    correction_store.keep(correct())
    until(lambda: heard)
    (down,) = [event for event in heard if isinstance(event, Down)]
    assert down.part == "faces"
    assert "cannot be kept" in down.reason
