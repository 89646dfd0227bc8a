"""The training loop: augmented views, soft targets, a weight average, a checkpoint each epoch.

The command is in convert/lab/train_command.py. Keras 3 runs it on TensorFlow, PyTorch or JAX: set
KERAS_BACKEND. Which is the fastest, and whether bfloat16 helps, depends on the processor: try an
epoch of each.
"""

from __future__ import annotations

import csv
import json
import math
import os
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray

from convert import origin, soundness, tracking
from convert.dataset import Dataset, Split, Truth
from convert.network import build
from convert.recipe import Recipe, phases
from convert.training_data import Array, Batches, as_pixels, soft_targets, stacked, validation_data
from edge.errors import ModelError


@keras.saving.register_keras_serializable("moodbox")
class AdamW(keras.optimizers.AdamW):
    """Keras' own, but only kernels decay: its own forgets what does not once it was saved."""

    def __init__(self, *args: Any, **knobs: Any) -> None:
        """Take what Keras' own does."""
        super().__init__(*args, **knobs)
        self.exclude_from_weight_decay(var_names=["bias", "gamma", "beta", "embedding"])


class Checkpoint(keras.callbacks.Callback):
    """After every epoch: the whole training state, replaced in one step.

    A loss that is no number ends the training, and nothing of that epoch is kept.
    """

    def __init__(self, path: Path) -> None:
        """Keep the state at `path` (.keras) and the count of finished epochs beside it."""
        super().__init__()
        self._path = path
        self.loss = 0.0
        """Of the epoch so far."""

    def on_train_batch_end(self, batch: int, logs: dict[str, float] | None = None) -> None:
        """End the training where the loss is NaN or infinite: that never heals."""
        del batch
        self.loss = (logs or {}).get("loss", 0.0)
        if not math.isfinite(self.loss):
            self.model.stop_training = True

    def on_epoch_end(self, epoch: int, logs: dict[str, float] | None = None) -> None:
        """Save; the count is written last, so a kill between the two repeats one epoch."""
        del logs
        if not math.isfinite(self.loss):
            return
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
    *,
    begun: keras.Model | None = None,
    teachers: Sequence[keras.Model] = (),
    guide: keras.Model | None = None,
    files: Mapping[str, str] | None = None,
    tags: Mapping[str, str] | None = None,
) -> Path:
    """Train by `recipe` and return the finished model's path, `out`/model.keras.

    Progress is in `out`/curves.csv and in MLflow; a run that was killed goes on after its last
    whole epoch.

    Args:
        data: faces with labels and votes, split.
        out: the run's own folder.
        recipe: the knobs.
        begun: a network of the recipe's shape and heads to go on from; None begins afresh.
        teachers: finished networks to distil from: what they say of each face as it is.
        guide: a finished network that is asked about every view that is shown, as often as it is
            shown; `recipe.guided` is what it counts for (Beyer et al. 2021, "a good teacher is
            patient and consistent").
        files: SHA-256 of the files that those networks came from, by what they are to the run.
        tags: what else MLflow is to know of the run.

    Raises:
        ModelError: a training of something else has begun in `out`; no row says anything for a
            head; or the loss became no number.
    """
    keras.utils.set_random_seed(recipe.seed)

    training = data.part(Split.TRAIN)
    if recipe.limit:
        training = training.take(np.arange(len(training)) < recipe.limit)
    held_out = data.part(Split.VALIDATION)
    predictions = _predictions(teachers, training, held_out, recipe.heads)
    targets = {h: soft_targets(training, h, recipe, predictions[h]) for h in recipe.heads}
    for head in recipe.heads:
        if not targets[head].weight.any():
            raise ModelError(
                f"no training row says anything for the head {head}; --head names others"
            )
    made_of = {"data": origin.of_data(data), **(files or {})}
    origin.keep(out, recipe, made_of)

    checkpoint, done = out / "checkpoint.keras", 0
    if checkpoint.with_suffix(".json").exists():
        done = json.loads(checkpoint.with_suffix(".json").read_text())["epochs"]
        model = keras.saving.load_model(checkpoint)
    else:
        model = build(recipe.shape, recipe.heads)
        if begun is not None:
            model.set_weights(begun.get_weights())
        steps = recipe.epochs * max(1, len(training) // recipe.batch)
        model = compiled(model, recipe, steps)

    known = {**(tags or {}), **made_of, "commit": origin.commit()}
    with tracking.run(out, asdict(recipe), known) as log:
        for end, phase in phases(recipe):
            if done >= end:
                continue
            batches = Batches(
                training.images, targets, phase, replace(recipe, seed=recipe.seed + done), guide
            )
            saved = Checkpoint(checkpoint)
            model.fit(
                batches,
                initial_epoch=done,
                epochs=end,
                validation_data=validation_data(held_out, phase.size, recipe),
                validation_batch_size=256,
                callbacks=[
                    saved,
                    keras.callbacks.SwapEMAWeights(),
                    keras.callbacks.CSVLogger(str(out / "curves.csv"), append=done > 0),
                    keras.callbacks.LambdaCallback(on_epoch_end=log.epoch),
                ],
                verbose=1 if os.isatty(1) else 2,
            )
            if not math.isfinite(saved.loss):
                raise ModelError(
                    f"{out}: the loss became {saved.loss}: the training ends, unfinished"
                )
            done = end
        if begun is not None and recipe.keep:
            mix(model, begun, recipe.keep)
        soundness.demand_numbers(model, out)
        model.save(out / "model.keras")
        log.file(out / "curves.csv")
        log.tag("model", origin.of_file(out / "model.keras"))
    return out / "model.keras"


def _predictions(
    teachers: Sequence[keras.Model], training: Dataset, held_out: Dataset, heads: Sequence[Truth]
) -> dict[Truth, Array | None]:
    """Return what the teachers say of the training rows for each head, (n, 7), if there are any.

    A teacher without a head says what its first one does.
    """

    def of(head: str, said: list[dict[str, Array]]) -> list[Array]:
        return [one.get(head, next(iter(one.values()))) for one in said]

    if not teachers:
        return dict.fromkeys(heads)
    said = [predict(teacher, training.images) for teacher in teachers]
    if len(teachers) == 1:
        return {head: of(head, said)[0] for head in heads}
    validation = [predict(teacher, held_out.images) for teacher in teachers]
    return {h: stacked(of(h, said), of(h, validation), held_out.answers(h)) for h in heads}


def mix(model: keras.Model, other: keras.Model, share: float) -> None:
    """Give `model` the mean of its weights and of `other`'s, which count `share` of one."""
    pairs = zip(model.get_weights(), other.get_weights(), strict=True)
    model.set_weights([(1 - share) * mine + share * its for mine, its in pairs])


def curves(run: Path) -> list[dict[str, float]]:
    """Return the learning curves of a run, one row an epoch."""
    with (run / "curves.csv").open(newline="") as file:
        return [{k: float(v) for k, v in row.items()} for row in csv.DictReader(file)]
