"""Let an int8 file say its embedding too: the pooled numbers that the last layer reads.

What the box learns of a household is a change of the last layer, so it needs what that reads. The
tensor is in the file already; it is named as the second output, and nothing else of the file
changes. (A converter asked for two outputs may swap them, or requantize one.)
"""

from __future__ import annotations

from typing import Any, NamedTuple

import flatbuffers
import numpy as np
from ai_edge_litert import schema_py_generated as schema
from numpy.typing import NDArray

from convert.graph import op_name, parse, real
from edge.errors import ModelError

NAME = b"embedding"
ALIGNMENT = 16
"""Bytes: the schema's `force_align` of a buffer, which flatbuffers' Python forgets."""


class Last(NamedTuple):
    """The last layer: a 1x1 convolution of the pooled numbers."""

    read: int
    """Number of the tensor that it reads, (1, 1, 1, width)."""
    kernel: NDArray[np.float32]
    """(width, 7)."""
    bias: NDArray[np.float32]
    """(7,)."""


class _Builder(flatbuffers.Builder):
    """Lays weights where an interpreter may read them without a copy."""

    def CreateNumpyVector(self, x: NDArray[Any]) -> int:  # noqa: N802  flatbuffers' name
        if x.dtype != np.uint8:
            return int(super().CreateNumpyVector(x))
        self.StartVector(1, x.size, ALIGNMENT)
        self.head -= x.size
        self.Bytes[self.head : self.head + x.size] = x.tobytes()
        return int(self.EndVector())


def expose(content: bytes) -> bytes:
    """Return a .tflite file's `content` with the embedding as its second output.

    A file that has it already stays as it is.

    Raises:
        ModelError: it does not end in a pooled layer and a 1x1 convolution.
    """
    model = parse(content)
    (graph,) = model.subgraphs
    read = last_layer(content).read
    if read in graph.outputs:
        return content
    graph.outputs = [*graph.outputs, read]
    for signature in model.signatureDefs or []:
        output = schema.TensorMapT()
        output.name, output.tensorIndex = NAME, read
        signature.outputs.append(output)
    builder = _Builder(len(content))
    builder.Finish(model.Pack(builder), b"TFL3")
    return bytes(builder.Output())


def last_layer(content: bytes) -> Last:
    """Return the last layer of a .tflite file, as real numbers.

    Raises:
        ModelError: the file ends in something else.
    """
    model = parse(content)
    (graph,) = model.subgraphs
    *_, pool, last, _ = graph.operators
    names = [op_name(model.operatorCodes[one.opcodeIndex]) for one in (pool, last)]
    if names != ["MEAN", "CONV_2D"] or list(pool.outputs) != [last.inputs[0]]:
        raise ModelError(f"it ends in {' and '.join(names)}, not in a mean and a 1x1 convolution")
    kernel, bias = (graph.tensors[number] for number in last.inputs[1:])
    weights = real(model, kernel, np.int8)
    return Last(int(last.inputs[0]), weights[:, 0, 0].T, real(model, bias, np.int32))
