"""Sharpness-aware minimization: learn what stays right when the weights are a little wrong.

Foret et al. 2020: before each step, climb to nearby weights that read the batch worse, and step by
the gradient that is found up there. How near is measured by each weight's own size (Kwon et al.
2021, ASAM), and half of the batch shows the way up well enough.
"""

from __future__ import annotations

from typing import Any

import keras
from keras import ops

from edge.errors import MoodboxError

FLOOR = 0.01
"""Added to each weight's size, so that those near zero take part (Kwon et al. 2021)."""

Tensor = Any


@keras.saving.register_keras_serializable("moodbox")
class AdamW(keras.optimizers.AdamW):
    """Keras' own, but it comes down from where the gradient was taken before it steps."""

    climbed: tuple[tuple[keras.Variable, Tensor], ...] = ()

    def apply(
        self, grads: list[Tensor], trainable_variables: list[keras.Variable] | None = None
    ) -> None:
        """Undo the climb, then step."""
        for kernel, climb in self.climbed:
            kernel.assign_sub(climb)
        self.climbed = ()
        super().apply(grads, trainable_variables)


def sharpen(model: keras.Model, reach: float) -> None:
    """Make every step of `model.fit` climb by `reach` first; 0 makes steps plain again.

    `reach` is the length of the climb, each weight measured by its own size. `model` is compiled
    with the AdamW above.
    """
    plain = type(model).train_step

    def step(batch: tuple[Tensor, Tensor, Tensor]) -> Any:
        if reach:
            kernels = [weight for weight in model.trainable_weights if len(weight.shape) > 1]
            half = keras.tree.map_structure(lambda x: x[::2], batch)
            climbs = _climbs(kernels, _gradients(model, half, kernels), reach)
            for kernel, climb in zip(kernels, climbs, strict=True):
                kernel.assign_add(climb)
            model.optimizer.climbed = tuple(zip(kernels, climbs, strict=True))
        return plain(model, batch)

    model.train_step = step
    # Keras keeps the function that it made of the step before.
    model.train_function = None


def _climbs(kernels: list[keras.Variable], gradients: list[Tensor], reach: float) -> list[Tensor]:
    """Return the way up for each kernel; all together are `reach` long."""
    sizes = [ops.abs(kernel) + FLOOR for kernel in kernels]
    steep = [size * gradient for size, gradient in zip(sizes, gradients, strict=True)]
    length = ops.sqrt(sum(ops.sum(ops.square(x)) for x in steep)) + 1e-12
    return [reach * size * x / length for size, x in zip(sizes, steep, strict=True)]


def _gradients(
    model: keras.Model, batch: tuple[Tensor, Tensor, Tensor], weights: list[keras.Variable]
) -> list[Tensor]:
    """Return the loss's gradients by `weights`; Keras has no words of its own for it."""
    pixels, targets, share = batch
    if keras.backend.backend() == "torch":
        model.zero_grad()
        model.compute_loss(pixels, targets, model(pixels, training=True), share).backward()
        return [weight.value.grad.clone() for weight in weights]
    if keras.backend.backend() == "tensorflow":
        import tensorflow as tf  # noqa: PLC0415  only this backend has it

        with tf.GradientTape() as tape:
            loss = model.compute_loss(pixels, targets, model(pixels, training=True), share)
        found: list[Tensor] = tape.gradient(loss, weights)
        return found
    raise MoodboxError(
        f"KERAS_BACKEND={keras.backend.backend()}: sharpness-aware steps need tensorflow or torch"
    )
