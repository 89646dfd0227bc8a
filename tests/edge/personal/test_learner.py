"""What people say of the moods reaches the eyes as a changed last layer, and goes when they say."""

from __future__ import annotations

import hashlib
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pytest

from convert.learn import layer
from edge.events import (
    EMOTIONS,
    Confirmation,
    Correction,
    Down,
    Learning,
    Learnt,
    Prediction,
    Up,
)
from edge.personal import share
from edge.personal.head import FEWEST
from edge.personal.learner import AGAIN, Learner
from edge.settings import VisionSettings
from edge.store import Store
from edge.vision import card as cards
from edge.vision import last_layer
from edge.vision.messages import Teach
from edge.vision.versions import ModelVersions

WITHIN = 60.0


class House:
    """A store, a learner, and what the eyes and the controller hear of it."""

    def __init__(self, folder: Path, models: Path) -> None:
        self.taught: list[Teach] = []
        self.told: list[Up | Down | Learnt] = []
        self.store = Store(folder / "moodbox.db", self.told.append)
        self.models = models
        self.card = cards.load(models / "emotion.json")
        self.learner = Learner(
            lambda: self.models / "emotion.json",
            self.store.read.taps,
            self.store.forget_taps,
            self.taught.append,
            self.told.append,
            update=folder / "fleet-update",
        )
        self.update = folder / "fleet-update"
        self.store.start()
        self.learner.start()

    def tap(self, number: int, read: str, felt: str, seen: np.ndarray) -> None:
        """Say of a reading what was felt."""
        model = self.card.model.version
        row = Prediction(f"p{number}", float(number), read, 0.9, (0.1,) * 7, model, "home")
        self.store.remember(row)
        kind = Confirmation if read == felt else Correction
        self.store.remember(kind(row.id, row.at, felt, "home", seen.astype(np.int8).tobytes()))
        self.store.flush()
        self.learner.tapped()

    def learnt(self, taps: int) -> Learnt:
        """Return what was told of so many taps."""
        found: Learnt = until(
            lambda: next(
                (one for one in self.told if isinstance(one, Learnt) and one.taps == taps), None
            )
        )
        return found


def until(condition: Callable[[], Any]) -> Any:
    deadline = time.monotonic() + WITHIN
    while not (found := condition()):
        assert time.monotonic() < deadline
        time.sleep(0.01)
    return found


@pytest.fixture
def house(tmp_path: Path, models: Path) -> Iterator[House]:
    made = House(tmp_path, models)
    yield made
    assert made.learner.stop(WITHIN)
    assert made.store.stop(WITHIN)


def overlooked(house: House) -> tuple[np.ndarray, np.ndarray]:
    """Return embeddings, in steps: one that is read as neutral, and one more of a smile."""
    known = house.card.last_layer
    assert known is not None
    rng = np.random.default_rng(0)
    faces = rng.integers(-128, -40, (4000, known.width))
    weights, _ = last_layer.read(house.models, house.card)
    real = np.c_[known.scale * (faces - known.zero_point), np.ones(len(faces))]
    logits = real @ weights.T
    happy, neutral = EMOTIONS.index("happy"), EMOTIONS.index("neutral")
    lead = logits[:, neutral] - logits[:, happy]
    reads = logits.argmax(axis=1)
    plain = faces[np.where(reads == neutral, lead, -np.inf).argmax()]
    between = np.where((reads == neutral) & (lead > 0), lead, np.inf).argmin()
    return plain, faces[between]


