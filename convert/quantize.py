"""Turn a trained network into a full int8 file: int8 in, int8 logits out, batch of one.

What the last layer reads comes out beside them (convert/embedding.py).

    moodbox-convert quantize --run runs/ferplus --head ferplus --data faces.npz --out emotion.tflite

`release` does this as one of its steps; this command is for trying things out.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import keras
import numpy as np
from numpy.typing import ArrayLike, NDArray

from convert import dataset, embedding, soundness, static_check
from convert.dataset import LABELS, SIZE, Dataset, Split
from convert.graph import depthwise
from convert.int8 import Images, Int8Model, Logits
from convert.network import trunk
from convert.recipe import HEADS
from convert.training_data import as_pixels
from edge.errors import ModelError

# More faces change no range by much; equally many of each emotion, since a rare one must not be
# clipped.
CALIBRATION_FACES = 512


def load(run: Path, head: str, shift: ArrayLike = ()) -> keras.Model:
    """Return a finished run's float32 network with one head: (n, 48, 48, 1) to logits, (n, 7).

    Training may have used half precision; a converted network must not. `shift` is added to the
    logits, in the last bias.
    """
    path = run / "model.keras"
    if not path.is_file():
        raise ModelError(f"{path}: no trained model here; run moodbox-convert train first")
    trained = keras.saving.load_model(path, compile=False)
    if head not in trained.output:
        raise ModelError(f"{path}: has no head {head!r}; it has {', '.join(trained.output)}")
    soundness.demand_numbers(trained, path)
    return single_head(trained, head, shift)


def single_head(
    trained: keras.Model, head: str, shift: ArrayLike = (), batch: int | None = None
) -> keras.Model:
    """Return a float32 copy of `trained` that has only one of its heads."""
    pixels = keras.Input((SIZE, SIZE, 1), batch_size=batch, name="pixels")
    copy = keras.models.clone_model(trained, input_tensors=pixels, clone_function=_float32)
    copy.set_weights(trained.get_weights())
    outputs = copy.output[head] if isinstance(copy.output, dict) else copy.output
    if np.size(shift):
        last = copy.get_layer(f"{head}_conv")
        kernel, bias = last.get_weights()
        last.set_weights([kernel, bias + np.asarray(shift, bias.dtype)])
    return keras.Model(pixels, {head: outputs})


def _float32(layer: keras.Layer) -> keras.Layer:
    return type(layer).from_config(layer.get_config() | {"dtype": "float32"})


def float_logits(model: keras.Model, images: Images) -> Logits:
    """Return a one-headed network's logits, (n, 7)."""
    (logits,) = model.predict(as_pixels(images), batch_size=256, verbose=0).values()
    return np.asarray(logits, np.float32)


def float_embeddings(model: keras.Model, images: Images) -> NDArray[np.float32]:
    """Return what a one-headed network's last layer reads, (n, width)."""
    (head,) = model.output
    pooled = keras.Model(model.input, model.get_layer(f"{head}_conv").input)
    said = pooled.predict(as_pixels(images), batch_size=256, verbose=0)
    return np.asarray(said, np.float32).reshape(len(images), -1)


