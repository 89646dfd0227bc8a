"""The last layer of a released int8 file: read it, put another in its place."""

from __future__ import annotations

from typing import Any

import numpy as np
from ai_edge_litert import schema_py_generated as schema
from numpy.typing import NDArray

from convert.embedding import last_layer
from edge.errors import ModelError
from edge.personal.fit import Floats


def read(content: bytes) -> Floats:
    """Return the last layer, (7, width + 1), as real numbers; its bias comes last."""
    last = last_layer(content)
    return np.asarray(np.c_[last.kernel.T, last.bias], np.float64)


def replace(content: bytes, layer: Floats) -> bytes:
    """Return the file with `layer` as its last; every other byte of it stays.

    Raises:
        ModelError: the layer is not finite, or so large that int32 does not hold its bias.
    """
    if not np.isfinite(layer).all():
        raise ModelError("the last layer is not finite: the fit went astray")
    fresh = bytearray(content)
    model = schema.Model.GetRootAs(fresh, 0)
    reads, kernel, bias = (model.Subgraphs(0).Tensors(number) for number in _last(model))
    step = np.maximum(np.abs(layer[:, :-1]).max(axis=1), 1e-12) / 127
    bias_step = step * float(reads.Quantization().Scale(0))
    whole = np.round(layer[:, -1] / bias_step)
    if np.abs(whole).max() > np.iinfo(np.int32).max:
        raise ModelError("the last layer's bias does not fit into int32")
    _write(model, kernel, np.round(layer[:, :-1] / step[:, None]).astype(np.int8), step)
    _write(model, bias, whole.astype(np.int32), bias_step)
    return bytes(fresh)


def _write(model: Any, tensor: Any, values: NDArray[Any], step: Floats) -> None:
    """Write values and scales into the very bytes of the file."""
    scale = tensor.Quantization().ScaleAsNumpy()
    data = model.Buffers(tensor.Buffer()).DataAsNumpy()
    if len(scale) != len(step) or data.size != values.nbytes:
        raise ModelError(f"the last layer has {len(scale)} scales and {data.size} bytes")
    scale[:] = step.astype(np.float32)
    data[:] = np.frombuffer(values.tobytes(), np.uint8)


def _last(model: Any) -> tuple[int, int, int]:
    """Return the numbers of the tensors that the last convolution takes: pooled, kernel, bias."""
    only = model.Subgraphs(0)
    found = None
    for number in range(only.OperatorsLength()):
        operator = only.Operators(number)
        code = model.OperatorCodes(operator.OpcodeIndex())
        if max(code.BuiltinCode(), code.DeprecatedBuiltinCode()) == schema.BuiltinOperator.CONV_2D:
            found = operator
    if found is None or found.InputsLength() != 3:
        raise ModelError("the file has no last convolution with a bias")
    return found.Inputs(0), found.Inputs(1), found.Inputs(2)
