"""Faces that nobody has."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

import cv2
import numpy as np

from convert.dataset import LABELS, Dataset


def made_up(each: int = 90) -> Dataset:
    """Return each emotion as a shade of grey, under noise; a third of `each` of it in each part."""
    rng = np.random.default_rng(0)
    label = np.tile(np.arange(len(LABELS)), each).astype(np.int8)
    noise = rng.integers(0, 40, (len(label), 48, 48))
    images = (noise + 30 * label[:, None, None]).astype(np.uint8)
    votes = np.eye(len(LABELS), dtype=np.float32)[label] * 10
    count = len(label)
    return Dataset(
        images=images,
        label=label,
        votes=votes,
        voters=np.full(count, 10, np.float32),
        split=(np.arange(count) * 3 // count).astype(np.int8),
        copied=np.arange(count) % 10 == 9,
        row=np.arange(count, dtype=np.int32),
    )


def export(path: Path, images: np.ndarray, mood: str) -> Path:
    """What a box would export after somebody said `mood` of each image."""
    said = [
        {"at": 1.0, "prediction": f"p{n}", "mood": mood, "profile": "", "predicted": None}
        | {"confidence": None, "probabilities": None, "model": None}
        for n in range(len(images))
    ]
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("corrections.jsonl", "\n".join(map(json.dumps, said)))
        for number, image in enumerate(images):
            png = cv2.imencode(".png", image)[1].tobytes()
            archive.writestr(f"faces/{mood}/p{number}.png", png)
    return path


def striped(count: int) -> np.ndarray:
    """A household whose faces look like nobody else's."""
    rng = np.random.default_rng(5)
    noise = rng.integers(0, 40, (count, 48, 48))
    noise[:, :, ::2] += 120
    return noise.astype(np.uint8)
