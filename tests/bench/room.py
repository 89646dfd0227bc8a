"""What a camera in a room would see: drawn walls and furniture, faces set in, light and grain.

    python tests/bench/room.py [FACES.npz [YUNET FOLDER [NUMBER]]]

Needs faces by person and YuNet, by default of the data folder ../shared: data/faces_by_person.npz
and models/. Looks at NUMBER faces, 60 if none is given, with the box's own pipeline, and prints one
JSON object, shares in percent:

    found_*_px          found at 14, 18 and 24 pixels in a 640-wide view of a 1280x720 picture
    light_*             the same in a quarter, an eighth and a sixteenth of the light
    lean_*              the same, leaning by so many degrees
    photograph_away     seconds after which a photograph on the wall is away, the slowest of some
    reader_kept         minutes for which somebody who sits still and reads is there, of 30

Of each: how many of the faces that are found at 90 pixels were found; how many of those were
readable, the others being called unsure; and how many of the readable ones, and of all that were
found, were read as at 90 pixels in daylight. The light's grain is drawn, not measured: electrons of
a small sensor, 700 to a white pixel. The reader's head sways by 1.6 mm, to and fro in four minutes.
"""

from __future__ import annotations

import json
import sys
from functools import cache
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from edge.events import Emotions
from edge.settings import Settings
from edge.vision import detector
from edge.vision.camera import Frame
from edge.vision.classifier import open_model
from edge.vision.pipeline import Pipeline

ROOT = Path(__file__).resolve().parents[2]
SHARED = ROOT.parent / "shared"
ELECTRONS = 700.0
GAMMA = 2.2
BOX = 1.26
"""Sides of a training face's square to widths of YuNet's box."""
LOOKS = 4
"""Looks at one face in poor light, a fifth of a second apart."""
GRAINS = 16
"""Pictures of the room that differ in their grain alone."""
PLACE = 640, 330
SWAY = 0.012
"""Of a face's width, either way."""
STILL = 2
"""Faces that are framed, and that read."""

Scene = NDArray[np.float32]
Pixels = NDArray[np.uint8]


