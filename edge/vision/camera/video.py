"""A video file: at its own speed, or as fast as it is read."""

from __future__ import annotations

import time
from pathlib import Path

import cv2
import numpy as np

from edge.errors import Fault
from edge.settings import PlayedSettings
from edge.vision.camera import Camera, Frame


class Driver(Camera):
    """Plays a file as if it were a camera: frames that nobody reads in time are lost.

    With a speed of 0 nothing is lost, and `at` is the time of reading all the same: what follows
    from a frame must never lie in the future.
    """

    def __init__(self, table: PlayedSettings) -> None:
        """Play `table.source`, `table.speed` times as fast as it was filmed."""
        self._path = Path(table.source)
        self._speed = table.speed
        self._loop = table.loop
        self.waits = table.speed == 0
        self._video: cv2.VideoCapture | None = None
        self._began = 0.0
        self._index = 0
        """Of the next frame."""

    def open(self) -> None:
        """Open the file."""
        if not self._path.is_file():
            raise Fault(f"{self._path}: no such video")
        # One thread: the decoder's helpers cost more memory than they save time.
        options = [cv2.CAP_PROP_N_THREADS, 1]
        self._video = cv2.VideoCapture(str(self._path), cv2.CAP_FFMPEG, options)
        if not self._video.isOpened():
            raise Fault(f"{self._path}: not a video that OpenCV can play")
        fps = self._video.get(cv2.CAP_PROP_FPS)
        self._interval = 1 / (fps if 0 < fps < 1000 else 25) / (self._speed or 1)
        self._began = time.monotonic()
        self._index = 0

    def read(self, timeout: float) -> Frame | None:
        """Return the frame whose turn it is, or wait for it."""
        if self._video is None:
            raise Fault(f"{self._path}: not open")
        if not self.waits:
            self._keep_up()
        fine, pixels = self._video.read()
        if not fine:
            return self._at_end(timeout)
        self._index += 1
        return Frame(np.asarray(pixels, np.uint8), time.monotonic())

    def close(self) -> None:
        """Let go of the file."""
        if self._video is not None:
            self._video.release()
            self._video = None

    def _keep_up(self) -> None:
        """Drop the frames whose time is over, or wait for the next one's."""
        assert self._video is not None  # noqa: S101  read() has checked
        now = time.monotonic()
        while now - self._began > (self._index + 1) * self._interval and self._video.grab():
            self._index += 1
        time.sleep(max(0.0, self._began + self._index * self._interval - now))

    def _at_end(self, timeout: float) -> Frame | None:
        if self._index == 0:
            raise Fault(f"{self._path}: a video without a frame")
        if not self._loop:
            return None
        self.close()
        self.open()
        return self.read(timeout)
