"""Measure what the mood filter has to know of a model, and write it on the model's card.

    moodbox-convert mood --data faces.npz --models models --model emotion --readings readings.npz

Run it for each released model, after its release: it takes some minutes, and looks at validation
faces only. With it goes how sure the filter is of those faces' moods (convert/certainty.py), by
which a house's weeks are judged. The readings that it leaves are what tests/bench/mood.py replays;
where the file is there already, no model is run.

The fit is vector scaling (Guo et al. 2017, "On calibration of modern neural networks"). Emotions
weigh as they come at home (`usual` in edge/mood/moods.py), and those shares are taken out again:
the result is proportional to p(face | emotion), which is what a hidden Markov model asks for, and
nearest to the truth where a home needs it. With every emotion weighing the same, two dozen faces of
disgust decide what becomes of a thousand neutral ones.
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
from convert.certainty import confidences
from convert.dataset import LABELS, Split
from convert.dataset import load as load_faces
from convert.readings import Readings
from edge.events import Emission
from edge.mood.emission import LEAST
from edge.mood.moods import usual
from edge.vision.card import read, save

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
    angry, disgust, fear, happy, sad, surprise, neutral = bias
    seven = (angry, disgust, fear, happy, sad, surprise, neutral)
    return Emission(sharpness, seven, round(_apart(logs), 2))


def _scaling(logs: Array, truth: NDArray[np.intp]) -> Array:
    """Return one exponent and seven biases, (8,), of least cross entropy at home."""
    views = logs.shape[1]
    x, labels = logs.reshape(-1, len(LABELS)), np.repeat(truth, views)
    home = np.array(usual("seven"))
    weight = (home / np.maximum(np.bincount(labels, minlength=len(LABELS)), 1))[labels]
    weight /= weight.sum()
    rows = np.arange(len(labels))

    def loss(knobs: Array) -> tuple[float, Array]:
        powers = knobs[0] * x + knobs[1:] + np.log(home)
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


def run(args: argparse.Namespace) -> int:
    """Fit, and write it on the card."""
    path = args.models / f"{args.model}.json"
    card = read(path)
    readings = obtain(args.readings, args.data, args.models, args.model)
    emission = fit(readings)
    sure = {str(view): shares for view, shares in confidences(readings, emission).items()}
    save(msgspec.structs.replace(card, mood=emission, confidence=sure), path)
    print(msgspec.json.format(msgspec.json.encode(emission), indent=2).decode())
    return 0


def obtain(path: Path, data: Path | None, models: Path, model: str) -> Readings:
    """Return the readings at `path`; make them from the faces in `data` where there are none."""
    if not path.exists():
        if data is None:
            raise FileNotFoundError(2, "no readings there, and no --data to make them from", path)
        measured.measure(open_for_faces(models, model), load_faces(data)).save(path)
    return measured.load(path)


def open_for_faces(models: Path, name: str) -> measured.Model:
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
