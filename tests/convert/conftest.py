"""A data set and a training run small enough for tests."""

from __future__ import annotations

import shutil
from pathlib import Path

import keras
import numpy as np
import pytest

from convert import card, exam, metrics, quantize
from convert.dataset import LABELS, Dataset, Split
from convert.int8 import Int8Model
from convert.network import Residual, build
from edge.vision import card as cards


@pytest.fixture(scope="session")
def faces() -> Dataset:
    """Made-up faces: seven bright spots at seven places, under noise; 210 rows of each split."""
    rng = np.random.default_rng(0)
    label = np.tile(np.arange(len(LABELS)), 90).astype(np.int8)
    images = rng.integers(0, 100, (len(label), 48, 48)).astype(np.uint8)
    for image, spot in zip(images, label, strict=True):
        image[20:28, spot * 6 : spot * 6 + 8] += 120
    votes = np.eye(len(LABELS), dtype=np.float32)[label] * 10
    count = len(label)
    return Dataset(
        images=images,
        label=label,
        votes=votes,
        voters=np.full(count, 10, np.float32),
        split=(np.arange(count) * 3 // count).astype(np.int8),
        copied=np.arange(count) % 10 == 9,
        row=np.arange(count, dtype=np.int32),
    )


@pytest.fixture(scope="session")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A finished run of a tiny two-headed network in half precision (its weights are random)."""
    folder = tmp_path_factory.mktemp("runs") / "tiny"
    folder.mkdir()
    policy = keras.config.dtype_policy()
    keras.config.set_dtype_policy("mixed_bfloat16")
    keras.utils.set_random_seed(3)
    model = build(Residual((8, 16), (1, 1)), ["ferplus", "fer2013"])
    keras.config.set_dtype_policy(policy)
    model.save(folder / "model.keras")
    (folder / "curves.csv").write_text("epoch,loss,val_loss\n0,2.0,1.9\n1,1.8,1.7\n")
    (folder / "recipe.json").write_text('{"seed": 3}')
    return folder


@pytest.fixture(scope="session")
def first_release(trained: Path, faces: Dataset, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a tiny emotion.tflite and its card."""
    folder = tmp_path_factory.mktemp("models")
    path = folder / "emotion.tflite"
    network = quantize.load(trained, "ferplus")
    path.write_bytes(quantize.to_int8(network, quantize.calibration_faces(faces)))
    practice = exam.of(faces, Split.VALIDATION, "ferplus")
    said = Int8Model.read(path).run(practice.images).argmax(axis=1)
    about = card.describe(
        path,
        truth="ferplus",
        temperature=1.5,
        shift=np.zeros(len(LABELS)),
        matrix=metrics.confusion(practice.truth, said),
        run=trained,
    )
    cards.save(about, path.with_suffix(".json"))
    return folder


@pytest.fixture
def released(first_release: Path, tmp_path: Path) -> Path:
    """A copy of that folder which a test may spoil."""
    return Path(shutil.copytree(first_release, tmp_path / "models"))