def room(width: int, height: int, seed: int) -> Scene:
    """Return a lit wall, a floor and some furniture, (h, w, 3)."""
    rng = np.random.default_rng(seed)
    down = np.linspace(0, 1, height, dtype=np.float32)[:, None, None]
    scene = np.array([165, 175, 185], np.float32) * (1 - down) + 150 * down
    scene = np.repeat(scene, width, axis=1)
    for _ in range(14):
        left, top = rng.integers(0, width - 40), rng.integers(0, height - 40)
        wide, high = rng.integers(30, 260), rng.integers(20, 200)
        scene[top : top + high, left : left + wide] = rng.integers(40, 220, 3)
    grain = rng.normal(0, 1, (height // 6, width // 6, 3)).astype(np.float32)
    scene += 4 * np.asarray(cv2.resize(grain, (width, height), interpolation=cv2.INTER_CUBIC))
    light = 1 + 0.25 * np.cos(np.linspace(-1, 2, width, dtype=np.float32))
    return np.asarray(scene * light[None, :, None], np.float32)


def person(face: Pixels) -> tuple[Scene, Scene]:
    """Return a head with hair and shoulders around a face of 48 pixels, and where it covers."""
    down, across = np.mgrid[0:96, 0:96].astype(np.float32) - 48
    body = (np.abs(across) < 12) & (down > 12) & (down < 32)
    body |= (across / 34) ** 2 + ((down - 48) / 22) ** 2 < 1
    hair = (across / 24) ** 2 + ((down + 2) / 31) ** 2 < 1
    skin = np.clip((1.15 - (across / 23) ** 2 - (down / 27) ** 2) / 0.3, 0, 1)
    drawn = np.where(hair, 60.0, np.where(body, 0.8 * face.mean(), 0.0))
    drawn = drawn * (1 - skin) + np.pad(face.astype(np.float32), 24, mode="edge") * skin
    cover = np.maximum(skin, (hair | body).astype(np.float32))
    return drawn.astype(np.float32), np.asarray(cv2.GaussianBlur(cover, (0, 0), 0.7), np.float32)


def set_in(scene: Scene, face: Pixels, width: float, *, x: float, y: float,
           lean: float = 0.0) -> Scene:  # fmt: skip
    """Return the scene with a face of that width in pixels of YuNet's box around (x, y)."""
    drawn, cover = person(face)
    times = BOX * width / 48
    place = cv2.getRotationMatrix2D((48, 48), -lean, times) + np.array(
        [[0, 0, x - 48], [0, 0, y - 48]]
    )
    size = scene.shape[1], scene.shape[0]
    how = cv2.INTER_LINEAR if times >= 1 else cv2.INTER_AREA
    over, mask = (
        np.asarray(cv2.warpAffine(each, place, size, flags=how)) for each in (drawn, cover)
    )
    tint = np.array([0.82, 0.93, 1.08], np.float32)
    return np.asarray(scene * (1 - mask[..., None]) + over[..., None] * tint * mask[..., None])


def taken(scene: Scene, light: float, grain: int) -> Pixels:
    """Return what a small sensor makes of a scene in so much of daylight: shot and read noise."""
    rng = np.random.default_rng(grain)
    electrons = (np.clip(scene, 0, 255) / 255) ** GAMMA * light * ELECTRONS
    electrons += rng.standard_normal(electrons.shape, np.float32) * np.sqrt(electrons + 9)
    grey = np.clip(electrons / ELECTRONS, 0, 1) ** (1 / GAMMA) * 255
    return np.asarray(grey, np.uint8)


class Bench:
    """Looks at faces by person with the box's own pipeline."""

    def __init__(self, faces: Path, yunet: Path, number: int) -> None:
        with np.load(faces) as archive:
            images = archive["images"]
        self.faces = images[np.random.default_rng(0).choice(len(images), number, replace=False)]
        self.detector, _ = detector.make("yunet", yunet)
        self.classifier = open_model(ROOT / "models", "emotion", "cpu")
        self.background = room(1280, 720, 3)
        self.empty = cache(lambda light, grain: taken(self.background, light, grain))

    def picture(self, face: Pixels, width: float, grain: int, *, light: float = 1.0,
                lean: float = 0.0, shift: float = 0.0) -> Pixels:  # fmt: skip
        """Return the room with a face of that width, `shift` pixels beside its place.

        Only what surrounds the face is drawn anew: the rest is a room of the same grain.
        """
        reach = round(1.6 * BOX * width) + 8
        left, top = (max(0, middle - reach) for middle in PLACE)
        here = np.s_[top : PLACE[1] + reach, left : PLACE[0] + reach]
        x, y = PLACE[0] - left + 0.3 + shift, PLACE[1] - top + 0.7
        scene = set_in(self.background[here], face, width, x=x, y=y, lean=lean)
        pixels: Pixels = self.empty(light, grain % GRAINS).copy()
        pixels[here] = taken(scene, light, GRAINS + grain)
        return pixels

    def pipeline(self) -> Pipeline:
        """Return eyes that have seen nothing yet."""
        return Pipeline(self.detector, self.classifier, "group")

    def look(self, face: Pixels, width: float, **how: float) -> Emotions | None:
        """Return what is read of a face of that width in the full picture, after some looks."""
        pipeline, event = self.pipeline(), None
        for turn in range(LOOKS if how.get("light", 1.0) < 1 else 1):
            event = pipeline.look(Frame(self.picture(face, width, turn, **how), turn / 5)).event
        return event if isinstance(event, Emotions) else None

    def share(self, width: float, **how: float) -> dict[str, float]:
        """Return the shares found, readable, and of those read as at full size in daylight."""
        seen = [self.look(face, width, **how) for face in self.faces]
        there = [(e, r) for e, r in zip(seen, self.reference, strict=True) if r]
        found = [(e, r) for e, r in there if e]
        same = [e.readable and name(e) == name(r) for e, r in found]
        clear = [e.readable for e, _ in found]
        return {
            "found": percent(len(found), len(there)),
            "readable": percent(sum(clear), len(found)),
            "same_of_readable": percent(sum(same), sum(clear)),
            "same_of_found": percent(sum(same), len(found)),
        }

    def photograph(self, face: Pixels, *, period: float = 3.0, most: float = 900.0) -> float:
        """Return the seconds until a face that never moves is away; `most`: it was there still."""
        pipeline, away_after = self.pipeline(), Settings().mood.away_after
        seen = 0.0
        for turn, at in enumerate(np.arange(0, most, period)):
            event = pipeline.look(Frame(self.picture(face, 60, turn), float(at))).event
            seen = float(at) if isinstance(event, Emotions) else seen
            if at - seen > away_after:
                return float(at)
        return most

    def reader(self, face: Pixels, *, period: float = 20.0, most: float = 1800.0) -> float:
        """Return the seconds for which somebody who hardly moves is there."""
        pipeline = self.pipeline()
        for turn, at in enumerate(np.arange(0, most, period)):
            shift = 60 * SWAY * float(np.sin(at / 37))
            event = pipeline.look(Frame(self.picture(face, 60, turn, shift=shift), at)).event
            if not isinstance(event, Emotions):
                return float(at)
        return most

    def run(self) -> dict[str, Any]:
        """Measure everything."""
        self.reference = [self.look(face, 90) for face in self.faces]
        still = [face for face, r in zip(self.faces, self.reference, strict=True) if r][:STILL]
        return {
            "faces": sum(r is not None for r in self.reference),
            **{f"found_{width}_px": self.share(2 * width) for width in (14, 18, 24)},
            **{f"light_{1 / n:.4g}": self.share(70, light=1 / n) for n in (4, 8, 16)},
            **{f"lean_{degrees}": self.share(90, lean=degrees) for degrees in (15, 30, 40)},
            "photograph_away": max(self.photograph(face) for face in still),
            "reader_kept": min(self.reader(face) for face in still) / 60,
        }


def name(event: Emotions) -> int:
    """Return which emotion is the likeliest."""
    return event.probabilities.index(max(event.probabilities))


def percent(some: int, of: int) -> float:
    """Return a share in percent."""
    return round(100 * some / max(1, of), 1)


def main() -> None:
    cv2.setNumThreads(1)
    given = [*sys.argv[1:], *["", "", ""][len(sys.argv) - 1 :]]
    faces = Path(given[0] or SHARED / "data" / "faces_by_person.npz")
    yunet = Path(given[1] or SHARED / "models")
    print(json.dumps(Bench(faces, yunet, int(given[2] or 60)).run(), indent=2))


if __name__ == "__main__":
    main()
