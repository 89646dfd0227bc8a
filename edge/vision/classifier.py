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
from edge.events import EMOTIONS
from edge.vision import interpreter
from edge.vision.card import Card, LastLayer, load


class Classifier:
    """The emotion model, running somewhere."""

    def __init__(self, card: Card, opened: interpreter.Opened) -> None:
        """Use an interpreter whose model is the card's."""
        self.card = card
        self.runs_on = opened.runs_on
        self.note = opened.note
        self._interpreter = opened.interpreter
        self._input = _tensor(self._interpreter.get_input_details(), card, self._shape())
        outputs = self._interpreter.get_output_details()
        self._output = _tensor(outputs[:1], card, (1, 7))
        self._embedding: Any = None
        if card.last_layer is not None:
            shape = (1, 1, 1, card.last_layer.width)
            self._embedding = _tensor(outputs[1:], card, shape)
        self._change: NDArray[np.float64] | None = None
        if card.input.zero_point != -128:
            raise ModelError(f"{card.name}: input zero point {card.input.zero_point}, not -128")
        self._took: deque[float] = deque(maxlen=100)

    def teach(self, model: str, change: bytes) -> None:
        """Add `change`, float32 (7, width + 1), to the last layer from now on; empty: nothing.

        One that is for another model, which has been replaced meanwhile, is none for this one.
        """
        layer = self.card.last_layer
        self._change = None
        if change and layer is not None and model == self.card.model.version:
            numbers = np.frombuffer(change, np.float32).astype(np.float64)
            self._change = numbers.reshape(len(EMOTIONS), layer.width + 1)

    @property
    def embedding(self) -> NDArray[np.int8]:
        """What the last layer read of the last face, (width,) in int8 steps; or nothing."""
        if self._embedding is None:
            return np.empty(0, np.int8)
        return np.array(self._interpreter.get_tensor(self._embedding), np.int8).reshape(-1)

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
        layer = self.card.last_layer
        if self._change is not None and layer is not None:
            logits += self._change @ real(self.embedding, layer)
        powers = np.exp(logits - logits.max())
        return np.asarray(powers / powers.sum())

    @property
    def floats(self) -> list[str]:
        """The names of what it reckons with in float inside; an int8 model has none."""
        inside = self._interpreter.get_tensor_details()
        return [it["name"] for it in inside if np.issubdtype(it["dtype"], np.floating)]

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


def real(embedding: NDArray[np.int8], layer: LastLayer) -> NDArray[np.float64]:
    """Return an embedding, (width,), as the last layer reads it, (width + 1,); the last is one."""
    steps = embedding.astype(np.float64) - layer.zero_point
    return np.append(layer.scale * steps, 1.0)


def _tensor(details: list[dict[str, Any]], card: Card, shape: tuple[int, ...]) -> Any:
    """Return the index of the one tensor, which has to be int8 and of this shape."""
    if len(details) != 1:
        raise ModelError(f"{card.name}: {len(details)} tensors, where its card says one")
    (one,) = details
    if one["dtype"] is not np.int8 or tuple(one["shape"]) != shape:
        raise ModelError(
            f"{card.name}: a tensor of {one['dtype']} {one['shape']}, not int8 {list(shape)}"
        )
    return one["index"]
