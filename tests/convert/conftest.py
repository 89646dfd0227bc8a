"""A data set and a training run small enough for tests."""

from __future__ import annotations

from pathlib import Path

import keras
import numpy as np
import pytest

from convert.dataset import LABELS, Dataset
from convert.network import Residual, build


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
