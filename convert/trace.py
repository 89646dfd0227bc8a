"""From a prediction of a box to the run that made the model which made it.

    moodbox-convert trace 4f1c09aa-17 moodbox.zip --runs runs

A prediction carries its model's version on the box, and so do the plays and corrections that
followed from it; the version is the hash of a file, and MLflow's registry knows which run made it.
"""

from __future__ import annotations

import argparse
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import TypeVar

import msgspec

from convert.box import fetched
from edge.errors import MoodboxError
from edge.records import PastConfirmation, PastCorrection, PastPlay, PastPrediction
from edge.vision import card as cards

T = TypeVar("T", PastConfirmation, PastCorrection, PastPlay, PastPrediction)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command line."""
    parser.add_argument("prediction", help="its id, as the history and the export have it")
    parser.add_argument("source", metavar="BOX|EXPORT.zip", help="a box's export, or its address")
    parser.add_argument("--runs", type=Path, default=Path("runs"), help="folder of the trainings")
    parser.add_argument(
        "--models", type=Path, default=Path("models"), help="folder of released models, with cards"
    )


def run(arguments: argparse.Namespace) -> int:
    """Print what was predicted, what followed, which model it was, and how that was made."""
    path = fetched(arguments.source, arguments.runs)
    one = next(
        (it for it in table(path, "predictions", PastPrediction) if it.id == arguments.prediction),
        None,
    )
    if one is None:
        raise MoodboxError(f"{path}: has no prediction {arguments.prediction!r}")
    print("\n".join([said(one), *followed(path, one.id)]), flush=True)
    print("\n".join(made(one.model, arguments.runs, arguments.models)))
    return 0


def said(one: PastPrediction) -> str:
    """Return the prediction in words."""
    at = "" if one.at is None else time.strftime(" of %Y-%m-%d %H:%M", time.localtime(one.at))
    return f"prediction {one.id}{at}: {one.mood}, {one.confidence:.0%} sure"


def followed(path: Path, prediction: str) -> Iterator[str]:
    """Yield what came of a prediction, line by line."""
    for play in table(path, "plays", PastPlay):
        if play.prediction == prediction:
            yield f"  played {play.uri}: {play.outcome or 'not ended'}, {play.listened:.0f} s heard"
    for correction in table(path, "corrections", PastCorrection):
        if correction.prediction == prediction:
            yield f"  corrected to {correction.mood}"
    for confirmation in table(path, "confirmations", PastConfirmation):
        if confirmation.prediction == prediction:
            yield "  confirmed"


def made(version: str, runs: Path, models: Path) -> Iterator[str]:
    """Yield which model a version is, and how it was made, line by line.

    A released model comes with no run, but with its card.

    Raises:
        MoodboxError: nothing in `runs` made it, and no card in `models` knows it.
    """
    from convert import tracking  # noqa: PLC0415  MLflow takes seconds

    found = tracking.find(runs, version) if version else None
    if found is None:
        yield from by_card(version, runs, models)
        return
    names = f" ({', '.join(found.aliases)})" if found.aliases else ""
    yield f"model {version}: {found.name}, version {found.number}{names}"
    yield f"  made by the run {found.run}"
    for about in (found.tags, found.parameters, found.metrics):
        yield from (f"  {name}: {value}" for name, value in sorted(about.items()))


def by_card(version: str, runs: Path, models: Path) -> Iterator[str]:
    """Yield what a released model's card says of how it was made, line by line."""
    known = map(cards.read, sorted(models.glob("*.json")))
    card = next((it for it in known if version and it.model.sha256.startswith(version)), None)
    if card is None:
        raise MoodboxError(
            f"{runs}, {models}: no run made the model {version or 'of this prediction'}, and no"
            " card here is its"
        )
    yield f"model {version}: {card.name}, by its card in {models}; no run in {runs} made it"
    about = {"note": card.note, "allowed worse": card.allowed_worse, "truth": card.truth}
    yield from (f"  {name}: {value}" for name, value in about.items() if value)
    yield from (f"  {name}: {value}" for name, value in sorted(card.recipe.items()))
    yield from (f"  {name}: {it.value:.4g}" for name, it in sorted(card.figures.items()))
    yield f"  data: {card.data}"


def table(path: Path, name: str, kind: type[T]) -> list[T]:
    """Return one table of an export."""
    try:
        with zipfile.ZipFile(path) as archive:
            lines = archive.read(f"{name}.jsonl").splitlines()
        return [msgspec.json.decode(line, type=kind) for line in lines]
    except KeyError:
        return []
    except (OSError, zipfile.BadZipFile, msgspec.MsgspecError) as error:
        raise MoodboxError(f"{path}: cannot be read as an export of a box: {error}") from error
