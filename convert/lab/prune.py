"""Make a network slimmer: leave out the channels whose part the others can take over.

Optimal brain surgeon (Hassibi and Stork 1993) on whole channels (Kurtic et al. 2023, "ZipLM"). Of
the channels that a 1x1 convolution reads, the one goes that costs least once the others make good
for it by least squares, and so on; how they go together is known from faces.
"""

from __future__ import annotations

from pathlib import Path

import keras
import numpy as np
from keras import layers
from numpy.typing import NDArray

from convert.dequantize import fold, unfold
from convert.graph import Convolution, depthwise
from convert.network import trunk
from edge.errors import ModelError

Array = NDArray[np.float32]
Matrix = NDArray[np.float64]

RIDGE = 1e-4
"""Added to each channel's variance, in means of all of them: some always say the same."""
BATCH = 64


def prune(path: Path, wide: keras.Model, slim: keras.Model, pixels: Array) -> None:
    """Give `slim`, which is `wide` with fewer channels, what is needed most of it.

    Both are `Separable`: elsewhere a channel has more readers than one. `wide` comes from `path`.
    `pixels` are some thousand training faces, (n, size, size, 1) in 0..1. A head that `wide` lacks
    is left as it is.

    Raises:
        ModelError: the two differ by more than their channels.
    """
    kinds, wanted = ([(type(x), x.kernel_size) for x, _ in trunk(m)] for m in (wide, slim))
    heads = [head for head in slim.output if head in wide.output]
    if kinds != wanted or (layers.DepthwiseConv2D, (3, 3)) not in kinds or not heads:
        raise ModelError(f"{path}: its layers are not those of the recipe's network")
    ends = [wide.get_layer(f"{head}_conv") for head in heads]
    readers = [layer for layer, _ in trunk(wide)[2::2]] + ends[:1]
    moments = _moments(keras.Model(wide.input, [layer.input for layer in readers]), pixels)
    weights = [layer.get_weights() for layer in ends]
    kernel, bias = (np.concatenate(x, axis=-1) for x in zip(*weights, strict=True))

    # From the last to the first: what is not read any more need not be foretold.
    chain = [*fold(wide), Convolution(kernel, bias, stride=1)]
    for place, (layer, _) in reversed(list(enumerate(trunk(slim)))[::2]):
        reader = min(place + 2, len(chain) - 1)
        kept, chain[reader] = _reading_less(chain[reader], *moments.pop(), layer.filters)
        for said in range(place, reader):
            chain[said] = _saying_less(chain[said], kept)
    *body, last = chain
    unfold(path, body, slim, pixels[:256])
    parts = (np.split(x, len(heads), axis=-1) for x in (last.kernel, last.bias))
    for head, *weights in zip(heads, *parts, strict=True):
        slim.get_layer(f"{head}_conv").set_weights(weights)


def _moments(model: keras.Model, pixels: Array) -> list[tuple[Matrix, Matrix]]:
    """Return the mean, (channels,), and the covariance of each of the model's outputs."""
    sums = [np.zeros(())] * len(model.outputs)
    for start in range(0, len(pixels), BATCH):
        said = model.predict_on_batch(pixels[start : start + BATCH])
        sums = [total + _products(values) for total, values in zip(sums, said, strict=True)]
    means = [total / total[-1, -1] for total in sums]
    return [(m[-1, :-1], m[:-1, :-1] - np.outer(m[-1, :-1], m[-1, :-1])) for m in means]


def _products(values: Array) -> Matrix:
    """Return the sums of the products of any two channels, the last of which is always 1."""
    rows = values.reshape(-1, values.shape[-1]).astype(np.float64)
    rows = np.pad(rows, ((0, 0), (0, 1)), constant_values=1)
    return rows.T @ rows


def _reading_less(
    reader: Convolution, mean: Matrix, covariance: Matrix, count: int
) -> tuple[NDArray[np.intp], Convolution]:
    """Return the `count` channels that are kept, and the convolution that makes do with them."""
    kernel = reader.kernel[0, 0].astype(np.float64)
    left = kernel.copy()
    alone = np.eye(len(mean)) * RIDGE * covariance.diagonal().mean()
    inverse = np.linalg.inv(covariance + alone)
    kept = np.arange(len(mean))
    while len(kept) > count:
        costs = (left[kept] ** 2).sum(axis=1) / inverse.diagonal()[kept]
        gone = kept[costs.argmin()]
        kept = kept[kept != gone]
        share = inverse[gone] / inverse[gone, gone]
        left -= np.outer(share, left[gone])
        inverse -= np.outer(inverse[:, gone], share)
    left = left[kept]
    bias = reader.bias + mean @ kernel - mean[kept] @ left
    return kept, Convolution(
        np.asarray(left[None, None], np.float32), np.asarray(bias, np.float32), reader.stride
    )


def _saying_less(said: Convolution, kept: NDArray[np.intp]) -> Convolution:
    """Return the convolution without the channels that nobody reads."""
    axis = 2 if depthwise(said.kernel) else 3
    return said._replace(kernel=said.kernel.take(kept, axis), bias=said.bias[kept])
