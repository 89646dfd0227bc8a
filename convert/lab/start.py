"""Where a training goes on from: a run's network, a released int8 file, or a pretrained one."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import keras
import numpy as np
from numpy.typing import NDArray

from convert import origin
from convert.dequantize import dequantize, unfold
from convert.lab import pretrained
from convert.lab.prune import prune
from convert.network import build
from convert.recipe import HEADS, Recipe
from convert.training_data import as_pixels

WATCHED = 2048
"""Training faces that show which channels can be spared."""


def hashes(start: Path | None, teachers: Sequence[Path], guide: Path | None) -> dict[str, str]:
    """Return the SHA-256 of the networks' files, by what they are to a run."""
    found = {f"teacher {number}": origin.of_file(x) for number, x in enumerate(teachers, start=1)}
    for name, path in (("start", start), ("guide", guide)):
        if path is not None:
            found[name] = origin.of_file(path)
    return found


def opened(path: Path, recipe: Recipe, faces: NDArray[np.uint8]) -> keras.Model:
    """Return the network at `path`: a run's, a released int8 file, or one that others have trained.

    `faces` are some hundred training faces, (n, h, w): normalization is unfolded by them.
    """
    if path.suffix == ".keras":
        return keras.saving.load_model(path, compile=False)
    pixels = as_pixels(faces[:256])
    if path.suffix == ".tflite":
        return dequantize(path, recipe.heads, pixels)
    model = build(recipe.shape, recipe.heads)
    unfold(path, pretrained.read(path), model, pixels)
    return model


def begun(recipe: Recipe, start: Path, faces: NDArray[np.uint8]) -> keras.Model:
    """Return the recipe's network with what the one at `start` knows.

    One with more channels is cut to the recipe's (convert/lab/prune.py), which `faces` decide.
    """
    model = build(recipe.shape, recipe.heads)
    source = opened(start, recipe, faces)
    heads = {f"{head}_conv" for head in HEADS}
    trunks = [
        [x for x in network.layers if x.get_weights() and x.name not in heads]
        for network in (model, source)
    ]
    ours, theirs = ([[w.shape for w in x.get_weights()] for x in trunk] for trunk in trunks)
    if ours != theirs:
        prune(start, source, model, as_pixels(faces[:WATCHED]))
        return model
    for mine, other in zip(*trunks, strict=True):
        mine.set_weights(other.get_weights())
    named = {layer.name: layer for layer in source.layers}
    for layer in model.layers:
        if layer.name in heads & named.keys():
            layer.set_weights(named[layer.name].get_weights())
    return model
