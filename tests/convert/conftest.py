"""A data set and a training run small enough for tests."""

from __future__ import annotations

import json
import os
import shutil
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import keras
import mlflow
import numpy as np
import pytest
import tensorflow as tf
from fakes.faces import made_up

from convert import card, evaluation_set, metrics, quantize, tracking
from convert.__main__ import main
from convert.dataset import LABELS, Dataset, Split
from convert.int8 import Int8Model
from convert.network import Separable, build
from edge.vision import card as cards

# For our few seconds of sound, half of what librosa costs is to compile it well.
os.environ.setdefault("NUMBA_OPT", "0")


@pytest.fixture(scope="session", autouse=True)
def eagerly() -> None:
    """Run networks step by step: to trace them costs more than our few steps do."""
    tf.config.run_functions_eagerly(True)


@pytest.fixture
def traced() -> Iterator[None]:
    """Trace networks, as a real training does."""
    tf.config.run_functions_eagerly(False)
    yield
    tf.config.run_functions_eagerly(True)


@pytest.fixture(scope="session")
def faces() -> Dataset:
    """Made-up faces; 210 rows of each part."""
    return made_up()


@pytest.fixture(scope="session")
def faces_network(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A TensorFlow.js graph of colour pictures: the convolutions of the tiny student's trunk."""
    path = tmp_path_factory.mktemp("pretrained") / "faces.json"
    rng = np.random.default_rng(8)
    tensors: dict[str, np.ndarray] = {"mean/axes": np.array([1, 2], np.int32)}
    nodes: list[dict[str, Any]] = [{"op": "Placeholder", "name": "picture"}]

    def add(op: str, name: str, weights: np.ndarray, stride: int = 1) -> None:
        tensors[f"{name}/weights"] = weights.astype(np.float32)
        strides = {"strides": {"list": {"i": ["1", str(stride), str(stride), "1"]}}}
        inputs = [str(nodes[-1]["name"]), f"{name}/weights"]
        nodes.append({"op": "Const", "name": f"{name}/weights"})
        nodes.append({"op": op, "name": name, "input": inputs, "attr": strides})

    add("Conv2D", "first", rng.normal(0, 0.01, (3, 3, 3, 8)), stride=2)
    add("Add", "first/bias", rng.normal(2, 1, 8))
    nodes.append({"op": "Relu", "name": "first/relu", "input": ["first/bias"]})
    add("DepthwiseConv2dNative", "depthwise", rng.normal(0, 0.3, (3, 3, 8, 1)), stride=2)
    add("Mul", "depthwise/scale", rng.normal(1, 0.2, 8))
    add("Add", "depthwise/bias", rng.normal(2, 1, 8))
    add("Conv2D", "pointwise", rng.normal(0, 0.3, (1, 1, 8, 16)))
    add("Add", "pointwise/bias", rng.normal(2, 1, 16))
    manifest = [
        {"name": name, "shape": list(tensor.shape), "dtype": str(tensor.dtype)}
        for name, tensor in tensors.items()
    ]
    group = {"weights": manifest, "paths": ["faces.bin"]}
    graph = {"modelTopology": {"node": nodes}, "weightsManifest": [group]}
    path.write_text(json.dumps(graph))
    path.with_suffix(".bin").write_bytes(b"".join(t.tobytes() for t in tensors.values()))
    return path


@pytest.fixture(scope="session")
def people_network(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A manifest like that of dlib's network: a first convolution, and two blocks of two.

    The kernels are kept in bytes, and the first takes colours.
    """
    path = tmp_path_factory.mktemp("pretrained") / "people-weights_manifest.json"
    rng = np.random.default_rng(9)
    shapes = {
        "conv8_down": (7, 7, 3, 8),
        "conv8_1/conv1": (3, 3, 8, 8),
        "conv8_1/conv2": (3, 3, 8, 8),
        "conv16_down/conv1": (3, 3, 8, 16),
        "conv16_down/conv2": (3, 3, 16, 16),
    }
    manifest, content = [], b""
    for name, shape in shapes.items():
        kernel = rng.integers(0, 256, shape).astype(np.uint8)
        content += kernel.tobytes()
        kept = {"dtype": "uint8", "scale": 0.002, "min": -0.25}
        about = {"name": f"{name}/conv/filters", "shape": shape, "dtype": "float32"}
        manifest.append(about | {"quantization": kept})
        for kind, middle in (("conv/bias", 0), ("scale/weights", 1), ("scale/biases", 0)):
            content += rng.normal(middle, 0.1, shape[3]).astype(np.float32).tobytes()
            manifest.append({"name": f"{name}/{kind}", "shape": shape[3:], "dtype": "float32"})
    path.write_text(json.dumps([{"weights": manifest, "paths": ["people.bin"]}]))
    path.with_name("people.bin").write_bytes(content)
    return path


@pytest.fixture(scope="session")
def trained(faces: Dataset, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A finished run of a tiny two-headed network in half precision; it knows the made-up faces."""
    folder = tmp_path_factory.mktemp("runs") / "tiny"
    folder.mkdir()
    policy = keras.config.dtype_policy()
    keras.config.set_dtype_policy("mixed_bfloat16")
    keras.utils.set_random_seed(3)
    model = build(Separable((8, 16), (2,)), ["ferplus", "fer2013"])
    keras.config.set_dtype_policy(policy)
    _learn_shades(model, faces.part(Split.TRAIN))
    model.save(folder / "model.keras")
    (folder / "curves.csv").write_text("epoch,loss,val_loss\n0,2.0,1.9\n1,1.8,1.7\n")
    (folder / "recipe.json").write_text('{"seed": 3}')
    return folder


def _learn_shades(model: keras.Model, training: Dataset) -> None:
    """Solve for the last layers: the nearest of seven shades is linear in shade."""
    for head in model.output:
        last = model.get_layer(f"{head}_conv")
        trunk = keras.Model(model.input, last.input)
        pixels = training.images[..., None] / np.float32(255)
        features = np.asarray(trunk(pixels), np.float64).reshape(len(pixels), -1)
        known = np.c_[features, np.ones(len(features))]
        weights = np.linalg.lstsq(known, training.label.astype(np.float64), rcond=1e-4)[0]
        shades = np.arange(len(LABELS))
        kernel = np.outer(weights[:-1], 2 * shades)
        bias = 2 * shades * weights[-1] - shades**2
        last.set_weights([kernel[None, None], bias])


@pytest.fixture(scope="session")
def first_release(trained: Path, faces: Dataset, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a tiny emotion.tflite and its card."""
    folder = tmp_path_factory.mktemp("models")
    path = folder / "emotion.tflite"
    network = quantize.load(trained, "ferplus")
    path.write_bytes(quantize.to_int8(network, quantize.calibration_faces(faces)))
    validation = evaluation_set.of(faces, Split.VALIDATION, "ferplus")
    said = Int8Model.read(path).run(validation.images).argmax(axis=1)
    about = card.describe(
        path,
        truth="ferplus",
        temperature=1.5,
        shift=np.zeros(len(LABELS)),
        matrix=metrics.confusion(validation.truth, said),
        run=trained,
    )
    cards.save(about, path.with_suffix(".json"))
    return folder


@pytest.fixture(scope="session")
def no_runs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make MLflow's tables once, which takes seconds; no run is in them."""
    folder = tmp_path_factory.mktemp("mlflow")
    with warnings.catch_warnings(action="ignore"):  # MLflow's own
        tracking._use(folder)
        assert mlflow.get_experiment_by_name(tracking.EXPERIMENT) is None
    return folder / tracking.STORE


@pytest.fixture
def runs(no_runs: Path, tmp_path: Path) -> Path:
    """The folder for the runs of one test."""
    folder = tmp_path / "runs"
    folder.mkdir()
    shutil.copyfile(no_runs, folder / tracking.STORE)
    return folder


@pytest.fixture
def released(first_release: Path, tmp_path: Path) -> Path:
    """A copy of that folder which a test may spoil."""
    return Path(shutil.copytree(first_release, tmp_path / "models"))


@pytest.fixture(scope="session")
def data(faces: Dataset, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The made-up faces, as `data` writes them."""
    path = tmp_path_factory.mktemp("data") / "faces.npz"
    faces.save(path)
    return path


@pytest.fixture(scope="module")
def taught(first_release: Path, data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The tiny model as `release` would write it, with its last layer."""
    folder = tmp_path_factory.mktemp("taught") / "models"
    shutil.copytree(first_release, folder)
    assert main(["head", "--model", str(folder / "emotion.tflite"), "--data", str(data)]) == 0
    return folder
