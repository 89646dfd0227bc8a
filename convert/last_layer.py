"""What the box needs to learn from a household's taps: the last layer, and what its changes cost.

    moodbox-convert head --model models/emotion.tflite --data faces.npz

Lets the file say its embedding too (convert/embedding.py), writes MODEL_head.npz beside it, and
enters both on its card; `release` does this as one of its steps. There is no face in that file, and
nobody's embedding: only a matrix that sums up all training faces.
"""

from __future__ import annotations

import argparse
import io
from pathlib import Path

import msgspec
import numpy as np
from numpy.typing import NDArray

from convert import dataset, embedding
from convert.dataset import Dataset, Split
from convert.evaluate import open_with_card
from convert.int8 import Int8Model
from edge.vision import card as cards
from edge.vision.card import Card, LastLayer

BASE_FACES = 8000
"""Some forty times as many as there are numbers to foretell one another: more tell no more."""
FOREIGN = 0.1
"""How far a change may go that the old logits do not say, where one that they say goes to one."""
RIDGE = 1.0
"""Added to the variance of each number of the embedding: what hardly varies may hardly count."""


def penalty(weights: NDArray[np.floating], seen: NDArray[np.floating]) -> NDArray[np.floating]:
    """Return the matrix P, (d, d): trace(C P C') is what a change C, (7, d), of the layer costs.

    For a change that mixes the old logits anew and shifts them, which takes 8 of the d directions
    ("matrix scaling", Guo et al. 2017), that is its mean squared change of the logits on base
    faces, `seen`, (n, d): a quadratic penalty from base data, as in elastic weight consolidation
    (Kirkpatrick et al. 2017), and exact where the layer is linear. All other directions are dearer,
    for a few taps cannot tell so many of them apart. P is the inverse of the sum of both priors'
    covariances. `weights` are the old layer, (7, d); the last of the d numbers is always one.
    """
    moment = seen.T @ seen / len(seen)
    own = np.vstack([weights, np.eye(weights.shape[1])[-1]])
    mixing = own.T @ np.linalg.pinv(own @ moment @ own.T) @ own
    other = np.linalg.inv(moment + RIDGE * np.eye(len(moment)))
    return np.asarray(np.linalg.inv(mixing + FOREIGN * other))


def learnable(path: Path, card: Card, data: Dataset) -> Card:
    """Give the int8 file at `path` its second output and MODEL_head.npz; return its card anew.

    Raises:
        ModelError: the file ends in no last layer.
    """
    content = embedding.expose(path.read_bytes())
    model, last = Int8Model(content), embedding.last_layer(content)
    weights = np.c_[last.kernel.T, last.bias]
    training = data.part(Split.TRAIN).images
    some = np.random.default_rng(0).permutation(len(training))[:BASE_FACES]
    said = model.embeddings(training[some]).astype(np.float64)
    weights = weights.astype(np.float64) / card.output.temperature
    cost = penalty(weights, np.c_[said, np.ones(len(said))])
    head = path.with_name(f"{path.stem}_head.npz")
    head.write_bytes(_npz(weights=weights, penalty=cost))
    path.write_bytes(content)
    scale, zero_point = model.outputs[1]["quantization"]
    return msgspec.structs.replace(
        card,
        model=cards.artefact(path),
        last_layer=LastLayer(cards.artefact(head), said.shape[1], float(scale), int(zero_point)),
    )


def _npz(**arrays: NDArray[np.floating]) -> bytes:
    """Return the arrays as the bytes of an npz, the same for the same arrays."""
    file = io.BytesIO()
    np.savez(file, **{name: array.astype("<f4") for name, array in arrays.items()})  # type: ignore[arg-type]
    return file.getvalue()


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command line."""
    parser.add_argument(
        "--model", type=Path, required=True, help="an int8 file (.tflite) with its card (.json)"
    )
    parser.add_argument("--data", type=Path, required=True, help="the data set (.npz)")


def run(arguments: argparse.Namespace) -> int:
    """Do it, and write the page of the folder anew."""
    from convert import page  # noqa: PLC0415  brings Keras

    path: Path = arguments.model
    _, card = open_with_card(path)
    card = learnable(path, card, dataset.load(arguments.data))
    cards.save(card, path.with_suffix(".json"))
    page.write(path.parent)
    assert card.last_layer is not None  # noqa: S101  that is what was made
    print(f"{path}: says {card.last_layer.width} numbers more; {card.last_layer.file.file}")
    return 0
