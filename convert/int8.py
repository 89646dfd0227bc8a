"""Run an int8 model on the desktop, through the same interpreter as the box."""

from __future__ import annotations

from pathlib import Path

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
        self.output = self._interpreter.get_output_details()[0]

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
        pixels = (images ^ 0x80).view(np.int8)[..., None]
        said = np.empty((len(images), int(self.output["shape"][-1])), np.int8)
        for row, face in enumerate(pixels):
            self._interpreter.set_tensor(self.input["index"], face[None])
            self._interpreter.invoke()
            said[row] = self._interpreter.get_tensor(self.output["index"])[0]
        return said

    def logits(self, images: Images) -> Logits:
        """Return the same as real numbers, (n, 7)."""
        scale, zero_point = self.output["quantization"]
        return np.float32(scale) * (self.run(images).astype(np.float32) - np.float32(zero_point))
