from __future__ import annotations

import shutil
from pathlib import Path

import msgspec
import numpy as np
import pytest

from edge.errors import ModelError
from edge.events import EMOTIONS
from edge.vision import card
from edge.vision.classifier import open_model

RANDOM = np.random.default_rng(7)


def test_probabilities_are_the_softmax_of_the_models_own_logits(models: Path) -> None:
    classify = open_model(models, "emotion", "cpu")
    face = RANDOM.integers(0, 256, (48, 48), np.uint8)
    probabilities = classify(face)
    assert probabilities.shape == (len(EMOTIONS),)
    assert probabilities.sum() == pytest.approx(1)

    network, known = classify._interpreter, classify.card
    pixels = (face.astype(np.int16) - 128).astype(np.int8).reshape(1, 48, 48, 1)
    network.set_tensor(network.get_input_details()[0]["index"], pixels)
    network.invoke()
    steps = network.get_tensor(network.get_output_details()[0]["index"])[0].astype(float)
    powers = np.exp(
        (steps - known.output.zero_point) * known.output.scale / known.output.temperature
    )
    assert probabilities == pytest.approx(powers / powers.sum())


def test_the_time_it_takes_is_known(models: Path) -> None:
    classify = open_model(models, "emotion", "cpu")
    assert classify.milliseconds == 0
    classify(np.zeros((48, 48), np.uint8))
    assert 0 < classify.milliseconds < 1000


@pytest.fixture
def copy(models: Path, tmp_path: Path) -> Path:
    folder = tmp_path / "models"
    shutil.copytree(models, folder)
    return folder


def test_a_card_that_quantizes_in_another_way_is_refused(copy: Path) -> None:
    known = card.read(copy / "emotion.json")
    other = msgspec.structs.replace(known.input, zero_point=0)
    card.save(msgspec.structs.replace(known, input=other), copy / "emotion.json")
    with pytest.raises(ModelError, match="zero point"):
        open_model(copy, "emotion", "cpu")


def test_a_card_of_another_size_than_its_model_is_refused(copy: Path) -> None:
    known = card.read(copy / "emotion.json")
    other = msgspec.structs.replace(known.input, width=64)
    card.save(msgspec.structs.replace(known, input=other), copy / "emotion.json")
    with pytest.raises(ModelError, match="a tensor of"):
        open_model(copy, "emotion", "cpu")


def test_a_file_that_is_no_model_is_refused_in_one_line(copy: Path) -> None:
    known = card.read(copy / "emotion.json")
    (copy / known.model.file).write_bytes(b"no model")
    fresh = card.artefact(copy / known.model.file)
    card.save(msgspec.structs.replace(known, model=fresh), copy / "emotion.json")
    with pytest.raises(ModelError, match=known.model.file) as caught:
        open_model(copy, "emotion", "cpu")
    assert "\n" not in str(caught.value)


def test_a_change_of_the_last_layer_is_added_and_taken_back(models: Path) -> None:
    classify = open_model(models, "emotion", "cpu")
    face = RANDOM.integers(0, 256, (48, 48), np.uint8)
    before = classify(face)
    layer = classify.card.last_layer
    assert layer is not None
    assert classify.embedding.shape == (layer.width,)
    model = classify.card.model.version
    change = np.zeros((len(EMOTIONS), layer.width + 1), np.float32)
    change[3, -1] = 1.0
    classify.teach(model, change.tobytes())
    after = classify(face)
    assert np.log(after[3] / after[0]) == pytest.approx(np.log(before[3] / before[0]) + 1)
    classify.teach(model, b"")
    assert classify(face) == pytest.approx(before)
    classify.teach("another", change.tobytes())
    assert classify(face) == pytest.approx(before)
