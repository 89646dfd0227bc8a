"""The networks: the student that a box runs, a bigger teacher, and a vision transformer.

Every layer of the student maps to the Edge TPU: depthwise 3x3 and 1x1 convolutions, ReLU6, MEAN.
Its head is a global average pool, a 1x1 convolution and a reshape: a Dense layer would get weights
quantized per channel, which the compiler's generation of TFLite reads wrongly and without a word.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import keras
from keras import layers

from convert.dataset import LABELS, SIZE


@dataclass(frozen=True)
class Separable:
    """A MobileNet (Howard et al. 2017) without its first stride and its last two blocks.

    What it reads at 48x48 pixels the original reads at 96x96, so weights that the original learnt
    on more faces fit it (convert/lab/pretrained.py).
    """

    widths: tuple[int, ...] = (32, 64, 128, 128, 256, 256, 512, 512, 512, 512, 512, 512)
    """Channels of the first convolution, and of each block."""
    strides: tuple[int, ...] = (1, 2, 1, 2, 1, 2, 1, 1, 1, 1, 1)
    """Of each block."""
    dropout: float = 0.2


@dataclass(frozen=True)
class Residual:
    """The residual network by which dlib tells people apart (King 2017, after He et al. 2015).

    It takes a fixed 48x48 input and enlarges it to about the 150 pixels that it was made for, so
    the weights that it learnt on three million faces fit it.
    """

    widths: tuple[int, ...] = (32, 64, 128, 256, 256)
    """Channels of each stage; every stage but the first halves the resolution."""
    depths: tuple[int, ...] = (3, 4, 3, 3, 1)
    """Blocks of each stage."""
    zoom: int = 3
    """How many times a face is enlarged."""
    dropout: float = 0.3


@dataclass(frozen=True)
class Transformer:
    """A vision transformer (Dosovitskiy et al. 2020) with a fixed 48x48 input."""

    patch: int = 6
    width: int = 128
    depth: int = 6
    heads: int = 4
    dropout: float = 0.1


Shape = Separable | Residual | Transformer


@keras.saving.register_keras_serializable("moodbox")
class BatchNormalization(layers.BatchNormalization):
    """Keras' own, but one fused call where it runs on PyTorch.

    Keras spells it in elementary operations, which take half of an epoch's time on a CPU.
    """

    def call(self, inputs: Any, training: bool | None = None, mask: Any | None = None) -> Any:
        """Normalize (n, height, width, channels) by the batch, or by what was seen before."""
        if not training or keras.backend.backend() != "torch":
            return super().call(inputs, training, mask)
        import torch  # noqa: PLC0415  only this backend has it

        outputs = torch.nn.functional.batch_norm(
            inputs.permute(0, 3, 1, 2),
            self.moving_mean.value,
            self.moving_variance.value,
            self.gamma.value,
            self.beta.value,
            training=True,
            momentum=1 - self.momentum,
            eps=self.epsilon,
        )
        return outputs.permute(0, 2, 3, 1)


@keras.saving.register_keras_serializable("moodbox")
class Positions(layers.Layer):
    """Adds to every token, (n, tokens, width), what its place means; learned."""

    def build(self, shape: tuple[int | None, ...]) -> None:
        """Make one vector for each place."""
        small = keras.initializers.TruncatedNormal(stddev=0.02)
        self.embedding = self.add_weight(shape=shape[1:], initializer=small, name="embedding")

    def call(self, tokens: Any) -> Any:
        """Return the tokens, each with its place in it."""
        return tokens + self.embedding


def build(shape: Shape, heads: Sequence[str]) -> keras.Model:
    """Return a model from pixels in 0..1, (n, size, size, 1), to logits, one output for each head.

    The student takes any size, so that training can begin on small pictures.
    """
    size = None if isinstance(shape, Separable) else SIZE
    pixels = keras.Input((size, size, 1), name="pixels")
    match shape:
        case Separable():
            features = _separable(pixels, shape)
        case Residual():
            features = _residual(pixels, shape)
        case Transformer():
            features = _transformer(pixels, shape)
    features = layers.Dropout(shape.dropout)(features)
    return keras.Model(pixels, {name: _head(features, name) for name in heads})


def trunk(model: keras.Model) -> list[tuple[keras.Layer, BatchNormalization]]:
    """Return a convolutional network's convolutions, each with its normalization; no heads."""
    kinds = (layers.Conv2D, layers.DepthwiseConv2D)
    norms = [layer for layer in model.layers if isinstance(layer, BatchNormalization)]
    convolutions = [layer for layer in model.layers if isinstance(layer, kinds)]
    return list(zip(convolutions, norms, strict=False))


