"""Go on from a released model: its int8 file becomes a network that can be trained again.

Nothing but that file is released. What its weights lost by rounding is next to nothing, and the
normalization that was folded into them is unfolded again.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import keras
import numpy as np
from numpy.typing import NDArray

from convert import graph
from convert.graph import Convolution
from convert.network import BatchNormalization, Separable, build, trunk
from edge.errors import ModelError

Array = NDArray[np.float32]


def dequantize(path: Path, heads: Sequence[str], pixels: Array) -> keras.Model:
    """Return a network whose every head says what the int8 file at `path` says.

    `pixels` are some hundred training faces, (n, size, size, 1) in 0..1.

    Raises:
        ModelError: the file holds another network.
    """
    try:
        folded = list(graph.convolutions(path.read_bytes()))
    except ModelError as error:
        raise ModelError(f"{path}: {error}") from error
    if len(folded) < 2 or len(folded) % 2:
        raise ModelError(f"{path}: {len(folded)} convolutions make no network of ours")
    *body, last = folded
    widths = tuple(one.kernel.shape[3] for one in body[::2])
    strides = tuple(one.stride for one in body[1::2])
    model = build(Separable(widths, strides, dropout=0), heads)
    unfold(path, body, model, pixels)
    for head in heads:
        model.get_layer(f"{head}_conv").set_weights([last.kernel, last.bias])
    return model


def fold(model: keras.Model) -> Iterator[Convolution]:
    """Yield the convolutions of a model's trunk with the normalization after them folded in."""
    for layer, norm in trunk(model):
        (kernel,) = layer.get_weights()
        gamma, beta, mean, variance = norm.get_weights()
        gain = gamma / np.sqrt(variance + norm.epsilon)
        yield Convolution(graph.scaled(kernel, gain), beta - gain * mean, layer.strides[0])


def unfold(path: Path, folded: Sequence[Convolution], model: keras.Model, pixels: Array) -> None:
    """Give the trunk of `model` the first convolutions of a file, and settle its normalization.

    `pixels` are as above.

    Raises:
        ModelError: the convolutions are not the trunk's.
    """
    convolutions, norms = zip(*trunk(model), strict=True)
    if len(folded) < len(norms):
        raise ModelError(f"{path}: {len(folded)} convolutions; the network has {len(norms)}")
    for number, (layer, one) in enumerate(zip(convolutions, folded, strict=False), 1):
        wanted, found = tuple(layer.kernel.shape), one.kernel.shape
        if wanted != found:
            raise ModelError(
                f"{path}: the kernel of convolution {number} has the shape {found};"
                f" in a network of ours it has {wanted}"
            )
        layer.set_weights([one.kernel])
    for norm, one in zip(norms, folded, strict=False):
        # Until it is settled, a normalization that only adds the bias.
        gamma, _, mean, variance = norm.get_weights()
        norm.set_weights([gamma * np.sqrt(variance + norm.epsilon), one.bias, mean, variance])
    _settle(model, convolutions, norms, pixels)


def _settle(
    model: keras.Model,
    convolutions: Sequence[keras.Layer],
    norms: Sequence[BatchNormalization],
    pixels: Array,
) -> None:
    """Give each normalization the statistics of what it sees, and leave what it says alone."""
    seen = keras.Model(model.input, [layer.output for layer in convolutions])
    for norm, values in zip(norms, seen.predict(pixels, batch_size=64, verbose=0), strict=True):
        _, bias, *_ = norm.get_weights()
        mean, variance = values.mean(axis=(0, 1, 2)), values.var(axis=(0, 1, 2))
        norm.set_weights([np.sqrt(variance + norm.epsilon), bias + mean, mean, variance])
