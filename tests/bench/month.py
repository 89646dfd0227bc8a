"""A month of one box: it is corrected, learns, gets a model of its own, and lets go of two.

    python tests/bench/month.py --people faces_by_person.npz --data fer2013.npz --yunet YUNET.onnx

A household of four from faces by person (odd numbers, by whom nothing was chosen) and one member
who shows anger as FER2013's labels have it where two of ten people saw it too (PublicTest rows).
Its earlier pictures come before the simulated camera, ten a day for thirty days; each is read once,
by the detector and the model, and counts as the mood. Somebody corrects half of what is read
wrongly and confirms a fifth of what is right. The days pass in the records alone. Then `learn`
fetches the export from the box's page and puts what it accepts there, and the real eyes try it on
the same camera. At last a bad model is put, and a worse one, the FER2013 sibling, with which the
house lives for up to four weeks more: until the box goes back by itself, or not. All is judged on
the household's later pictures. There is no music here.
"""

from __future__ import annotations

import argparse
import os
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import cv2
import msgspec
import numpy as np
from numpy.typing import NDArray

from convert.__main__ import main as convert
from convert.box import PairedBox
from edge.errors import MoodboxError
from edge.events import EMOTIONS, Confirmation, Correction, Emotions, KeepFace, Prediction
from edge.eyes import Eyes
from edge.personal.learner import learnt_from
from edge.records import Expected
from edge.settings import SimulatedCameraSettings, VisionSettings, WebSettings
from edge.store.corrections import CorrectionStore
from edge.store.crops import Crops
from edge.store.store import Store
from edge.vision import card as cards
from edge.vision import detector
from edge.vision.camera import simulated
from edge.vision.card import Card
from edge.vision.classifier import Classifier, open_model
from edge.vision.monitor import ModelMonitor
from edge.vision.pipeline import Observation, Pipeline
from edge.vision.versions import FILE
from edge.web.models import Models
from edge.web.server import Web

DAYS, A_DAY = 30, 10
CORRECTED, CONFIRMED = 0.5, 0.2
"""Share of the wrongly and of the rightly read moments that somebody speaks of."""
SIDE = 200
"""Pixels of a face in the camera's picture."""
DAY = 86400.0
PATIENCE = 120.0
"""Seconds for parts that are waited for."""

Faces = tuple[NDArray[np.uint8], NDArray[np.integer]]
"""(n, 48, 48) and what they show, (n,)."""


