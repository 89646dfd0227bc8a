"""How a colour of light looks to people who see colours in another way, and how far two are apart.

Lights are red, green and blue, linear, 0 to 1. Dichromats are simulated after Machado, Oliveira and
Fernandes (2009, "A physiologically-based model for simulation of color vision deficiency"),
severity 1.0. Distances are those of Oklab (Ottosson 2020, "A perceptual color space for image
processing"): about 0.02 can just be told apart side by side.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

VISIONS = {
    "normal": np.eye(3),
    "protanopia": np.array(
        [
            [0.152286, 1.052583, -0.204868],
            [0.114503, 0.786281, 0.099216],
            [-0.003882, -0.048116, 1.051998],
        ]
    ),
    "deuteranopia": np.array(
        [
            [0.367322, 0.860646, -0.227968],
            [0.280085, 0.672501, 0.047413],
            [-0.011820, 0.042940, 0.968881],
        ]
    ),
    "tritanopia": np.array(
        [
            [1.255528, -0.076749, -0.178779],
            [-0.078411, 0.930809, 0.147602],
            [0.004733, 0.691367, 0.303900],
        ]
    ),
}
TO_CONES = np.array(
    [
        [0.4122214708, 0.5363325363, 0.0514459929],
        [0.2119034982, 0.6806995451, 0.1073969566],
        [0.0883024619, 0.2817188376, 0.6299787005],
    ]
)
TO_LAB = np.array(
    [
        [0.2104542553, 0.7936177850, -0.0040720468],
        [1.9779984951, -2.4285922050, 0.4505937099],
        [0.0259040371, 0.7827717662, -0.8086757660],
    ]
)


def light(colour: str) -> Array:
    """Return the light that "#rrggbb" stands for (IEC 61966-2-1), (3,)."""
    share = np.array(list(bytes.fromhex(colour.removeprefix("#")))) / 255
    return np.where(share <= 0.04045, share / 12.92, ((share + 0.055) / 1.055) ** 2.4)


def seen(lights: Array, vision: str) -> Array:
    """Return the Oklab coordinates of lights, (..., 3), as somebody with that vision sees them."""
    cones = np.clip(lights @ VISIONS[vision].T, 0, None) @ TO_CONES.T
    return np.asarray(np.cbrt(cones) @ TO_LAB.T)


def apart(one: Array, other: Array, vision: str) -> float:
    """Return the least distance between two lights, (3,), each at every brightness of its own.

    `one` and `other` may be (n, 3): the same colour at n brightnesses.
    """
    first, second = (seen(np.atleast_2d(x), vision) for x in (one, other))
    return float(np.linalg.norm(first[:, None] - second[None], axis=-1).min())
