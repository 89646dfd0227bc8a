"""A camera in the network, by the address of its stream."""

from __future__ import annotations

import threading
import time
from urllib.parse import SplitResult, urlsplit

import cv2
import numpy as np

from edge.errors import Fault
from edge.settings import StreamSettings
from edge.vision.camera import Camera, Frame

SCHEMES = ("rtsp", "rtsps", "http", "https")
PATIENCE = 5000
"""Milliseconds in which a stream has to begin, and to go on."""


class Driver(Camera):
    """The stream at `table.source`, as it comes: a thread takes every frame and drops the old.

    Frames that depend on each other cannot be skipped; but only those that somebody reads become
    pictures.
    """

    def __init__(self, table: StreamSettings) -> None:
        """Prepare to see what the address shows."""
        self._source = table.source
        self._address = _split(table.source)
        host = self._address.netloc.rpartition("@")[2]
        self._name = f"{self._address.scheme}://{host}{self._address.path}"
        """Without the login, nor what else might be a secret."""
        self._video: cv2.VideoCapture | None = None
        self._thread: threading.Thread | None = None
        self._changed = threading.Condition()
        """Guards what follows."""
        self._wanted = self._over = False
        self._frame: Frame | None = None

    def open(self) -> None:
        """Reach the camera."""
        if self._address.scheme not in SCHEMES:
            allowed = ", ".join(f"{scheme}://" for scheme in SCHEMES)
            raise Fault(f"camera {self._name}: no stream's address; allowed: {allowed}")
        options = [cv2.CAP_PROP_N_THREADS, 1]
        options += [
            cv2.CAP_PROP_OPEN_TIMEOUT_MSEC,
            PATIENCE,
            cv2.CAP_PROP_READ_TIMEOUT_MSEC,
            PATIENCE,
        ]
        self._video = cv2.VideoCapture(self._source, cv2.CAP_FFMPEG, options)
        if not self._video.isOpened():
            raise Fault(f"camera {self._name}: not there, or no stream that OpenCV can play")
        self._over = False
        self._thread = threading.Thread(target=self._take, args=(self._video,), daemon=True)
        self._thread.start()

    def read(self, timeout: float) -> Frame | None:
        """Return the next frame that comes."""
        if self._video is None:
            raise Fault(f"camera {self._name}: not open")
        with self._changed:
            self._wanted, self._frame = True, None
            self._changed.wait_for(lambda: self._frame is not None or self._over, timeout)
            if self._frame is None:
                raise Fault(f"camera {self._name}: sends no pictures")
            return self._frame

    def close(self) -> None:
        """Let go of the stream."""
        self._over = True
        if self._thread is not None:
            self._thread.join(PATIENCE / 1000)
        self._video = self._thread = None

    def _take(self, video: cv2.VideoCapture) -> None:
        while not self._over and video.grab():
            if self._wanted:
                self._give(video)
        video.release()
        with self._changed:
            self._over = True
            self._changed.notify_all()

    def _give(self, video: cv2.VideoCapture) -> None:
        at = time.monotonic()
        fine, pixels = video.retrieve()
        if fine:
            with self._changed:
                self._wanted, self._frame = False, Frame(np.asarray(pixels, np.uint8), at)
                self._changed.notify_all()


def _split(source: str) -> SplitResult:
    try:
        return urlsplit(source)
    except ValueError:
        return urlsplit("")
