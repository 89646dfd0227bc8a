"""The whole daemon on this machine: how soon it is there, what it weighs, what it costs at rest.

    python tests/bench/daemon.py

The sample's pictures are set into 1280x720 ones, as the camera's are. Prints one JSON object.
`ready` is when the control socket answers, which is after READY; memory is what is resident, and
(`pss`) with what both processes share counted once.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import cv2
import numpy as np
import psutil
from numpy.typing import NDArray

from edge.client import Control
from edge.errors import MoodboxError
from edge.events import Status

ROOT = Path(__file__).resolve().parent.parent.parent
SAMPLE = ROOT / "edge" / "sample.mp4"
SIZE = 1280, 720
BEGINS, ENDS = 35, 115
"""Frames of the sample with somebody in them."""


def clip(folder: Path, *, somebody: bool) -> Path:
    """Cut the sample down to its frames with somebody, or with nobody, in a wider picture."""
    path = folder / f"{somebody}.mp4"
    source = cv2.VideoCapture(str(SAMPLE))
    target = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"mp4v"), 10, SIZE)
    index = 0
    while True:
        there, frame = source.read()
        if not there:
            break
        if (BEGINS <= index < ENDS) if somebody else index < 28:
            target.write(set_in(np.asarray(frame, np.uint8)))
        index += 1
    target.release()
    return path


def set_in(frame: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return a picture, (h, w, 3), in the middle of one of SIZE; its borders are drawn on."""
    width, height = SIZE
    wide = round(frame.shape[1] * height / frame.shape[0])
    frame = np.asarray(cv2.resize(frame, (wide, height)), np.uint8)
    left = (width - wide) // 2
    sides = 0, 0, left, width - wide - left
    return np.asarray(cv2.copyMakeBorder(frame, *sides, cv2.BORDER_REPLICATE), np.uint8)


MUSIC = '[player]\ndriver = "simulated"\n[defaults.sources]\nhappy = ["spotify:playlist:happy"]\n'


@contextmanager
def daemon(
    folder: Path, video: Path, speed: float, music: str = MUSIC
) -> Iterator[tuple[psutil.Process, Control]]:
    """Run a box that watches `video` again and again; `music` is that part of its settings."""
    config = folder / "moodbox.toml"
    config.write_text(
        f'[box]\nstate = "{folder}/state"\nruntime = "{folder}/run"\n'
        f'[camera]\ndriver = "video"\nsource = "{video}"\nloop = true\nspeed = {speed}\n'
        f'[vision]\ndevice = "cpu"\nmodels = "{ROOT}/models"\n'
        '[lamp]\ndriver = "simulated"\n[button]\ndriver = "simulated"\n[web]\nport = 18080\n'
        + music,
        encoding="utf-8",
    )
    process = subprocess.Popen(
        [sys.executable, "-m", "edge", "run", "--config", str(config)],
        cwd=folder,
        stderr=subprocess.DEVNULL,
    )
    try:
        yield psutil.Process(process.pid), Control(folder / "run")
    finally:
        process.terminate()
        process.wait(20)


def wait(control: Control, holds: Callable[[Status], object]) -> float:
    """Return when the status is as it has to be."""
    while True:
        try:
            if holds(control.get("/api/status", Status)):
                return time.monotonic()
        except MoodboxError:
            pass
        time.sleep(0.01)


def start(folder: Path) -> dict[str, float]:
    """Measure seconds from the start to the first answer, and to the first emotions."""
    video = clip(folder, somebody=True)
    best: list[tuple[float, float]] = []
    for _ in range(4):  # the first one warms the disk's cache
        began = time.monotonic()
        with daemon(folder, video, 1.0) as (_process, control):
            ready = wait(control, lambda _status: True) - began
            best.append((ready, wait(control, lambda status: status.probabilities) - began))
    ready, emotions = sorted(best[1:])[1]
    return {"start_to_ready_s": ready, "start_to_emotions_s": emotions}


def memory(folder: Path) -> dict[str, float]:
    """Measure the resident memory of both processes early and late, on video at full speed."""
    with daemon(folder, clip(folder, somebody=True), 0.0) as (process, control):
        wait(control, lambda status: status.probabilities)
        weights: list[tuple[float, float]] = []
        frames, began = 0.0, time.monotonic()
        while frames < 10_000 and time.monotonic() - began < 400:
            time.sleep(1.0)
            frames += control.get("/api/status", Status).frames_per_second
            everybody = [process, *process.children(recursive=True)]
            weights.append((frames, sum(p.memory_info().rss for p in everybody) / 2**20))
        shared = sum(p.memory_full_info().pss for p in everybody) / 2**20
    early = next(weight for count, weight in weights if count >= 2_000)
    return {
        "resident_mb": weights[-1][1],
        "pss_mb": shared,
        "growth_mb": weights[-1][1] - early,
        "frames": weights[-1][0],
    }


def rest(folder: Path) -> dict[str, float]:
    """Measure the share of one core while nobody is there."""
    with daemon(folder, clip(folder, somebody=False), 1.0) as (process, control):
        wait(control, lambda status: status.frames_per_second > 0)
        time.sleep(5)
        everybody = [process, *process.children(recursive=True)]
        before, began = [p.cpu_times() for p in everybody], time.monotonic()
        time.sleep(20)
        after, seconds = [p.cpu_times() for p in everybody], time.monotonic() - began
    used = sum(a.user + a.system - b.user - b.system for a, b in zip(after, before, strict=True))
    return {"cpu_alone_percent": 100 * used / seconds}


def main() -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as folder:
        figures: dict[str, float] = {}
        for measure in (start, memory, rest):
            place = Path(folder) / measure.__name__
            place.mkdir()
            figures |= measure(place)
    print(json.dumps({name: round(value, 3) for name, value in figures.items()}))


if __name__ == "__main__":
    main()
