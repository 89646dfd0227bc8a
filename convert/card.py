"""Write a model's card: what was measured, and what a reader must know."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from convert import graph
from convert.dataset import LABELS, Truth
from convert.figures import row_shares
from convert.int8 import Int8Model
from edge.vision.card import Card, Input, Output, artefact

DATA = (
    "FER2013 (Goodfellow et al. 2013): 35,887 grey 48x48 faces found by web search, with one label"
    " each; trained on its Training rows, validated on PublicTest, tested on PrivateTest without"
    " exact copies of training rows. FER+ (Barsoum et al. 2016) adds ten people's votes a face."
    " Its first weights came from a MobileNet that had learnt to tell people apart (Savchenko 2019)"
    " on VGGFace2 (Cao et al. 2018): 3.3 million pictures of 9,131 people found by web search."
    " Among its teachers, or theirs, is one that began with dlib's network for the same (King"
    " 2017), learnt on about three million pictures of 7,485 people."
)
LICENCE = (
    "Code and card: Apache-2.0. The weights are learnt from FER2013, which was gathered for"
    " research, from FER+ (MIT), and from networks (Apache-2.0; public domain) learnt from"
    " VGGFace2, gathered for research, and from other pictures of the web: ask counsel before"
    " selling anything with them."
)
INTENDED_USE = (
    "Choosing music at home, by the faces of people who know of it, on the device itself; nothing"
    " is identified and no picture is kept. Not for the workplace or for education, where the EU"
    " AI Act (Regulation 2024/1689, article 5(1)(f)) forbids reading emotions, and not for any"
    " decision about a person. Outside a home, people have to be told (article 50(3))."
)
LIMITS = (
    "It reads what a face shows, not what a person feels. People themselves agree with the original"
    " labels of these faces in about 65 of 100 cases.\n"
    "Disgust and fear are rare in the data: their figures are rough, and they are read worse than"
    " the others.\n"
    "The faces come from web search: posed and press photographs, some ages and skin colours rarer"
    " than others. How accuracy differs between groups of people was not measured.\n"
    "Grey, frontal, upright faces. There are figures for shifted, tilted, half-lit and blurred"
    " ones; masks and profiles were not measured."
)
NOT_SHOWN = (
    "That edgetpu_compiler maps every operation: it has not been run on this model. The static"
    " gate only says that nothing in it is newer than the compiler.\n"
    "How long a Coral takes, and how long a Raspberry Pi's CPU does."
)


def describe(
    path: Path,
    *,
    truth: Truth,
    temperature: float,
    shift: NDArray[np.floating],
    matrix: NDArray[np.integer],
    run: Path,
    note: str = "",
) -> Card:
    """Return the card of the int8 file at `path`, without figures yet.

    `matrix` is its confusion matrix on the validation rows; `run` the training it came from.
    """
    content = path.read_bytes()
    model = Int8Model(content)
    height, width = model.size
    read, said = model.input["quantization"], model.output["quantization"]
    frequency = matrix.sum(axis=1) / matrix.sum()
    return Card(
        name=path.stem,
        note=note,
        labels=LABELS,
        truth=truth,
        model=artefact(path),
        input=Input(height, width, "grey", float(read[0]), int(read[1])),
        output=Output(float(said[0]), int(said[1]), temperature),
        confusion=row_shares(matrix),  # type: ignore[arg-type]
        frequency=tuple(map(float, frequency)),  # type: ignore[arg-type]
        prior_shift=tuple(map(float, shift)),
        parameters=graph.parameters(content),
        multiply_adds=graph.multiply_adds(content),
        recipe={key: str(value) for key, value in _recipe(run).items()},
        data=DATA,
        licence=LICENCE,
        intended_use=INTENDED_USE,
        limits=tuple(LIMITS.splitlines()),
        not_shown=tuple(NOT_SHOWN.splitlines()),
    )


def _recipe(run: Path) -> dict[str, object]:
    """Return a run's knobs and what it was made of, as far as it kept them (convert/origin.py)."""
    kept: dict[str, object] = {}
    for path in (run / "recipe.json", run / "origin.json"):
        if path.is_file():
            kept |= json.loads(path.read_text())
    return kept
