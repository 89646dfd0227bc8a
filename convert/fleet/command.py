"""Make a challenger of what a fleet of boxes had in common.

    moodbox-convert fleet mean.npz --data faces.npz --out learnt

`mean.npz` is what the Flower app in convert/fleet/app wrote after its round: the clipped, noised
mean of the boxes' updates (docs/fleet.md). How far the last layer follows it is chosen on
validation rows; then the challenger is checked and compared as `learn`'s is, and goes on to
`publish`'s gate.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from zipfile import BadZipFile

import numpy as np

from convert import compare, dataset, evaluation_set, origin
from convert.dataset import Split
from convert.fleet import merge
from convert.learn import make
from convert.learn.command import add_outputs, remembered
from convert.learn.make import Champion
from edge.errors import ModelError
from edge.personal.fit import Floats


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command line."""
    parser.add_argument("mean", type=Path, help="what the fleet's server wrote (.npz)")
    parser.add_argument(
        "--data", type=Path, required=True, help="the base data set, what `data` wrote"
    )
    add_outputs(parser)


def run(arguments: argparse.Namespace) -> int:
    """Merge, compare, say how it went; 1 where the challenger is refused."""
    champion = Champion.read(arguments.model)
    mean, told = read(arguments.mean, champion)
    data = dataset.load(arguments.data)
    validation = evaluation_set.of(data, Split.VALIDATION, champion.card.truth)
    delta, budget = merge.change(champion.base, mean, champion.taps(validation))
    note = (
        f"The last layer has learnt from {told['boxes']} boxes"
        f" (differential privacy: epsilon {told['epsilon']}, delta {told['delta']})."
    )
    challenger = make.measured(champion, delta, data, note=note, to=budget)
    print(compare.table(challenger.rows))
    against = list(compare.complaints(challenger.rows))
    recipe = {
        "champion": champion.card.model.sha256,
        "data": origin.of_data(data),
        "fleet": origin.of_file(arguments.mean),
        "budget": f"{budget:.3g}",
        "commit": origin.commit(),
    } | told
    with remembered("fleet", champion, challenger, recipe, arguments, against) as path:
        print(f"accepted: {path}")
    return 0


def read(path: Path, champion: Champion) -> tuple[Floats, dict[str, str]]:
    """Return a fleet's mean update, (7, d), and what is known of it.

    Raises:
        ModelError: it is none, or none for this model.
    """
    try:
        with np.load(path, allow_pickle=False) as file:
            mean = file["mean"].astype(np.float64)
            told = {
                name: f"{file[name].item():.3g}"
                for name in ("boxes", "epsilon", "delta", "noise_multiplier")
            }
            model = str(file["model"])
    except (ValueError, KeyError, BadZipFile, EOFError) as error:
        raise ModelError(f"{path}: not what a fleet's server writes: {error}") from error
    ours = champion.card.model.version
    if model != ours or mean.shape != champion.base.weights.shape:
        raise ModelError(f"{path}: made for the model {model}, not for {ours}")
    if not np.isfinite(mean).all():
        raise ModelError(f"{path}: not finite: a box has sent no numbers")
    return mean, told
