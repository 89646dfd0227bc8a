"""What comes out of quantization is what the box feeds, and says what the network said."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path

import keras
import numpy as np
import pytest

from convert import quantize, static_check
from convert.dataset import LABELS, Dataset, Split
from convert.int8 import Int8Model
from convert.network import BatchNormalization
from convert.training_data import as_pixels
from edge.errors import ModelError


@pytest.fixture(scope="module")
def int8(trained: Path, faces: Dataset) -> bytes:
    return quantize.to_int8(quantize.load(trained, "ferplus"), quantize.calibration_faces(faces))


def test_a_byte_goes_in_with_its_top_bit_flipped(int8: bytes) -> None:
    details = Int8Model(int8).input
    scale, zero_point = details["quantization"]
    assert (details["dtype"], zero_point) == (np.int8, -128)
    assert scale == pytest.approx(1 / 255, rel=1e-5)
    assert details["shape"].tolist() == [1, 48, 48, 1]


def test_it_passes_the_gate(int8: bytes) -> None:
    assert static_check.violations(int8) == []


def test_it_says_what_the_float_network_says(trained: Path, faces: Dataset, int8: bytes) -> None:
    model, network = Int8Model(int8), quantize.load(trained, "ferplus")
    step, _ = model.output["quantization"]
    exact = quantize.float_logits(network, faces.images[:70])
    assert np.abs(model.logits(faces.images[:70]) - exact).max() < 12 * step


def test_rounding_moves_the_mean_of_no_channel(trained: Path, faces: Dataset) -> None:
    network = quantize.load(trained, "ferplus")
    exact = quantize.single_head(network, "ferplus")
    quantize.round_kernels(network, faces.images[:64])
    pixels = as_pixels(faces.images[:64])
    for layer, rounded in zip(exact.layers, network.layers, strict=True):
        if isinstance(layer, BatchNormalization):
            means = [
                np.asarray(keras.Model(model.input, x.output)(pixels)).mean(axis=(0, 1, 2))
                for model, x in ((exact, layer), (network, rounded))
            ]
            assert means[1] == pytest.approx(means[0], abs=1e-4)
        elif isinstance(layer, keras.layers.DepthwiseConv2D):
            kernel, plain = (x.get_weights()[0][..., 0] for x in (rounded, layer))
            assert (kernel != plain).any()
            steps = kernel / np.abs(kernel).max(axis=(0, 1)) * 127
            assert steps == pytest.approx(np.round(steps), abs=1e-3)


def test_a_shift_moves_the_logits_by_just_that(trained: Path, faces: Dataset) -> None:
    shift = np.linspace(-1, 1, len(LABELS))
    plain = quantize.float_logits(quantize.load(trained, "fer2013"), faces.images[:8])
    moved = quantize.float_logits(quantize.load(trained, "fer2013", shift), faces.images[:8])
    assert moved - plain == pytest.approx(np.tile(shift, (8, 1)), abs=1e-5)


def test_calibration_shows_every_emotion_equally_often(faces: Dataset) -> None:
    chosen = quantize.calibration_faces(faces, count=70)
    training = faces.part(Split.TRAIN)
    where = dict(zip(map(bytes, training.images), training.label, strict=True))
    assert np.bincount([where[bytes(image)] for image in chosen]).tolist() == [10] * 7


def test_a_run_without_a_model_is_named(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="no trained model here"):
        quantize.load(tmp_path, "ferplus")


def spoilt(trained: Path, folder: Path, change: Callable[[np.ndarray], np.ndarray]) -> Path:
    """A copy of a run whose FER+ head has other weights."""
    network = keras.saving.load_model(trained / "model.keras", compile=False)
    last = network.get_layer("ferplus_conv")
    last.set_weights([change(weights) for weights in last.get_weights()])
    folder.mkdir()
    network.save(folder / "model.keras")
    return folder


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda weights: weights + np.nan, "ferplus_conv/kernel is not finite"),
        (lambda weights: weights + np.inf, "ferplus_conv/kernel is not finite"),
        (lambda weights: 0 * weights, "reads each of 210 faces as angry: its head has learnt"),
    ],
)
def test_a_network_that_says_nothing_is_not_quantized(
    trained: Path,
    faces: Dataset,
    tmp_path: Path,
    change: Callable[[np.ndarray], np.ndarray],
    said: str,
) -> None:
    run, data, out = spoilt(trained, tmp_path / "run", change), tmp_path / "f.npz", tmp_path / "m"
    faces.save(data)
    arguments = argparse.Namespace(run=run, head="ferplus", data=data, out=out)
    with pytest.raises(ModelError, match=said):
        quantize.run(arguments)
    assert not out.exists()


def test_a_head_that_was_not_trained_is_named(trained: Path) -> None:
    with pytest.raises(ModelError, match="no head 'valence'; it has ferplus, fer2013"):
        quantize.load(trained, "valence")
