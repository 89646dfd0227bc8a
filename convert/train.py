"""Train a network on the checked data set.

    moodbox-convert train --data faces.npz --out runs/teacher --preset teacher
    moodbox-convert train --data faces.npz --out runs/student --preset student \
        --start pretrained/faceres-deep.json --teacher runs/teacher/model.keras
    moodbox-convert train --data faces.npz --out runs/fer2013 --preset finish \
        --head fer2013 ferplus --start runs/student/model.keras --teacher runs/student/model.keras

The same command again resumes after the last finished epoch. Keras 3 runs it on TensorFlow,
PyTorch or JAX: set KERAS_BACKEND. On a CPU that knows bfloat16, PyTorch with
`--dtype mixed_bfloat16` is the fastest: an epoch takes three quarters of TensorFlow's time.

A network has one head for each truth it learns from, the first of which counts most; `--teacher`
adds what other, trained networks say. A finish goes on from a trained trunk. `--start` and
`--teacher` take a run's network or a released int8 file, `--start` a pretrained one, too.
"""

from __future__ import annotations

import csv
import json
import os
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from itertools import accumulate, groupby
from pathlib import Path
from typing import Any, get_args

import cv2
import keras
import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from convert import pretrained, tracking
from convert.augment import augment
from convert.dataset import LABELS, NO_LABEL, Dataset, Split, Truth
from convert.network import Residual, Separable, Shape, Transformer, build
from convert.thaw import thaw, unfold
from edge.errors import MoodboxError

Array = NDArray[np.float32]

HEADS: tuple[Truth, ...] = get_args(Truth)

CALM = 0.35
"""Strength of the augmentation in the last epochs."""
SOFTER = 0.75
"""Power of what teachers say together: fitted to majorities, it is surer than ten people are."""


@dataclass(frozen=True)
class Recipe:
    """The knobs of one training run, each with its reason."""

    shape: Shape
    heads: tuple[Truth, ...] = HEADS
    epochs: int = 60
    small_epochs: int = 24
    """Epochs on 40-pixel pictures first: they cost two thirds (progressive resizing, Tan and Le
    2021); at 32 pixels a face has lost too much."""
    calm_epochs: int = 11
    """Last epochs, with views closer to the faces as they are: augmented faces are distributed
    otherwise than those it will meet (He et al. 2019, "Data augmentation revisited")."""
    batch: int = 64
    rate: float = 1e-3
    """Peak learning rate; warmed up for an epoch, then down to zero on a cosine."""
    decay: float = 0.05
    """AdamW's weight decay; kernels only."""
    average: float = 0.999
    """Momentum of the weight average (EMA): about two epochs of memory."""
    mixup: float = 0.0
    """Beta parameter of mixup (Zhang et al. 2017); 0 switches it off."""
    smoothing: float = 0.1
    """Label smoothing of the FER2013 labels; a third of them is what nobody else sees."""
    balance: float = 0.05
    """Rows weigh (class frequency) ** -balance: disgust is one face in two hundred."""
    teacher_share: float = 0.5
    """How much of the target is the teachers' opinion, where there are any."""
    second: float = 0.4
    """What every head but the first counts for: the other truth, as a hint on the first."""
    seed: int = 1
    limit: int | None = None
    """Use only so many training rows."""


PRESETS = {
    "teacher": Recipe(Residual()),
    "student": Recipe(Separable(), epochs=21, small_epochs=6, calm_epochs=4, rate=6e-4),
    "finish": Recipe(Separable(), epochs=4, small_epochs=0, calm_epochs=2, rate=2.5e-4),
    "transformer": Recipe(Transformer(), epochs=20, small_epochs=0, calm_epochs=4),
    "tiny": Recipe(
        Separable((8, 16), (2,)), epochs=3, small_epochs=1, calm_epochs=1, average=0.9, limit=1024
    ),
}


@dataclass(frozen=True)
class Stage:
    """What an epoch is like."""

    size: int
    """Pixels."""
    strength: float
    """Of the augmentation."""


