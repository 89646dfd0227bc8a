"""A released file says its embedding too, and its card what a change of the last layer costs."""

from __future__ import annotations

from pathlib import Path

import keras
import numpy as np
import pytest

from convert import agreement, dequantize, embedding, graph, last_layer, quantize, static_check
from convert.__main__ import main
from convert.dataset import Dataset, Split
from convert.int8 import Int8Model
from convert.training_data import as_pixels
from edge.errors import ModelError
from edge.personal.fit import penalty
from edge.vision import card as cards


@pytest.fixture(scope="module")
def before(trained: Path, faces: Dataset) -> bytes:
    """A file of one output, as a converter makes it."""
    one = quantize.single_head(quantize.load(trained, "ferplus"), "ferplus", batch=1)
    network = keras.Model(one.input, one.output["ferplus"])
    return quantize.convert(network, quantize.calibration_faces(faces))


def test_the_second_output_changes_nothing_of_the_first(before: bytes, faces: Dataset) -> None:
    after = embedding.expose(before)
    images = faces.part(Split.TEST).images
    assert (Int8Model(before).run(images) == Int8Model(after).run(images)).all()
    assert static_check.violations(after) == []
    old, new = graph.parse(before), graph.parse(after)
    assert [None if b.data is None else bytes(b.data) for b in old.buffers] == [
        None if b.data is None else bytes(b.data) for b in new.buffers
    ]
    assert embedding.expose(after) == after


def test_the_last_layer_of_the_embedding_is_the_answer(before: bytes, faces: Dataset) -> None:
    model = Int8Model(embedding.expose(before))
    last = embedding.last_layer(before)
    images = faces.part(Split.TEST).images
    logits = model.embeddings(images) @ last.kernel + last.bias
    assert np.abs(logits - model.logits(images)).max() < 2 * model.output["quantization"][0]


def test_the_embedding_is_the_float_networks(before: bytes, faces: Dataset, tmp_path: Path) -> None:
    path = tmp_path / "m.tflite"
    path.write_bytes(embedding.expose(before))
    images = faces.part(Split.TEST).images
    network = dequantize.dequantize(path, ["ferplus"], as_pixels(images))
    exact = quantize.float_embeddings(network, images)
    told = agreement.told(exact, Int8Model.read(path).embeddings(images))
    assert told > agreement.LEAST_TOLD
    assert agreement.Agreement(1, 0, told=0.9).complaints() == [
        "agreement: embedding told 90.00%, allowed 95% or more"
    ]


def test_a_file_without_it_and_one_that_ends_otherwise_are_named(before: bytes) -> None:
    with pytest.raises(ModelError, match="does not say its embedding"):
        Int8Model(before).embeddings(np.zeros((1, 48, 48), np.uint8))
    model = graph.parse(before)
    model.subgraphs[0].operators = model.subgraphs[0].operators[:-1]
    builder = embedding._Builder(0)
    builder.Finish(model.Pack(builder), b"TFL3")
    with pytest.raises(ModelError, match="not in a mean and a 1x1 convolution"):
        embedding.expose(bytes(builder.Output()))


def test_a_change_that_mixes_the_logits_costs_what_it_does_to_base_faces() -> None:
    rng = np.random.default_rng(0)
    seen = np.c_[rng.normal(size=(500, 12)) * np.linspace(0.1, 3, 12), np.ones(500)]
    weights = rng.normal(size=(7, 13))
    cost = penalty(weights, last_layer.second_moment(seen))
    own = rng.normal(size=(7, 8)) @ np.vstack([weights, np.eye(13)[-1]])
    # A little less, for the second prior reaches there too.
    real = np.mean(np.sum((seen @ own.T) ** 2, axis=1))
    assert 0.85 * real < np.trace(own @ cost @ own.T) <= real
    other = rng.normal(size=(7, 13))
    real = np.mean(np.sum((seen @ other.T) ** 2, axis=1))
    assert np.trace(other @ cost @ other.T) > 2 * real


def test_the_command_makes_what_the_box_learns_with(
    released: Path, faces: Dataset, capsys: pytest.CaptureFixture[str]
) -> None:
    path = released / "emotion.tflite"
    data = released.parent / "faces.npz"
    faces.save(data)
    assert main(["head", "--model", str(path), "--data", str(data)]) == 0
    assert "emotion_head.npz" in capsys.readouterr().out
    layer = cards.load(released / "emotion.json").last_layer
    assert layer is not None
    assert layer.width == 16
    with np.load(released / layer.file.file, allow_pickle=False) as file:
        assert file["weights"].shape == (7, 17)
        spread = np.linalg.eigvalsh(file["moment"].astype(float))
        assert spread.min() > -1e-9 * spread.max()  # zero but for rounding is right as well
    (released / layer.file.file).write_bytes(b"another")
    with pytest.raises(ModelError, match=r"emotion_head\.npz: sha256 is"):
        cards.load(released / "emotion.json")
