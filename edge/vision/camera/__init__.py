"""The camera contract; one file per camera, chosen by name in the settings."""

from __future__ import annotations

import importlib
from abc import ABC, abstractmethod
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from edge.settings import CameraSettings

Pixels = NDArray[np.uint8]


@dataclass(frozen=True)
class Frame:
    """One picture."""

    pixels: Pixels
    """(height, width, 3), blue-green-red; the reader's own, no driver's buffer."""
    at: float
    """Monotonic seconds when it was taken, as near as the driver can tell."""


class Camera(ABC):
    """Frames, one at a time: the newest when asked, none in stock."""

    waits = False
    """Whether no frame is lost however slowly they are read: files played as fast as possible."""

    sees = ""
    """How the camera looks, in words, once it is open: its sensor, size and angle; empty where
    there is no more to say than the driver's name."""

    @abstractmethod
    def open(self) -> None:
        """Get hold of the camera, once; raise Fault where it is away or is no camera."""

    @abstractmethod
    def read(self, timeout: float) -> Frame | None:
        """Return the newest frame, waiting at most `timeout` seconds for one.

        None means that there will never be another: the end of the file.

        Raises:
            Fault: no frame came in time, or the camera is gone.
        """

    @abstractmethod
    def close(self) -> None:
        """Let go, so that its light goes out; also fine when open() failed."""


def make(table: CameraSettings) -> Camera:
    """Return the camera that the settings name, not yet opened.

    Every driver is a module of this package with a class `Driver(table)`.
    """
    module = importlib.import_module(f"{__name__}.{table.driver}")
    camera: Camera = module.Driver(table)
    return camera
