"""From a face to the probabilities of the seven emotions."""

from __future__ import annotations

import time
from collections import deque
from pathlib import Path
from statistics import median
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from edge.errors import ModelError
from edge.vision import interpreter
from edge.vision.card import Card, load


class Classifier:
    """The emotion model, running somewhere."""

    def __init__(self, card: Card, opened: interpreter.Opened) -> None:
        """Use an interpreter whose model is the card's."""
        self.card = card
        self.runs_on = opened.runs_on
        self.note = opened.note
        self._interpreter = opened.interpreter
        self._input = _tensor(self._interpreter.get_input_details(), card, self._shape())
        self._output = _tensor(self._interpreter.get_output_details(), card, (1, 7))
        if card.input.zero_point != -128:
            raise ModelError(f"{card.name}: input zero point {card.input.zero_point}, not -128")
        self._took: deque[float] = deque(maxlen=100)

    def __call__(self, face: NDArray[np.uint8]) -> NDArray[np.float64]:
        """Return the probabilities, (7,), for a grey face of the card's size, (h, w)."""
        began = time.perf_counter()
        pixels = (face ^ 0x80).view(np.int8).reshape(self._shape())
        self._interpreter.set_tensor(self._input, pixels)
        self._interpreter.invoke()
        steps = self._interpreter.get_tensor(self._output)[0].astype(np.float64)
        self._took.append(time.perf_counter() - began)
        output = self.card.output
        logits = output.scale * (steps - output.zero_point) / output.temperature
        powers = np.exp(logits - logits.max())
        return np.asarray(powers / powers.sum())

    @property
    def milliseconds(self) -> float:
        """The median time of the newest runs of the model alone; 0 before the first."""
        return 1000 * median(self._took) if self._took else 0.0

    def _shape(self) -> tuple[int, int, int, int]:
        return 1, self.card.input.height, self.card.input.width, 1


def open_model(
    folder: Path, name: str, device: Literal["auto", "tpu", "cpu"], no_tpu: str = ""
) -> Classifier:
    """Load the model `name` with its card; see interpreter.make for the rest."""
    card = load(folder / f"{name}.json")
    return Classifier(card, interpreter.make(card, folder, device, no_tpu))


def _tensor(details: list[dict[str, Any]], card: Card, shape: tuple[int, ...]) -> Any:
    """Return the index of the one tensor, which has to be int8 and of this shape."""
    (one,) = details
    if one["dtype"] is not np.int8 or tuple(one["shape"]) != shape:
        raise ModelError(
            f"{card.name}: a tensor of {one['dtype']} {one['shape']}, not int8 {list(shape)}"
        )
    return one["index"]
