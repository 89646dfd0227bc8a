"""A camera that plays a file, or a folder of pictures, and misbehaves on order.

The orders come through the file `camera.orders`, which is looked at before each frame. One word:

    unplug   the camera is gone, until the word is
    hang     the next frame never comes
    abort    the driver takes the whole process with it, as libedgetpu does on a USB error
"""

from __future__ import annotations

import os
import threading
from pathlib import Path

from edge.errors import Fault
from edge.settings import SimulatedCameraSettings
from edge.vision.camera import Camera, Frame, stills, video


class Driver(Camera):
    """The video or stills driver, with faults."""

    def __init__(self, table: SimulatedCameraSettings) -> None:
        """Show `table.source` and obey `table.orders`."""
        kind = stills if Path(table.source).is_dir() else video
        self._camera: Camera = kind.Driver(table)
        self._orders = Path(table.orders) if table.orders else None
        self.waits = self._camera.waits

    def open(self) -> None:
        """Open the file, unless the camera is unplugged."""
        self._obey()
        self._camera.open()

    def read(self, timeout: float) -> Frame | None:
        """Return the next frame, if the orders allow it."""
        self._obey()
        return self._camera.read(timeout)

    def close(self) -> None:
        """Let go of the file."""
        self._camera.close()

    def _obey(self) -> None:
        order = ""
        if self._orders is not None and self._orders.exists():
            order = self._orders.read_text(encoding="ascii").strip()
        if order == "unplug":
            raise Fault("the simulated camera is unplugged")
        if order == "hang":
            threading.Event().wait()
        if order == "abort":
            os.abort()
