"""How the two released models were made: six trainings, each begun with one before it.

    moodbox-convert pretrained --out runs/pretrained
    moodbox-convert ladder --data faces.npz --out runs
    moodbox-convert release --run runs/emotion --data faces.npz --framing framing.json \
        --name emotion --head ferplus --models models --out models
    moodbox-convert release --run runs/emotion_fer2013 --data faces.npz --framing framing.json \
        --name emotion_fer2013 --head fer2013 --balance-cost 0 --models models --out models

Each rung is a folder that `moodbox-convert train` could have made; one that is finished is left
alone, one that was broken off goes on. Some seven hours on two CPU cores, minutes on a GPU
(KERAS_BACKEND=torch or jax); `--to RUNG` ends early.

What is expected after each is in RUNGS, on validation rows. Those figures are from the runs behind
the released files: `emotion` by this very loop, the others by a loop of the same recipes in plain
PyTorch, and with two older networks as further teachers of the student, which nobody needs to go
that far (docs/training.md). The ladder as a whole has not been climbed from the ground since.
"""

from __future__ import annotations

import argparse
import os
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from convert.dataset import Dataset, Split, Truth, load
from convert.network import Separable, Shape
from convert.recipe import PRESETS, Recipe
from edge.errors import MoodboxError

if TYPE_CHECKING:
    import keras

FER2013_FIRST: tuple[Truth, ...] = ("fer2013", "ferplus")
CELEBRITIES = "pretrained/faceres-deep.json"
"""HSE's MobileNet, which tells 9,131 people apart."""
PEOPLE = "pretrained/face_recognition_model-weights_manifest.json"
"""dlib's residual network, which tells 7,485 people apart."""


@dataclass(frozen=True)
class Rung:
    """One training."""

    preset: str
    start: str
    """The rung, or the file below the folder of runs, that it goes on from."""
    expected: str
    """Validation accuracy of the run behind the released files."""
    teachers: tuple[str, ...] = ()
    guide: str = ""
    fer2013_first: bool = False
    shape: Shape | None = None
    """Instead of the preset's."""

    def recipe(self) -> Recipe:
        """Return the preset with what this rung changes in it."""
        recipe = PRESETS[self.preset]
        if self.fer2013_first:
            recipe = replace(recipe, heads=FER2013_FIRST)
        return replace(recipe, shape=self.shape) if self.shape else recipe


RUNGS = {
    "teacher": Rung("teacher", PEOPLE, "FER+ 85.1 %"),
    "student": Rung("student", CELEBRITIES, "FER+ 87.7 %, FER2013 68.3 %", ("teacher",)),
    # The same labels that everybody reports, in as many channels as the student has.
    "fer2013_wide": Rung(
        "finish",
        "student",
        "FER2013 69.5 %",
        ("student", "teacher"),
        fer2013_first=True,
        shape=Separable(),
    ),
    # From here on in half the channels: what a box runs.
    "emotion": Rung("finish", "student", "FER+ 87.9 %", ("student", "fer2013_wide")),
    "fer2013_cut": Rung(
        "finish",
        "fer2013_wide",
        "FER2013 69.1 %",
        ("student", "fer2013_wide"),
        fer2013_first=True,
    ),
    "emotion_fer2013": Rung(
        "finish",
        "fer2013_cut",
        "FER2013 69.3 %",
        ("student", "fer2013_wide"),
        guide="fer2013_wide",
        fer2013_first=True,
    ),
}
"""In the order in which they are climbed."""


def climb(data: Dataset, runs: Path, name: str, rung: Rung) -> Path:
    """Train one rung in the folder `runs` and return its model; a finished one is left alone."""
    from convert.lab import start  # noqa: PLC0415  Keras takes seconds
    from convert.train import train  # noqa: PLC0415

    done = runs / name / "model.keras"
    if done.is_file():
        return done
    recipe, faces = rung.recipe(), data.part(Split.TRAIN).images

    def network(of: str) -> keras.Model:
        return start.opened(_path(runs, of), recipe, faces)

    return train(
        data,
        runs / name,
        recipe,
        begun=start.begun(recipe, _path(runs, rung.start), faces),
        teachers=[network(teacher) for teacher in rung.teachers],
        guide=network(rung.guide) if rung.guide else None,
        files=start.hashes(
            _path(runs, rung.start),
            [_path(runs, teacher) for teacher in rung.teachers],
            _path(runs, rung.guide) if rung.guide else None,
        ),
    )


def _path(runs: Path, what: str) -> Path:
    """Return where a rung's network, or a pretrained one, lies."""
    return runs / what if what.endswith(".json") else runs / what / "model.keras"


def _counts(name: str) -> bool:
    return name.startswith("val_") and name.endswith("accuracy")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `moodbox-convert ladder`."""
    parser.add_argument("--data", type=Path, required=True, help="what `data` wrote")
    parser.add_argument("--out", type=Path, required=True, help="folder of all runs")
    parser.add_argument("--to", default="emotion_fer2013", help=f"last of {', '.join(RUNGS)}")


def run(args: argparse.Namespace) -> int:
    """Climb rung after rung, and say what each came to and what it should have come to."""
    if args.to not in RUNGS:
        raise MoodboxError(f"--to {args.to}: allowed: {', '.join(RUNGS)}")
    if not args.data.is_file():
        raise MoodboxError(f"{args.data}: no such file")
    last = list(RUNGS).index(args.to)
    for file in {rung.start for rung in list(RUNGS.values())[: last + 1]}:
        if file.endswith(".json") and not (args.out / file).is_file():
            raise MoodboxError(
                f"{args.out / file}: no such file; `moodbox-convert pretrained --out "
                f"{args.out / 'pretrained'}` downloads it"
            )
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    from convert.train import curves  # noqa: PLC0415  Keras takes seconds

    data = load(args.data)
    for name, rung in list(RUNGS.items())[: last + 1]:
        path = climb(data, args.out, name, rung)
        reached = curves(path.parent)[-1]
        said = ", ".join(f"{k} {v:.1%}" for k, v in reached.items() if _counts(k))
        print(f"{path}: {said}; the released model's came to {rung.expected}")
    return 0
