"""Go on from a released model: its int8 file becomes a network that can be trained again.

Nothing but that file is released. What its weights lost by rounding is next to nothing, and the
normalization that was folded into them is unfolded again.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import keras
import numpy as np
from keras import layers
from numpy.typing import NDArray

from convert import graph
from convert.network import BatchNormalization, Residual, build
from edge.errors import ModelError

Array = NDArray[np.float32]


def thaw(path: Path, heads: Sequence[str], pixels: Array) -> keras.Model:
    """Return a network whose every head says what the int8 file at `path` says.

    `pixels` are some hundred training faces, (n, size, size, 1) in 0..1.

    Raises:
        ModelError: the file holds another network.
    """
    try:
        *trunk, last = graph.convolutions(path.read_bytes())
    except ModelError as error:
        raise ModelError(f"{path}: {error}") from error
    shape = _shape([kernel for kernel, _ in trunk])
    if not shape.widths:
        raise ModelError(f"{path}: has no blocks of 3x3 convolutions, so it is no network of ours")
    model = build(shape, heads)
    convolutions = [x for x in model.layers if isinstance(x, layers.Conv2D)]
    norms = [x for x in model.layers if isinstance(x, BatchNormalization)]
    ours = convolutions[: len(norms)]
    if len(trunk) != len(ours):
        raise ModelError(f"{path}: {len(trunk) + 1} convolutions make no network of ours")
    for layer, norm in zip(ours, norms, strict=True):
        kernel, bias = _take(path, trunk, tuple(layer.kernel.shape))
        layer.set_weights([kernel])
        # Until it is settled, a normalization that only adds the bias.
        gamma, _, mean, variance = norm.get_weights()
        norm.set_weights([gamma * np.sqrt(variance + norm.epsilon), bias, mean, variance])
    for head in convolutions[len(norms) :]:
        head.set_weights(_take(path, [last], tuple(head.kernel.shape)))
    _settle(model, ours, norms, pixels)
    return model


def _shape(kernels: list[Array]) -> Residual:
    """Return the residual network with these kernels, (out, h, w, in): stem, two a block."""
    widths = [len(kernel) for kernel in kernels if kernel.shape[1] == 3]
    blocks = Counter(widths[1::2])
    return Residual(tuple(blocks), tuple(blocks.values()), dropout=0)


def _take(
    path: Path, left: list[tuple[Array, Array]], shape: tuple[int, ...]
) -> tuple[Array, Array]:
    """Take out the first of kernels and biases whose kernel has `shape`, (h, w, in, out)."""
    for place, (kernel, bias) in enumerate(left):
        if kernel.transpose(1, 2, 3, 0).shape == shape:
            del left[place]
            return kernel.transpose(1, 2, 3, 0), bias
    raise ModelError(f"{path}: has no kernel of the shape {shape}, so it is no network of ours")


def _settle(
    model: keras.Model,
    convolutions: list[keras.Layer],
    norms: list[BatchNormalization],
    pixels: Array,
) -> None:
    """Give each normalization the statistics of what it sees, and leave what it says alone."""
    seen = keras.Model(model.input, [layer.output for layer in convolutions])
    for norm, values in zip(norms, seen.predict(pixels, batch_size=64, verbose=0), strict=True):
        _, bias, *_ = norm.get_weights()
        mean, variance = values.mean(axis=(0, 1, 2)), values.var(axis=(0, 1, 2))
        norm.set_weights([np.sqrt(variance + norm.epsilon), bias + mean, mean, variance])
