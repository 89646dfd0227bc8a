"""Run an int8 model on the desktop, through the same interpreter as the box."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from ai_edge_litert.interpreter import Interpreter
from numpy.typing import NDArray

from edge.errors import ModelError

Images = NDArray[np.uint8]
Logits = NDArray[np.float32]


class Int8Model:
    """An int8 model of grey faces, one image at a time on one thread."""

    def __init__(self, content: bytes) -> None:
        """Load the model out of a .tflite file's `content`."""
        try:
            self._interpreter = Interpreter(model_content=content, num_threads=1)
            self._interpreter.allocate_tensors()
        except (RuntimeError, ValueError) as error:
            raise ModelError(f"the model cannot be run: {error}") from error
        self.input = self._interpreter.get_input_details()[0]
        self.outputs = self._interpreter.get_output_details()
        self.output = self.outputs[0]

    @classmethod
    def read(cls, path: Path) -> Int8Model:
        """Load the model at `path`; raises ModelError where that is none."""
        try:
            return cls(path.read_bytes())
        except OSError as error:
            raise ModelError(f"{path}: the model cannot be read: {error.strerror}") from error

    @property
    def size(self) -> tuple[int, int]:
        """Height and width of its faces, in pixels."""
        _, height, width, _ = self.input["shape"]
        return int(height), int(width)

    def run(self, images: Images) -> NDArray[np.int8]:
        """Return what the model says, (n, 7), to grey `images`, (n, height, width)."""
        return self._run(images, self.output)

    def logits(self, images: Images) -> Logits:
        """Return the same as real numbers, (n, 7)."""
        return self._real(images, self.output)

    def embeddings(self, images: Images) -> NDArray[np.float32]:
        """Return what the last layer reads, (n, width), as real numbers: the second output.

        Raises:
            ModelError: the file has none.
        """
        if len(self.outputs) < 2:
            raise ModelError("the model does not say its embedding; run moodbox-convert head")
        return self._real(images, self.outputs[1])

    def _real(self, images: Images, output: dict[str, Any]) -> NDArray[np.float32]:
        scale, zero_point = output["quantization"]
        steps = self._run(images, output).astype(np.float32)
        return np.asarray(np.float32(scale) * (steps - np.float32(zero_point)))

    def _run(self, images: Images, output: dict[str, Any]) -> NDArray[np.int8]:
        pixels = (images ^ 0x80).view(np.int8)[..., None]
        said = np.empty((len(images), int(output["shape"][-1])), np.int8)
        for row, face in enumerate(pixels):
            self._interpreter.set_tensor(self.input["index"], face[None])
            self._interpreter.invoke()
            said[row] = self._interpreter.get_tensor(output["index"]).reshape(-1)
        return said
