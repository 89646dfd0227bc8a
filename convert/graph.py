"""Look into a .tflite file with the schema's own reader."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from ai_edge_litert import schema_py_generated as schema
from numpy.typing import NDArray

from edge.errors import ModelError

Array = NDArray[np.float32]

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
    weighted = _weighted(parse(content))
    return sum(int(np.prod(tensor.shape)) for _, _, weights in weighted for tensor in weights)


def multiply_adds(content: bytes) -> int:
    """Return how many multiplications one image takes in convolutions and dense layers."""
    total = 0
    for name, output, (kernel, *_) in _weighted(parse(content)):
        # A kernel is (out, h, w, in), or (1, h, w, out) where each channel has its own.
        one = kernel.shape[1:3] if name == "DEPTHWISE_CONV_2D" else kernel.shape[1:]
        total += int(np.prod(output.shape) * np.prod(one))
    return total


def convolutions(content: bytes) -> Iterator[tuple[Array, Array]]:
    """Yield the kernel, (out, h, w, in), and the bias, (out,), of each, as real numbers."""
    model = parse(content)
    for name, _, (kernel, bias) in _weighted(model):
        if name == "CONV_2D":
            yield _real(model, kernel, np.int8), _real(model, bias, np.int32)


def _real(model: Any, tensor: Any, kind: type[np.integer]) -> Array:
    """Return a quantized tensor's values; its first axis has one scale each, or all have one."""
    values = np.frombuffer(bytes(model.buffers[tensor.buffer].data), kind).reshape(tensor.shape)
    scale = np.asarray(tensor.quantization.scale, np.float32)
    return np.asarray(values * scale.reshape(-1, *[1] * (values.ndim - 1)), np.float32)


def _weighted(model: Any) -> Iterator[tuple[str, Any, list[Any]]]:
    """Yield name, output, and kernel and bias of every operator that has a kernel."""
    (graph,) = model.subgraphs
    for operator in graph.operators:
        name = op_name(model.operatorCodes[operator.opcodeIndex])
        if name in {"CONV_2D", "DEPTHWISE_CONV_2D", "FULLY_CONNECTED"}:
            weights = [graph.tensors[i] for i in operator.inputs[1:] if i >= 0]
            yield name, graph.tensors[operator.outputs[0]], weights
