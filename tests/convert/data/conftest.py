"""A small made-up face collection in each of the shapes that it is found in."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest

from convert.data import FERPLUS
from convert.dataset import LABELS

ROWS = 60
USAGE = np.array(["Training"] * 40 + ["PublicTest"] * 10 + ["PrivateTest"] * 10)


class Collection:
    """Sixty noisy "faces"; a test changes what it likes before it writes them down."""

    def __init__(self) -> None:
        rng = np.random.default_rng(5)
        self.images = rng.integers(0, 256, (ROWS, 48, 48), np.uint8)
        self.label = np.arange(ROWS) % 7
        self.usage = USAGE.copy()
        self.votes = np.zeros((ROWS, 10), int)
        self.votes[:, 0] = 8
        self.votes[:, 9] = 2

    def npz(self, path: Path) -> Path:
        np.savez_compressed(
            path,
            images=self.images,
            label=self.label,
            usage=self.usage,
            ferplus_votes=self.votes,
        )
        return path

    def csv(self, path: Path) -> Path:
        lines = ["emotion,pixels,Usage"]
        for image, label, usage in zip(self.images, self.label, self.usage, strict=True):
            lines.append(f"{label},{' '.join(map(str, image.ravel()))},{usage}")
        path.write_text("\n".join(lines) + "\n")
        return path

    def ferplus(self, path: Path) -> Path:
        lines = [",".join(["Usage", "Image name", *FERPLUS])]
        for row, (usage, votes) in enumerate(zip(self.usage, self.votes, strict=True)):
            lines.append(f"{usage},fer{row:07}.png,{','.join(map(str, votes))}")
        path.write_text("\n".join(lines) + "\n")
        return path

    def folders(self, path: Path, name: Callable[[int, str], str]) -> Path:
        """Write folders of splits and classes; `name` makes a file's name of row and usage."""
        for row, (label, usage) in enumerate(zip(self.label, self.usage, strict=True)):
            folder = path / ("train" if usage == "Training" else "test") / LABELS[label]
            folder.mkdir(parents=True, exist_ok=True)
            cv2.imwrite(str(folder / name(row, usage)), self.images[row])
        return path


@pytest.fixture
def collection() -> Collection:
    return Collection()
