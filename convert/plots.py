"""Plots of a model that show no face, for its page; PNG files beside the card."""

from __future__ import annotations

from pathlib import Path

import matplotlib as mpl
import numpy as np
from matplotlib.figure import Figure as Canvas
from numpy.typing import NDArray

from convert import metrics
from convert.dataset import LABELS
from convert.evaluation_set import EvaluationSet
from convert.int8 import Int8Model
from edge.vision.card import Card

INK, ACCENT, PALE = "#333333", "#2a6f97", "#a9c9dd"
mpl.rcParams.update(
    {
        "font.size": 9,
        "axes.edgecolor": INK,
        "axes.spines.top": False,
        "axes.spines.right": False,
        "text.color": INK,
        "svg.hashsalt": "moodbox",
    }
)


def of_card(card: Card, model: Int8Model, faces: EvaluationSet, folder: Path) -> None:
    """Draw a released model's confusions and reliability on its test rows, and its shifts."""
    logits = model.logits(faces.images)
    sure = metrics.probabilities(logits, card.output.temperature)
    drawings = {
        "confusion": confusion(metrics.confusion(faces.truth, logits.argmax(axis=1))),
        "reliability": reliability(metrics.reliability(faces.truth, sure)),
        "conditions": conditions(card),
    }
    for name, canvas in drawings.items():
        canvas.savefig(folder / f"{card.name}_{name}.png", dpi=110, metadata={"Software": None})


def confusion(matrix: NDArray[np.integer]) -> Canvas:
    """Draw a confusion matrix: counts in the cells, coloured by share of the row."""
    canvas = Canvas(figsize=(5, 4.6), layout="constrained")
    axes = canvas.subplots()
    shares = matrix / np.maximum(matrix.sum(axis=1, keepdims=True), 1)
    axes.imshow(shares, cmap="Blues", vmin=0, vmax=1)
    for (row, column), count in np.ndenumerate(matrix):
        colour = "white" if shares[row, column] > 0.55 else INK
        text = f"{shares[row, column]:.0%}\n{count}"
        axes.text(column, row, text, ha="center", va="center", color=colour, fontsize=7.5)
    axes.set_xticks(range(len(LABELS)), LABELS, rotation=40, ha="right")
    axes.set_yticks(range(len(LABELS)), LABELS)
    axes.set(xlabel="read as", ylabel="true")
    axes.tick_params(length=0)
    axes.spines[:].set_visible(False)
    return canvas


def reliability(found: metrics.Reliability) -> Canvas:
    """Draw how often the model is right when it is so sure."""
    canvas = Canvas(figsize=(4.6, 4.6), layout="constrained")
    axes, below = canvas.subplots(2, 1, sharex=True, height_ratios=(4, 1))
    seen = found.share > 0
    width = 0.9 / metrics.BINS
    middle = (np.arange(metrics.BINS) + 0.5) / metrics.BINS
    axes.plot((0, 1), (0, 1), color=INK, linewidth=0.8, linestyle=":")
    axes.bar(middle[seen], found.accuracy[seen], width, color=PALE, label="right")
    axes.plot(found.confidence[seen], found.accuracy[seen], "o", color=ACCENT, markersize=4)
    axes.set(ylabel="share read rightly", ylim=(0, 1), xlim=(0, 1))
    axes.set_title(f"calibration error {found.error:.3f}", loc="left", fontsize=9)
    below.bar(middle, found.share, width, color=PALE)
    below.set(xlabel="how sure the model is", ylabel="faces")
    return canvas


def conditions(card: Card) -> Canvas:
    """Draw the accuracy under every condition and through every detector."""
    rows = {"plain": card.figures["accuracy"], **card.shifts}
    rows |= {f"through {name}": figure for name, figure in card.detectors.items()}
    canvas = Canvas(figsize=(6, 0.34 * len(rows) + 0.7), layout="constrained")
    axes = canvas.subplots()
    values = [figure.value for figure in rows.values()]
    errors = [[f.value - f.low for f in rows.values()], [f.high - f.value for f in rows.values()]]
    axes.barh(list(rows), values, xerr=errors, color=PALE, error_kw={"ecolor": INK, "lw": 1})
    for row, figure in enumerate(rows.values()):
        axes.text(0.01, row, f"{figure.value:.1%}", va="center")
    axes.invert_yaxis()
    axes.set(xlabel="accuracy", xlim=(0, 1))
    return canvas
