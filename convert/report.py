"""One page about a model and the runs around it, for the owner's own disk: it shows faces.

    moodbox-convert report --model models/emotion.tflite --data faces.npz \
        --runs runs/ferplus runs/teacher runs/transformer --out report.html

Figures are the test rows'; runs are compared on the validation rows, so that the test stays unseen.
"""

from __future__ import annotations

import argparse
import base64
import io
import json
import textwrap
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import jinja2
import numpy as np
from matplotlib.figure import Figure as Canvas
from numpy.typing import NDArray

from convert import dataset, evaluation_set, metrics, plots, report_data
from convert.dataset import LABELS, Split, Truth
from convert.evaluate import evaluate, open_with_card
from convert.evaluation_set import EvaluationSet
from convert.figures import MEANING
from convert.int8 import Images, Logits
from convert.quantize import float_logits, load
from convert.train import curves


@dataclass(frozen=True)
class Run:
    """A finished training, on the validation rows."""

    name: str
    kind: str
    """What its recipe says of the network, and of how long it learnt from what."""
    seed: str
    parameters: int
    accuracy: float
    balanced: float
    curve: list[dict[str, float]]


def look_at(folder: Path, validation: EvaluationSet, truth: Truth) -> Run:
    """Return how a run's float network does on the validation rows."""
    model = load(folder, truth)
    logits = float_logits(model, validation.images)
    matrix = metrics.confusion(validation.truth, logits.argmax(axis=1))
    recipe = json.loads((folder / "recipe.json").read_text())
    shape = recipe.pop("shape", {})
    length = f"{recipe.get('epochs', '?')} epochs"
    if recipe.get("limit"):
        length += f" of {recipe['limit']:,} faces"
    return Run(
        name=folder.name,
        kind=("transformer " if "heads" in shape else "convolutional ")
        + ", ".join([*(f"{key} {value}" for key, value in shape.items()), length]),
        seed=str(recipe.get("seed", "?")),
        parameters=model.count_params(),
        accuracy=float(metrics.accuracy(matrix)),
        balanced=float(metrics.balanced_accuracy(matrix)),
        curve=curves(folder),
    )


def learning(runs: list[Run], truth: Truth) -> dict[str, Canvas]:
    """Draw each run's loss and accuracy over its epochs: training pale, validation in full."""
    wanted = {
        "Loss": ("loss", "val_loss"),
        "Accuracy": (f"{truth}_accuracy", f"val_{truth}_accuracy"),
    }
    drawn = {}
    for title, keys in wanted.items():
        canvas = Canvas(figsize=(6, 2.9), layout="constrained")
        axes = canvas.subplots()
        for number, run in enumerate(runs):
            for key, style in zip(keys, (":", "-"), strict=True):
                # A run of one head calls it by no name.
                known = next((k for k in (key, key.replace(f"{truth}_", "")) if _has(run, k)), "")
                if known:
                    values = [row[known] for row in run.curve]
                    kind = "training" if style == ":" else "validation"
                    label = f"{run.name}, {kind}"
                    axes.plot(values, style, color=f"C{number}", label=label, marker=".")
        axes.set(xlabel="epoch", ylabel=title.lower())
        if axes.lines:
            axes.legend(frameon=False, fontsize=7)
            drawn[f"{title} over the epochs"] = canvas
    return drawn


def _has(run: Run, key: str) -> bool:
    return bool(run.curve) and key in run.curve[0]


def spread(runs: list[Run]) -> Canvas:
    """Draw the accuracies of runs that differ in their seed only, as violins."""
    groups = defaultdict(list)
    for run in runs:
        groups[run.kind].append(run.accuracy)
    names = [textwrap.fill(name, 24) for name in groups]
    canvas = report_data.violins([np.array(values) for values in groups.values()], names)
    canvas.axes[0].set(ylabel="validation accuracy")
    return canvas


def gallery(faces: EvaluationSet, logits: Logits) -> list[list[dict[str, Any]]]:
    """Return, for each true (row) and predicted (column) emotion, the surest face there is."""
    sure, said = metrics.probabilities(logits), logits.argmax(axis=1)
    rows: list[list[dict[str, Any]]] = []
    for true in range(len(LABELS)):
        rows.append([])
        for predicted in range(len(LABELS)):
            found = np.flatnonzero((faces.truth == true) & (said == predicted))
            cell: dict[str, Any] = {"count": len(found)}
            if len(found):
                cell["face"] = face_png(faces.images[found[sure[found, predicted].argmax()]])
            rows[-1].append(cell)
    return rows


def face_png(face: Images) -> str:
    """Return a picture as a data address."""
    _, png = cv2.imencode(".png", face)
    return _address(png.tobytes())


def canvas_png(canvas: Canvas) -> str:
    """Return a plot as a data address."""
    buffer = io.BytesIO()
    canvas.savefig(buffer, format="png", dpi=130)
    return _address(buffer.getvalue())


def _address(png: bytes) -> str:
    return "data:image/png;base64," + base64.b64encode(png).decode()


def page(model_path: Path, data: Path, folders: list[Path]) -> str:
    """Return the whole page as HTML that needs nothing else."""
    model, card = open_with_card(model_path)
    rows = dataset.load(data)
    faces = evaluation_set.of(rows, Split.TEST, card.truth)
    validation = evaluation_set.of(rows, Split.VALIDATION, card.truth)
    logits = model.logits(faces.images)
    sure = metrics.probabilities(logits, card.output.temperature)
    matrix: NDArray[np.int64] = metrics.confusion(faces.truth, logits.argmax(axis=1))
    runs = [look_at(folder, validation, card.truth) for folder in folders]
    drawings = {
        "What it takes for what": plots.confusion(matrix),
        "How sure it is, and how right": plots.reliability(metrics.reliability(faces.truth, sure)),
    }
    if runs:
        drawings |= learning(runs, card.truth)
        drawings["Spread over seeds"] = spread(runs)
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("convert", "."),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
    )
    return environment.get_template("report.html").render(
        card=card,
        meaning=MEANING,
        found=evaluate(model, card, faces),
        drawings={title: canvas_png(canvas) for title, canvas in drawings.items()},
        conditions=canvas_png(plots.conditions(card)) if card.shifts else "",
        runs=sorted(runs, key=lambda run: -run.accuracy),
        gallery=gallery(faces, logits),
        labels=LABELS,
        parts=report_data.parts(rows),
        samples={
            name: [face_png(face) for face in shown]
            for name, shown in report_data.samples(rows).items()
        },
        data_drawings={
            title: canvas_png(canvas) for title, canvas in report_data.drawings(rows).items()
        },
    )


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command line."""
    parser.add_argument("--model", type=Path, required=True, help="a released int8 file (.tflite)")
    parser.add_argument("--data", type=Path, required=True, help="the data set (.npz)")
    parser.add_argument("--runs", type=Path, nargs="*", default=[], help="trainings to compare")
    parser.add_argument("--out", type=Path, default=Path("report.html"), help="the page")


def run(arguments: argparse.Namespace) -> int:
    """Write the page."""
    arguments.out.write_text(page(arguments.model, arguments.data, arguments.runs), "utf-8")
    print(f"{arguments.out}: it shows faces of the data set, so keep it to yourself")
    return 0
