"""From corrections and a champion to a challenger that is known to be no worse elsewhere."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

import msgspec
import numpy as np

from convert import evaluation_set, metrics, soundness, static_check
from convert.dataset import Dataset, Split
from convert.evaluation_set import EvaluationSet
from convert.int8 import Int8Model
from convert.learn import choose, compare, fit, layer, owner
from convert.learn.choose import Learnt
from convert.learn.compare import Row
from convert.learn.fit import Floats
from convert.learn.owner import Corrections
from edge.errors import ModelError
from edge.vision import card as cards
from edge.vision.card import Artefact, Card, Figure
from edge.vision.versions import BESIDE

MOST_LOST = 0.003
"""Accuracy on the validation rows that a change may cost: less than the test is allowed to lose."""
WATCHED = 4096
"""Training faces whose second moment holds the change back; more move it no further."""


@dataclass(frozen=True)
class Champion:
    """The model that is there."""

    path: Path
    card: Card
    content: bytes
    last: Floats

    @classmethod
    def read(cls, path: Path) -> Champion:
        """Read an int8 file and the card beside it, checked against each other."""
        card = cards.load(path.with_suffix(".json"))
        content = path.read_bytes()
        return cls(path, card, content, layer.read(content))

    def reads(self, faces: EvaluationSet) -> Floats:
        """Return what its last layer reads of some faces, (n, width + 1)."""
        return fit.with_one(layer.embed(self.content, faces.images))


@dataclass(frozen=True)
class Challenger:
    """What was learnt, and how it compares."""

    content: bytes
    learnt: Learnt
    rows: list[Row]
    figures: dict[str, Figure]
    """On the general test."""

    def card(self, champion: Card, recipe: dict[str, str]) -> Card:
        """Return its card: the champion's, with nothing on it that was measured on that alone."""
        digest = hashlib.sha256(self.content).hexdigest()
        count = next(it.faces for it in self.rows if it.name == compare.OWNER)
        told = msgspec.to_builtins(champion)
        alone = {name: value for name, value in told.items() if name not in BESIDE}
        return msgspec.structs.replace(
            msgspec.convert(alone, Card),
            note=f"The last layer has learnt from {count} corrections of one household.",
            model=Artefact(champion.model.file, digest, len(self.content)),
            prior_shift=(),
            recipe=recipe,
            figures=self.figures,
            shifts={},
            detectors={},
            allowed_worse="",
        )


def by_base(champion: Champion, corrections: Corrections, data: Dataset) -> Challenger:
    """Learn with the base data beside: its faces hold the change back, and judge it.

    Raises:
        ModelError: nothing is gained, or the file does not pass the checks.
    """
    data = owner.without(data, corrections.faces.images)
    truth = champion.card.truth
    training = data.part(Split.TRAIN)
    watched = np.random.default_rng(0).permutation(len(training))[:WATCHED]
    faces = training.take(watched)
    moment = fit.second_moment(champion.reads(EvaluationSet(faces.images, faces.label)))
    validation = evaluation_set.of(data, Split.VALIDATION, truth)
    harm = choose.lost_on(champion.last, champion.reads(validation), validation.truth)
    known = champion.reads(corrections.faces)
    learnt = choose.learn(
        champion.last, known, corrections.faces.truth, moment, harm=harm, most=MOST_LOST
    )
    content = checked(champion, learnt, validation)
    both = Int8Model(champion.content), Int8Model(content)
    test = evaluation_set.of(data, Split.TEST, truth)
    rows = [
        of_owner(champion, corrections, learnt),
        compare.row(compare.GENERAL, *both, test),
        *compare.under_conditions(*both, test),
    ]
    said = metrics.confusion(test.truth, both[1].run(test.images).argmax(axis=1))
    figures = {
        "accuracy": metrics.of_matrix(metrics.accuracy, said),
        "balanced_accuracy": metrics.of_matrix(metrics.balanced_accuracy, said),
    }
    return Challenger(content, learnt, rows, figures)


def checked(champion: Champion, learnt: Learnt, faces: EvaluationSet) -> bytes:
    """Return the file with the changed layer, once it has passed what every file has to."""
    content = layer.replace(champion.content, champion.last + learnt.delta)
    broken = static_check.violations(content)
    if broken:
        raise ModelError(f"the changed file breaks the static gate: {'; '.join(broken)}")
    soundness.demand_answers(Int8Model(content), faces.images)
    return content


def of_owner(champion: Champion, corrections: Corrections, learnt: Learnt) -> Row:
    """Compare on corrections that the change has not seen."""
    truth = corrections.faces.truth
    before = Int8Model(champion.content).run(corrections.faces.images).argmax(axis=1)
    after = learnt.held_out
    return Row(
        compare.OWNER, float(np.mean(before == truth)), float(np.mean(after == truth)), len(truth)
    )
