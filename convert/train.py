"""Train a network on the checked data set.

    moodbox-convert train --data faces.npz --out runs/teacher --preset teacher \
        --start pretrained/face_recognition_model-weights_manifest.json
    moodbox-convert train --data faces.npz --out runs/student --preset student \
        --start pretrained/faceres-deep.json --teacher runs/teacher/model.keras
    moodbox-convert train --data faces.npz --out runs/emotion --preset finish \
        --start runs/student/model.keras --teacher runs/student/model.keras
    moodbox-convert train --data faces.npz --out runs/fer2013 --preset finish \
        --head fer2013 ferplus --start runs/student/model.keras --teacher runs/student/model.keras

The same command again resumes after the last finished epoch. Keras 3 runs it on TensorFlow,
PyTorch or JAX: set KERAS_BACKEND. Which is the fastest, and whether `--dtype mixed_bfloat16` helps,
depends on the processor: try an epoch of each.

A network has one head for each truth it learns from, the first of which counts most; `--teacher`
adds what other, trained networks say. A finish goes on from a trained network, in as many channels
as a box has time for. `--start` and `--teacher` take a run's network or a released int8 file,
`--start` a pretrained one, too.
"""

from __future__ import annotations

import csv
import json
import os
from collections.abc import Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray

from convert import pretrained, tracking
from convert.dataset import Dataset, Split, Truth
from convert.dequantize import dequantize, unfold
from convert.network import build
from convert.prune import prune
from convert.recipe import HEADS, Recipe, stages
from convert.training_data import Array, Batches, as_pixels, soft_targets, stacked, validation_data

WATCHED = 2048
"""Training faces that show which channels can be spared."""


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

    `teachers` are finished models to distil from, `start` one to go on from: a run's model.keras or
    a released .tflite, of the recipe's shape or with more channels. Progress is in `out`/curves.csv
    and in MLflow; a run that was killed goes on after its last whole epoch.
    """
    out.mkdir(parents=True, exist_ok=True)
    (out / "recipe.json").write_text(json.dumps(asdict(recipe), indent=2))
    keras.utils.set_random_seed(recipe.seed)

    training = data.part(Split.TRAIN)
    if recipe.limit:
        training = training.take(np.arange(len(training)) < recipe.limit)
    held_out = data.part(Split.VALIDATION)
    teacher_models = [_opened(path, recipe, training) for path in teachers]
    predictions = _predictions(teacher_models, training, held_out, recipe.heads)
    targets = {h: soft_targets(training, h, recipe, predictions[h]) for h in recipe.heads}

    begun = _begun(recipe, start, training)
    checkpoint, done = out / "checkpoint.keras", 0
    if checkpoint.with_suffix(".json").exists():
        done = json.loads(checkpoint.with_suffix(".json").read_text())["epochs"]
        model = keras.saving.load_model(checkpoint)
    else:
        model = build(recipe.shape, recipe.heads)
        model.set_weights(begun.get_weights())
        steps = recipe.epochs * max(1, len(training) // recipe.batch)
        model = compiled(model, recipe, steps)

    with tracking.run(out, asdict(recipe)) as log:
        for end, stage in stages(recipe):
            if done >= end:
                continue
            batches = Batches(
                training.images, targets, stage, replace(recipe, seed=recipe.seed + done)
            )
            model.fit(
                batches,
                initial_epoch=done,
                epochs=end,
                validation_data=validation_data(held_out, stage.size, recipe),
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
        if start and recipe.keep:
            mix(model, begun, recipe.keep)
        model.save(out / "model.keras")
        log.file(out / "curves.csv")
    return out / "model.keras"


def _predictions(
    teacher_models: list[keras.Model], training: Dataset, held_out: Dataset, heads: Sequence[Truth]
) -> dict[Truth, Array | None]:
    """Return what the teachers say of the training rows for each head, (n, 7), if there are any.

    A teacher without a head says what its first one does.
    """

    def of(head: str, said: list[dict[str, Array]]) -> list[Array]:
        return [one.get(head, next(iter(one.values()))) for one in said]

    if not teacher_models:
        return dict.fromkeys(heads)
    said = [predict(teacher_model, training.images) for teacher_model in teacher_models]
    if len(teacher_models) == 1:
        return {head: of(head, said)[0] for head in heads}
    validation = [predict(teacher_model, held_out.images) for teacher_model in teacher_models]
    return {h: stacked(of(h, said), of(h, validation), held_out.answers(h)) for h in heads}


def _opened(path: Path, recipe: Recipe, training: Dataset) -> keras.Model:
    """Return a finished model: a run's, a released one, or one that others have trained."""
    if path.suffix == ".keras":
        return keras.saving.load_model(path, compile=False)
    pixels = as_pixels(training.images[:256])
    if path.suffix == ".tflite":
        return dequantize(path, recipe.heads, pixels)
    model = build(recipe.shape, recipe.heads)
    unfold(path, pretrained.read(path), model, pixels)
    return model


def _begun(recipe: Recipe, start: Path | None, training: Dataset) -> keras.Model:
    """Return the recipe's network: fresh, or with what the one at `start` knows."""
    model = build(recipe.shape, recipe.heads)
    if start is None:
        return model
    source = _opened(start, recipe, training)
    heads = {f"{head}_conv" for head in HEADS}
    trunks = [
        [x for x in network.layers if x.get_weights() and x.name not in heads]
        for network in (model, source)
    ]
    ours, theirs = ([[w.shape for w in x.get_weights()] for x in trunk] for trunk in trunks)
    if ours != theirs:
        prune(start, source, model, as_pixels(training.images[:WATCHED]))
        return model
    for mine, other in zip(*trunks, strict=True):
        mine.set_weights(other.get_weights())
    named = {layer.name: layer for layer in source.layers}
    for layer in model.layers:
        if layer.name in heads & named.keys():
            layer.set_weights(named[layer.name].get_weights())
    return model


def mix(model: keras.Model, other: keras.Model, share: float) -> None:
    """Give `model` the mean of its weights and of `other`'s, which count `share` of one."""
    pairs = zip(model.get_weights(), other.get_weights(), strict=True)
    model.set_weights([(1 - share) * mine + share * its for mine, its in pairs])


def curves(run: Path) -> list[dict[str, float]]:
    """Return the learning curves of a run, one row an epoch."""
    with (run / "curves.csv").open(newline="") as file:
        return [{k: float(v) for k, v in row.items()} for row in csv.DictReader(file)]
