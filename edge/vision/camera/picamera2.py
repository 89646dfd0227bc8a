"""The Raspberry Pi's own camera, through Picamera2.

Nobody of us has run this on a Raspberry Pi yet. What it guards against is reported by others:
capture_array() and close() that never return, and a job left in the queue by a timeout.
"""

from __future__ import annotations

import time
from typing import Any

import numpy as np

from edge.errors import Fault
from edge.settings import Picamera2Settings
from edge.vision.camera import Camera, Frame, sensor

FRAME_TIME = (66_666, 125_000)
"""Microseconds a frame may take: 15 a second in the light; in a dim room 8, for longer exposure.
Longer still would blur a face more than it brightens it."""
CONTROLS = {
    "FrameDurationLimits": FRAME_TIME,
    "AeExposureMode": 2,  # AeExposureModeEnum.Long: exposure before gain, for less noise
    "AfMode": 2,  # AfModeEnum.Continuous: left alone, the lens stays at one metre
}
"""Asked of each camera that has them, by libcamera's names and numbers."""
BUFFERS = 3


class Driver(Camera):
    """The camera whose number is `table.source`; none means the first."""

    def __init__(self, table: Picamera2Settings) -> None:
        """Ask for pictures that cover `table.width` times `table.height`."""
        self._source = table.source or "0"
        self._size = table.width, table.height
        self._camera: Any = None

    def open(self) -> None:
        """Turn the camera on."""
        if not self._source.isdecimal():
            raise Fault(f"camera.source = {self._source!r}: a Pi camera has a number, such as 0")
        try:
            from picamera2 import Picamera2  # noqa: PLC0415  only a Raspberry Pi has it
        except ImportError as error:
            raise Fault("Picamera2 is missing; sudo apt install python3-picamera2") from error
        try:
            self._camera = camera = Picamera2(int(self._source))
            camera.configure(self._configuration(camera))
            camera.start()
        except (RuntimeError, IndexError, OSError) as error:
            raise Fault(f"Raspberry Pi camera {self._source}: {error}") from error

    def _configuration(self, camera: Any) -> Any:
        """Have Picamera2 make a configuration that sees the whole sensor."""
        modes = sensor.published(camera.sensor_modes)
        mode = sensor.widest(modes, self._size[0])
        named: dict[str, Any] = {}
        size = self._size
        if mode is not None:
            size = sensor.picture(mode, *size)
            named["sensor"] = mode.sensor
            model = str(camera.camera_properties.get("Model", ""))
            self.sees = sensor.in_words(model, modes, mode, size)
        # One small stream: the camera's own hardware scales the whole sensor down to it, and
        # a second stream would cost memory for nothing. Its "RGB888" is blue-green-red.
        return camera.create_video_configuration(
            main={"size": size, "format": "RGB888"},
            raw=None,
            buffer_count=BUFFERS,
            queue=False,  # a frame that waited in a queue is an old one
            controls={n: v for n, v in CONTROLS.items() if n in camera.camera_controls},
            **named,
        )

    def read(self, timeout: float) -> Frame | None:
        """Return a frame taken after now. It is a copy: the buffer goes straight back."""
        try:
            pixels = self._camera.capture_array("main", wait=timeout)
        except TimeoutError as error:
            # Else the job stays queued, and takes a frame that nobody reads.
            self._camera.cancel_all_and_flush()
            raise Fault(
                f"Raspberry Pi camera {self._source}: no frame for {timeout:.0f} s;"
                " look at its cable"
            ) from error
        return Frame(np.asarray(pixels, np.uint8), time.monotonic())

    def close(self) -> None:
        """Turn the camera and its light off."""
        if self._camera is not None:
            self._camera.stop()
            self._camera.close()
            self._camera = None