def test_a_smile_that_is_overlooked_is_learnt_and_told(house: House) -> None:
    plain, smile = overlooked(house)
    house.learner.learning(on=True)
    for number in range(FEWEST * 3):
        seen, felt = ((smile, "happy"), (plain, "neutral"))[number % 2]
        house.tap(number, "neutral", felt, seen)
    told = house.learnt(FEWEST * 3)
    assert told.state is Learning.LEARNT
    assert (told.corrections, told.mended) == (FEWEST // 2, FEWEST // 2)
    newest = until(lambda: house.taught[-1] if house.taught[-1].change else None)
    assert newest.model == house.card.model.version
    change = np.frombuffer(newest.change, np.float32).reshape(7, -1)
    known = house.card.last_layer
    assert known is not None
    seen = np.append(known.scale * (smile.astype(float) - known.zero_point), 1)
    moved = change @ seen
    assert moved[EMOTIONS.index("happy")] > moved[EMOTIONS.index("neutral")]
    # It waits for the next word now, longer than a step may take: the watchdog is fed all the same.
    until(lambda: house.learner.stuck_for(time.monotonic() + AGAIN) == 0)


def test_what_a_fleet_may_have_lies_there_only_while_the_house_shares(house: House) -> None:
    plain, smile = overlooked(house)
    house.learner.learning(on=True)
    for number in range(FEWEST):
        seen, felt = ((smile, "happy"), (plain, "neutral"))[number % 2]
        house.tap(number, "neutral", felt, seen)
    house.learnt(FEWEST)
    assert not house.update.exists()
    house.learner.learning(on=True, share=True)
    until(house.update.exists)
    with np.load(house.update, allow_pickle=False) as file:
        assert sorted(file.files) == ["model", "update"]
        assert str(file["model"]) == house.card.model.version
        assert 0 < np.linalg.norm(file["update"]) <= share.NORM * 1.0001
    assert house.update.stat().st_mode & 0o077 == 0
    house.learner.learning(on=True)
    assert not house.update.exists()
    house.learner.learning(on=True, share=True)
    until(house.update.exists)
    house.learner.forget()
    assert not house.update.exists()


def test_a_few_taps_are_counted_and_change_nothing(house: House) -> None:
    plain, _ = overlooked(house)
    house.learner.learning(on=True)
    house.tap(1, "neutral", "happy", plain)
    assert house.learnt(1).state is Learning.FEW
    assert not any(one.change for one in house.taught)


def test_switched_off_it_leaves_no_number_of_a_face_in_the_file(
    house: House, tmp_path: Path
) -> None:
    plain, _ = overlooked(house)
    house.learner.learning(on=True)
    house.tap(1, "neutral", "happy", plain)
    house.learnt(1)
    house.learner.learning(on=False)
    until(lambda: not house.store.read.taps())
    assert house.taught[-1] == Teach(on=False)
    assert [row.mood for row in house.store.read.corrections()] == ["happy"]
    until(lambda: plain.astype(np.int8).tobytes() not in (tmp_path / "moodbox.db").read_bytes())
    with closing(sqlite3.connect(tmp_path / "moodbox.db")) as file:
        assert file.execute("SELECT max(length(embedding)) FROM corrections").fetchone() == (0,)


def test_undone_it_begins_anew(house: House) -> None:
    plain, _ = overlooked(house)
    house.learner.learning(on=True)
    house.tap(1, "neutral", "happy", plain)
    house.learnt(1)
    house.learner.forget()
    assert house.learnt(0).state is Learning.FEW
    assert house.taught[-1].on
    assert not house.taught[-1].change


def test_a_correction_counts_instead_of_a_confirmation_and_all_is_in_the_export(
    house: House,
) -> None:
    model = house.card.model.version
    house.store.remember(Prediction("p1", 1.0, "sad", 0.9, (0.1,) * 7, model, "home"))
    house.store.remember(Confirmation("p1", 2.0, "sad", "home", b"\x01"))
    house.store.remember(Correction("p1", 3.0, "angry", "home", b"\x02"))
    house.store.remember(Correction("p0", 3.0, "angry", "home"))
    house.store.flush()
    assert [(tap.mood, tap.embedding) for tap in house.store.read.taps()] == [("angry", b"\x02")]
    assert b"taps.jsonl" in house.store.export()


def test_a_model_that_was_put_is_taught_in_its_turn(
    house: House, root: Path, tmp_path: Path
) -> None:
    plain, smile = overlooked(house)
    house.learner.learning(on=True)
    for number in range(FEWEST * 3):
        seen, felt = ((smile, "happy"), (plain, "neutral"))[number % 2]
        house.tap(number, "neutral", felt, seen)
    assert house.learnt(FEWEST * 3).state is Learning.LEARNT
    # The same trunk with another last layer, as `learn --put` makes it; its hash is another.
    versions = ModelVersions(tmp_path, VisionSettings(models=str(house.models)))
    content = layer.replace(
        (house.models / "emotion.tflite").read_bytes(),
        layer.read((house.models / "emotion.tflite").read_bytes()) * 1.01,
    )
    about = house.card
    assert about.last_layer is not None
    head = (house.models / about.last_layer.file.file).read_bytes()
    sent = msgspec.structs.replace(
        about, model=cards.Artefact("x", hashlib.sha256(content).hexdigest(), len(content))
    )
    fresh = versions.put(msgspec.to_builtins(sent), content, head)
    house.models, house.card = versions.folder, versions.card
    house.learner.tapped()
    # What was said of the other is nothing to it.
    until(lambda: house.taught[-1].model == fresh and not house.taught[-1].change)
    for number in range(100, 100 + FEWEST * 3):
        seen, felt = ((smile, "happy"), (plain, "neutral"))[number % 2]
        house.tap(number, "neutral", felt, seen)
    until(lambda: house.taught[-1].model == fresh and house.taught[-1].change)
