"""A folder of pictures, in the order of their names."""

from __future__ import annotations

import logging
import time
from pathlib import Path

import cv2
import numpy as np

from edge.errors import Fault
from edge.settings import PlayedSettings
from edge.vision.camera import Camera, Frame

log = logging.getLogger(__name__)

PERIOD = 1.0
"""Seconds each picture is shown at a speed of 1."""
SUFFIXES = {".bmp", ".jpeg", ".jpg", ".png", ".pgm", ".ppm", ".tif", ".tiff", ".webp"}


class Driver(Camera):
    """Shows one picture after the other; with a speed of 0 each is read once."""

    def __init__(self, table: PlayedSettings) -> None:
        """Show the pictures in the folder `table.source`."""
        self._folder = Path(table.source)
        self._speed = table.speed
        self._loop = table.loop
        self.waits = table.speed == 0
        self._pictures: list[Path] = []
        self._began = 0.0
        self._reads = 0

    def open(self) -> None:
        """Look which pictures there are."""
        if not self._folder.is_dir():
            raise Fault(f"{self._folder}: no such folder of pictures")
        try:
            names = sorted(self._folder.iterdir())
        except OSError as error:
            raise Fault(f"{self._folder}: cannot be read: {error.strerror}") from error
        self._pictures = [path for path in names if path.suffix.lower() in SUFFIXES]
        if not self._pictures:
            raise Fault(f"{self._folder}: no picture in it ({', '.join(sorted(SUFFIXES))})")
        self._began = time.monotonic()
        self._reads = 0

    def read(self, timeout: float) -> Frame | None:  # noqa: ARG002  a picture is always there
        """Return the picture whose turn it is."""
        while True:
            now = time.monotonic()
            turn = self._reads if self.waits else int((now - self._began) * self._speed / PERIOD)
            self._reads += 1
            if turn >= len(self._pictures) and not self._loop:
                return None
            path = self._pictures[turn % len(self._pictures)]
            pixels = cv2.imread(str(path), cv2.IMREAD_COLOR)
            if pixels is not None:
                return Frame(np.asarray(pixels, np.uint8), now)
            self._pass_over(path, turn)

    def _pass_over(self, path: Path, turn: int) -> None:
        """Go on with the next picture; raise Fault where there is none."""
        log.warning("%s: not a picture that OpenCV can read; passed over", path)
        self._pictures.remove(path)
        if not self._pictures:
            raise Fault(f"{self._folder}: no picture in it that OpenCV can read")
        if self.waits:
            self._reads = turn

    def close(self) -> None:
        """Nothing is held."""
