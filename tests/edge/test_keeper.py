"""Faces of corrections are fetched without anybody waiting, and forgotten for good."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from edge.events import Correction, Down, Up
from edge.keeper import Keeper
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
def keeper(tmp_path: Path, eyes: SlowEyes, heard: list[Up | Down]) -> Iterator[Keeper]:
    made = Keeper(Crops(tmp_path / "faces"), eyes.face, heard.append)
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


def correct(prediction: str = "p1", mood: str = "sad") -> Correction:
    return Correction(prediction, 1.0, mood, "home")


def names(keeper: Keeper) -> list[str]:
    return [f"{path.parent.name}/{path.stem}" for path in keeper.files()]


def test_a_correction_keeps_its_face(keeper: Keeper, eyes: SlowEyes) -> None:
    eyes.may_answer.set()
    keeper.keep(correct("p2"))
    keeper.keep(correct("p1", "away"))
    keeper.keep(correct("p1"))
    until(lambda: names(keeper) == ["sad/p1"])
    assert keeper.get("p1") == b"png"


def test_whoever_corrects_waits_for_nobody(keeper: Keeper, eyes: SlowEyes) -> None:
    keeper.keep(correct())
    assert eyes.asked.wait(WITHIN)
    keeper.keep(correct())
    assert names(keeper) == []


def test_what_is_forgotten_while_it_is_fetched_is_not_kept(keeper: Keeper, eyes: SlowEyes) -> None:
    keeper.keep(correct())
    assert eyes.asked.wait(WITHIN)
    keeper.forget()
    eyes.may_answer.set()
    assert keeper.stop(WITHIN)
    assert names(keeper) == []


def test_taking_back_the_consent_forgets_every_face(keeper: Keeper, eyes: SlowEyes) -> None:
    eyes.may_answer.set()
    keeper.keep(correct())
    until(lambda: names(keeper))
    keeper.keeping(False)
    assert keeper.get("p1") == b""
    until(lambda: not names(keeper))
    keeper.keep(correct())
    assert keeper.stop(WITHIN)
    assert names(keeper) == []


def test_faces_can_be_listed_while_they_are_forgotten(keeper: Keeper, eyes: SlowEyes) -> None:
    eyes.may_answer.set()
    for _ in range(100):
        keeper.keeping(True)
        keeper.keep(correct())
        until(lambda: names(keeper))
        keeper.keeping(False)
        until(lambda: not names(keeper))


def test_a_disk_that_takes_nothing_is_said_once(
    keeper: Keeper, eyes: SlowEyes, heard: list[Up | Down], tmp_path: Path
) -> None:
    (tmp_path / "faces").write_text("a file in the way")
    eyes.may_answer.set()
    keeper.keep(correct())
    until(lambda: heard)
    (down,) = [event for event in heard if isinstance(event, Down)]
    assert down.part == "faces"
    assert "cannot be kept" in down.reason
