"""Which of a Raspberry Pi camera's sensor modes to use: one that sees everything. Pure.

Left alone, Picamera2 scores a sensor's modes by how near their size and aspect are to the
picture's, and so picks modes that see half of the width. Naming a mode's size and bit depth
leaves it no choice.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

ALMOST = 0.995
"""Of the largest crop's sides: a mode that sees this much sees it all."""
LENSES = {
    "ov5647": 53.5,
    "imx219": 62.2,
    "imx708": 66.0,
    "imx708_noir": 66.0,
    "imx708_wide": 102.0,
    "imx708_wide_noir": 102.0,
    "imx500": 66.3,
}
"""Horizontal angle in degrees of cameras whose lens is fixed, by Picamera2's `Model`, as Raspberry
Pi publishes them (www.raspberrypi.com/documentation/accessories/camera.html)."""


@dataclass(frozen=True)
class Mode:
    """One way in which a sensor can be read."""

    size: tuple[int, int]
    bit_depth: int
    fps: float
    crop: tuple[int, int, int, int]
    """What of the sensor it sees: left, top, width and height in the sensor's own pixels."""

    @property
    def sensor(self) -> dict[str, Any]:
        """Picamera2's `sensor=` that leaves it no other mode."""
        return {"output_size": self.size, "bit_depth": self.bit_depth}


def published(modes: Iterable[Mapping[str, Any]]) -> list[Mode]:
    """Return Picamera2's `sensor_modes`; a USB camera's have no more than a format, and are none.

    Packed and unpacked formats of one mode are the same to us.
    """
    return list(
        dict.fromkeys(
            Mode(
                (int(mode["size"][0]), int(mode["size"][1])),
                int(mode["bit_depth"]),
                float(mode["fps"]),
                tuple(map(int, mode["crop_limits"])),  # type: ignore[arg-type]
            )
            for mode in modes
            if "crop_limits" in mode
        )
    )


def widest(modes: Iterable[Mode], width: int) -> Mode | None:
    """Return the fastest mode that sees the whole sensor and is at least `width` pixels wide.

    Where none is as wide, the widest one; at equal speed the one with the most levels of light.
    """
    modes = list(modes)
    if not modes:
        return None
    across = max(mode.crop[2] for mode in modes)
    down = max(mode.crop[3] for mode in modes)
    whole = [m for m in modes if m.crop[2] >= ALMOST * across and m.crop[3] >= ALMOST * down]
    whole = whole or [max(modes, key=lambda mode: mode.crop[2] * mode.crop[3])]
    enough = [mode for mode in whole if mode.size[0] >= width]
    if not enough:
        return max(whole, key=lambda mode: (mode.size[0], mode.fps, mode.bit_depth))
    return max(enough, key=lambda mode: (mode.fps, mode.bit_depth))


def picture(mode: Mode, width: int, height: int) -> tuple[int, int]:
    """Return the size of the smallest picture in the mode's aspect that covers width x height.

    No larger than the mode itself; both sides are even, as the camera's scaler wants them.
    """
    times = min(1.0, max(width / mode.size[0], height / mode.size[1]))
    return _even(mode.size[0] * times), _even(mode.size[1] * times)


def angle(model: str, modes: Iterable[Mode], mode: Mode) -> float | None:
    """Return the horizontal angle that `mode` sees, in degrees; None where the lens is unknown."""
    lens = LENSES.get(model)
    if lens is None:
        return None
    share = mode.crop[2] / max(other.crop[2] for other in modes)
    return 2 * math.degrees(math.atan(share * math.tan(math.radians(lens / 2))))


def in_words(model: str, modes: Iterable[Mode], mode: Mode, size: tuple[int, int]) -> str:
    """Return what the camera sees, for people: "imx708, 1280x720, sees 66 degrees"."""
    degrees = angle(model, modes, mode)
    sees = "all that its lens shows" if degrees is None else f"{degrees:.0f} degrees"
    return f"{model or 'camera'}, {size[0]}x{size[1]}, sees {sees}"


def _even(pixels: float) -> int:
    return 2 * round(pixels / 2)
