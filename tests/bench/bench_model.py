"""The model against its floors and goals, printed as one JSON object.

    python tests/bench/bench_model.py [--models models] [--data faces.npz]

Time and size are measured here and now. Accuracies come from the cards; with --data (what
`moodbox-convert data` wrote) they are measured again on the shipped files, as `again`.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

from convert import dataset, evaluation_set, figures, timing
from convert.dataset import Split
from convert.evaluate import open_with_card
from convert.int8 import Int8Model
from edge.vision.card import Card

# Model, its figure, floor, goal; below a "most" the figure has to stay.
TABLE = {
    "int8 accuracy, FER+ majority": ("emotion", "accuracy", 0.86, 0.89),
    "balanced accuracy, FER+ majority": ("emotion", "balanced_accuracy", 0.71, 0.78),
    "int8 accuracy, FER2013 labels": ("emotion_fer2013", "accuracy", 0.68, 0.72),
    "int8 accuracy, FER2013 labels, all 3,589": ("emotion_fer2013", "accuracy_all", None, None),
    "four classes, FER2013 labels": ("emotion_fer2013", "accuracy_four", 0.79, 0.83),
    "points lost from float to int8": ("emotion", "points_lost", 0.005, 0.002),
    "calibration error": ("emotion", "calibration_error", 0.04, 0.02),
    "time, as a multiple of mini_XCEPTION's": ("emotion", "time_ratio", 4, 2),
    "file, MB": ("emotion", "size", 2, 1),
}
LESS_IS_BETTER = {"points_lost", "calibration_error", "time_ratio", "size"}


def line(card: Card, figure: str, floor: float | None, goal: float | None) -> dict[str, Any]:
    """One figure with its interval, and whether it reaches floor and goal."""
    found: dict[str, Any] = {"value": card.model.size / 1e6}
    if figure != "size":
        known = card.figures[figure]
        found = {"value": known.value, "low": known.low, "high": known.high, "rows": known.rows}
    sign = -1 if figure in LESS_IS_BETTER else 1
    for name, bound in (("floor", floor), ("goal", goal)):
        if bound is not None:
            found |= {name: bound, f"{name} reached": sign * found["value"] >= sign * bound}
    return found


def again(model: Int8Model, card: Card, data: Path) -> dict[str, float]:
    """The accuracies, measured once more on the file that is shipped."""
    faces = evaluation_set.of(dataset.load(data), Split.TEST, card.truth)
    found = figures.of_logits(model.logits(faces.images), card.output.temperature, faces)
    return {name: figure.value for name, figure in found.items()}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--models", type=Path, default=Path(__file__).parents[2] / "models")
    parser.add_argument("--data", type=Path)
    arguments = parser.parse_args()
    models = {
        path.stem: open_with_card(path.with_suffix(".tflite"))
        for path in sorted(arguments.models.glob("*.json"))
    }
    model, card = models["emotion"]
    card.figures.update(timing.race(model, Int8Model(timing.yardstick())))
    report: dict[str, Any] = {
        name: line(models[which][1], figure, floor, goal)
        for name, (which, figure, floor, goal) in TABLE.items()
        if which in models
    }
    report["milliseconds"] = card.figures["milliseconds"].value
    report["notes"] = {name: card.note for name, (_, card) in models.items() if card.note}
    report["not shown"] = list(card.not_shown)
    if arguments.data:
        report["again"] = {name: again(*pair, arguments.data) for name, pair in models.items()}
    print(json.dumps(report, indent=2))


if __name__ == "__main__":
    main()
