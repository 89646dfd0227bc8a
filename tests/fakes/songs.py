"""Made-up tables of songs whose groups are known."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import numpy as np

from convert.songs.table import RANGES

FAMILIES = {
    "happy": (0.75, 0.75),
    "party": (0.85, 0.88),
    "angry": (0.35, 0.92),
    "sad": (0.25, 0.3),
    "quiet": (0.55, 0.25),
}
"""Family -> valence and energy."""
RIGHT = {
    "seven": {"happy": "happy", "party": "happy", "angry": "angry", "sad": "sad"}
    | {"quiet": "neutral"},
    "four": {"happy": "happy", "party": "happy", "angry": "angry", "sad": "sad"}
    | {"quiet": "neutral"},
    "fine": {"happy": "joyful excited content", "party": "joyful excited", "angry": "angry tense"}
    | {"sad": "sad tired", "quiet": "calm tired content"},
}


def songs(each: int = 60, spread: float = 0.03, seed: int = 1) -> list[dict[str, Any]]:
    """Five families that spread by so much, and other features that say nothing."""
    rng = np.random.default_rng(seed)
    rows = []
    for family, place in FAMILIES.items():
        for n in range(each):
            valence, energy = rng.normal(place, spread).clip(0, 1)
            row: dict[str, Any] = {name: rng.uniform(0, 1) for name in RANGES}
            row |= {"loudness": rng.normal(-8, 4), "tempo": rng.normal(120, 25)}
            row |= {"valence": valence, "energy": energy}
            row |= {"track_id": f"{family}{n}", "artists": family, "track_name": f"song {n}"}
            rows.append(row)
    return rows


def write(path: Path, rows: list[dict[str, Any]]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        table = csv.DictWriter(file, rows[0].keys())
        table.writeheader()
        table.writerows(rows)
    return path


def right(moods: dict[str, str], view: str) -> float:
    """Return the share of songs with a mood that their family may have."""
    fits = [mood in RIGHT[view][id_.rstrip("0123456789")].split() for id_, mood in moods.items()]
    return sum(fits) / len(fits)


def without_families(each: int = 60) -> list[dict[str, Any]]:
    """Valence and energy spread as in the well-known table of 114,000 songs, by its marginals."""
    rng = np.random.default_rng(3)
    both = 0.24 * 0.26 * 0.25
    spread = [[0.26**2, both], [both, 0.25**2]]
    rows = songs(each)
    places = rng.multivariate_normal((0.47, 0.64), spread, len(rows)).clip(0, 1)
    for row, (valence, energy) in zip(rows, places, strict=True):
        row |= {"valence": valence, "energy": energy}
    return rows