def calibration_faces(data: Dataset, count: int = CALIBRATION_FACES, seed: int = 0) -> Images:
    """Return up to `count` training faces, equally many of each emotion where there are enough."""
    training = data.part(Split.TRAIN)
    rng = np.random.default_rng(seed)
    each = -(-count // len(LABELS))
    rows = [np.flatnonzero(training.label == label) for label in range(len(LABELS))]
    chosen = np.concatenate([rng.permutation(r)[:each] for r in rows])[:count]
    return training.take(chosen).images


def to_int8(model: keras.Model, faces: Images) -> bytes:
    """Quantize a one-headed network after training; `faces`, (n, 48, 48), set its ranges.

    Raises:
        ModelError: the input is not exactly a grey byte with its top bit flipped; something is left
            in float, or breaks the static gate otherwise; or it says the same of each face.
    """
    (head,) = model.output
    rounded = single_head(model, head)
    round_kernels(rounded, faces[::2])
    one = single_head(rounded, head, batch=1)
    content = embedding.expose(convert(keras.Model(one.input, one.output[head]), faces))
    broken = static_check.violations(content)
    if broken:
        raise ModelError(f"the quantized file breaks the static gate: {'; '.join(broken)}")
    soundness.demand_answers(Int8Model(content), faces)
    return content


def round_kernels(model: keras.Model, faces: Images) -> None:
    """Round the trunk's kernels to int8 as the converter will, and correct the biases after them.

    What rounding adds to a channel is no noise but nearly the same for every face: its mean over
    `faces`, (n, 48, 48), layer by layer, goes into the bias (Nagel et al. 2019, bias correction).
    """
    places = trunk(model)
    exact = _means(model, [norm for _, norm in places], faces)
    for (layer, norm), wanted in zip(places, exact, strict=True):
        layer.set_weights([_rounded(*layer.get_weights())])
        (found,) = _means(model, [norm], faces)
        gamma, beta, *others = norm.get_weights()
        norm.set_weights([gamma, beta + wanted - found, *others])


def _means(
    model: keras.Model, layers: list[keras.Layer], faces: Images
) -> list[NDArray[np.float32]]:
    """Return the mean of each channel, (channels,), that each of `layers` puts out."""
    outputs = {layer.name: keras.ops.mean(layer.output, axis=(1, 2)) for layer in layers}
    said = keras.Model(model.input, outputs)(as_pixels(faces), training=False)
    return [np.asarray(said[layer.name]).mean(axis=0) for layer in layers]


def _rounded(kernel: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the nearest kernel with 255 steps for each of its output channels."""
    others = (0, 1, 3) if depthwise(kernel) else (0, 1, 2)
    largest = np.abs(kernel).max(axis=others, keepdims=True)
    step = np.maximum(largest, 1e-12) / 127
    return np.asarray(np.round(kernel / step) * step, np.float32)


def convert(model: keras.Model, faces: Images) -> bytes:
    """Quantize any model of one input with a fixed batch of one, and one output."""
    import tensorflow as tf  # noqa: PLC0415  slow, and only this needs it

    if keras.backend.backend() != "tensorflow":
        raise ModelError("quantize needs Keras on TensorFlow: unset KERAS_BACKEND")
    converter = tf.lite.TFLiteConverter.from_keras_model(model)
    converter.optimizations = [tf.lite.Optimize.DEFAULT]
    converter.representative_dataset = lambda: _with_black_and_white(faces)
    converter.target_spec.supported_ops = [tf.lite.OpsSet.TFLITE_BUILTINS_INT8]
    converter.inference_input_type = converter.inference_output_type = tf.int8
    with quiet():
        content = bytes(converter.convert())
    _demand_bytes(Int8Model(content).input)
    return content


def _with_black_and_white(faces: Images) -> Iterator[list[NDArray[np.float32]]]:
    """Yield the faces, one of them spotted black and white: inputs then span exactly 0..1."""
    spotted = faces.copy()
    spotted[0, 0, 0], spotted[0, -1, -1] = 0, 255
    for pixels in as_pixels(spotted):
        yield [pixels[None]]


def _demand_bytes(details: dict[str, Any]) -> None:
    scale, zero_point = details["quantization"]
    if zero_point != -128 or not np.isclose(scale, 1 / 255, rtol=1e-5):
        raise ModelError(
            f"the input came out with scale {scale}, zero point {zero_point}; it has to be"
            " 1/255 and -128, so that a byte can be fed with its top bit flipped"
        )


@contextlib.contextmanager
def quiet() -> Iterator[None]:
    """Keep the converter's chatter and hints off the screen."""
    with (
        Path(os.devnull).open("w") as nowhere,
        contextlib.redirect_stdout(nowhere),
        warnings.catch_warnings(action="ignore"),
    ):
        yield


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command line."""
    parser.add_argument("--run", type=Path, required=True, help="folder of a finished training")
    parser.add_argument("--head", choices=HEADS, default="ferplus", help="which truth's head")
    parser.add_argument("--data", type=Path, required=True, help="the data set (.npz)")
    parser.add_argument("--out", type=Path, required=True, help="the int8 file (.tflite)")


def run(arguments: argparse.Namespace) -> int:
    """Quantize, write the file, and say how big it is."""
    faces = calibration_faces(dataset.load(arguments.data))
    content = to_int8(load(arguments.run, arguments.head), faces)
    arguments.out.write_bytes(content)
    print(f"{arguments.out}: {len(content):,} bytes, int8, calibrated with {len(faces)} faces")
    return 0
