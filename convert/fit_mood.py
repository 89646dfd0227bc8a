"""Measure what the mood filter has to know of a model, on validation faces only.

    python -m convert.fit_mood --data faces.npz --models models --model emotion \
        --readings readings.npz --out edge/mood/rules.json

Run it for each released model: it takes about a minute. The readings that it leaves are what
tests/bench/mood.py replays; where the file is there already, no model is run.

The fit is vector scaling (Guo et al. 2017) with every emotion weighing the same: the result is
proportional to p(face | emotion), which is what a hidden Markov model asks for, and not to
p(emotion | face), in which disgust never wins.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

import cv2
import msgspec
import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from convert import readings as measured
from convert.dataset import LABELS, Split
from convert.dataset import load as load_faces
from convert.readings import Readings
from edge.mood.emission import LEAST, Emission

RIDGE = 1e-3
"""Pulls the biases to zero; two dozen disgusted faces are not much to go by. Chosen by six-fold
cross-validation among 1e-4 to 3e-2."""
STRAYS = 0.01
"""Share of the views of a face that are taken for another face."""

Array = NDArray[np.float64]


def fit(readings: Readings) -> Emission:
    """Return the emission that suits the validation faces among `readings`."""
    faces = readings.part(Split.VALIDATION)
    logs = np.log(np.maximum(faces.probabilities.astype(np.float64), LEAST))
    sharpness, *bias = _scaling(logs, faces.truth.astype(np.intp)).round(3).tolist()
    return Emission(sharpness, tuple(bias), round(_apart(logs), 2), _often(faces.truth))


def _often(truth: NDArray[np.integer]) -> tuple[float, ...]:
    """Return how often each emotion is to be expected.

    Nobody knows that of a home: half-way, on a logarithmic scale, between its share of these faces
    and all alike.
    """
    root = np.sqrt(np.bincount(truth, minlength=len(LABELS)))
    return tuple((root / root.sum()).round(3).tolist())


def _scaling(logs: Array, truth: NDArray[np.intp]) -> Array:
    """Return one exponent and seven biases, (8,), of least balanced cross entropy."""
    views = logs.shape[1]
    x, labels = logs.reshape(-1, len(LABELS)), np.repeat(truth, views)
    weight = 1 / np.bincount(labels, minlength=len(LABELS))[labels]
    weight /= weight.sum()
    rows = np.arange(len(labels))

    def loss(knobs: Array) -> tuple[float, Array]:
        powers = knobs[0] * x + knobs[1:]
        powers -= powers.max(axis=1, keepdims=True)
        share = np.exp(powers)
        total = share.sum(axis=1)
        cost = -(weight * (powers[rows, labels] - np.log(total))).sum()
        slope = share / total[:, None]
        slope[rows, labels] -= 1
        slope *= weight[:, None]
        gradient = np.append((slope * x).sum(), slope.sum(axis=0) + 2 * RIDGE * knobs[1:])
        return float(cost + RIDGE * (knobs[1:] ** 2).sum()), gradient

    start = np.append(1.0, np.zeros(len(LABELS)))
    return np.asarray(minimize(loss, start, jac=True).x)


def _apart(logs: Array) -> float:
    """Return the distance that two views of one face hardly ever have."""
    distances = np.linalg.norm(logs[:, 1:] - logs[:, :1], axis=2)
    return float(np.quantile(distances, 1 - STRAYS))


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("--data", type=Path, help="checked data set (npz)")
    parser.add_argument("--models", type=Path, default=Path("models"), help="folder of models")
    parser.add_argument("--model", default="emotion", help="name of the model")
    parser.add_argument("--readings", type=Path, required=True, help="made where it is not there")
    parser.add_argument("--out", type=Path, default=Path("edge/mood/rules.json"))


def run(args: argparse.Namespace) -> int:
    """Fit, and write the rules."""
    emission = fit(obtain(args.readings, args.data, args.models, args.model))
    text = msgspec.json.format(msgspec.json.encode(emission), indent=2)
    args.out.write_bytes(text + b"\n")
    print(text.decode())
    return 0


def obtain(path: Path, data: Path | None, models: Path, model: str) -> Readings:
    """Return the readings at `path`; make them from the faces in `data` where there are none."""
    if not path.exists():
        if data is None:
            raise FileNotFoundError(2, "no readings there, and no --data to make them from", path)
        measured.measure(_opened(models, model), load_faces(data)).save(path)
    return measured.load(path)


def _opened(models: Path, name: str) -> measured.Model:
    """Return the model as the box runs it, for faces of any size."""
    from edge.vision.classifier import open_model  # noqa: PLC0415  needs an interpreter

    classify = open_model(models, name, "cpu")
    size = (classify.card.input.width, classify.card.input.height)
    return lambda face: classify(np.asarray(cv2.resize(face, size), np.uint8))


def main(argv: Sequence[str] | None = None) -> int:
    """Run as a command."""
    parser = argparse.ArgumentParser(description=__doc__)
    add_arguments(parser)
    return run(parser.parse_args(argv))


if __name__ == "__main__":
    sys.exit(main())