def stages(recipe: Recipe) -> list[tuple[int, Stage]]:
    """Return a run's stages in their order, each with the epochs that are done when it is."""
    epochs = [
        Stage(
            size=40 if epoch < recipe.small_epochs else 48,
            strength=1.0 if epoch < recipe.epochs - recipe.calm_epochs else CALM,
        )
        for epoch in range(recipe.epochs)
    ]
    lengths = [(stage, len(list(same))) for stage, same in groupby(epochs)]
    ends = accumulate(length for _, length in lengths)
    return [(end, stage) for end, (stage, _) in zip(ends, lengths, strict=True)]


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


def lesson(data: Dataset, head: Truth, recipe: Recipe, teacher: Array | None) -> Targets:
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
    frequency = soft[said].mean(axis=0)
    rarity = (soft * np.maximum(frequency, 1e-3) ** -recipe.balance).sum(axis=1)
    weight = weight * rarity / (weight * rarity).mean()
    return Targets(soft.astype(np.float32), weight.astype(np.float32))


def informed(teacher: Array, data: Dataset) -> Array:
    """Return a teacher's opinion on the FER2013 labels, corrected by the votes, (n, 7).

    A label is one person's word. Ten other people's words and the picture foretell it about equally
    well, and together better; logistic regression finds out how much either is worth.
    """
    votes = data.votes / np.maximum(data.voters, 1)[:, None]
    known = np.c_[np.log(teacher + 1e-4), votes, np.sqrt(votes), 1 - votes.sum(axis=1)]
    return _foretold(known, data.label, known)


def stacked(opinions: list[Array], held_out: list[Array], answer: NDArray[np.integer]) -> Array:
    """Return what several teachers say together, (n, 7) (stacking, Wolpert 1992).

    `opinions` is what each says of the n rows, and `held_out` of rows that none has learnt, with
    their `answer`: there logistic regression finds out whom to believe in what.
    """
    known, asked = (np.log(np.concatenate(x, axis=1) + 1e-4) for x in (held_out, opinions))
    soft = _foretold(known, answer, asked) ** SOFTER
    return np.asarray(soft / soft.sum(axis=1, keepdims=True))


def _foretold(known: Array, label: NDArray[np.integer], asked: Array) -> Array:
    """Return the emotions of the rows of `asked`, after the labelled rows of `known`, (n, 7)."""
    said = label != NO_LABEL
    judge = make_pipeline(StandardScaler(), LogisticRegression(max_iter=1000))
    judge.fit(known[said], label[said])
    opinion = np.zeros((len(asked), len(LABELS)), np.float32)
    opinion[:, judge.classes_] = judge.predict_proba(asked)
    return opinion


