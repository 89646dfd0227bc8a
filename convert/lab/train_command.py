"""Train a network on the checked data set.

    moodbox-convert train --data faces.npz --out runs/further --preset finish \
        --start models/emotion.tflite --teacher models/emotion.tflite runs/teacher/model.keras

The same command again resumes after the last finished epoch. A network has one head for each truth
it learns from, the first of which counts most; `--teacher` adds what other, trained networks say of
each face, `--guide` what one says of every view of it. A finish goes on from a trained network, in
as many channels as a box has time for. They take a run's network or a released int8 file,
`--start` a pretrained one, too. Seeds, folds and searches are several trainings, one after another,
or side by side on a Ray cluster:

    moodbox-convert train --data faces.npz --out runs/rates --seeds 1,2,3 --folds 5 \
        --search rate=1e-4,3e-4 --ray auto

convert/lab/ladder.py has the trainings behind the released models.
"""

from __future__ import annotations

import argparse
import os
from pathlib import Path

from convert.dataset import load
from edge.errors import MoodboxError


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `moodbox-convert train`."""
    parser.add_argument("--data", type=Path, required=True, help="what `data` wrote")
    parser.add_argument("--out", type=Path, required=True, help="the run's own folder")
    parser.add_argument("--preset", default="student", help="the recipe; default: student")
    parser.add_argument(
        "--tiny",
        action="store_const",
        dest="preset",
        const="tiny",
        help="--preset tiny: a toy, in under a minute, to see that everything works",
    )
    parser.add_argument(
        "--teacher",
        type=Path,
        nargs="+",
        default=[],
        help="models to learn from, .keras or .tflite",
    )
    parser.add_argument(
        "--guide", type=Path, help="a model to ask about every view, .keras or .tflite"
    )
    parser.add_argument(
        "--start",
        type=Path,
        help="a model to go on from: .keras, .tflite, or .json of `pretrained`",
    )
    parser.add_argument(
        "--head",
        nargs="+",
        help="what to learn, the one that counts most first; default: ferplus fer2013",
    )
    parser.add_argument("--epochs", type=int, help="instead of the recipe's own number")
    parser.add_argument("--seed", type=int, help="instead of the recipe's own")
    parser.add_argument("--dtype", default="float32", choices=["float32", "mixed_bfloat16"])
    parser.add_argument(
        "--set",
        action="append",
        default=[],
        metavar="KNOB=VALUE",
        help="instead of the recipe's own; convert/recipe.py has them",
    )
    several = parser.add_argument_group("several trainings, each in a folder beside --out")
    several.add_argument("--seeds", type=_seeds, metavar="N,N", help="one with each seed")
    several.add_argument(
        "--folds", type=int, help="one for each part of the rows held out; the test stays apart"
    )
    several.add_argument(
        "--search",
        action="append",
        default=[],
        metavar="NAME=VALUE,VALUE",
        help="one with each value of a knob, preset, teacher, start or guide",
    )
    several.add_argument("--ray", metavar="ADDRESS", help="on a Ray cluster; auto: this machine's")
    several.add_argument("--cpus", type=int, default=2, help="cores for each, on Ray; default: 2")
    parser.set_defaults(fold=None)


def run(args: argparse.Namespace) -> int:
    """Train, and print where the finished model is, or how the finished models did."""
    # TensorFlow tells a screenful about its own set-up otherwise.
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    from convert.lab import run_one, sweep  # noqa: PLC0415  takes seconds; `--help` needs none of it

    if args.seeds or args.folds is not None or args.search:
        return sweep.run(args)
    if args.ray:
        raise MoodboxError("--ray: spreads several trainings: --seeds, --folds or --search")
    run_one.recipe_of(args)
    print(run_one.train_one(args, load(args.data)))
    return 0


def _seeds(text: str) -> list[int]:
    """Read seeds, with commas between them."""
    return list(dict.fromkeys(int(it) for it in text.split(",")))
