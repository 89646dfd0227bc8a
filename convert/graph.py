"""Look into a .tflite file with the schema's own reader."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np
from ai_edge_litert import schema_py_generated as schema
from numpy.typing import NDArray

from edge.errors import ModelError

Array = NDArray[np.float32]


class Convolution(NamedTuple):
    """One convolution with what followed it folded in, as real numbers."""

    kernel: Array
    """(h, w, in, out), or (h, w, out, 1) where each channel has its own, as in Keras."""
    bias: Array
    """(out,)."""
    stride: int


def depthwise(kernel: Array) -> bool:
    """Whether each channel has a kernel of its own: channels are the last axis but one then."""
    return bool(kernel.shape[3] == 1)


def scaled(kernel: Array, gain: Array) -> Array:
    """Return a kernel with each channel that it puts out multiplied by its `gain`, (out,)."""
    return np.asarray(kernel * (gain[:, None] if depthwise(kernel) else gain))


class _Weighted(NamedTuple):
    name: str
    output: Any
    weights: list[Any]
    """Tensors: the kernel, and the bias."""
    options: Any


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
    return sum(int(np.prod(tensor.shape)) for one in weighted for tensor in one.weights)


def multiply_adds(content: bytes) -> int:
    """Return how many multiplications one image takes in convolutions and dense layers."""
    total = 0
    for one in _weighted(parse(content)):
        # A kernel is (out, h, w, in), or (1, h, w, out) where each channel has its own.
        kernel = one.weights[0].shape[1:]
        if one.name == "DEPTHWISE_CONV_2D":
            kernel = kernel[:2]
        total += int(np.prod(one.output.shape) * np.prod(kernel))
    return total


def convolutions(content: bytes) -> Iterator[Convolution]:
    """Yield each of them in its order."""
    model = parse(content)
    for one in _weighted(model):
        if one.name != "FULLY_CONNECTED":
            kernel, bias = one.weights
            yield Convolution(
                real(model, kernel, np.int8).transpose(1, 2, 3, 0),
                real(model, bias, np.int32),
                one.options.strideH,
            )


def real(model: Any, tensor: Any, kind: type[np.integer]) -> Array:
    """Return a quantized tensor's values; one axis has a scale for each place, or all have one."""
    values = np.frombuffer(bytes(model.buffers[tensor.buffer].data), kind).reshape(tensor.shape)
    scale = np.asarray(tensor.quantization.scale, np.float32)
    along = np.ones(values.ndim, int)
    along[tensor.quantization.quantizedDimension] = -1
    return np.asarray(values * scale.reshape(along), np.float32)


def _weighted(model: Any) -> Iterator[_Weighted]:
    """Yield every operator that has a kernel."""
    (graph,) = model.subgraphs
    for operator in graph.operators:
        name = op_name(model.operatorCodes[operator.opcodeIndex])
        if name in {"CONV_2D", "DEPTHWISE_CONV_2D", "FULLY_CONNECTED"}:
            weights = [graph.tensors[i] for i in operator.inputs[1:] if i >= 0]
            output = graph.tensors[operator.outputs[0]]
            yield _Weighted(name, output, weights, operator.builtinOptions)
