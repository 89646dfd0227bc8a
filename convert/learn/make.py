"""From corrections and a champion to a challenger that is known to be no worse elsewhere."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from pathlib import Path

import msgspec
import numpy as np

from convert import compare, embedding, evaluation_set, figures, last_layer, soundness, static_check
from convert.compare import Row
from convert.dataset import Dataset, Split
from convert.evaluation_set import EvaluationSet
from convert.int8 import Int8Model
from convert.learn import choose, layer, owner, replay
from convert.learn.choose import Learnt
from convert.learn.owner import Corrections
from edge.errors import ModelError
from edge.personal.fit import Base, Floats, Taps
from edge.vision import card as cards
from edge.vision import last_layer as beside
from edge.vision.card import Artefact, Card, Figure


@dataclass(frozen=True)
class Champion:
    """The model that is there."""

    path: Path
    card: Card
    model: Int8Model
    content: bytes
    base: Base
    moment: Floats

    @classmethod
    def read(cls, path: Path) -> Champion:
        """Read an int8 file and what lies beside it, checked against each other.

        Raises:
            ModelError: something is missing, or not what the card says.
        """
        card = cards.load(path.with_suffix(".json"))
        if card.last_layer is None:
            raise ModelError(f"{path}: cannot be taught yet; run moodbox-convert head on it")
        weights, moment = beside.read(path.parent, card)
        content = embedding.expose(path.read_bytes())
        base = Base.of(weights, moment)
        return cls(path, card, Int8Model(content), content, base, moment.astype(np.float64))

    def taps(self, faces: EvaluationSet) -> Taps:
        """Return what its last layer reads of some faces, and what they are."""
        seen = self.model.embeddings(faces.images).astype(np.float64)
        return Taps(np.c_[seen, np.ones(len(seen))], faces.truth.astype(np.intp))

    def changed(self, delta: Floats) -> bytes:
        """Return the file with `delta`, of logits over the temperature, added to its last layer."""
        told = layer.read(self.content) + self.card.output.temperature * delta
        return layer.replace(self.content, told)

    def weights(self, content: bytes) -> Floats:
        """Return the last layer of such a file, of logits over the temperature."""
        return layer.read(content) / self.card.output.temperature

    def head(self, content: bytes) -> bytes:
        """Return what `head` writes beside such a file, so that it can be taught in its turn."""
        return last_layer.packed(self.weights(content), self.moment)


@dataclass(frozen=True)
class Challenger:
    """What was learnt, and how it compares."""

    content: bytes
    head: bytes
    """The file of its last layer."""
    note: str
    """What its card says of where it comes from."""
    budget: float
    """How far the last layer went."""
    rows: list[Row]
    figures: dict[str, Figure]
    """On the general test; empty: nobody had the faces for it."""

    def card(self, champion: Card, recipe: dict[str, str]) -> Card:
        """Return its card: the champion's, with nothing on it that was measured on that alone."""
        note = self.note
        if not self.figures:
            note += " It has not been measured on anybody else's faces."
        old = champion.last_layer
        assert old is not None  # noqa: S101  Champion.read has seen to that
        return msgspec.structs.replace(
            champion,
            note=note,
            model=_artefact(champion.model.file, self.content),
            edgetpu=None,
            last_layer=msgspec.structs.replace(old, file=_artefact(old.file.file, self.head)),
            prior_shift=(),
            recipe=recipe,
            figures=self.figures,
            shifts={},
            detectors={},
            allowed_worse="",
        )


def by_base(champion: Champion, corrections: Corrections, data: Dataset) -> Challenger:
    """Learn with the base data beside: its faces judge what was learnt.

    Raises:
        ModelError: nothing is gained, or the file does not pass the checks.
    """
    data = owner.without(data, corrections.faces.images)
    truth = champion.card.truth
    validation = evaluation_set.of(data, Split.VALIDATION, truth)
    learnt = choose.learn(
        champion.base,
        champion.taps(corrections.faces),
        harm=choose.lost_on(champion.base, champion.taps(validation)),
        most=choose.MOST_LOST,
    )
    challenger = measured(champion, learnt.delta, data, note=note_of(corrections), to=learnt.budget)
    mine = of_owner(champion, corrections, learnt)
    return replace(challenger, rows=[mine, *challenger.rows])


def measured(
    champion: Champion, delta: Floats, data: Dataset, *, note: str, to: float
) -> Challenger:
    """Return the challenger with its last layer changed, compared on the base data's test.

    Raises:
        ModelError: the file does not pass the checks.
    """
    content = checked(champion, delta)
    both = champion.model, Int8Model(content)
    truth = champion.card.truth
    soundness.demand_answers(both[1], evaluation_set.of(data, Split.VALIDATION, truth).images)
    test = evaluation_set.of(data, Split.TEST, truth)
    rows = [compare.row(compare.GENERAL, *both, test), *compare.under_conditions(*both, test)]
    found = figures.headline(both[1], test)
    return Challenger(content, champion.head(content), note, to, rows, found)


def by_replay(champion: Champion, corrections: Corrections) -> Challenger:
    """Learn without the base data: the champion's answers to made-up faces are what is held to.

    Raises:
        ModelError: nothing is gained, or the file does not pass the checks.
    """
    made = replay.drawn(champion.moment)
    answers = Taps(made, (made @ champion.base.weights.T).argmax(axis=1))
    learnt = choose.learn(
        champion.base,
        champion.taps(corrections.faces),
        harm=choose.lost_on(champion.base, answers),
        most=replay.MOST_CHANGED,
    )
    content = checked(champion, learnt.delta)
    kept = np.mean((made @ champion.weights(content).T).argmax(axis=1) == answers.felt)
    rows = [of_owner(champion, corrections, learnt)]
    rows += [Row(compare.MADE_UP, 1.0, float(kept), len(made))]
    note = note_of(corrections)
    return Challenger(content, champion.head(content), note, learnt.budget, rows, {})


def note_of(corrections: Corrections) -> str:
    """Return what the card says of where it comes from."""
    return f"The last layer has learnt from {len(corrections)} corrections of one household."


def checked(champion: Champion, delta: Floats) -> bytes:
    """Return the file with the changed layer, once it has passed what every file has to."""
    content = champion.changed(delta)
    broken = static_check.violations(content)
    if broken:
        raise ModelError(f"the changed file breaks the static gate: {'; '.join(broken)}")
    return content


def of_owner(champion: Champion, corrections: Corrections, learnt: Learnt) -> Row:
    """Compare on corrections that the change has not seen."""
    truth = corrections.faces.truth
    before = champion.model.run(corrections.faces.images).argmax(axis=1)
    after = learnt.held_out
    return Row(
        compare.OWNER, float(np.mean(before == truth)), float(np.mean(after == truth)), len(truth)
    )


def _artefact(name: str, content: bytes) -> Artefact:
    return Artefact(name, hashlib.sha256(content).hexdigest(), len(content))
