"""What no network may be, whatever its figures: numbers that are none, or one answer to all."""

from __future__ import annotations

from pathlib import Path

import keras
import numpy as np

from convert.dataset import LABELS
from convert.int8 import Images, Int8Model
from edge.errors import ModelError


def demand_numbers(model: keras.Model, where: Path | str) -> None:
    """Raise ModelError where a weight of `model` is NaN or infinite."""
    for weight in model.weights:
        if not np.isfinite(keras.ops.convert_to_numpy(weight).astype(np.float32)).all():
            raise ModelError(f"{where}: {weight.path} is not finite: the training went astray")


def demand_answers(model: Int8Model, faces: Images) -> None:
    """Raise ModelError where `model` says the same emotion of each of many `faces`, (n, h, w)."""
    said = np.unique(model.run(faces).argmax(axis=1))
    if len(said) == 1:
        raise ModelError(
            f"the network reads each of {len(faces)} faces as {LABELS[said[0]]}:"
            " its head has learnt nothing"
        )