def _head(features: keras.KerasTensor, name: str) -> keras.KerasTensor:
    logits = layers.Conv2D(len(LABELS), 1, dtype="float32", name=f"{name}_conv")(features)
    return layers.Reshape((len(LABELS),), dtype="float32", name=name)(logits)


def _conv(
    x: keras.KerasTensor, width: int, kernel: int = 3, stride: int = 1, padding: str = "same"
) -> keras.KerasTensor:
    x = layers.Conv2D(
        width, kernel, stride, padding=padding, use_bias=False, kernel_initializer="he_normal"
    )(x)
    return BatchNormalization(momentum=0.99)(x)


def _separable(x: keras.KerasTensor, shape: Separable) -> keras.KerasTensor:
    first, *widths = shape.widths
    x = layers.ReLU(6.0)(_conv(x, first))
    for width, stride in zip(widths, shape.strides, strict=True):
        x = layers.DepthwiseConv2D(3, stride, padding="same", use_bias=False)(x)
        x = layers.ReLU(6.0)(BatchNormalization(momentum=0.99)(x))
        x = layers.ReLU(6.0)(_conv(x, width, kernel=1))
    return layers.GlobalAveragePooling2D(keepdims=True)(x)


def _residual(x: keras.KerasTensor, shape: Residual) -> keras.KerasTensor:
    x = layers.UpSampling2D(shape.zoom, interpolation="bilinear")(x)
    x = layers.ReLU()(_conv(x, shape.widths[0], kernel=7, stride=2, padding="valid"))
    x = layers.MaxPooling2D(3, 2)(x)
    for stage, (width, depth) in enumerate(zip(shape.widths, shape.depths, strict=True)):
        for block in range(depth):
            x = _block(x, width, halve=block == 0 and stage > 0)
    return layers.GlobalAveragePooling2D(keepdims=True)(x)


def _block(x: keras.KerasTensor, width: int, *, halve: bool) -> keras.KerasTensor:
    y = _conv(x, width, stride=2, padding="valid") if halve else _conv(x, width)
    y = _conv(layers.ReLU()(y), width)
    if halve:
        x = layers.AveragePooling2D(2)(x)
        # The mean of two pixels reaches as far as, or one further than, an unpadded convolution.
        y = layers.ZeroPadding2D(((0, x.shape[1] - y.shape[1]), (0, x.shape[2] - y.shape[2])))(y)
    if x.shape[-1] != width:
        x = layers.Concatenate()([x, keras.ops.zeros_like(x)])
    return layers.ReLU()(layers.Add()([x, y]))


def _transformer(x: keras.KerasTensor, shape: Transformer) -> keras.KerasTensor:
    tokens = (SIZE // shape.patch) ** 2
    x = layers.Conv2D(shape.width, shape.patch, shape.patch)(x)
    x = layers.Reshape((tokens, shape.width))(x)
    x = Positions()(x)
    for _ in range(shape.depth):
        y = layers.LayerNormalization(epsilon=1e-6)(x)
        y = layers.MultiHeadAttention(shape.heads, shape.width // shape.heads)(y, y)
        x = layers.Add()([x, layers.Dropout(shape.dropout)(y)])
        y = layers.LayerNormalization(epsilon=1e-6)(x)
        y = layers.Dense(4 * shape.width, activation="gelu")(y)
        x = layers.Add()([x, layers.Dropout(shape.dropout)(layers.Dense(shape.width)(y))])
    x = layers.GlobalAveragePooling1D()(layers.LayerNormalization(epsilon=1e-6)(x))
    return layers.Reshape((1, 1, shape.width))(x)
