"""What a report says of the data: before any model is looked at, as nobody else will look."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from matplotlib.figure import Figure as Canvas
from numpy.typing import NDArray

from convert import plots
from convert.dataset import LABELS, Dataset, Split

SAMPLES = 8
"""Faces shown of each emotion."""
SCALED = {"training": Split.TRAIN, "validation": Split.VALIDATION, "test": Split.TEST}


class Part(NamedTuple):
    """One split, in numbers."""

    rows: int
    labels: list[int]
    """Faces of each of LABELS."""
    brightness: float
    """Mean grey of all pixels, 0 to 255."""
    contrast: float
    """Mean standard deviation of a face's pixels."""
    entropy: float
    """Mean entropy of the votes of a face, in bits; NaN without votes. 0: all say the same."""
    copies: int
    """Rows that the source also had among its training rows."""
    leaks: int
    """Rows that a training row of this data set shows too; none are allowed."""


def parts(data: Dataset) -> dict[str, Part]:
    """Return the numbers of each split."""
    seen = {face.tobytes() for face in data.part(Split.TRAIN).images}
    return {name: _part(data.part(split), split, seen) for name, split in SCALED.items()}


def _part(rows: Dataset, split: Split, seen: set[bytes]) -> Part:
    told = entropy(rows.votes)
    leaks = 0 if split == Split.TRAIN else sum(face.tobytes() in seen for face in rows.images)
    return Part(
        rows=len(rows),
        labels=[int((rows.label == label).sum()) for label in range(len(LABELS))],
        brightness=float(rows.images.mean()) if len(rows) else np.nan,
        contrast=float(rows.images.std(axis=(1, 2)).mean()) if len(rows) else np.nan,
        entropy=float(told.mean()) if len(told) else np.nan,
        copies=int(rows.copied.sum()),
        leaks=leaks,
    )


def entropy(votes: NDArray[np.floating]) -> NDArray[np.float64]:
    """Return the entropy of each row's votes, in bits; rows without votes are left out."""
    counts = votes[votes.sum(axis=1) > 0].astype(np.float64)
    shares = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1e-12)
    bits = np.log2(shares, out=np.zeros_like(shares), where=shares > 0)
    return np.asarray(-(shares * bits).sum(axis=1))


def samples(data: Dataset, seed: int = 0) -> dict[str, list[NDArray[np.uint8]]]:
    """Return some training faces of each emotion, by its label."""
    training, rng = data.part(Split.TRAIN), np.random.default_rng(seed)
    found = {}
    for number, name in enumerate(LABELS):
        rows = rng.permutation(np.flatnonzero(training.label == number))[:SAMPLES]
        found[name] = [training.images[row] for row in rows]
    return found


def drawings(data: Dataset) -> dict[str, Canvas]:
    """Draw class shares, brightness, and how much the voters disagree."""
    drawn = {"Shares of the emotions": shares(data), "Brightness": brightness(data)}
    if (data.votes.sum(axis=1) > 0).any():
        drawn["How much people disagree about a face"] = disagreement(data)
    return drawn


def shares(data: Dataset) -> Canvas:
    """Draw the share of each emotion in each split."""
    canvas = Canvas(figsize=(6, 2.9), layout="constrained")
    axes = canvas.subplots()
    width = 0.8 / len(SCALED)
    for number, (name, split) in enumerate(SCALED.items()):
        label = data.part(split).label
        counts = np.array([(label == it).sum() for it in range(len(LABELS))])
        places = np.arange(len(LABELS)) + (number - 1) * width
        axes.bar(places, counts / max(1, counts.sum()), width, label=name)
    axes.set_xticks(range(len(LABELS)), LABELS)
    axes.set(ylabel="share of the labels")
    axes.legend(frameon=False)
    return canvas


def brightness(data: Dataset) -> Canvas:
    """Draw how bright the faces of each emotion are, as violins."""
    training = data.part(Split.TRAIN)
    mean = training.images.mean(axis=(1, 2))
    groups = [mean[training.label == number] for number in range(len(LABELS))]
    canvas = violins(groups, LABELS)
    canvas.axes[0].set(ylabel="mean grey of a face", ylim=(0, 255))
    return canvas


def disagreement(data: Dataset) -> Canvas:
    """Draw how many bits the votes of a face have."""
    canvas = Canvas(figsize=(6, 2.9), layout="constrained")
    axes = canvas.subplots()
    axes.hist(entropy(data.votes), bins=40, color=plots.PALE)
    axes.set(xlabel="entropy of a face's votes, in bits", ylabel="faces")
    return canvas


def violins(groups: list[NDArray[np.floating]], names: tuple[str, ...] | list[str]) -> Canvas:
    """Draw the spread of each group: its shape where it has one, and each value of a small one."""
    canvas = Canvas(figsize=(6, 2.9), layout="constrained")
    axes = canvas.subplots()
    for place, values in enumerate(groups):
        if len(np.unique(values)) > 2:
            made: Any = axes.violinplot(values, [place], widths=0.8, showmedians=True)
            for body in made["bodies"]:
                body.set_facecolor(plots.PALE)
            for part in ("cbars", "cmins", "cmaxes", "cmedians"):
                made[part].set_color(plots.ACCENT)
        if len(values) <= 30:
            axes.plot(np.full(len(values), place), values, "o", color=plots.ACCENT, markersize=4)
    axes.set_xticks(range(len(names)), names, fontsize=7)
    return canvas
