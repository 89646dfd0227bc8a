"""The last layer of a released int8 file: read it, see what it reads, put another in its place."""

from __future__ import annotations

from typing import Any

import numpy as np
from ai_edge_litert import schema_py_generated as schema
from ai_edge_litert.interpreter import Interpreter, OpResolverType
from numpy.typing import NDArray

from convert.embedding import last_layer
from convert.int8 import Images
from convert.learn.fit import Floats
from edge.errors import ModelError


def read(content: bytes) -> Floats:
    """Return the last layer, (7, width + 1), as real numbers; its bias comes last."""
    last = last_layer(content)
    return np.asarray(np.c_[last.kernel.T, last.bias], np.float64)


def embed(content: bytes, images: Images) -> NDArray[np.float32]:
    """Return the pooled numbers that the last layer reads, (n, width), of grey faces."""
    tensor = _last(schema.Model.GetRootAs(content, 0))[0]
    interpreter = Interpreter(
        model_content=content,
        num_threads=1,
        # A delegate would leave what lies between its operators unwritten.
        experimental_op_resolver_type=OpResolverType.BUILTIN_WITHOUT_DEFAULT_DELEGATES,
        experimental_preserve_all_tensors=True,
    )
    interpreter.allocate_tensors()
    details = next(it for it in interpreter.get_tensor_details() if it["index"] == tensor)
    scale, zero_point = details["quantization"]
    into = interpreter.get_input_details()[0]["index"]
    found = np.empty((len(images), int(np.prod(details["shape"]))), np.float32)
    for row, face in enumerate((images ^ 0x80).view(np.int8)[..., None]):
        interpreter.set_tensor(into, face[None])
        interpreter.invoke()
        found[row] = interpreter.get_tensor(tensor).ravel()
    return np.asarray(np.float32(scale) * (found - np.float32(zero_point)))


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
