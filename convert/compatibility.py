"""The static gate: what the Edge TPU's compiler and its generation of TFLite would choke on.

    moodbox-convert check --model models/emotion.tflite
    moodbox-convert check --model models/emotion.tflite --run runs/ferplus --data faces.npz \
        --reference-python /opt/tf26/bin/python

The compiler is frozen since 2021 and reads newer models wrongly, some without a word. A model that
passes here uses nothing but what that generation knew; that it maps, only the compiler can tell.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from ai_edge_litert import schema_py_generated as schema

from convert import agreement, dataset
from convert.dataset import NO_LABEL, Split
from convert.graph import op_name, parse
from convert.int8 import Int8Model
from edge.errors import ModelError
from edge.vision import card as cards

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

# TensorFlow 2.6 takes up to a second a face on a PC's processor.
REFERENCE_FACES = 60

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
    for what, numbers in (("input", graph.inputs), ("output", graph.outputs)):
        if len(numbers) != 1:
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


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command line."""
    parser.add_argument("--model", type=Path, required=True, help="the int8 file (.tflite)")
    parser.add_argument("--data", type=Path, help="the data set; needed for what follows")
    parser.add_argument("--run", type=Path, help="the training it came from: compare with float")
    parser.add_argument(
        "--reference-python",
        type=Path,
        help="a Python 3.9 with tensorflow-cpu 2.6.5, the compiler's generation: run it there too",
    )


def run(arguments: argparse.Namespace) -> int:
    """Check a model; one line for each thing that is wrong, and 1 if there is any."""
    path: Path = arguments.model
    try:
        wrong = violations(path.read_bytes())
    except OSError as error:
        raise ModelError(f"{path}: the model cannot be read: {error.strerror}") from error
    if not wrong and (arguments.run or arguments.reference_python):
        if arguments.data is None:
            raise ModelError("check: --run and --reference-python need --data")
        wrong = _agreement(arguments)
    for line in wrong:
        print(f"{path}: {line}")
    if not wrong:
        print(f"{path}: passes the static gate; whether it maps, only edgetpu_compiler can tell")
    return 1 if wrong else 0


def _agreement(arguments: argparse.Namespace) -> list[str]:
    """Compare with the float network and with an old interpreter, as far as asked for."""
    faces = dataset.load(arguments.data).part(Split.TEST)
    faces = faces.take(~faces.copied)
    wrong = []
    if arguments.run:
        from convert import quantize  # noqa: PLC0415  brings TensorFlow

        card = cards.load(arguments.model.with_suffix(".json"))
        network = quantize.load(arguments.run, card.truth, card.prior_shift)
        truth = faces.answers(card.truth)
        rows = faces.take(truth != NO_LABEL)
        found = agreement.compare(
            quantize.float_logits(network, rows.images),
            Int8Model.read(arguments.model).logits(rows.images),
            truth[truth != NO_LABEL],
        )
        print(f"int8 and float say the same on {found.same:.2%} of {len(rows):,} test faces")
        wrong += found.complaints()
    if arguments.reference_python:
        old = agreement.reference(
            arguments.reference_python, arguments.model, faces.images[:REFERENCE_FACES]
        )
        print(f"TensorFlow {old.version} agrees to {old.lsb} LSB")
        wrong += old.complaints()
    return wrong
