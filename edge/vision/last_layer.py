"""What a model brings along so that it can be taught: its last layer, and what that reads.

NumPy is loaded where somebody teaches, and nowhere else.
"""

from __future__ import annotations

import io
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

from edge.errors import ModelError
from edge.vision import card as cards

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

LARGEST = 4 * 2**20
"""Bytes of such a file; 193 numbers squared take 150 kB."""


def read(folder: Path, card: cards.Card) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Return `weights`, (7, width + 1), and `moment`, (width + 1, width + 1), of a model's file.

    Raises:
        ModelError: the model has none, or it is not what the card says.
    """
    import numpy as np  # noqa: PLC0415

    layer = card.last_layer
    if layer is None:
        raise ModelError(f"{card.name}: this model cannot be taught: it does not say its embedding")
    path = folder / layer.file.file
    cards.verify(path, layer.file)
    width = layer.width + 1
    shapes = {"weights": (len(card.labels), width), "moment": (width, width)}
    try:
        with np.load(io.BytesIO(path.read_bytes()), allow_pickle=False) as file:
            found = {name: file[name] for name in shapes}
    except (OSError, EOFError, ValueError, KeyError, zipfile.BadZipFile) as error:
        raise ModelError(f"{path}: not the last layer of a model: {error}") from error
    for name, shape in shapes.items():
        there = found[name]
        if there.dtype != np.float32 or there.shape != shape or not np.isfinite(there).all():
            raise ModelError(
                f"{path}: {name} is {there.dtype} {list(there.shape)};"
                f" allowed: finite float32 {list(shape)}"
            )
    return found["weights"], found["moment"]
