"""Trainings side by side: how each does on rows that it did not learn from, and what differs."""

from __future__ import annotations

import json
import textwrap
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.figure import Figure as Canvas
from matplotlib.ticker import MaxNLocator

from convert import evaluation_set, metrics, report_data
from convert.dataset import Dataset, Split, Truth
from convert.origin import COMMIT
from convert.quantize import float_logits, load
from convert.train import curves


@dataclass(frozen=True)
class Run:
    """A finished training, on the rows that were held out from it."""

    name: str
    kind: str
    """What its network is, how long it learnt, and what else is not so with the others."""
    made: dict[str, str]
    """All else that it was made of, but for seed and fold."""
    seed: str
    fold: str
    """As "2 of 5"; empty: it learnt from the training rows, and was judged by the validation's."""
    parameters: int
    accuracy: float
    balanced: float
    curve: list[dict[str, float]]


def look_at(folder: Path, data: Dataset, truth: Truth) -> Run:
    """Return how a run's float network does on its own held-out rows."""
    recipe, origin = _read(folder / "recipe.json"), _read(folder / "origin.json")
    fold = str(origin.pop("fold", ""))
    if fold:
        number, of = fold.split(" of ")
        data = data.fold(int(number), int(of))
        origin.pop("data", None)  # the hash of that fold's
    held_out = evaluation_set.of(data, Split.VALIDATION, truth)
    model = load(folder, truth)
    logits = float_logits(model, held_out.images)
    matrix = metrics.confusion(held_out.truth, logits.argmax(axis=1))
    shape, seed = recipe.pop("shape", {}), recipe.pop("seed", "?")
    length = f"{recipe.pop('epochs', '?')} epochs"
    if limit := recipe.pop("limit", None):
        length += f" of {limit:,} faces"
    network = "transformer " if "heads" in shape else "convolutional "
    made = {key: str(value) for key, value in (recipe | origin).items() if key != COMMIT}
    return Run(
        name=folder.name,
        kind=network + ", ".join([*(f"{key} {value}" for key, value in shape.items()), length]),
        made=made,
        seed=str(seed),
        fold=fold,
        parameters=model.count_params(),
        accuracy=float(metrics.accuracy(matrix)),
        balanced=float(metrics.balanced_accuracy(matrix)),
        curve=curves(folder),
    )


def compared(runs: Iterable[Run]) -> list[Run]:
    """Return the runs, each kind saying what differs between them beside seed and fold."""
    runs = list(runs)
    names = sorted({name for run in runs for name in run.made})
    differ = [name for name in names if len({run.made.get(name) for run in runs}) > 1]

    def told(run: Run) -> str:
        return ", ".join([run.kind, *(f"{it} {run.made.get(it, '-')[:16]}" for it in differ)])

    return [replace(run, kind=told(run)) for run in runs]


def _read(path: Path) -> dict[str, Any]:
    return dict(json.loads(path.read_text())) if path.is_file() else {}


def learning(runs: list[Run], truth: Truth) -> dict[str, Canvas]:
    """Draw each run's loss and accuracy after each epoch: training dotted, validation in full."""
    wanted = {
        "Loss": ("loss", "val_loss"),
        "Accuracy": (f"{truth}_accuracy", f"val_{truth}_accuracy"),
    }
    drawn = {}
    for title, keys in wanted.items():
        canvas = Canvas(figsize=(7.5, 2.9), layout="constrained")
        axes = canvas.subplots()
        for number, run in enumerate(runs):
            for key, style in zip(keys, (":", "-"), strict=True):
                # A run of one head calls it by no name.
                known = next((k for k in (key, key.replace(f"{truth}_", "")) if _has(run, k)), "")
                if known:
                    values = [row[known] for row in run.curve]
                    epochs = range(1, len(values) + 1)
                    # Validation, drawn last, names both of its colour.
                    label = run.name if style == "-" else None
                    axes.plot(
                        epochs, values, style, color=f"C{number % 10}", label=label, marker="."
                    )
        axes.set(xlabel="epoch", ylabel=title.lower())
        axes.xaxis.set_major_locator(MaxNLocator(integer=True))
        if axes.lines:
            canvas.legend(loc="outside right upper", frameon=False, fontsize=7)
            drawn[f"{title} over the epochs: training dotted, validation in full"] = canvas
    return drawn


def _has(run: Run, key: str) -> bool:
    return bool(run.curve) and key in run.curve[0]


def spread(runs: list[Run]) -> Canvas:
    """Draw the accuracies of runs that differ in their seed or fold only, as violins."""
    groups = defaultdict(list)
    for run in runs:
        groups[run.kind].append(run.accuracy)
    names = [textwrap.fill(name, 24) for name in groups]
    canvas = report_data.violins([np.array(values) for values in groups.values()], names)
    canvas.axes[0].set(ylabel="held-out accuracy")
    return canvas
