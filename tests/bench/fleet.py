"""Two hundred simulated boxes learn together through Flower, and what that brings others.

    python tests/bench/fleet.py --people faces_by_person.npz --data faces.npz --flower VENV/bin/flwr

Every second box is a household of four from faces by person (by `--part choose`, one half of the
people with an even number, judged on the other half; by `report`, the default, all of them, judged
on those with an odd one); the other boxes see FER+ faces, half of the validation rows. Each taps
ten times, on moments as they come. What each would send is made by the box's own code, and averaged
by `convert/fleet/app` in Flower's simulation, with noise; without `--flower` in NumPy, the same.
How far the change goes is chosen on the other half of the validation rows (convert/fleet/merge.py).

Judged are boxes that never tapped: 30 households of four, and 30 of forty FER+ faces that nobody
tapped; and all of these, the general test (`choose`: validation rows). All are points.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from personal import Model, open_model

from convert import dataset
from convert.dataset import NO_LABEL, Split
from convert.fleet import merge
from edge.personal import share
from edge.personal.fit import Floats, Taps, right

APP = Path(__file__).parents[2] / "convert" / "fleet" / "app"
TAPS, HOUSES = 10, 30
NOISE = {8.0: 0.638, 4.0: 1.158, 2.0: 2.149, 1.0: 4.045, 0.0: 0.0}
"""Epsilon -> noise multiplier for one round and delta = 1e-5, by dp-accounting; 0: no noise."""


class People:
    """Faces by person, as taps."""

    def __init__(self, model: Model, path: Path) -> None:
        with np.load(path, allow_pickle=False) as file:
            self.person = file["person"]
            self.every = model.taps(file["images"], file["label"])

    def household(self, people: NDArray[np.int16], rng: np.random.Generator) -> Taps:
        """Return all pictures of four of these people, in any order."""
        mine = np.isin(self.person, rng.choice(people, 4, replace=False))
        return self.every.take(rng.permutation(np.flatnonzero(mine)))


def ferplus(model: Model, data: dataset.Dataset, split: Split) -> Taps:
    """Return the rows that have a majority, without copies."""
    rows = data.part(split)
    rows = rows.take(~rows.copied)
    rows = rows.take(rows.majority() != NO_LABEL)
    return model.taps(rows.images, rows.majority())


def mean_update(updates: list[Floats], args: argparse.Namespace) -> dict[str, Any]:
    """Return what the server keeps: by Flower's simulation, or the same in NumPy."""
    if args.flower is None:
        rng = np.random.default_rng(args.seed)
        noise = NOISE[args.epsilon] * share.NORM / len(updates)
        mean = np.mean(updates, axis=0)
        return {"mean": mean + rng.normal(0, noise, mean.shape) if noise else mean}
    with tempfile.TemporaryDirectory() as folder:
        for number, update in enumerate(updates):
            Path(folder, f"{number}.npz").write_bytes(share.packed(update, "simulated"))
        out = Path(folder, "mean.npz")
        settings = (
            f'boxes={len(updates)} epsilon={args.epsilon} model="simulated" updates="{folder}"'
            f' out="{out}"'
        )
        quiet = {"FLWR_TELEMETRY_ENABLED": "0", "RAY_USAGE_STATS_ENABLED": "0"}
        boxes = f"num-supernodes={len(updates)}"
        command = [args.flower, "run", APP, args.superlink, "--stream", "--run-config", settings]
        subprocess.run(
            [*command, "--federation-config", boxes],
            check=True,
            stdout=sys.stderr,
            env=os.environ | quiet,
        )
        with np.load(out, allow_pickle=False) as file:
            return {name: file[name] for name in file.files}


def main() -> None:
    """Print one JSON object."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=Path, required=True, help="faces by person (npz)")
    parser.add_argument("--data", type=Path, required=True, help="the checked data set (npz)")
    parser.add_argument("--card", type=Path, default=Path("models/emotion.json"))
    parser.add_argument("--part", choices=("choose", "report"), default="report")
    parser.add_argument("--boxes", type=int, default=200)
    parser.add_argument("--epsilon", type=float, default=8.0)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--flower", type=Path, help="the flwr of an environment that has the app")
    parser.add_argument("--superlink", default="local", help="in flwr's configuration; simulates")
    args = parser.parse_args()

    model, rng = open_model(args.card), np.random.default_rng(args.seed)
    people, data = People(model, args.people), dataset.load(args.data)
    even, odd = (np.unique(people.person[people.person % 2 == rest]) for rest in (0, 1))
    tapping, others = even, odd
    if args.part == "choose":
        tapping, others = np.array_split(rng.permutation(even), 2)
    validation = ferplus(model, data, Split.VALIDATION)
    tapped, held = (
        validation.take(half) for half in np.array_split(rng.permutation(len(validation.felt)), 2)
    )
    general = held if args.part == "choose" else ferplus(model, data, Split.TEST)

    def box(number: int) -> Taps:
        if number % 2:
            return people.household(tapping, rng).take(slice(TAPS))
        return tapped.take(rng.choice(len(tapped.felt), TAPS, replace=False))

    updates = [share.update(model.base, box(number)) for number in range(args.boxes)]
    kept = mean_update(updates, args)
    change, budget = merge.change(model.base, kept["mean"].astype(float), held)

    def gain(boxes: list[Taps]) -> dict[str, float]:
        told = [
            100 * (right(model.base, change, it).mean() - right(model.base, None, it).mean())
            for it in boxes
        ]
        return {"gain": round(float(np.mean(told)), 2), "worst": round(float(min(told)), 2)}

    houses = [people.household(others, rng) for _ in range(HOUSES)]
    faces = [general.take(rng.choice(len(general.felt), 40, replace=False)) for _ in range(HOUSES)]
    result = {
        "part": args.part,
        "boxes": args.boxes,
        "epsilon": round(float(kept.get("epsilon", args.epsilon)), 2),
        "budget": round(budget, 3),
        "households": gain(houses),
        "FER+ boxes": gain(faces),
        "all boxes": gain(houses + faces),
        "general": gain([general])["gain"],
    }
    print(json.dumps(result))


if __name__ == "__main__":
    main()
