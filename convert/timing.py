"""How long one face takes, against a network of mini_XCEPTION's shape in the same run.

Milliseconds depend on the machine and on what else it is doing; a multiple of a known network,
measured in turns with it, does not by much.
"""

from __future__ import annotations

import time
from functools import cache
from statistics import median

import keras
import numpy as np
from keras import layers

from convert import quantize
from convert.int8 import Int8Model
from convert.metrics import interval
from edge.vision.card import Figure


@cache  # making it takes longer than racing it
def yardstick() -> bytes:
    """Return an int8 network of mini_XCEPTION's shape (Arriaga et al. 2017), 64x64 grey pixels.

    Its weights are random: only its time matters.
    """
    pixels = keras.Input((64, 64, 1), batch_size=1)
    x = pixels
    for _ in range(2):
        x = layers.Conv2D(8, 3, use_bias=False)(x)
        x = layers.ReLU()(layers.BatchNormalization()(x))
    for width in (16, 32, 64, 128):
        short = layers.Conv2D(width, 1, 2, padding="same", use_bias=False)(x)
        x = layers.SeparableConv2D(width, 3, padding="same", use_bias=False)(x)
        x = layers.ReLU()(layers.BatchNormalization()(x))
        x = layers.SeparableConv2D(width, 3, padding="same", use_bias=False)(x)
        x = layers.MaxPooling2D(3, 2, padding="same")(layers.BatchNormalization()(x))
        x = layers.Add()([x, layers.BatchNormalization()(short)])
    x = layers.GlobalAveragePooling2D()(layers.Conv2D(7, 3, padding="same")(x))
    faces = np.random.default_rng(0).integers(0, 256, (8, 64, 64)).astype(np.uint8)
    return quantize.convert(keras.Model(pixels, layers.Softmax()(x)), faces)


def race(model: Int8Model, against: Int8Model, rounds: int = 60) -> dict[str, Figure]:
    """Return milliseconds of one image on one thread for both, and their ratio."""
    mine, theirs = np.array(
        [(_milliseconds(model), _milliseconds(against)) for _ in range(rounds)]
    ).T
    return {
        "milliseconds": _middle(mine),
        "yardstick_milliseconds": _middle(theirs),
        "time_ratio": _middle(mine / theirs),
    }


def _milliseconds(model: Int8Model, runs: int = 15) -> float:
    """Return the median time of a few runs; the face differs from run to run."""
    height, width = model.size
    faces = np.random.default_rng(0).integers(0, 256, (runs, 1, height, width)).astype(np.uint8)
    took = []
    for face in faces:
        began = time.perf_counter()
        model.run(face)
        took.append(time.perf_counter() - began)
    return 1000 * median(took)


def _middle(values: np.ndarray) -> Figure:
    """Return the median of repetitions, with its bootstrap interval."""
    draws = np.random.default_rng(0).choice(values, (1000, len(values)))
    return interval(float(np.median(values)), np.median(draws, axis=1), len(values))
