"""A picture in which a person sees the moods: where they sound from, and how far apart."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from convert.songs.mixture import SAMPLE, SEED, Found
from convert.songs.table import Table
from edge.mood.moods import colour_of

FAINT = "#ffffff"
"""Cannot be seen on paper; a mood of this colour is drawn grey."""


def plot(table: Table, found: Found, path: Path) -> None:
    """Draw the songs on valence and energy, and on the first two principal components of all."""
    from matplotlib.figure import Figure  # noqa: PLC0415  takes seconds

    canvas = Figure(figsize=(11, 5), layout="constrained")
    feelings, components = canvas.subplots(1, 2)
    few = np.random.default_rng(SEED).permutation(len(table.ids))[:SAMPLE]
    label = found.probabilities.argmax(axis=1)[few]
    sure = found.probabilities.max(axis=1)[few]
    turned, kept = _components(table.values)
    for n, mood in enumerate(found.names):
        if not (chosen := label == n).any():
            continue
        colour = colour_of(mood) if colour_of(mood) != FAINT else "#808080"
        share = np.mean([it == mood for it in found.moods])
        dots = {"s": 6, "color": colour, "alpha": 0.2 + 0.6 * sure[chosen], "linewidths": 0}
        values = table.values[few][chosen]
        feelings.scatter(values[:, 0], values[:, 1], label=f"{mood} {share:.0%}", **dots)
        components.scatter(*turned[few][chosen, :2].T, **dots)
    for family in found.families:
        feelings.plot(family.valence, family.energy, "k+", markersize=11)
    feelings.set(xlabel="valence", ylabel="energy", xlim=(0, 1), ylim=(0, 1))
    feelings.legend(fontsize=8, markerscale=3, loc="lower right")
    feelings.set_title(f"moods, silhouette {found.silhouette:.2f}; + families", fontsize=9)
    components.set(xlabel="first component", ylabel="second component")
    components.set_title(f"all features: {kept:.0%} of what tells songs apart", fontsize=9)
    canvas.savefig(path, dpi=110, metadata={"Software": None})


def _components(values: NDArray[np.float64]) -> tuple[NDArray[np.float64], float]:
    """Return all songs on their first two principal components, and the variance these keep."""
    scaled = values - values.mean(axis=0)
    scaled /= np.maximum(scaled.std(axis=0), 1e-9)
    _, strength, directions = np.linalg.svd(scaled, full_matrices=False)
    kept = float((strength[:2] ** 2).sum() / max((strength**2).sum(), 1e-12))
    return scaled @ directions[:2].T, kept
