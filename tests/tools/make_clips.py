"""Make the clips that ship with the project: the demo's sample, and two for the tests.

    pip install scikit-image
    python tests/tools/make_clips.py sample edge/sample.mp4
    python tests/tools/make_clips.py smile tests/data/smile.mp4
    python tests/tools/make_clips.py talking tests/data/talking.mp4

Everybody in them is the portrait of astronaut Eileen Collins that scikit-image carries: a NASA
photograph, in the public domain. Her mouth is bent for what she does not do in it: pixels are
moved, and none is painted.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator

import cv2
import numpy as np
from numpy.typing import NDArray
from skimage import data

WIDTH, HEIGHT, RATE = 640, 480, 10
NOBODY, SOMEBODY = 3.0, 9.0  # seconds; in the sample, nobody stands at both ends
GRAVE, CHANGES = 4.0, 2.0  # seconds of a straight face before the smile, and until it is whole
TALKING = 12.0

MOUTH_X, MOUTH_Y, MOUTH_HALF = 224.0, 145.0, 20.0
"""Where the portrait's mouth is, and half its width, in pixels."""
TEETH, REACH = 5.0, 16.0
"""Half the height of what the lips leave open, and how far above and below skin may move."""

Image = NDArray[np.float32]


def main(which: str, path: str) -> None:
    """Write the clip `which` to `path` (mp4)."""
    portrait = cv2.cvtColor(data.astronaut(), cv2.COLOR_RGB2BGR).astype(np.float32)
    frames = {"sample": sample, "smile": smile, "talking": talking}[which](portrait)
    size = (WIDTH, HEIGHT) if which == "sample" else (400, 300)  # the tests' are small files
    clip = cv2.VideoWriter(path, cv2.VideoWriter.fourcc(*"mp4v"), RATE, size)
    rng = np.random.default_rng(1)
    for frame in frames:
        noisy = frame + rng.normal(0, 2, frame.shape).astype(np.float32)
        seen = noisy if which == "sample" else cv2.resize(noisy, size, interpolation=cv2.INTER_AREA)
        clip.write(np.clip(seen, 0, 255).astype(np.uint8))
    clip.release()


def sample(portrait: Image) -> Iterator[Image]:
    """Nobody, somebody who smiles, nobody."""
    for index in range(int((2 * NOBODY + SOMEBODY) * RATE)):
        inside = index / RATE - NOBODY
        there = 0 <= inside < SOMEBODY
        yield in_room(portrait, inside) if there else room()


def smile(portrait: Image) -> Iterator[Image]:
    """A straight face; then a smile that grows and stays."""
    for index in range(int((GRAVE + CHANGES + 4.0) * RATE)):
        seconds = index / RATE
        straight = 1.0 - min(1.0, max(0.0, (seconds - GRAVE) / CHANGES))
        yield in_room(bent(portrait, straight, straight), seconds)


def talking(portrait: Image) -> Iterator[Image]:
    """A mouth that opens and shuts, and corners that go up and down, between two moods."""
    for index in range(int(TALKING * RATE)):
        seconds = index / RATE
        shut = 0.5 + 0.5 * np.sin(2 * np.pi * 2.3 * seconds)
        straight = 0.75 + 0.2 * np.sin(seconds) + 0.15 * np.sin(2 * np.pi * 1.7 * seconds)
        yield in_room(bent(portrait, straight, shut), seconds)


def room() -> Image:
    """Return an empty room."""
    wall = np.linspace(150, 190, HEIGHT, dtype=np.float32)[:, None, None]
    return np.broadcast_to(
        wall * np.array([0.95, 1.0, 1.02], np.float32), (HEIGHT, WIDTH, 3)
    ).astype(np.float32)


def in_room(portrait: Image, seconds: float) -> Image:
    """Set the portrait into the room: it sways, comes nearer and tilts a little, as people do."""
    scale = 0.9 + 0.1 * np.sin(seconds * 0.7)
    matrix = cv2.getRotationMatrix2D((220, 120), 4 * np.sin(seconds * 1.1), scale)
    matrix[:, 2] += (100 + 25 * np.sin(seconds * 0.9), 70 + 6 * np.sin(seconds * 1.7))
    size = (WIDTH, HEIGHT)
    placed = cv2.warpAffine(portrait, matrix, size)
    mask = cv2.warpAffine(np.ones(portrait.shape[:2], np.float32), matrix, size)[..., None]
    return np.asarray(room() * (1 - mask) + placed * mask, np.float32)


def bent(portrait: Image, straight: float, shut: float) -> Image:
    """Return the portrait with another mouth; 0 and 0 leave it as it is.

    `straight` draws the corners down and in, `shut` closes the lips; 1 of both is a straight face.
    """
    rows, columns = np.mgrid[: portrait.shape[0], : portrait.shape[1]].astype(np.float32)
    across, below = (columns - MOUTH_X) / MOUTH_HALF, rows - MOUTH_Y
    near = np.exp(-((across / 1.35) ** 4) - (below / REACH) ** 4)
    narrower = 1 + 0.5 * straight
    source_x = columns + near * (columns - MOUTH_X) * (narrower - 1)
    corner = np.clip(across**2, 0, 1.6) * np.exp(-((np.maximum(np.abs(across) - 1, 0) / 0.7) ** 2))
    down = 12 * straight * corner * np.exp(-((below / 14) ** 2))
    height = below - down
    gap = TEETH / (1 + 5 * shut)
    lips = np.sign(height) * (TEETH + (np.abs(height) - gap) * (REACH - TEETH) / (REACH - gap))
    closed = np.where(np.abs(height) < gap, height * TEETH / gap, lips)
    closed = np.where(np.abs(height) < REACH, closed, height)
    source_y = MOUTH_Y + height + (closed - height) * np.exp(-((across / 1.6) ** 6))
    moved = cv2.remap(
        portrait, source_x.astype(np.float32), source_y.astype(np.float32), cv2.INTER_LINEAR
    )
    return np.asarray(moved, np.float32)


if __name__ == "__main__":
    main(*sys.argv[1:])
