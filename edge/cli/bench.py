"""`moodbox bench`: measures this machine, on the clip that ships with the project.

One thread, real pixels, the real detector and the real model; medians.
"""

from __future__ import annotations

import json
import os
import queue
import tempfile
import time
from pathlib import Path
from statistics import median
from typing import Any, Self

import cv2
import numpy as np

from edge.errors import Fault
from edge.events import Down, Emotions, Event, Nobody
from edge.eyes import Eyes
from edge.settings import (
    CameraSettings,
    StillsSettings,
    VideoSettings,
    VisionSettings,
    models_folder,
)
from edge.vision import detector
from edge.vision.camera import Frame, Pixels
from edge.vision.classifier import open_model
from edge.vision.pipeline import Pipeline
from edge.vision.search import Look

SAMPLE = Path(__file__).parents[1] / "sample.mp4"
SIZE = 1280, 720
WARM_UP, LOOKS, FACES = 20, 200, 500
FIRST_WITHIN = 60.0
IDLE_FOR = 10.0
"""Seconds."""
MIB = 2**20
Figures = dict[str, float | str]


def run(models: Path | None = None, *, as_json: bool) -> int:
    """Print all figures; `models` is the folder of the models, YuNet's among them or not."""
    cv2.setNumThreads(1)
    folder = models or Path(models_folder())
    figures = seeing(folder) | starting(folder) | idling(folder)
    if as_json:
        print(json.dumps(figures))
        return 0
    for name, value in figures.items():
        print(f"{name:<22} {value if isinstance(value, str) else f'{value:.2f}'}")
    return 0


def seeing(models: Path, device: Any = "auto") -> Figures:
    """Measure the model alone, one look at a 1280x720 frame with one face: whole, or around it.

    While somebody is there all looks but one a second are around the face that is followed.
    """
    finder, _ = detector.make("auto", models)
    classify = open_model(models, "emotion", device)
    sight = Pipeline(finder, classify, "group")
    with_face = [
        Frame(pixels, 0.0)
        for pixels in frames()
        if isinstance(sight.look(Frame(pixels, 0.0)).event, Emotions)
    ]
    face = sight.look(with_face[0]).crop
    one = timed(lambda _: classify(face), FACES)  # type: ignore[arg-type]
    whole, around = (
        timed(lambda turn, how=how: sight.look(with_face[turn % len(with_face)], how), LOOKS)
        for how in (Look.WHOLE, Look.AROUND)
    )
    return {
        "runs_on": classify.runs_on,
        "detector": finder.name,
        "model": classify.card.model.version,
        "classify_ms": one,
        "frame_to_emotions_ms": whole,
        "followed_to_emotions_ms": around,
    }


def starting(models: Path, clip: Path = SAMPLE) -> Figures:
    """Measure the eyes' process: from its start to its first look, and its memory then."""
    began = time.monotonic()
    with Watched(VideoSettings(source=str(clip), loop=True), models) as watched:
        event = watched.look()
        return {
            "first_look_s": event.at - began,
            "eyes_rss_mib": rss(watched.eyes.pid or 0) / MIB,
        }


def idling(models: Path) -> Figures:
    """Measure the share of one core that the eyes' process takes while nobody is there."""
    with tempfile.TemporaryDirectory() as folder:
        cv2.imwrite(f"{folder}/nobody.jpg", frames()[0])
        with Watched(StillsSettings(source=folder, loop=True), models) as watched:
            watched.look()
            pid = watched.eyes.pid or 0
            before = cpu(pid)
            time.sleep(IDLE_FOR)
            return {"idle_cpu_percent": 100 * (cpu(pid) - before) / IDLE_FOR}


def frames(clip: Path = SAMPLE) -> list[Pixels]:
    """Return the clip's frames at 1280x720, the camera's default."""
    film = cv2.VideoCapture(str(clip))
    found: list[Pixels] = []
    while (read := film.read())[0]:
        found.append(np.asarray(cv2.resize(read[1], SIZE), np.uint8))
    return found


def timed(call: Any, times: int) -> float:
    """Return the median milliseconds of `call(turn)`, warm."""
    for turn in range(WARM_UP):
        call(turn)
    took = []
    for turn in range(times):
        began = time.perf_counter()
        call(turn)
        took.append(time.perf_counter() - began)
    return 1000 * median(took)


def rss(pid: int) -> int:
    """Return the bytes of memory that a process holds."""
    pages = int(Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")


def cpu(pid: int) -> float:
    """Return the seconds of processor time that a process has taken."""
    # The second field is the program's name, in parentheses, with who knows what in it.
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


class Watched:
    """Eyes that are open, and what they say."""

    def __init__(self, camera: CameraSettings, models: Path) -> None:
        """Look through `camera` with the models in that folder."""
        self.inbox: queue.SimpleQueue[Event] = queue.SimpleQueue()
        self._state = tempfile.TemporaryDirectory()
        vision = VisionSettings(models=str(models))
        self.eyes = Eyes(camera, vision, Path(self._state.name), self.inbox.put)

    def __enter__(self) -> Self:
        self.eyes.start()
        self.eyes.open_eyes()
        return self

    def __exit__(self, *_: object) -> None:
        self.eyes.stop(FIRST_WITHIN)
        self._state.cleanup()

    def look(self) -> Emotions | Nobody:
        """Return the next thing that is seen."""
        while True:
            event = self.inbox.get(timeout=FIRST_WITHIN)
            if isinstance(event, Down):
                raise Fault(event.reason)
            if isinstance(event, Emotions | Nobody):
                return event
