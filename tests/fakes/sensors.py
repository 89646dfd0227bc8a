"""The sensor modes of the Raspberry Pi's cameras, as Picamera2 publishes them.

From `rpicam-hello --list-cameras` and Picamera2's `sensor_modes`, as they stand in the drivers of
Raspberry Pi's kernel: size, bit depth, frames a second, and the crop in the sensor's own pixels.
"""

from __future__ import annotations

from typing import Any

Row = tuple[tuple[int, int], int, float, tuple[int, int, int, int]]

MODULES: dict[str, list[Row]] = {
    "ov5647": [
        ((640, 480), 10, 58.92, (16, 0, 2560, 1920)),
        ((1296, 972), 10, 46.34, (0, 0, 2592, 1944)),
        ((1920, 1080), 10, 32.81, (348, 434, 1928, 1080)),
        ((2592, 1944), 10, 15.63, (0, 0, 2592, 1944)),
    ],
    "imx219": [
        *(
            row
            for depth in (8, 10)
            for row in (
                ((640, 480), depth, 103.33, (1000, 752, 1280, 960)),
                ((1640, 1232), depth, 41.85, (0, 0, 3280, 2464)),
                ((1920, 1080), depth, 47.57, (680, 692, 1920, 1080)),
                ((3280, 2464), depth, 21.19, (0, 0, 3280, 2464)),
            )
        )
    ],
    "imx708": [
        ((1536, 864), 10, 120.13, (768, 432, 3072, 1728)),
        ((2304, 1296), 10, 56.03, (0, 0, 4608, 2592)),
        ((4608, 2592), 10, 14.35, (0, 0, 4608, 2592)),
    ],
    "imx477": [
        ((1332, 990), 10, 120.05, (696, 528, 2664, 1980)),
        ((2028, 1080), 12, 50.03, (0, 440, 4056, 2160)),
        ((2028, 1520), 12, 40.01, (0, 0, 4056, 3040)),
        ((4056, 3040), 12, 10.0, (0, 0, 4056, 3040)),
    ],
    "imx296": [((1456, 1088), 10, 60.38, (0, 0, 1456, 1088))],
}
MODULES["imx708_wide"] = MODULES["imx708"]


def sensor_modes(model: str) -> list[dict[str, Any]]:
    """Return the modes of a camera in the shape of Picamera2's `sensor_modes`."""
    mono = model == "imx296"
    return [
        {
            "format": f"{'R' if mono else 'SRGGB'}{depth}_CSI2P",
            "unpacked": f"{'R' if mono else 'SRGGB'}{depth}",
            "size": size,
            "bit_depth": depth,
            "fps": fps,
            "crop_limits": crop,
            "exposure_limits": (26, 1_000_000),
        }
        for size, depth, fps, crop in MODULES[model]
    ]
