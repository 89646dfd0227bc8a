"""Make a trained network a model that the box can run: int8 file, card, plots, page.

    moodbox-convert release --run runs/ferplus --head ferplus --name emotion \
        --data faces.npz --framing framing.json --out models/

In this order: raise rare emotions (fitted on validation rows), quantize, pass the gate, fit the
temperature (validation rows), and only then look at the test rows, once. A model that is worse
there than the one of the same name in `--out`, or at first in `--models`, is not released.
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

import keras
import msgspec
import numpy as np
from numpy.typing import NDArray

from convert import (
    agreement,
    champion,
    dataset,
    evaluation_set,
    figures,
    framing,
    metrics,
    quantize,
)
from convert.card import describe
from convert.dataset import Dataset, Split, Truth
from convert.evaluate import open_with_card
from convert.evaluation_set import EvaluationSet
from convert.int8 import Int8Model
from convert.last_layer import learnable
from convert.recipe import HEADS
from edge.errors import ModelError
from edge.vision import card as cards
from edge.vision.card import Card

# Accuracy on validation rows that may be given for balance: 0.3 points are well inside the
# accuracy's own interval, and buy several points of the rare emotions' recall.
BALANCE_COST = 0.003
EMBEDDINGS = 500
"""Faces on which what the last layer reads is held against the float network's."""


def make(
    run: Path, data: Dataset, truth: Truth, path: Path, *, cost: float, note: str
) -> tuple[Card, Int8Model, keras.Model]:
    """Write the int8 file at `path`, and its last layer beside it.

    Returns its card without test figures, and both models.
    """
    validation = evaluation_set.of(data, Split.VALIDATION, truth)
    plain = quantize.load(run, truth)
    shift = fit_shift(plain, data, validation, truth, cost)
    network = quantize.single_head(plain, truth, shift)
    content = quantize.to_int8(network, quantize.calibration_faces(data))
    path.write_bytes(content)

    model = Int8Model(content)
    logits = model.logits(validation.images)
    card = describe(
        path,
        truth=truth,
        temperature=metrics.fit_temperature(logits, validation.truth),
        shift=shift,
        matrix=metrics.confusion(validation.truth, logits.argmax(axis=1)),
        run=run,
        note=note,
    )
    return learnable(path, card, data), model, network


def fit_shift(
    network: keras.Model, data: Dataset, validation: EvaluationSet, truth: Truth, cost: float
) -> NDArray[np.floating]:
    """Return what to add to the logits, (7,), judged on validation rows."""
    prior = metrics.log_prior(evaluation_set.of(data, Split.TRAIN, truth).truth)
    logits = quantize.float_logits(network, validation.images)
    return metrics.fit_prior_shift(logits, validation.truth, prior, cost)


def judge(card: Card, model: Int8Model, network: keras.Model, data: Dataset) -> Card:
    """Return the card with its figures on the test rows.

    Raises:
        ModelError: quantization lost more than agreement.py allows.
    """
    measured = figures.measure(model, network, card.output.temperature, data, card.truth)
    some = data.part(Split.VALIDATION).images[:EMBEDDINGS]
    told = agreement.told(quantize.float_embeddings(network, some), model.embeddings(some))
    found = agreement.Agreement(measured["agreement"].value, measured["points_lost"].value, told)
    if found.complaints():
        raise ModelError(f"{card.model.file}: not released: {'; '.join(found.complaints())}")
    return msgspec.structs.replace(
        card,
        figures=measured,
        shifts=figures.under_conditions(model, evaluation_set.of(data, Split.TEST, card.truth)),
    )


def to_beat(arguments: argparse.Namespace, data: Dataset) -> Card | None:
    """Return the card of whom a release has to beat: the model of its name that is there.

    For the first release into a folder that is the one in `--models`, judged anew by this data's
    test rows and truth; None where that has none either.
    """
    there = arguments.out / f"{arguments.name}.json"
    if there.exists():
        return cards.read(there)
    shipped = arguments.models / f"{arguments.name}.tflite"
    if not shipped.exists():
        return None
    model, card = open_with_card(shipped)
    faces = evaluation_set.of(data, Split.TEST, arguments.head)
    return msgspec.structs.replace(
        card, truth=arguments.head, figures=figures.headline(model, faces)
    )


def through_detectors(
    card: Card, model: Int8Model, faces: EvaluationSet, fits: dict[str, framing.Fit], folder: Path
) -> Card:
    """Return the card with each detector's framing, and the accuracy through it."""
    framings = {name: fit.framing for name, fit in fits.items()}
    return msgspec.structs.replace(
        card,
        framing=framings,
        detectors=figures.through_detectors(model, faces, framings, folder),
    )


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command line."""
    parser.add_argument("--run", type=Path, required=True, help="folder of a finished training")
    parser.add_argument("--head", choices=HEADS, default="ferplus", help="which truth's head")
    parser.add_argument("--data", type=Path, required=True, help="the data set (.npz)")
    parser.add_argument("--framing", type=Path, help="what `framing` wrote (.json)")
    parser.add_argument("--name", default="emotion", help="of the model, in its folder")
    parser.add_argument("--out", type=Path, default=Path("models"), help="the folder")
    parser.add_argument(
        "--models",
        type=Path,
        default=Path("models"),
        help="folder that has YuNet's file, and the model that the first one in --out has to beat",
    )
    parser.add_argument("--note", default="", help="what a reader must know first")
    parser.add_argument(
        "--balance-cost",
        type=float,
        default=BALANCE_COST,
        help="accuracy on validation rows that may be given for balanced accuracy, a share of one;"
        f" default {BALANCE_COST}",
    )
    champion.add_argument(parser)


def run(arguments: argparse.Namespace) -> int:
    """Release one model, and write the page of the folder anew."""
    from convert import page, plots, tracking  # noqa: PLC0415  matplotlib and MLflow take seconds

    data = dataset.load(arguments.data)
    fits = framing.read_fits(arguments.framing) if arguments.framing else {}
    out: Path = arguments.out
    out.mkdir(parents=True, exist_ok=True)
    before = to_beat(arguments, data)
    # A model that fails below must not leave the old card beside a new file.
    with tempfile.TemporaryDirectory(dir=out) as staged:
        path = Path(staged, f"{arguments.name}.tflite")
        card, model, network = make(
            arguments.run,
            data,
            arguments.head,
            path,
            cost=arguments.balance_cost,
            note=arguments.note,
        )
        card = judge(card, model, network, data)
        try:
            card = champion.demand(before, card, arguments.allow_worse)
        except ModelError:
            tracking.register(arguments.run, path, arguments.name, tracking.CHALLENGER)
            raise
        faces = evaluation_set.of(data, Split.TEST, card.truth)
        card = through_detectors(card, model, faces, fits, arguments.models)
        cards.save(card, path.with_suffix(".json"))
        plots.of_card(card, model, faces, path.parent)
        for made in sorted(path.parent.iterdir()):
            made.replace(out / made.name)
    page.write(out)
    version = tracking.register(
        arguments.run, out / f"{arguments.name}.tflite", arguments.name, tracking.CHAMPION
    )
    if version:
        print(f"version {version} of {arguments.name} in MLflow's registry, its champion")
    for name, figure in card.figures.items():
        print(f"{name:30} {figure.value:.4f}  ({figure.low:.4f} to {figure.high:.4f})")
    return 0
