"""How sure of its moods a box is, counted in bins: a card's and a household's are held together."""

from __future__ import annotations

from collections.abc import Iterable

BINS = (0.5, 0.6, 0.7, 0.8, 0.9)
"""Confidences between the bins."""


def binned(confidences: Iterable[float], weights: Iterable[float] | None = None) -> list[float]:
    """Return the share of `confidences` in each bin, by their `weights` if there are any."""
    values = list(confidences)
    counts = [1.0] * len(values) if weights is None else list(weights)
    bins = [0.0] * (len(BINS) + 1)
    for value, count in zip(values, counts, strict=True):
        bins[sum(value >= edge for edge in BINS)] += count
    return [count / (sum(counts) or 1) for count in bins]
