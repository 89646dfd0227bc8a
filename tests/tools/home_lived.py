"""An hour as a home lives it: a film of who is there, and what their hands do.

The clips that ship with the project, and the tests', cut into scenes; see make_clips.py.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from itertools import chain, cycle, islice
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

ROOT = Path(__file__).parents[2]
WIDTH, HEIGHT, RATE = 640, 480, 5
SCENES: tuple[tuple[int, str], ...] = (
    (4, "nobody"),
    (7, "straight"),
    (8, "talking"),
    (4, "in and out"),
    (3, "nobody"),
    (9, "smiling"),
    (7, "two"),
    (5, "talking"),
    (5, "nobody"),
    (4, "straight"),
    (4, "smiling"),
)
"""How many minutes, and who is there: an hour of them."""
HANDS: tuple[tuple[float, str, str, dict[str, Any]], ...] = (
    (9.0, "press", "", {}),
    (9.7, "press", "", {}),
    (14.0, "volume", "number.set_value", {"value": 35}),
    (21.0, "press", "--double", {}),
    (28.0, "correction", "select.select_option", {"option": "sad"}),
    (34.0, "play_for", "select.select_option", {"option": "happy"}),
    (37.0, "volume", "number.set_value", {"value": 25}),
    (44.0, "next", "button.press", {}),
    (48.5, "pause", "button.press", {}),
    (52.2, "resume", "button.press", {}),
    (53.0, "lamp", "light.turn_on", {"brightness_pct": 40}),
    # The camera's film begins anew after this.
    (55.0, "private", "switch.turn_on", {}),
    (57.0, "private", "switch.turn_off", {}),
)
"""The minute, what is used, and how: gestures of the button, and services of Home Assistant."""

Image = NDArray[np.uint8]


def film(path: Path, minutes: float) -> None:
    """Write the hour's first `minutes` to `path` (mp4)."""
    out = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"mp4v"), RATE, (WIDTH, HEIGHT))
    for frame in islice(_frames(), int(minutes * 60 * RATE)):
        out.write(frame)
    out.release()


def scenes(minutes: float) -> Iterator[tuple[str, float, float]]:
    """Yield who is there, from which minute to which."""
    began = 0.0
    for length, who in SCENES:
        if began < minutes:
            yield who, began, min(minutes, began + length)
        began += length


def _frames() -> Iterator[Image]:
    sample = _clip(ROOT / "edge" / "sample.mp4")
    talking = _clip(ROOT / "tests" / "data" / "talking.mp4")
    straight = _clip(ROOT / "tests" / "data" / "smile.mp4")[: 4 * RATE]
    smiling = sample[4 * RATE : 11 * RATE]
    there = {
        "nobody": sample[: 2 * RATE],
        "straight": straight,
        "talking": talking,
        "in and out": sample,
        "smiling": smiling,
        "two": [np.hstack((_half(a), _half(b))) for a, b in zip(talking, smiling, strict=False)],
    }
    for minutes, who in cycle(SCENES):
        # There and back again: nobody jumps.
        moving = chain(there[who], reversed(there[who]))
        yield from islice(cycle(list(moving)), minutes * 60 * RATE)


def _clip(path: Path) -> list[Image]:
    """Return every second frame of a clip: they have ten a second."""
    video, frames = cv2.VideoCapture(str(path)), []
    while (read := video.read())[0]:
        frames.append(np.asarray(cv2.resize(read[1], (WIDTH, HEIGHT)), np.uint8))
    return frames[::2]


def _half(frame: Image) -> Image:
    """Return the part of a frame with the face, half as wide."""
    return frame[:, 120 : 120 + WIDTH // 2]


if __name__ == "__main__":
    film(Path(sys.argv[1]), float(sys.argv[2]))
