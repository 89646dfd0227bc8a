"""Look into a .tflite file with the schema's own reader."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from ai_edge_litert import schema_py_generated as schema

from edge.errors import ModelError

_OPS = {v: k for k, v in vars(schema.BuiltinOperator).items() if k.isupper()}


def parse(content: bytes) -> Any:
    """Return a .tflite file's `content` as the schema's ModelT."""
    if content[4:8] != b"TFL3":
        raise ModelError("not a TFLite model")
    return schema.ModelT.InitFromObj(schema.Model.GetRootAs(content, 0))


def op_name(code: Any) -> str:
    """Return the name of an operator code; small numbers are kept in an older field."""
    return str(_OPS[max(code.builtinCode, code.deprecatedBuiltinCode)])


def parameters(content: bytes) -> int:
    """Return how many weights and biases the file holds; normalization is folded into them."""
    return sum(
        int(np.prod(tensor.shape)) for _, _, weights in _weighted(content) for tensor in weights
    )


def multiply_adds(content: bytes) -> int:
    """Return how many multiplications one image takes in convolutions and dense layers."""
    total = 0
    for name, output, (kernel, *_) in _weighted(content):
        # A kernel is (out, h, w, in), or (1, h, w, out) where each channel has its own.
        one = kernel.shape[1:3] if name == "DEPTHWISE_CONV_2D" else kernel.shape[1:]
        total += int(np.prod(output.shape) * np.prod(one))
    return total


def _weighted(content: bytes) -> Iterator[tuple[str, Any, list[Any]]]:
    """Yield name, output, and kernel and bias of every operator that has a kernel."""
    model = parse(content)
    (graph,) = model.subgraphs
    for operator in graph.operators:
        name = op_name(model.operatorCodes[operator.opcodeIndex])
        if name in {"CONV_2D", "DEPTHWISE_CONV_2D", "FULLY_CONNECTED"}:
            weights = [graph.tensors[i] for i in operator.inputs[1:] if i >= 0]
            yield name, graph.tensors[operator.outputs[0]], weights
