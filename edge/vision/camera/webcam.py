"""A USB webcam, or a laptop's own, through OpenCV.

OpenCV waits for a frame as long as $OPENCV_VIDEOIO_V4L_SELECT_TIMEOUT says, not as long as read()
is told; the eyes set it when they start.
"""

from __future__ import annotations

import time
from pathlib import Path

import cv2
import numpy as np

from edge.errors import Fault
from edge.settings import WebcamSettings
from edge.vision.camera import Camera, Frame, v4l

LARGE = 640
"""Pixels across: of larger pictures USB 2 carries only few a second, unless they are JPEGs."""


class Driver(Camera):
    """The webcam whose number or device is `table.source`; none means the first."""

    def __init__(self, table: WebcamSettings, names: Path = v4l.NAMES) -> None:
        """Ask for pictures of `table.width` times `table.height`; a camera may give others."""
        self._source = table.source or "0"
        self._names = names
        self._size = table.width, table.height
        self._webcam: cv2.VideoCapture | None = None

    def open(self) -> None:
        """Turn the webcam on."""
        device = v4l.number(self._source)
        if device is None:
            raise Fault(
                f"camera.source = {self._source!r}: a webcam has a number, such as 0, or a device,"
                " such as /dev/video0"
            )
        if v4l.is_ribbon(device, self._names):
            raise Fault(
                f"webcam {self._source}: this is a Raspberry Pi's ribbon camera, no webcam; set"
                ' [camera] driver = "picamera2"'
            )
        self._webcam = webcam = cv2.VideoCapture(device)
        if not webcam.isOpened():
            raise Fault(f"webcam {self._source}: not there, in use, or not allowed")
        if self._size[0] > LARGE:
            webcam.set(cv2.CAP_PROP_FOURCC, cv2.VideoWriter.fourcc(*"MJPG"))
        webcam.set(cv2.CAP_PROP_FRAME_WIDTH, self._size[0])
        webcam.set(cv2.CAP_PROP_FRAME_HEIGHT, self._size[1])
        webcam.set(cv2.CAP_PROP_BUFFERSIZE, 1)

    def read(self, timeout: float) -> Frame | None:  # noqa: ARG002  see above
        """Return the newest frame."""
        if self._webcam is None:
            raise Fault(f"webcam {self._source}: not open")
        # The frame in the buffer is as old as the last read: drop it, undecoded.
        self._webcam.grab()
        fine, pixels = self._webcam.read()
        if not fine:
            raise Fault(f"webcam {self._source}: sends no pictures; is it unplugged?")
        return Frame(np.asarray(pixels, np.uint8), time.monotonic())

    def close(self) -> None:
        """Turn the webcam off."""
        if self._webcam is not None:
            self._webcam.release()
            self._webcam = None
