"""Videos made on the spot."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

Painter = Callable[[int], NDArray[np.uint8]]


@pytest.fixture
def film(tmp_path: Path) -> Callable[..., Path]:
    """Make a video of so many frames; `paint` draws the frame of an index, (h, w, 3)."""

    def make(frames: int, paint: Painter = counter, fps: float = 25.0) -> Path:
        path = tmp_path / "film.avi"
        height, width = paint(0).shape[:2]
        codec = cv2.VideoWriter.fourcc(*"MJPG")
        writer = cv2.VideoWriter(str(path), codec, fps, (width, height))
        for index in range(frames):
            writer.write(paint(index))
        writer.release()
        return path

    return make


def counter(index: int) -> NDArray[np.uint8]:
    """Draw a frame whose grey value is twice its number."""
    return np.full((120, 160, 3), 2 * index, np.uint8)
