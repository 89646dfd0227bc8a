"""Measure an int8 model on faces with known emotions.

    moodbox-convert evaluate --model models/emotion.tflite --data faces.npz --json

The data is either a data set that `data` wrote (its test rows without copies of training rows are
used) or any npz with `images`, uint8 (n, h, w), and `label`, (n,).
"""

from __future__ import annotations

import argparse
import json
import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

from convert import evaluation_set, metrics
from convert.dataset import LABELS
from convert.int8 import Int8Model
from edge.errors import ModelError
from edge.vision import card as cards
from edge.vision.card import Card, Figure


def evaluate(model: Int8Model, card: Card, faces: evaluation_set.EvaluationSet) -> dict[str, Any]:
    """Return every figure of a model on some faces, ready for JSON.

    `intervals` repeats the shape of all the rest, with the low and high end in place of a value.
    """
    logits = model.logits(faces.sized(*model.size).images)
    sure = metrics.probabilities(logits, card.output.temperature)
    matrix = metrics.confusion(faces.truth, logits.argmax(axis=1))
    scores = {
        score.__name__: metrics.of_each(score, matrix)
        for score in (metrics.precision, metrics.recall, metrics.f1)
    }
    figures = {
        "accuracy": metrics.of_matrix(metrics.accuracy, matrix),
        "balanced_accuracy": metrics.of_matrix(metrics.balanced_accuracy, matrix),
        "ece": metrics.bootstrap(metrics.calibration_error, faces.truth, sure),
        "per_class": {
            name: {score: each[number] for score, each in scores.items()}
            for number, name in enumerate(LABELS)
        },
        "confusion": [metrics.of_each(lambda m, i=i: m[..., i, :], matrix) for i in range(7)],
    }
    return {
        "model": card.model.file,
        "sha256": card.model.sha256,
        "rows": len(faces),
        "rows_per_class": matrix.sum(axis=1).tolist(),
        "labels": list(LABELS),
        **_leaves(figures, lambda figure: _known(figure.value)),
        "confusion": matrix.tolist(),
        "intervals": _leaves(figures, lambda f: [_known(f.low), _known(f.high)]),
    }


def _leaves(tree: Any, pick: Callable[[Figure], Any]) -> Any:
    """Return a tree of figures with `pick` of each in its place."""
    if isinstance(tree, dict):
        return {key: _leaves(inner, pick) for key, inner in tree.items()}
    if isinstance(tree, list):
        return [_leaves(inner, pick) for inner in tree]
    return pick(tree)


def _known(value: float) -> float | None:
    """Return None for what cannot be told, such as the recall of no faces: JSON knows no NaN."""
    return None if math.isnan(value) else value


def open_with_card(path: Path) -> tuple[Int8Model, Card]:
    """Return a model and the card beside it, checked against each other."""
    card = cards.load(path.with_suffix(".json"))
    if card.model.file != path.name:
        raise ModelError(f"{path}: the card beside it is that of {card.model.file}")
    return Int8Model.read(path), card


def table(found: dict[str, Any]) -> str:
    """Return the figures for a person."""
    lines = [f"{found['model']}, {found['rows']:,} faces"]
    for name in ("accuracy", "balanced_accuracy", "ece"):
        low, high = found["intervals"][name]
        lines += [f"{name.replace('_', ' '):18} {found[name]:.2%}  ({low:.2%} to {high:.2%})"]
    lines += [f"{'':10} {'precision':>10} {'recall':>10} {'F1':>10} {'faces':>7}"]
    for (name, scores), rows in zip(
        found["per_class"].items(), found["rows_per_class"], strict=True
    ):
        cells = " ".join(f"{'-':>10}" if v is None else f"{v:10.1%}" for v in scores.values())
        lines += [f"{name:10} {cells} {rows:7,}"]
    return "\n".join(lines)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command line."""
    parser.add_argument(
        "--model", type=Path, required=True, help="an int8 file (.tflite) with its card (.json)"
    )
    parser.add_argument("--data", type=Path, required=True, help="faces with labels (.npz)")
    parser.add_argument("--json", action="store_true", help="print one JSON object")


def run(arguments: argparse.Namespace) -> int:
    """Measure and print."""
    model, card = open_with_card(arguments.model)
    found = evaluate(model, card, evaluation_set.read(arguments.data, card.truth))
    print(json.dumps(found) if arguments.json else table(found))
    return 0
