"""What a household's taps teach the model, and what that costs it elsewhere.

    python tests/bench/personal.py --people faces_by_person.npz --data faces.npz

Households of four are drawn from faces by person (`--part choose`: people with an even number, by
whom the numbers of edge/personal/head.py were chosen; `report`, the default: those with an odd
one). Taps fall on moments as they come, from the earlier half of each person's pictures, each with
what the picture shows; about one in ten is a correction. Judged are the later halves. The general
test is of FER+ (validation rows for `choose`, else test rows, without copies).

"badly read" is a household two fifths of whose moments are a tenth of FER2013's angry rows, as
those labels have them, and the others FER+ rows of the other six emotions; its first 55 moments
are for taps. `fit` is processor time and the most memory of numpy, for 100 taps. All are points.
"""

from __future__ import annotations

import argparse
import json
import time
import tracemalloc
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from convert import dataset
from convert.dataset import NO_LABEL, Split
from convert.int8 import Int8Model
from edge.personal.fit import Base, Taps, right
from edge.personal.head import judge
from edge.vision import card as cards
from edge.vision import last_layer

DRAWS = 30
ANGRY = 0

House = tuple[Taps, Taps]
"""Earlier and later moments."""


class Model(NamedTuple):
    """A released model."""

    file: Int8Model
    base: Base

    def taps(self, images: NDArray[np.uint8], felt: NDArray[np.integer]) -> Taps:
        """Return what the model makes of faces, as taps."""
        said = self.file.embeddings(images)
        return Taps(np.c_[said, np.ones(len(said))].astype(float), felt.astype(np.intp))


def open_model(card: Path) -> Model:
    """Return the model of a card, with its last layer."""
    about = cards.load(card)
    base = Base.of(*last_layer.read(card.parent, about))
    return Model(Int8Model.read(card.parent / about.model.file), base)


def households(model: Model, path: Path, part: str, size: int) -> Iterator[House]:
    """Yield households without end."""
    with np.load(path, allow_pickle=False) as file:
        mine = file["person"] % 2 == (part == "report")
        person, order = file["person"][mine], file["order"][mine]
        every = model.taps(file["images"][mine], file["label"][mine])
    rng = np.random.default_rng(0)
    while True:
        halves: list[list[NDArray[np.intp]]] = [[], []]
        for one in rng.choice(np.unique(person), size, replace=False):
            rows = np.flatnonzero(person == one)
            rows = rows[np.argsort(order[rows])]
            halves[0].append(rows[: len(rows) // 2])
            halves[1].append(rows[len(rows) // 2 :])
        earlier = rng.permutation(np.concatenate(halves[0]))
        later = np.concatenate(halves[1])
        yield every.take(earlier), every.take(later)


def badly_read(model: Model, data: dataset.Dataset, split: Split) -> Iterator[House]:
    """Yield households that show anger as FER2013's labels have it."""
    rows = data.part(split)
    rows = rows.take(~rows.copied)
    majority = rows.majority()
    angry = np.flatnonzero(rows.label == ANGRY)
    others = np.flatnonzero((rows.label != ANGRY) & (majority > ANGRY))
    felt = np.where(rows.label == ANGRY, ANGRY, majority)
    every = model.taps(rows.images, felt)
    rng = np.random.default_rng(0)
    while True:
        mine = rng.choice(angry, len(angry) // 10, replace=False)
        more = rng.choice(others, len(mine) * 3 // 2, replace=False)
        moments = rng.permutation(np.concatenate([mine, more]))
        yield every.take(moments[:55]), every.take(moments[55:])


def gains(model: Model, houses: Iterator[House], taps: int, general: Taps) -> dict[str, Any]:
    """Return what `taps` taps bring, over the draws, in points."""
    found, unchanged = [], 0
    for (earlier, later), _ in zip(houses, range(DRAWS), strict=False):
        change = judge(model.base, earlier.take(slice(taps))).change
        unchanged += change is None
        found.append(
            [share(model, change, rows) for rows in (later, general)]
            + [share(model, None, rows) for rows in (later, general)]
        )
    after, general_after, before, general_before = 100 * np.array(found).T
    return {
        "before": round(float(before.mean()), 2),
        "gain": round(float((after - before).mean()), 2),
        "worst": round(float((after - before).min()), 2),
        "general": round(float((general_after - general_before).mean()), 2),
        "general_worst": round(float((general_after - general_before).min()), 2),
        "unchanged": unchanged,
    }


def share(model: Model, change: NDArray[np.float64] | None, rows: Taps) -> float:
    """Return how many are read rightly, of one."""
    return float(right(model.base, change, rows).mean())


def cost(work: Callable[[], object]) -> dict[str, float]:
    """Return processor time, the median of some, and the most memory that numpy takes."""
    work()
    took = []
    for _ in range(9):
        began = time.thread_time()
        work()
        took.append(time.thread_time() - began)
    tracemalloc.start()
    work()
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return {"cpu_ms": round(1000 * float(np.median(took)), 1), "mb": round(most / 1e6, 2)}


def main() -> None:
    """Print one JSON object."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=Path, required=True, help="faces by person (npz)")
    parser.add_argument("--data", type=Path, required=True, help="the checked data set (npz)")
    parser.add_argument("--card", type=Path, default=Path("models/emotion.json"))
    parser.add_argument("--part", choices=("choose", "report"), default="report")
    args = parser.parse_args()

    model = open_model(args.card)
    split = Split.VALIDATION if args.part == "choose" else Split.TEST
    data = dataset.load(args.data)
    rows = data.part(split)
    rows = rows.take(~rows.copied)
    rows = rows.take(rows.majority() != NO_LABEL)
    general = model.taps(rows.images, rows.majority())

    def houses() -> Iterator[House]:
        return households(model, args.people, args.part, 4)

    many = next(households(model, args.people, args.part, 10))[0].take(slice(100))
    result = {
        "part": args.part,
        "card": args.card.stem,
        "households, 20 taps": gains(model, houses(), 20, general),
        "households, 50 taps": gains(model, houses(), 50, general),
        "badly read, 50 taps": gains(model, badly_read(model, data, split), 50, general),
        "fit": cost(lambda: judge(model.base, many)),
    }
    print(json.dumps(result, indent=2))


if __name__ == "__main__":
    main()
