"""What a network is taught: pictures in ever new views, and what it should say of each."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import keras
import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from convert.augment import augment
from convert.dataset import LABELS, NO_LABEL, Dataset, Truth
from convert.recipe import Phase, Recipe

Array = NDArray[np.float32]

SOFTER = 0.75
"""Power of what teachers say together: fitted to majorities, it is surer than ten people are."""


@dataclass(frozen=True)
class Targets:
    """What one head should say, row by row."""

    probabilities: Array
    """(n, 7), each row summing to one."""
    weight: Array
    """(n,); 0 where the row says nothing."""


def truth(data: Dataset, head: Truth) -> Targets:
    """Return the plain truth of `head` as targets, for validation and test."""
    label = data.answers(head)
    weight = (label != NO_LABEL).astype(np.float32)
    return Targets(np.eye(len(LABELS), dtype=np.float32)[np.maximum(label, 0)], weight)


def soft_targets(data: Dataset, head: Truth, recipe: Recipe, teacher: Array | None) -> Targets:
    """Return what the network is taught: soft votes or smoothed labels, and balanced weights."""
    plain = truth(data, head)
    if head == "ferplus":
        named = data.votes.sum(axis=1)
        sure = np.maximum(named, 1)[:, None]
        soft, weight = data.votes / sure, named / np.maximum(data.voters, 1)
    else:
        soft = plain.probabilities * (1 - recipe.smoothing) + recipe.smoothing / len(LABELS)
        weight = plain.weight
    said = weight > 0
    if teacher is not None:
        if head == "fer2013":
            teacher = informed(teacher, data)
        share = np.where(said, recipe.teacher_share, 1.0)[:, None]
        soft = (1 - share) * soft + share * teacher
        weight = np.where(said, weight, recipe.teacher_share)
    if not weight.any():
        return Targets(plain.probabilities, np.zeros_like(plain.weight))
    frequency = soft[said if said.any() else weight > 0].mean(axis=0)
    rarity = (soft * np.maximum(frequency, 1e-3) ** -recipe.balance).sum(axis=1)
    weight = weight * rarity / (weight * rarity).mean()
    return Targets(soft.astype(np.float32), weight.astype(np.float32))


def informed(teacher: Array, data: Dataset) -> Array:
    """Return a teacher's prediction on the FER2013 labels, corrected by the votes, (n, 7).

    A label is one person's word. Ten other people's words and the picture foretell it about equally
    well, and together better; logistic regression finds out how much either is worth.
    """
    votes = data.votes / np.maximum(data.voters, 1)[:, None]
    known = np.c_[np.log(teacher + 1e-4), votes, np.sqrt(votes), 1 - votes.sum(axis=1)]
    return _foretold(known, data.label, known)


def stacked(predictions: list[Array], held_out: list[Array], answer: NDArray[np.integer]) -> Array:
    """Return what several teachers say together, (n, 7) (stacking, Wolpert 1992).

    `predictions` is what each says of the n rows, and `held_out` of rows that none has learnt, with
    their `answer`: there logistic regression finds out whom to believe in what.
    """
    known, asked = (np.log(np.concatenate(x, axis=1) + 1e-4) for x in (held_out, predictions))
    soft = _foretold(known, answer, asked) ** SOFTER
    return np.asarray(soft / soft.sum(axis=1, keepdims=True))


def _foretold(known: Array, label: NDArray[np.integer], asked: Array) -> Array:
    """Return the emotions of the rows of `asked`, after the labelled rows of `known`, (n, 7)."""
    said = label != NO_LABEL
    judge = make_pipeline(StandardScaler(), LogisticRegression(max_iter=1000))
    judge.fit(known[said], label[said])
    prediction = np.zeros((len(asked), len(LABELS)), np.float32)
    prediction[:, judge.classes_] = judge.predict_proba(asked)
    return prediction


class Batches(keras.utils.PyDataset):
    """Shuffled, augmented, mixed batches of one epoch after the other."""

    def __init__(
        self,
        images: NDArray[np.uint8],
        targets: dict[Truth, Targets],
        phase: Phase,
        recipe: Recipe,
        guide: keras.Model | None = None,
    ) -> None:
        """Serve `images` in an order and in views that the phase and the seed decide.

        A `guide` is asked what every view shows, and has its share in the targets.
        """
        super().__init__(workers=1)
        self._images, self._targets, self._phase, self._recipe = images, targets, phase, recipe
        self._guide = guide
        self._rng = np.random.default_rng(recipe.seed)
        self._order = self._rng.permutation(len(images))

    def __len__(self) -> int:
        """Return the number of batches in an epoch; an incomplete last one is left out."""
        return max(1, len(self._images) // self._recipe.batch)

    def __getitem__(self, index: int) -> tuple[Array, dict[Truth, Array], dict[Truth, Array]]:
        """Return pixels in 0..1, and for each head the targets and weights."""
        batch = self._recipe.batch
        rows = self._order[index * batch : (index + 1) * batch]
        size, strength = self._phase.size, self._phase.strength
        views = [augment(self._images[row], size, self._rng, strength) for row in rows]
        pixels = as_pixels(np.stack(views))
        soft = {head: target.probabilities[rows] for head, target in self._targets.items()}
        weight = {head: target.weight[rows] for head, target in self._targets.items()}
        if self._guide is not None:
            soft = self._guided(pixels, soft)
        if not self._recipe.mixup:
            return pixels, soft, weight
        share = self._rng.beta(self._recipe.mixup, self._recipe.mixup, len(rows))
        share = np.maximum(share, 1 - share).astype(np.float32)
        other = self._rng.permutation(len(rows))

        def mix(values: Array) -> Array:
            keep = share.reshape(-1, *[1] * (values.ndim - 1))
            return (keep * values + (1 - keep) * values[other]).astype(np.float32)

        return (
            mix(pixels),
            {head: mix(values) for head, values in soft.items()},
            {head: mix(values) for head, values in weight.items()},
        )

    def _guided(self, pixels: Array, soft: dict[Truth, Array]) -> dict[Truth, Array]:
        """Return targets that are in part what the guide says of these views."""
        assert self._guide is not None  # noqa: S101  the only caller has one
        logits = self._guide(pixels, training=False)
        share = self._recipe.guided

        def mixed(head: Truth) -> Array:
            said = keras.ops.convert_to_numpy(keras.ops.softmax(logits[head]))
            return np.asarray((1 - share) * soft[head] + share * said, np.float32)

        return {head: mixed(head) if head in logits else target for head, target in soft.items()}

    def on_epoch_end(self) -> None:
        """Shuffle again."""
        self._order = self._rng.permutation(len(self._images))


def as_pixels(images: NDArray[np.uint8]) -> Array:
    """Return what a network reads: (n, size, size) bytes as (n, size, size, 1) in 0..1."""
    return np.divide(images[..., None], 255, dtype=np.float32)


def validation_data(
    held_out: Dataset, size: int, recipe: Recipe
) -> tuple[Array, dict[Truth, Array], dict[Truth, Array]]:
    """Return the validation rows at the size that is trained on just now."""
    images = held_out.images
    if images.shape[1] != size:
        small = [cv2.resize(i, (size, size), interpolation=cv2.INTER_AREA) for i in images]
        images = np.stack(small)
    answers = {head: truth(held_out, head) for head in recipe.heads}
    return (
        as_pixels(images),
        {head: target.probabilities for head, target in answers.items()},
        {head: target.weight for head, target in answers.items()},
    )
