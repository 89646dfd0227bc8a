"""Make the sample clip that ships with the project: nobody, somebody, nobody.

    pip install scikit-image && python tests/tools/make_sample.py edge/sample.mp4

The somebody is the portrait of astronaut Eileen Collins that scikit-image carries: a NASA
photograph, in the public domain.
"""

from __future__ import annotations

import sys

import cv2
import numpy as np
from skimage import data

WIDTH, HEIGHT, RATE = 640, 480, 10
NOBODY, SOMEBODY = 3.0, 9.0  # seconds; nobody stands at both ends


def main(path: str) -> None:
    """Write the clip to `path` (mp4)."""
    portrait = cv2.cvtColor(data.astronaut(), cv2.COLOR_RGB2BGR)
    rng = np.random.default_rng(1)
    wall = np.linspace(150, 190, HEIGHT, dtype=np.float32)[:, None, None]
    room = np.broadcast_to(wall * np.array([0.95, 1.0, 1.02], np.float32), (HEIGHT, WIDTH, 3))
    clip = cv2.VideoWriter(path, cv2.VideoWriter.fourcc(*"mp4v"), RATE, (WIDTH, HEIGHT))
    for index in range(int((2 * NOBODY + SOMEBODY) * RATE)):
        inside = index / RATE - NOBODY
        frame = room.copy()
        if 0 <= inside < SOMEBODY:
            frame = _with_portrait(frame, portrait, inside)
        frame += rng.normal(0, 2, frame.shape).astype(np.float32)
        clip.write(np.clip(frame, 0, 255).astype(np.uint8))
    clip.release()


def _with_portrait(frame: np.ndarray, portrait: np.ndarray, seconds: float) -> np.ndarray:
    """Set the portrait into the room: it sways, comes nearer and tilts a little, as people do."""
    scale = 0.9 + 0.1 * np.sin(seconds * 0.7)
    matrix = cv2.getRotationMatrix2D((220, 120), 4 * np.sin(seconds * 1.1), scale)
    matrix[:, 2] += (100 + 25 * np.sin(seconds * 0.9), 70 + 6 * np.sin(seconds * 1.7))
    size = (WIDTH, HEIGHT)
    placed = cv2.warpAffine(portrait.astype(np.float32), matrix, size)
    mask = cv2.warpAffine(np.ones(portrait.shape[:2], np.float32), matrix, size)[..., None]
    return frame * (1 - mask) + placed * mask


if __name__ == "__main__":
    main(sys.argv[1])
