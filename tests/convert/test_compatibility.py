"""The gate lets through what the Edge TPU's compiler knows, and names everything else."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import Any

import flatbuffers
import keras
import numpy as np
import pytest
import tensorflow as tf
from ai_edge_litert import schema_py_generated as schema
from keras import layers

from convert import compatibility, quantize, static_check

Layer = Callable[[Any], Any]


def converted(body: Layer, batch: int | None = 1, *, whole: bool = True) -> bytes:
    """A model of one convolution and `body`, quantized as the converter does it by itself."""
    pixels = keras.Input((8, 8, 2), batch_size=batch)
    model = keras.Model(pixels, body(layers.Conv2D(4, 3, activation="relu")(pixels)))
    converter = tf.lite.TFLiteConverter.from_keras_model(model)
    if whole:
        faces = np.random.default_rng(0).random((4, 1, 8, 8, 2), np.float32)
        faces[0, 0, 0, 0], faces[0, 0, 1, 0] = 0, 1
        converter.optimizations = [tf.lite.Optimize.DEFAULT]
        converter.representative_dataset = lambda: ([face] for face in faces)
        converter.target_spec.supported_ops = [tf.lite.OpsSet.TFLITE_BUILTINS_INT8]
        converter.inference_input_type = converter.inference_output_type = tf.int8
    with quantize.quiet():
        return bytes(converter.convert())


@pytest.fixture(scope="module")
def good() -> bytes:
    def head(x: Any) -> Any:
        x = layers.GlobalAveragePooling2D(keepdims=True)(x)
        return layers.Reshape((7,))(layers.Conv2D(7, 1)(x))

    return converted(head)


def changed(content: bytes, change: Callable[[Any, Any], None]) -> bytes:
    """The same file after `change(model, graph)` on its object form."""
    model = schema.ModelT.InitFromObj(schema.Model.GetRootAs(content, 0))
    change(model, model.subgraphs[0])
    builder = flatbuffers.Builder(len(content))
    builder.Finish(model.Pack(builder), file_identifier=b"TFL3")
    return bytes(builder.Output())


def test_what_the_box_runs_passes(good: bytes) -> None:
    assert static_check.violations(good) == []


def test_a_dense_head_is_refused_because_it_is_quantized_per_channel() -> None:
    broken = static_check.violations(converted(lambda x: layers.Dense(7)(layers.Flatten()(x))))
    assert any("FULLY_CONNECTED" in line and "per channel" in line for line in broken)


@pytest.mark.parametrize(
    ("body", "op"),
    [
        (layers.ELU(), "ELU"),
        (layers.LeakyReLU(), "LEAKY_RELU"),
        (layers.Activation("hard_silu"), "HARD_SWISH"),
    ],
)
def test_an_op_that_does_not_map_is_named(body: Layer, op: str) -> None:
    assert any(
        op in line and "does not map" in line for line in static_check.violations(converted(body))
    )


def test_a_grouped_convolution_is_refused() -> None:
    broken = static_check.violations(converted(layers.Conv2D(4, 3, groups=2)))
    assert any("grouped" in line for line in broken)


def test_a_batch_that_is_not_fixed_is_refused(good: bytes) -> None:
    broken = static_check.violations(converted(layers.Conv2D(7, 1), batch=None))
    assert any("not fixed" in line for line in broken)


def test_floats_are_refused() -> None:
    broken = static_check.violations(converted(layers.Conv2D(7, 1), whole=False))
    assert any("is FLOAT32; only INT8 and INT32 map" in line for line in broken)
    assert any("input: is FLOAT32" in line for line in broken)


def test_an_op_newer_than_the_compiler_is_refused(good: bytes) -> None:
    def newer(model: Any, graph: Any) -> None:
        model.operatorCodes[0].version = 6

    assert any(
        "CONV_2D: version 6" in line for line in static_check.violations(changed(good, newer))
    )


def test_a_batch_of_two_is_refused(good: bytes) -> None:
    def double(model: Any, graph: Any) -> None:
        tensor = graph.tensors[graph.inputs[0]]
        tensor.shape, tensor.shapeSignature = np.array([2, 8, 8, 2], np.int32), None

    assert any(
        "the batch has to be 1" in line for line in static_check.violations(changed(good, double))
    )


def test_an_input_that_is_not_a_flipped_byte_is_refused(good: bytes) -> None:
    def rescale(model: Any, graph: Any) -> None:
        graph.tensors[graph.inputs[0]].quantization.scale = np.array([0.01], np.float32)

    assert "input: scale and zero point have to be 1/255 and -128" in static_check.violations(
        changed(good, rescale)
    )


def test_whole_numbers_without_a_scale_are_refused(good: bytes) -> None:
    def forget(model: Any, graph: Any) -> None:
        graph.tensors[graph.operators[1].outputs[0]].quantization = None

    assert any(
        "INT8 without a scale" in line for line in static_check.violations(changed(good, forget))
    )


def test_a_file_that_is_no_model_is_named() -> None:
    assert static_check.violations(b"PNG and so on") == ["file: not a TFLite model"]


@pytest.mark.parametrize(("newer", "code"), [(False, 0), (True, 1)])
def test_the_command_fails_loudly(
    good: bytes, newer: bool, code: int, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def change(model: Any, graph: Any) -> None:
        model.operatorCodes[0].version = 6 if newer else 3

    path = tmp_path / "emotion.tflite"
    path.write_bytes(changed(good, change))
    parser = argparse.ArgumentParser()
    compatibility.add_arguments(parser)
    assert compatibility.run(parser.parse_args(["--model", str(path)])) == code
    lines = capsys.readouterr().out.splitlines()
    assert lines
    assert all(line.startswith(f"{path}: ") for line in lines)
    assert any("CONV_2D: version 6" in line for line in lines) == newer
