"""Hold the Pi camera's driver against the real Picamera2 and libcamera, without a camera.

To be run by a Python that has the daemon, picamera2 and libcamera. Proven: they import together,
each call of the driver fits the true signature, Picamera2 itself makes a configuration of what the
driver asks for, its own scoring of each camera's published modes picks one that sees the whole
sensor, libcamera knows the controls, and a camera that is not there is one line. Not proven: that
a picture comes.
"""

from __future__ import annotations

import inspect
import sys
from types import ModuleType, SimpleNamespace
from typing import Any, ClassVar

import numpy as np


class Name(type):
    """A class whose every attribute is its own name."""

    def __getattr__(cls, name: str) -> str:
        return name


# Debian lacks the module that shows previews on a screen; a box has none.
sys.modules["pykms"] = ModuleType("pykms")
sys.modules["pykms"].PixelFormat = Name("PixelFormat", (), {})  # type: ignore[attr-defined]

import libcamera  # noqa: E402
import picamera2  # noqa: E402
from fakes.sensors import MODULES, sensor_modes  # noqa: E402

from edge.errors import Fault  # noqa: E402
from edge.settings import Picamera2Settings  # noqa: E402
from edge.vision.camera import sensor  # noqa: E402
from edge.vision.camera.picamera2 import CONTROLS, Driver  # noqa: E402

REAL = picamera2.Picamera2
held: list[str] = []
cropped: list[str] = []


class Held:
    """A camera that takes a call only where the real class would."""

    sensor_modes: ClassVar[list[dict[str, Any]]] = []
    camera_properties: ClassVar[dict[str, Any]] = {}
    camera_controls: ClassVar[dict[str, Any]] = dict.fromkeys(CONTROLS, ())

    def __init__(self, *values: Any, **named: Any) -> None:
        inspect.signature(REAL.__init__).bind(self, *values, **named)

    def __getattr__(self, name: str) -> Any:
        method = getattr(REAL, name)

        def call(*values: Any, **named: Any) -> Any:
            inspect.signature(method).bind(self, *values, **named)
            held.append(name)
            return ANSWERS.get(name, lambda *_, **__: None)(*values, **named)

        return call


class Bare(picamera2.Picamera2):
    """The real class as it is once a camera was found; it makes configurations by itself."""

    camera_controls: ClassVar[dict[str, Any]] = dict.fromkeys((*CONTROLS, "NoiseReductionMode"), ())

    def __init__(self) -> None:
        streams = SimpleNamespace(at=lambda _: SimpleNamespace())
        self.camera = SimpleNamespace(generate_configuration=lambda _: streams)
        self._raw_modes = [
            {name: m[name] for name in ("format", "size")} for m in Held.sensor_modes
        ]
        self.sensor_format = str(self._raw_modes[-1]["format"])

    def _is_rpi_camera(self) -> bool:
        return True

    def close(self) -> None:
        pass


def configuration(*values: Any, **named: Any) -> dict[str, Any]:
    """Have the real class make the configuration, and libcamera know what is asked of it."""
    bare = Bare()
    made: dict[str, Any] = bare.create_video_configuration(*values, **named)
    assert made["main"]["size"] == named["main"]["size"], made["main"]
    assert made["main"]["format"] == "RGB888"
    assert made["raw"] is None
    assert made["lores"] is None
    assert made["queue"] is False
    taken = bare._make_libcamera_config(made).sensor_config.output_size
    modes = sensor.published(Held.sensor_modes)
    whole = max((mode.crop for mode in modes), key=lambda crop: crop[2] * crop[3])
    seen = {mode.crop for mode in modes if mode.size == (taken.width, taken.height)}
    if seen != {whole}:
        cropped.append(f"{Held.camera_properties['Model']}: {taken}")
    for name in named["controls"]:
        assert hasattr(libcamera.controls, name), name
        assert made["controls"][name] == named["controls"][name]
    return made


def late(*_: Any, **__: Any) -> Any:
    """Answer as Picamera2 does when no frame came in time."""
    raise TimeoutError


ANSWERS: dict[str, Any] = {
    "create_video_configuration": configuration,
    "capture_array": lambda *_, **__: np.zeros((720, 1280, 3), np.uint8),
}


def fault(act: Any) -> str:
    """Return the one line that the driver says."""
    try:
        act()
    except Fault as error:
        return " ".join(str(error).splitlines())
    raise AssertionError("no fault")


def no_camera() -> None:
    """The real class says that there is none, and the driver says it in one line."""
    driver = Driver(Picamera2Settings())
    print(f"no camera: {fault(driver.open)}")
    driver.close()


def calls() -> None:
    """Every call of the driver fits, and no camera is cropped."""
    picamera2.Picamera2 = Held
    for model in MODULES:
        Held.sensor_modes = sensor_modes(model)
        Held.camera_properties = {"Model": model}
        driver = Driver(Picamera2Settings())
        driver.open()
        print(f"{model}: {driver.sees}")
        assert driver.read(1.5) is not None
    assert not cropped, cropped
    numbers = libcamera.controls
    assert int(numbers.AfModeEnum.Continuous) == CONTROLS["AfMode"]
    assert int(numbers.AeExposureModeEnum.Long) == CONTROLS["AeExposureMode"]
    ANSWERS["capture_array"] = late
    print(f"no frame: {fault(lambda: driver.read(1.5))}")
    driver.close()
    print(f"fit the real signatures: {', '.join(dict.fromkeys(held))}")
    assert {"configure", "start", "cancel_all_and_flush", "stop", "close"} <= set(held)


if __name__ == "__main__":
    no_camera()
    calls()
