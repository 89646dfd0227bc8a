"""What a face may look like on the box: shifted, tilted, half-lit, blurred, partly covered."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

Image = NDArray[np.uint8]

# The detector's box wanders by some pixels from frame to frame and people tilt their heads; the
# figures are the standard deviations of both, a little wide, so that neither is a cliff.
TILT_DEGREES = 8.0
SCALE = 0.08
SHIFT = 0.04


def augment(image: Image, size: int, rng: np.random.Generator, strength: float = 1.0) -> Image:
    """Return one random view of a square grey `image`, (size, size).

    At `strength` 0 it is the face as it is, or its mirror image.
    """
    view = cv2.warpAffine(
        image,
        _placement(image.shape[0], size, rng, strength),
        (size, size),
        borderMode=cv2.BORDER_REFLECT_101,
    )
    if rng.random() < 0.5:
        view = view[:, ::-1]
    pixels = view.astype(np.float32)
    if rng.random() < 0.6 * strength:
        gain, offset = np.exp(rng.normal(0, 0.2)), rng.normal(0, 15)
        pixels = np.float32(gain) * (pixels - 128) + np.float32(128 + offset)
    if rng.random() < 0.15 * strength:
        pixels = pixels * _half_light(size, rng)
    if rng.random() < 0.2 * strength:
        pixels = np.asarray(cv2.GaussianBlur(pixels, (0, 0), rng.uniform(0.5, 1.8)), np.float32)
    if rng.random() < 0.1 * strength:
        _cover(pixels, rng)
    return np.clip(pixels, 0, 255).astype(np.uint8)


def _placement(
    source: int, size: int, rng: np.random.Generator, strength: float
) -> NDArray[np.float64]:
    """Return the 2x3 matrix that tilts, scales and shifts `source` pixels into `size` pixels."""
    scale = np.exp(rng.normal(0, strength * SCALE)) * size / source
    centre = (source - 1) / 2
    tilt = cv2.getRotationMatrix2D((centre, centre), rng.normal(0, strength * TILT_DEGREES), scale)
    matrix = np.asarray(tilt, np.float64)
    matrix[:, 2] += (size - 1) / 2 - centre + rng.normal(0, strength * SHIFT * size, 2)
    return matrix


def _half_light(size: int, rng: np.random.Generator) -> NDArray[np.float32]:
    """Return a gain that falls off across the face in a random direction, (size, size)."""
    angle, dark = rng.uniform(0, 2 * np.pi), rng.uniform(0.25, 0.8)
    axis = np.linspace(-1, 1, size, dtype=np.float32)
    across = np.cos(angle) * axis[None, :] + np.sin(angle) * axis[:, None]
    lit = 1 / (1 + np.exp(-4 * across))
    return np.asarray(dark + (1.1 - dark) * lit, np.float32)


def _cover(pixels: NDArray[np.float32], rng: np.random.Generator) -> None:
    """Hide a random rectangle under its own mean, in place: a hand, a cup, the crop's edge."""
    size = pixels.shape[0]
    height, width = rng.integers(size // 8, size // 2.5, 2)
    top, left = rng.integers(0, size - height), rng.integers(0, size - width)
    patch = pixels[top : top + height, left : left + width]
    patch[:] = patch.mean()