class Batches(keras.utils.PyDataset):
    """Shuffled, augmented, mixed batches of one epoch after the other."""

    def __init__(
        self, images: NDArray[np.uint8], targets: dict[Truth, Targets], stage: Stage, recipe: Recipe
    ) -> None:
        """Serve `images` in an order and in views that the stage and the seed decide."""
        super().__init__(workers=1)
        self._images, self._targets, self._stage, self._recipe = images, targets, stage, recipe
        self._rng = np.random.default_rng(recipe.seed)
        self._order = self._rng.permutation(len(images))

    def __len__(self) -> int:
        """Return the number of batches in an epoch; an incomplete last one is left out."""
        return max(1, len(self._images) // self._recipe.batch)

    def __getitem__(self, index: int) -> tuple[Array, dict[Truth, Array], dict[Truth, Array]]:
        """Return pixels in 0..1, and for each head the targets and weights."""
        batch = self._recipe.batch
        rows = self._order[index * batch : (index + 1) * batch]
        size, strength = self._stage.size, self._stage.strength
        views = [augment(self._images[row], size, self._rng, strength) for row in rows]
        pixels = as_pixels(np.stack(views))
        soft = {head: target.probabilities[rows] for head, target in self._targets.items()}
        weight = {head: target.weight[rows] for head, target in self._targets.items()}
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

    def on_epoch_end(self) -> None:
        """Shuffle again."""
        self._order = self._rng.permutation(len(self._images))


@keras.saving.register_keras_serializable("moodbox")
class AdamW(keras.optimizers.AdamW):
    """Keras' own, but only kernels decay: its own forgets what does not once it was saved."""

    def __init__(self, *args: Any, **knobs: Any) -> None:
        """Take what Keras' own does."""
        super().__init__(*args, **knobs)
        self.exclude_from_weight_decay(var_names=["bias", "gamma", "beta", "embedding"])


class Checkpoint(keras.callbacks.Callback):
    """After every epoch: the whole training state, replaced in one step."""

    def __init__(self, path: Path) -> None:
        """Keep the state at `path` (.keras) and the count of finished epochs beside it."""
        super().__init__()
        self._path = path

    def on_epoch_end(self, epoch: int, logs: dict[str, float] | None = None) -> None:
        """Save; the count is written last, so a kill between the two repeats one epoch."""
        del logs
        fresh = self._path.with_name("fresh.keras")
        self.model.save(fresh)
        fresh.replace(self._path)
        count = self._path.with_suffix(".json.new")
        count.write_text(json.dumps({"epochs": epoch + 1}))
        count.replace(self._path.with_suffix(".json"))


def as_pixels(images: NDArray[np.uint8]) -> Array:
    """Return what a network reads: (n, size, size) bytes as (n, size, size, 1) in 0..1."""
    return np.divide(images[..., None], 255, dtype=np.float32)


def predict(model: keras.Model, images: NDArray[np.uint8]) -> dict[str, Array]:
    """Return each head's probabilities, (n, 7), averaged over a face and its mirror image."""
    views = [
        model.predict(as_pixels(faces), batch_size=256, verbose=0)
        for faces in (images, images[:, :, ::-1])
    ]
    return {
        head: sum(keras.ops.convert_to_numpy(keras.ops.softmax(view[head])) / 2 for view in views)
        for head in views[0]
    }


def compiled(model: keras.Model, recipe: Recipe, steps: int) -> keras.Model:
    """Return `model` ready to fit for `steps` batches."""
    schedule = keras.optimizers.schedules.CosineDecay(
        recipe.rate / 50,
        decay_steps=max(1, steps - steps // recipe.epochs),
        warmup_target=recipe.rate,
        warmup_steps=steps // recipe.epochs,
    )
    optimizer = AdamW(
        schedule, weight_decay=recipe.decay, use_ema=True, ema_momentum=recipe.average
    )
    model.compile(
        optimizer,
        loss={h: keras.losses.CategoricalCrossentropy(from_logits=True) for h in recipe.heads},
        loss_weights={h: 1.0 if h == recipe.heads[0] else recipe.second for h in recipe.heads},
        weighted_metrics={
            h: [keras.metrics.CategoricalAccuracy(name="accuracy")] for h in recipe.heads
        },
    )
    return model


def train(
    data: Dataset,
    out: Path,
    recipe: Recipe,
    teachers: Sequence[Path] = (),
    start: Path | None = None,
) -> Path:
    """Train by `recipe` and return the finished model's path, `out`/model.keras.

    `teachers` are finished models to distil from, `start` one of the recipe's shape to go on from:
    a run's model.keras, or a released .tflite. Progress is in
    `out`/curves.csv and in MLflow; a run that was killed goes on after its last whole epoch.
    """
    out.mkdir(parents=True, exist_ok=True)
    (out / "recipe.json").write_text(json.dumps(asdict(recipe), indent=2))
    keras.utils.set_random_seed(recipe.seed)

    lessons = data.part(Split.TRAIN)
    if recipe.limit:
        lessons = lessons.take(np.arange(len(lessons)) < recipe.limit)
    held_out = data.part(Split.VALIDATION)
    masters = [_opened(path, recipe, lessons) for path in teachers]
    opinions = _opinions(masters, lessons, held_out, recipe.heads)
    targets = {h: lesson(lessons, h, recipe, opinions[h]) for h in recipe.heads}

    checkpoint, done = out / "checkpoint.keras", 0
    if checkpoint.with_suffix(".json").exists():
        done = json.loads(checkpoint.with_suffix(".json").read_text())["epochs"]
        model = keras.saving.load_model(checkpoint)
    else:
        model = build(recipe.shape, recipe.heads)
        if start:
            _copy_weights(start, _opened(start, recipe, lessons), model)
        steps = recipe.epochs * max(1, len(lessons) // recipe.batch)
        model = compiled(model, recipe, steps)

    with tracking.run(out, asdict(recipe)) as log:
        for end, stage in stages(recipe):
            if done >= end:
                continue
            batches = Batches(
                lessons.images, targets, stage, replace(recipe, seed=recipe.seed + done)
            )
            model.fit(
                batches,
                initial_epoch=done,
                epochs=end,
                validation_data=_exam(held_out, stage.size, recipe),
                validation_batch_size=256,
                callbacks=[
                    Checkpoint(checkpoint),
                    keras.callbacks.SwapEMAWeights(),
                    keras.callbacks.CSVLogger(str(out / "curves.csv"), append=done > 0),
                    keras.callbacks.LambdaCallback(on_epoch_end=log.epoch),
                ],
                verbose=1 if os.isatty(1) else 2,
            )
            done = end
        model.save(out / "model.keras")
        log.file(out / "curves.csv")
    return out / "model.keras"


def _opinions(
    masters: list[keras.Model], lessons: Dataset, held_out: Dataset, heads: Sequence[Truth]
) -> dict[Truth, Array | None]:
    """Return what the teachers say of the training rows for each head, (n, 7), if there are any.

    A teacher without a head says what its first one does.
    """

    def of(head: str, said: list[dict[str, Array]]) -> list[Array]:
        return [one.get(head, next(iter(one.values()))) for one in said]

    if not masters:
        return dict.fromkeys(heads)
    said = [predict(master, lessons.images) for master in masters]
    if len(masters) == 1:
        return {head: of(head, said)[0] for head in heads}
    practice = [predict(master, held_out.images) for master in masters]
    return {h: stacked(of(h, said), of(h, practice), held_out.answers(h)) for h in heads}


def _exam(
    held_out: Dataset, size: int, recipe: Recipe
) -> tuple[Array, dict[Truth, Array], dict[Truth, Array]]:
    """Return the validation rows at the size that is trained on just now."""
    images = held_out.images
    if images.shape[1] != size:
        small = [cv2.resize(i, (size, size), interpolation=cv2.INTER_AREA) for i in images]
        images = np.stack(small)
    exam = {head: truth(held_out, head) for head in recipe.heads}
    return (
        as_pixels(images),
        {head: target.probabilities for head, target in exam.items()},
        {head: target.weight for head, target in exam.items()},
    )


def _opened(path: Path, recipe: Recipe, lessons: Dataset) -> keras.Model:
    """Return a finished model: a run's, a released one, or one that others have trained."""
    if path.suffix == ".keras":
        return keras.saving.load_model(path, compile=False)
    pixels = as_pixels(lessons.images[:256])
    if path.suffix == ".tflite":
        return thaw(path, recipe.heads, pixels)
    model = build(recipe.shape, recipe.heads)
    unfold(path, pretrained.read(path), model, pixels)
    return model


def _copy_weights(path: Path, source: keras.Model, target: keras.Model) -> None:
    """Copy every layer that both models have; heads are known by their names."""
    heads = {f"{head}_conv" for head in HEADS}
    trunks = [
        [x for x in model.layers if x.get_weights() and x.name not in heads]
        for model in (target, source)
    ]
    ours, theirs = ([[w.shape for w in x.get_weights()] for x in trunk] for trunk in trunks)
    if ours != theirs:
        raise MoodboxError(f"{path}: its layers are not those of the recipe's network")
    for mine, other in zip(*trunks, strict=True):
        mine.set_weights(other.get_weights())
    named = {layer.name: layer for layer in source.layers}
    for layer in target.layers:
        if layer.name in heads & named.keys():
            layer.set_weights(named[layer.name].get_weights())


def curves(run: Path) -> list[dict[str, float]]:
    """Return the learning curves of a run, one row an epoch."""
    with (run / "curves.csv").open(newline="") as file:
        return [{k: float(v) for k, v in row.items()} for row in csv.DictReader(file)]
