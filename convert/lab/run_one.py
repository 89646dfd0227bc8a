"""One training, as the command line asks for it."""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple, TypeVar

import keras
import msgspec

from convert.dataset import Dataset, Split
from convert.lab import start
from convert.recipe import HEADS, KNOBS, PRESETS, Recipe
from convert.train import train
from edge.errors import MoodboxError

Name = TypeVar("Name", bound=str)


class Fold(NamedTuple):
    """What is held out: part `number`, from 1, of `of`."""

    number: int
    of: int


def recipe_of(args: argparse.Namespace) -> Recipe:
    """Return the recipe that the command line asks for.

    Raises:
        MoodboxError: there is no such file, preset, head or knob, or it cannot be that.
    """
    for path in filter(None, (args.data, *args.teacher, args.guide, args.start)):
        if not path.is_file():
            raise MoodboxError(f"{path}: no such file")
    recipe = PRESETS[one_of("--preset", args.preset, PRESETS)]
    if args.head is not None:
        heads = tuple(one_of("--head", head, HEADS) for head in args.head)
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
    for setting in args.set:
        name, _, value = setting.partition("=")
        kind = KNOBS[one_of("--set", name, KNOBS)]
        try:
            recipe = replace(recipe, **{name: msgspec.convert(value, kind, strict=False)})
        except msgspec.ValidationError as error:
            raise MoodboxError(f"--set {setting}: {error}") from error
    return recipe


def files(args: argparse.Namespace) -> dict[str, str]:
    """Return what a training is made of beside its rows: networks' hashes, and the fold."""
    held_out = {"fold": "{} of {}".format(*args.fold)} if args.fold else {}
    return start.hashes(args.start, args.teacher, args.guide) | held_out


def part(args: argparse.Namespace, data: Dataset) -> Dataset:
    """Return the rows as the training splits them."""
    return data.fold(*args.fold) if args.fold else data


def train_one(
    args: argparse.Namespace, data: Dataset, tags: Mapping[str, str] | None = None
) -> Path:
    """Train on `data`, split by `part`, and return the finished model's path."""
    recipe = recipe_of(args)
    keras.utils.clear_session()  # of a training before, in the same process
    keras.config.set_dtype_policy(args.dtype)
    faces = data.part(Split.TRAIN).images
    return train(
        data,
        args.out,
        recipe,
        begun=start.begun(recipe, args.start, faces) if args.start else None,
        teachers=[start.opened(path, recipe, faces) for path in args.teacher],
        guide=start.opened(args.guide, recipe, faces) if args.guide else None,
        files=files(args),
        tags=tags,
    )


def one_of(option: str, value: str, allowed: Iterable[Name]) -> Name:
    """Return `value` if it is one of those that the option allows."""
    allowed = list(allowed)
    for name in allowed:
        if name == value:
            return name
    raise MoodboxError(f"{option} {value}: allowed: {', '.join(allowed)}")
