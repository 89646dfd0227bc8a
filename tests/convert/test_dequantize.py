from __future__ import annotations

from pathlib import Path

import keras
import numpy as np
import pytest

from convert.dataset import Dataset, Split
from convert.dequantize import dequantize
from convert.int8 import Int8Model
from convert.quantize import calibration_faces, convert, float_logits, single_head
from convert.training_data import as_pixels
from edge.errors import ModelError


def test_a_dequantized_network_says_what_its_file_says(first_release: Path, faces: Dataset) -> None:
    path = first_release / "emotion.tflite"
    images = faces.part(Split.TEST).images
    network = dequantize(path, ("ferplus", "fer2013"), as_pixels(images))
    file = Int8Model.read(path)
    for head in ("ferplus", "fer2013"):
        said = float_logits(single_head(network, head), images)
        assert np.abs(said - file.logits(images)).mean() < 2 * file.output["quantization"][0]


def test_training_sees_what_inference_sees(first_release: Path, faces: Dataset) -> None:
    pixels = as_pixels(faces.part(Split.TEST).images)
    network = dequantize(first_release / "emotion.tflite", ("ferplus",), pixels)
    trained, inferred = (
        np.asarray(network(pixels, training=training)["ferplus"]) for training in (True, False)
    )
    assert (trained.argmax(axis=1) == inferred.argmax(axis=1)).mean() > 0.9


@pytest.mark.parametrize(
    ("kernels", "message"),
    [
        ([3], "1 convolutions make no network of ours"),
        ([3, 3, 1, 1, 1], "5 convolutions make no network of ours"),
        (
            [3, 3, 1, 1],
            r"the kernel of convolution 2 has the shape \(3, 3, 8, 8\); .* \(3, 3, 8, 1\)",
        ),
    ],
)
def test_another_network_is_refused(
    tmp_path: Path, faces: Dataset, kernels: list[int], message: str
) -> None:
    features = pixels = keras.Input((48, 48, 1), batch_size=1)
    for kernel in kernels[:-1]:
        features = keras.layers.Conv2D(8, kernel)(features)
    features = keras.layers.GlobalAveragePooling2D(keepdims=True)(features)
    logits = keras.layers.Reshape((7,))(keras.layers.Conv2D(7, 1)(features))
    path = tmp_path / "other.tflite"
    path.write_bytes(convert(keras.Model(pixels, logits), calibration_faces(faces)))
    with pytest.raises(ModelError, match=rf"other\.tflite: {message}"):
        dequantize(path, ("ferplus",), np.zeros((8, 48, 48, 1), np.float32))


def test_what_is_no_model_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "emotion.tflite"
    path.write_bytes(b"nothing of the kind")
    with pytest.raises(ModelError, match=r"emotion\.tflite: not a TFLite model"):
        dequantize(path, ("ferplus",), np.zeros((8, 48, 48, 1), np.float32))
