"""The static check: what the Edge TPU's compiler and its generation of TFLite would choke on.

The compiler is frozen since 2021 and reads newer models wrongly, some without a word. A model that
passes here uses nothing but what that generation knew; that it maps, only the compiler can tell.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from ai_edge_litert import schema_py_generated as schema

from convert.graph import op_name, parse
from edge.errors import ModelError

# Newest version of each op that both the Edge TPU's list of operations and int8 in TFLite 2.5
# know (coral.ai/docs/edgetpu/models-intro, tensorflow/lite/tools/versioning/op_version.cc).
ALLOWED = {
    "ADD": 2,
    "AVERAGE_POOL_2D": 2,
    "CONCATENATION": 2,
    "CONV_2D": 3,
    "DEPTHWISE_CONV_2D": 3,
    "FULLY_CONNECTED": 5,
    "LOGISTIC": 2,
    "MAX_POOL_2D": 2,
    "MEAN": 2,
    "MUL": 2,
    "PAD": 2,
    "PRELU": 1,
    "RELU": 2,
    "RELU6": 2,
    "RESHAPE": 1,
    "SOFTMAX": 2,
    "TANH": 2,
}

_TYPES = {v: k for k, v in vars(schema.TensorType).items() if k.isupper()}


def violations(content: bytes) -> list[str]:
    """Return one line for each rule that the model in a .tflite file's `content` breaks."""
    try:
        model = parse(content)
    except ModelError as error:
        return [f"file: {error}"]
    if len(model.subgraphs) != 1:
        return [f"graph: {len(model.subgraphs)} subgraphs; the compiler takes one"]
    (only,) = model.subgraphs
    return [*_ops(model, only), *_tensors(only), *_ends(only)]


def _ops(model: Any, graph: Any) -> Iterator[str]:
    """Check which operations there are, and how new."""
    for number, operator in enumerate(graph.operators):
        code = model.operatorCodes[operator.opcodeIndex]
        name = op_name(code)
        where = f"op {number} {name}"
        if name not in ALLOWED:
            yield f"{where}: does not map to the Edge TPU"
        elif code.version > ALLOWED[name]:
            yield f"{where}: version {code.version}; the compiler knows up to {ALLOWED[name]}"
        inputs = [graph.tensors[i] for i in operator.inputs if i >= 0]
        if name == "FULLY_CONNECTED" and _channels(inputs[1]) > 1:
            yield (
                f"{where}: weights are quantized per channel, which TFLite of 2021 misreads"
                " silently; use a 1x1 convolution"
            )
        if name == "CONV_2D" and inputs[0].shape[3] != inputs[1].shape[3]:
            yield f"{where}: a grouped convolution, which does not map to the Edge TPU"


def _channels(tensor: Any) -> int:
    """Return how many scales quantize a tensor; 0: it is not quantized."""
    scale = None if tensor.quantization is None else tensor.quantization.scale
    return 0 if scale is None else len(scale)


def _tensors(graph: Any) -> Iterator[str]:
    """Check types and shapes: whole numbers and nothing that is settled only while running."""
    used = {i for operator in graph.operators for i in (*operator.inputs, *operator.outputs)}
    for number in sorted(used - {-1}):
        tensor = graph.tensors[number]
        where = f"tensor {number} {tensor.name.decode()}"
        if tensor.type not in {schema.TensorType.INT8, schema.TensorType.INT32}:
            yield f"{where}: is {_TYPES[tensor.type]}; only INT8 and INT32 map"
        elif tensor.type == schema.TensorType.INT8 and not _channels(tensor):
            yield f"{where}: INT8 without a scale"
        shape = tensor.shape if tensor.shapeSignature is None else tensor.shapeSignature
        if shape is None or any(size < 1 for size in shape):
            yield f"{where}: its shape {_listed(shape)} is not fixed"


def _ends(graph: Any) -> Iterator[str]:
    """Check the model's own input and output."""
    read = {i for operator in graph.operators for i in operator.inputs}
    for what, numbers in (("input", graph.inputs), ("output", graph.outputs)):
        # Beside its answer a model may say what its last layer read (convert/embedding.py).
        inner = what == "output" and set(numbers[1:]) <= read
        if len(numbers) not in ((1, 2) if inner else (1,)):
            yield f"{what}: there are {len(numbers)}, there has to be one"
        for tensor in (graph.tensors[number] for number in numbers):
            if tensor.type != schema.TensorType.INT8:
                yield f"{what}: is {_TYPES[tensor.type]}, has to be INT8"
            if tensor.shape is None or not len(tensor.shape) or tensor.shape[0] != 1:
                yield f"{what}: shape {_listed(tensor.shape)}; the batch has to be 1"
            if what == "input" and _channels(tensor) == 1 and not _is_flipped_byte(tensor):
                yield "input: scale and zero point have to be 1/255 and -128"


def _is_flipped_byte(tensor: Any) -> bool:
    quantization = tensor.quantization
    return bool(
        quantization.zeroPoint[0] == -128 and np.isclose(quantization.scale[0], 1 / 255, rtol=1e-5)
    )


def _listed(shape: Any) -> list[int]:
    return [] if shape is None else [int(size) for size in shape]
