from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from convert.dataset import Dataset, Split
from convert.int8 import Int8Model
from convert.network import Residual
from convert.quantize import float_logits, single_head
from convert.thaw import thaw
from convert.train import as_pixels
from edge.errors import ModelError

SMALL = Residual((8, 16), (1, 1), dropout=0)


def test_a_thawed_network_says_what_its_file_says(first_release: Path, faces: Dataset) -> None:
    path = first_release / "emotion.tflite"
    images = faces.part(Split.TEST).images
    network = thaw(path, SMALL, ("ferplus", "fer2013"), as_pixels(images))
    file = Int8Model.read(path)
    for head in ("ferplus", "fer2013"):
        said = float_logits(single_head(network, head), images)
        assert np.abs(said - file.logits(images)).mean() < 2 * file.output["quantization"][0]


def test_training_sees_what_inference_sees(first_release: Path, faces: Dataset) -> None:
    pixels = as_pixels(faces.part(Split.TEST).images)
    network = thaw(first_release / "emotion.tflite", SMALL, ("ferplus",), pixels)
    trained, inferred = (
        np.asarray(network(pixels, training=training)["ferplus"]) for training in (True, False)
    )
    assert (trained.argmax(axis=1) == inferred.argmax(axis=1)).mean() > 0.9


@pytest.mark.parametrize(
    ("shape", "message"),
    [
        (Residual((8, 16), (2, 1)), "has 7 convolutions, not this recipe's 9"),
        (Residual((8, 24), (1, 1)), r"has no kernel of the shape \(3, 3, 8, 24\)"),
    ],
)
def test_another_network_is_refused(first_release: Path, shape: Residual, message: str) -> None:
    with pytest.raises(ModelError, match=rf"emotion\.tflite: {message}"):
        thaw(first_release / "emotion.tflite", shape, ("ferplus",), np.zeros((8, 48, 48, 1), "f4"))


def test_what_is_no_model_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "emotion.tflite"
    path.write_bytes(b"nothing of the kind")
    with pytest.raises(ModelError, match=r"emotion\.tflite: not a TFLite model"):
        thaw(path, SMALL, ("ferplus",), np.zeros((8, 48, 48, 1), np.float32))
