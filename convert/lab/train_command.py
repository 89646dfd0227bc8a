"""Train a network on the checked data set.

    moodbox-convert train --data faces.npz --out runs/further --preset finish \
        --start models/emotion.tflite --teacher models/emotion.tflite runs/teacher/model.keras

The same command again resumes after the last finished epoch. A network has one head for each truth
it learns from, the first of which counts most; `--teacher` adds what other, trained networks say of
each face, `--guide` what one says of every view of it. A finish goes on from a trained network, in
as many channels as a box has time for. They take a run's network or a released int8 file,
`--start` a pretrained one, too. convert/lab/ladder.py has the trainings behind the released models.
"""

from __future__ import annotations

import argparse
import os
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

from convert.dataset import Split, load
from edge.errors import MoodboxError

Name = TypeVar("Name", bound=str)


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


def run(args: argparse.Namespace) -> int:
    """Train, and print where the finished model is."""
    for path in filter(None, (args.data, *args.teacher, args.guide, args.start)):
        if not path.is_file():
            raise MoodboxError(f"{path}: no such file")
    # TensorFlow tells a screenful about its own set-up otherwise.
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    import keras  # noqa: PLC0415  takes seconds, and `--help` needs none of it

    from convert.lab import start  # noqa: PLC0415
    from convert.recipe import HEADS, PRESETS  # noqa: PLC0415
    from convert.train import train  # noqa: PLC0415

    keras.config.set_dtype_policy(args.dtype)
    recipe = PRESETS[_one_of("--preset", args.preset, PRESETS)]
    if args.head is not None:
        heads = tuple(_one_of("--head", head, HEADS) for head in args.head)
        recipe = replace(recipe, heads=tuple(dict.fromkeys(heads)))
    if args.epochs is not None:
        if args.epochs < 1:
            raise MoodboxError(f"--epochs {args.epochs}: allowed: 1 or more")
        share = args.epochs / recipe.epochs
        recipe = replace(
            recipe,
            epochs=args.epochs,
            small_epochs=int(recipe.small_epochs * share),
            calm_epochs=int(recipe.calm_epochs * share),
        )
    if args.seed is not None:
        recipe = replace(recipe, seed=args.seed)
    data = load(args.data)
    faces = data.part(Split.TRAIN).images
    path = train(
        data,
        args.out,
        recipe,
        begun=start.begun(recipe, args.start, faces) if args.start else None,
        teachers=[start.opened(path, recipe, faces) for path in args.teacher],
        guide=start.opened(args.guide, recipe, faces) if args.guide else None,
        files=start.hashes(args.start, args.teacher, args.guide),
    )
    print(path)
    return 0


def _one_of(option: str, value: str, allowed: Iterable[Name]) -> Name:
    allowed = list(allowed)
    for name in allowed:
        if name == value:
            return name
    raise MoodboxError(f"{option} {value}: allowed: {', '.join(allowed)}")