def household(people: Path, data: Path, rng: np.random.Generator) -> tuple[Faces, Faces]:
    """Return the household's earlier and later pictures."""
    with np.load(people, allow_pickle=False) as file:
        images, label, person, order = (file[it] for it in ("images", "label", "person", "order"))
    halves: list[list[NDArray[np.intp]]] = [[], []]
    for one in rng.choice(np.unique(person[person % 2 == 1]), 4, replace=False):
        rows = np.flatnonzero(person == one)
        rows = rows[np.argsort(order[rows])]
        for half, part in zip(halves, np.array_split(rows, 2), strict=True):
            half.append(part)
    with np.load(data, allow_pickle=False) as file:
        angry = (file["label"] == 0) & (file["usage"] == "PublicTest")
        seen = np.flatnonzero(angry & (file["ferplus_votes"][:, 4] >= 2))
        mine = rng.permutation(seen)[: len(seen) // 5]
        theirs = [file["images"][it] for it in np.array_split(mine, 2)]
    found = []
    for half, more in zip(halves, theirs, strict=True):
        rows = np.concatenate(half)
        felt = np.concatenate([label[rows], np.zeros(len(more), label.dtype)])
        found.append((np.concatenate([images[rows], more]), felt))
    return found[0], found[1]


def show(faces: NDArray[np.uint8], folder: Path) -> None:
    """Write what the camera sees: each face in a grey room."""
    folder.mkdir()
    for number, face in enumerate(faces):
        room = np.full((480, 640), 110, np.uint8)
        large = cv2.resize(face, (SIDE, SIDE), interpolation=cv2.INTER_CUBIC)
        room[140 : 140 + SIDE, 220 : 220 + SIDE] = large
        cv2.imwrite(str(folder / f"{number:04}.png"), room)


class Sight:
    """The simulated camera, the detector and one model, looked through a picture at a time."""

    def __init__(self, models: Path, model: Path, name: str = "emotion") -> None:
        self._detector = detector.make("auto", models)[0]
        self.classifier: Classifier = open_model(model, name, "cpu")

    def moments(self, folder: Path) -> Iterator[Observation]:
        """Yield what each picture shows; between two of them everybody has gone."""
        camera = simulated.Driver(SimulatedCameraSettings(source=str(folder), speed=0))
        camera.open()
        while (frame := camera.read(1.0)) is not None:
            pipeline = Pipeline(self._detector, self.classifier, "leader")
            pipeline.tells_embedding = True
            yield pipeline.look(frame)
        camera.close()

    def right(self, folder: Path, felt: NDArray[np.integer]) -> str:
        """Return how many of the pictures are read rightly, in words."""
        said = [read(it.event) for it in self.moments(folder)]
        told = sum(one == EMOTIONS[other] for one, other in zip(said, felt, strict=True))
        return f"{told} of {len(felt)} later pictures ({told / len(felt):.1%})"


def read(event: object) -> str:
    """Return the likeliest emotion; empty where no face was found or readable."""
    if not isinstance(event, Emotions) or not event.readable:
        return ""
    return EMOTIONS[int(np.argmax(event.probabilities))]


class Home:
    """The box's store, faces, eyes and page."""

    def __init__(self, folder: Path, models: Path, pictures: Path) -> None:
        self.heard: list[Any] = []
        self.pngs: dict[str, bytes] = {}
        self.store = Store(folder / "moodbox.db", self.heard.append)
        self.store.clock_is(time.time() - time.monotonic())
        self.crops = Crops(folder / "faces")
        self.faces = CorrectionStore(
            self.crops, lambda name, _: self.pngs.get(name, b""), self.heard.append
        )
        camera = SimulatedCameraSettings(source=str(pictures), loop=True)
        vision = VisionSettings(models=str(models), device="cpu")
        self.eyes = Eyes(camera, vision, folder, self.heard.append, trial=0.0)
        self.eyes.silence = PATIENCE  # a busy machine is slow
        self.web = Web(
            WebSettings(host="127.0.0.1", port=0),
            folder / "run",
            self.store,
            self.heard.append,
            correction_store=self.faces,
            models=Models(self.eyes.models, self.eyes.renew),
        )

    @contextmanager
    def awake(self) -> Iterator[None]:
        """Run all parts."""
        parts = (self.store, self.faces, self.eyes, self.web)
        for part in parts:
            part.start()
        self.faces.keeping(True)
        self.eyes.open_eyes()
        try:
            yield
        finally:
            for part in reversed(parts):
                part.stop(10)

    def states(self) -> str:
        """Return the versions and how they stand, in words."""
        return "; ".join(f"{it.version} {it.state} {it.why}" for it in self.eyes.models.listed())


def until(condition: Callable[[], object]) -> None:
    """Wait for another thread."""
    end = time.monotonic() + PATIENCE
    while not condition():
        if time.monotonic() > end:
            raise SystemExit("waited in vain")
        time.sleep(0.1)


def live(home: Home, sight: Sight, pictures: Path, faces: Faces, rng: np.random.Generator) -> None:
    """Let a month pass; the personal head is learnt anew each week."""
    card, felt = sight.classifier.card, faces[1]
    seen = list(sight.moments(pictures))
    end = time.monotonic()
    corrected = confirmed = 0
    for day in range(DAYS):
        said = a_day(home, card, zip_of(seen, felt), rng, end - (DAYS - day) * DAY)
        corrected, confirmed = corrected + said[0], confirmed + said[1]
        if day % 7 == 6 or day == DAYS - 1:
            home.store.flush()
            told, change, _ = learnt_from(
                home.store.read.taps(), card, Path(home.eyes.models.folder)
            )
            sight.classifier.teach(card.model.version, change)
            print(f"day {day + 1}: {corrected} corrections, {confirmed} confirmations; ", end="")
            print(f"the head: {told.state}, {told.mended} of the last {told.corrections} mended")
            seen = list(sight.moments(pictures))
    week = home.store.week(time.time(), Expected(card.frequency))
    print(f"the last week: {week.right} of {week.right + week.wrong} judged moods were right")
    print(f"  ({week.low:.0%} to {week.high:.0%}); beside those before: {week}")


def zip_of(seen: list[Observation], felt: NDArray[np.integer]) -> list[tuple[Observation, str]]:
    """Return what each picture shows with what its person feels."""
    return [(one, EMOTIONS[true]) for one, true in zip(seen, felt, strict=True)]


def a_day(
    home: Home,
    card: Card,
    moments: list[tuple[Observation, str]],
    rng: np.random.Generator,
    start: float,
) -> tuple[int, int]:
    """Let a day begin at the monotonic `start`; return how much was corrected and confirmed."""
    corrected = confirmed = 0
    for number in range(A_DAY):
        seen, true = moments[int(rng.integers(len(moments)))]
        event, said = seen.event, read(seen.event)
        if not said or seen.crop is None or not isinstance(event, Emotions):
            continue
        at = start + number * 3600.0
        name = f"p{start:.0f}-{number}"
        row = (max(event.probabilities), event.probabilities, card.model.version, "home")
        home.store.remember(Prediction(name, at, said, *row))
        if said == true and rng.random() < CONFIRMED:
            home.store.remember(Confirmation(name, at + 60, said, "home", event.embedding))
            confirmed += 1
        elif said != true and rng.random() < CORRECTED:
            home.pngs[name] = cv2.imencode(".png", seen.crop)[1].tobytes()
            home.store.remember(Correction(name, at + 60, true, "home", event.embedding))
            home.faces.keep(KeepFace(name, true))
            corrected += 1
            until(partial(home.crops.get, name))
    return corrected, confirmed


def main() -> None:
    """Live through it, and say what happened."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=Path, required=True)
    parser.add_argument("--data", type=Path, required=True, help="FER2013 with its votes (.npz)")
    parser.add_argument("--yunet", type=Path, help="the detector's file; without it Haar finds")
    parser.add_argument("--base", type=Path, help="what `data` wrote, for `learn`")
    parser.add_argument("--models", type=Path, default=Path("models"))
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    rng = np.random.default_rng(arguments.seed)
    with tempfile.TemporaryDirectory() as name:
        work = Path(name)
        os.environ["XDG_CONFIG_HOME"] = str(work)  # where the desktop keeps its token
        models = Path(shutil.copytree(arguments.models, work / "models"))
        if arguments.yunet:
            shutil.copy(arguments.yunet, models)
        earlier, later = household(arguments.people, arguments.data, rng)
        before, after = work / "earlier", work / "later"
        show(earlier[0], before)
        show(later[0], after)
        home = Home(work / "box", models, before)
        with home.awake():
            sight = Sight(models, models)
            print(f"as it came: {sight.right(after, later[1])}")
            live(home, sight, before, earlier, rng)
            print(f"with the personal head: {sight.right(after, later[1])}")
            address = renew(home, models, lambda it: it.right(after, later[1]), arguments.base)
            refuse(home, PairedBox(address), models)
            worse = models / "emotion_fer2013.tflite"
            print(f"a worse one: {Sight(models, models, worse.stem).right(after, later[1])}")
            take_back(home, worse, before, earlier[1], rng)


def renew(home: Home, models: Path, judged: Callable[[Sight], str], base: Path | None) -> str:
    """Learn on the desktop, put it, try it; return the box's address.

    `judged` tells how many later pictures a model reads rightly.
    """
    out, runs = models.parent / "learnt", models.parent / "runs"
    until(lambda: home.web.port)
    invited = home.web.invite()
    address = invited.split("#")[0].rstrip("/")
    PairedBox(invited)
    learn = ["learn", address, "--out", str(out), "--runs", str(runs), "--put", address]
    learn += ["--data", str(base)] if base else []
    began = time.process_time()
    code = convert([*learn, "--model", str(models / FILE)])
    print(f"learn ended with {code}, after {time.process_time() - began:.0f} s of processor time")
    if code == 0:
        until(lambda: not home.eyes.models.on_trial)
        print(f"on trial, then: {home.states()}")
        print(f"with the new model: {judged(Sight(models, home.eyes.models.folder))}")
    return address


def refuse(home: Home, box: PairedBox, models: Path) -> None:
    """Put a model that its card does not describe."""
    whole, spoilt = models / "emotion_fer2013.tflite", models / "spoilt.tflite"
    cards.save(cards.read(whole.with_suffix(".json")), spoilt.with_suffix(".json"))
    spoilt.write_bytes(whole.read_bytes()[:-1000])
    try:
        box.put(spoilt)
    except MoodboxError as error:
        print(f"a bad one: {error}")
    print(f"after it: {home.states()}")


def take_back(
    home: Home, worse: Path, pictures: Path, felt: NDArray[np.integer], rng: np.random.Generator
) -> None:
    """Live with a model that reads worse for four weeks, or until the box goes back by itself."""
    card = cards.read(worse.with_suffix(".json"))
    version = home.eyes.models.put(msgspec.to_builtins(card), worse.read_bytes())
    home.eyes.renew()
    until(lambda: not home.eyes.models.on_trial)
    seen = zip_of(
        list(Sight(pictures.parent / "models", worse.parent, worse.stem).moments(pictures)), felt
    )
    monitor = ModelMonitor(
        home.eyes.models,
        lambda wall: home.store.week(wall).successor,
        lambda: None,  # it looks when it is told to
        home.eyes.renew,
        home.heard.append,
    )
    now, wall = time.monotonic(), time.time()
    for week in range(1, 5):
        for day in range(7 * (week - 1), 7 * week):
            a_day(home, card, seen, rng, now + day * DAY)
        home.store.flush()
        print(f"week {week} with the worse one: {home.store.week(wall + week * 7 * DAY).successor}")
        monitor.look(wall + week * 7 * DAY)
        if home.eyes.models.version != version:
            print(f"taken back by itself: {home.eyes.models.unseen}")
            return
    print(f"not taken back in four weeks: {home.states()}")


if __name__ == "__main__":
    main()
