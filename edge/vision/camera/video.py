"""A video file: at its own speed, or as fast as it is read."""

from __future__ import annotations

import os
import time
from pathlib import Path

import cv2
import numpy as np

from edge.errors import Fault
from edge.settings import PlayedSettings
from edge.vision.camera import Camera, Frame, Pixels

HEIC = (b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1")
"""How the files begin, after eight bytes, that telephones make of pictures (ISO 23008-12)."""


class Driver(Camera):
    """Plays a file as if it were a camera: frames that nobody reads in time are lost.

    Each frame comes at its own time, however irregular they are; one that stays for longer than
    its reader would wait is shown again. With a speed of 0 nothing is lost, and `at` is the time
    of reading all the same: what follows from a frame must never lie in the future.
    """

    def __init__(self, table: PlayedSettings) -> None:
        """Play `table.source`, `table.speed` times as fast as it was filmed."""
        self._path = Path(table.source)
        self._speed = table.speed
        self._loop = table.loop
        self.waits = table.speed == 0
        self._video: cv2.VideoCapture | None = None
        self._shown: Pixels | None = None

    def open(self) -> None:
        """Open the file."""
        _refuse(self._path)
        # One thread: the decoder's helpers cost more memory than they save time.
        options = [cv2.CAP_PROP_N_THREADS, 1]
        self._video = cv2.VideoCapture(str(self._path), cv2.CAP_FFMPEG, options)
        if not self._video.isOpened():
            raise Fault(f"{self._path}: not a video that OpenCV can play, or cut short")
        fps = self._video.get(cv2.CAP_PROP_FPS)
        self._interval = 1 / (fps if 0 < fps < 1000 else 25)
        self._grabbed = False
        self._place: float | None = None
        """Seconds into the film, of the frame that was grabbed last."""
        self._shown = None

    def read(self, timeout: float) -> Frame | None:
        """Return the frame whose turn it is, or wait for it."""
        if self._video is None:
            raise Fault(f"{self._path}: not open")
        there = self._grabbed or self._grab(self._video)
        if there and not self.waits:
            there = self._keep_up(self._video)
            if there and not self._is_due(timeout) and self._shown is not None:
                return Frame(self._shown.copy(), time.monotonic())
        fine, pixels = self._video.retrieve() if there else (False, None)
        self._grabbed = False
        if not fine:
            return self._at_end(timeout)
        self._shown = np.asarray(pixels, np.uint8)
        return Frame(self._shown, time.monotonic())

    def close(self) -> None:
        """Let go of the file."""
        if self._video is not None:
            self._video.release()
            self._video = None

    def _grab(self, video: cv2.VideoCapture) -> bool:
        """Decode the next frame; False at the end."""
        self._grabbed = video.grab()
        if self._grabbed:
            place = video.get(cv2.CAP_PROP_POS_MSEC) / 1000
            if self._place is None:
                # The film begins when it is first looked at, also one that was cut out of another.
                self._began = time.monotonic() - place / (self._speed or 1)
            elif place <= self._place:
                place = self._place + self._interval  # the file does not say
            self._place = place
        return self._grabbed

    def _keep_up(self, video: cv2.VideoCapture) -> bool:
        """Drop the frames whose time is over; False at the end."""
        while -self._wait > self._interval / self._speed:
            if not self._grab(video):
                return False
        return True

    def _is_due(self, timeout: float) -> bool:
        """Wait for the frame's time, or for as long as the reader does."""
        wait = self._wait
        time.sleep(min(max(0.0, wait), timeout))
        return wait <= timeout

    @property
    def _wait(self) -> float:
        """Seconds until the frame that was grabbed has its turn."""
        return self._began + (self._place or 0.0) / self._speed - time.monotonic()

    def _at_end(self, timeout: float) -> Frame | None:
        if self._place is None or self._shown is None:
            raise Fault(f"{self._path}: a video without a frame, or cut short")
        if not self._loop:
            return None
        self.close()
        self.open()
        return self.read(timeout)


def _refuse(path: Path) -> None:
    """Say in one line what is wrong with a file that OpenCV would say nothing about."""
    if not path.is_file():
        raise Fault(f"{path}: no such video")
    if not os.access(path, os.R_OK):
        raise Fault(f"{path}: not allowed to read it")
    with path.open("rb") as file:
        head = file.read(12)
    if not head:
        raise Fault(f"{path}: not a video: it is empty")
    if head[4:8] == b"ftyp" and head[8:] in HEIC:
        raise Fault(f"{path}: not a video, but an HEIC picture; save it as a JPEG")
