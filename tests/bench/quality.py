"""How well a face is read against how well it can be seen: the curve behind "unsure".

    python tests/bench/quality.py --data faces.npz [--people faces_by_person.npz]

Takes FER+ validation rows that most people agree on, or faces by person, and makes them worse as a
camera does: grain of a small sensor in less and less light, blur as out of focus or in motion, and
both. Each is then measured (`edge.vision.light.quality`) and read by the released model twice: one
look as it is, and what the box reads of four looks that differ in their grain. Prints one JSON
object. "curve" has a row for each band of quality: how many faces are in it, and what share of
them is read right; each emotion weighs the same, or who always said what most of them show would
do well. A face's quality is that of its newest look. "unsure" says what the threshold does: how
many are called unsure, and how often those and the others would be read right. "by" says the same
for each way of making them worse.
"""

from __future__ import annotations

import argparse
import itertools
import json
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from convert import dataset
from convert.dataset import NO_LABEL, Split
from edge.vision.classifier import open_model
from edge.vision.light import LOOKS, READABLE, best, quality

ROOT = Path(__file__).resolve().parents[2]
ELECTRONS = 700.0
"""Of a white pixel in daylight: a small sensor, as in tests/bench/room.py."""
GAMMA = 2.2
SIDE = 88
"""Pixels of the square around a face that is 70 pixels wide in the picture: two metres away."""
LIGHT = (1.0, 1 / 4, 1 / 8, 1 / 16, 1 / 32)
BLUR = (0.0, 1.0, 2.0, 3.0)
"""Standard deviation in pixels of a face of 48."""
FEW = 70
"""Faces, of which no share is told."""
BANDS = (0, 1e-9, 2, 4, 6, 8, 10, 13, 16, 25, 50, np.inf)
"""Quality, from and below; the first band is what shows nothing at all."""

Faces = NDArray[np.uint8]


def worse(face: Faces, light: float, blur: float, rng: np.random.Generator) -> list[Faces]:
    """Return looks at one face, (h, w), that differ in their grain alone."""
    scene = cv2.GaussianBlur(face, (0, 0), blur) if blur else face
    scene = cv2.resize(scene, (SIDE, SIDE), interpolation=cv2.INTER_LINEAR)
    electrons = (scene.astype(np.float32) / 255) ** GAMMA * light * ELECTRONS
    looks = []
    for _ in range(LOOKS):
        grain = rng.standard_normal(scene.shape, np.float32) * np.sqrt(electrons + 9)
        grey = np.clip((electrons + grain) / ELECTRONS, 0, 1) ** (1 / GAMMA) * 255
        small = cv2.resize(grey, face.shape[::-1], interpolation=cv2.INTER_AREA)
        looks.append(np.asarray(small, np.uint8))
    return looks


def faces_of(arguments: argparse.Namespace) -> tuple[Faces, NDArray[np.integer]]:
    """Return grey faces, (n, 48, 48), and the number of the emotion that each shows."""
    if arguments.people:
        with np.load(arguments.people) as archive:
            return archive["images"], archive["label"]
    rows = dataset.load(arguments.data).part(Split.VALIDATION)
    rows = rows.take(~rows.copied & (rows.majority() != NO_LABEL))
    return rows.images, rows.majority()


def right(rows: NDArray[np.floating], column: int) -> float | None:
    """Return the mean over the emotions of the share read right, percent; None of a few faces."""
    if len(rows) < FEW:
        return None
    each = [rows[rows[:, 0] == label, column].mean() for label in np.unique(rows[:, 0])]
    return round(100 * float(np.mean(each)), 1)


def told(rows: NDArray[np.floating]) -> dict[str, Any]:
    """Return what the threshold does to rows of (emotion, quality, one look right, box right)."""
    unsure = rows[:, 1] < READABLE
    return {
        "faces": len(rows),
        "unsure": round(100 * float(unsure.mean()), 1),
        "right_of_the_others": right(rows[~unsure], 3),
        "right_of_the_unsure": right(rows[unsure], 3),
    }


class Bench:
    """Reads faces that were made worse with the released model."""

    def __init__(self, images: Faces, label: NDArray[np.integer]) -> None:
        self.images, self.label = images, label
        self.classifier = open_model(ROOT / "models", "emotion", "cpu")
        self.rng = np.random.default_rng(1)

    def says(self, face: Faces) -> int:
        """Return the number of the emotion that is read."""
        return int(np.argmax(self.classifier(face)))

    def rows(self, light: float, blur: float) -> NDArray[np.floating]:
        """Return a row for each face: emotion, quality, one look right, box right."""
        found = []
        for face, label in zip(self.images, self.label, strict=True):
            looks = worse(face, light, blur, self.rng)
            clear = quality(looks[-1])
            said = self.says(looks[-1]), self.says(best(looks, clear))
            found.append((label, clear, *(it == label for it in said)))
        return np.array(found, float)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path)
    parser.add_argument("--people", type=Path)
    parser.add_argument("--number", type=int, default=700, help="faces, each in every condition")
    arguments = parser.parse_args()
    images, label = faces_of(arguments)
    chosen = np.random.default_rng(0).permutation(len(images))[: arguments.number]
    bench = Bench(images[chosen], label[chosen])
    by = {f"light 1/{1 / x:g}, blur {b:g}": bench.rows(x, b) for x in LIGHT for b in BLUR}
    rows = np.concatenate(list(by.values()))
    curve = []
    for low, high in itertools.pairwise(BANDS):
        band = rows[(rows[:, 1] >= low) & (rows[:, 1] < high)]
        name = "0" if high < 1 else f"{low:.2g} to {high:g}"
        curve.append(
            {
                "quality": name,
                "faces": len(band),
                "right_of_one_look": right(band, 2),
                "right": right(band, 3),
            }
        )
    parts = {name: told(part) for name, part in by.items()}
    print(
        json.dumps(
            {"faces": len(chosen), "curve": curve, "unsure": told(rows), "by": parts}, indent=2
        )
    )


if __name__ == "__main__":
    main()
