"""What is needed to learn from a household: the last layer, and the moment of what it reads.

    moodbox-convert head --model models/emotion.tflite --data faces.npz

Lets the file say its embedding too (convert/embedding.py), writes MODEL_head.npz beside it, and
enters both on its card; `release` does this as one of its steps. There is no face in that file, and
nobody's embedding: only a matrix that sums up training faces (edge/personal/fit.py).
"""

from __future__ import annotations

import argparse
import io
from pathlib import Path

import msgspec
import numpy as np

from convert import dataset, embedding
from convert.dataset import Dataset, Split
from convert.evaluate import open_with_card
from convert.int8 import Int8Model
from edge.personal.fit import Floats
from edge.vision import card as cards
from edge.vision.card import Card, LastLayer

BASE_FACES = 8000
"""Some forty times as many as there are numbers to foretell one another: more tell no more."""


def second_moment(seen: Floats) -> Floats:
    """Return the mean of the outer products of embeddings, (n, d), (d, d)."""
    return np.asarray(seen.T @ seen / len(seen))


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
    moment = second_moment(np.c_[said, np.ones(len(said))])
    head = path.with_name(f"{path.stem}_head.npz")
    head.write_bytes(packed(weights, moment))
    path.write_bytes(content)
    scale, zero_point = model.outputs[1]["quantization"]
    return msgspec.structs.replace(
        card,
        model=cards.artefact(path),
        last_layer=LastLayer(cards.artefact(head), said.shape[1], float(scale), int(zero_point)),
    )


def packed(weights: Floats, moment: Floats) -> bytes:
    """Return both as the bytes of an npz, the same for the same numbers."""
    file = io.BytesIO()
    np.savez(file, weights=weights.astype("<f4"), moment=moment.astype("<f4"))
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
