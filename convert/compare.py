"""Champion and challenger on three sets, and what is made of it, in words."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import msgspec
import numpy as np
from msgspec import Struct

from convert import conditions
from convert.evaluation_set import EvaluationSet
from convert.int8 import Int8Model
from edge.errors import ModelError

FILE = "comparison.json"
"""Beside a model that has learnt."""
MOST_LOST = 0.005
"""Of the general test's accuracy; a share of one."""
MOST_LOST_SHIFTED = 0.01
"""Of the mean accuracy under worse conditions."""
OWNER, GENERAL = "your corrections, held out", "general test"
MADE_UP = "made-up faces, as before"
"""What stands for the general test where nobody has the faces for it."""
WITHOUT_BASE = (
    "without --data nothing was measured on other people's faces: the old model's own answers to"
    " made-up ones were held to. That cost 0.1 points of accuracy there on average, and up to half"
    " a point, where it was tried; the card says that this model was not measured"
)


class Row(Struct, frozen=True):
    """The accuracies of both on one set; shares of one."""

    name: str
    before: float
    after: float
    faces: int


def read(folder: Path) -> list[Row]:
    """Return the comparison that `learn` left in a folder; raise ModelError where there is none."""
    path = folder / FILE
    try:
        return msgspec.json.decode(path.read_bytes(), type=list[Row])
    except (OSError, msgspec.MsgspecError) as error:
        raise ModelError(f"{path}: not a comparison of `learn`: {error}") from error


def row(name: str, champion: Int8Model, challenger: Int8Model, faces: EvaluationSet) -> Row:
    """Compare two int8 files on some faces."""
    before, after = (
        float(np.mean(model.run(faces.images).argmax(axis=1) == faces.truth))
        for model in (champion, challenger)
    )
    return Row(name, before, after, len(faces))


def under_conditions(
    champion: Int8Model, challenger: Int8Model, faces: EvaluationSet
) -> Iterator[Row]:
    """Compare them on the same faces, worsened in each way."""
    for name in conditions.CONDITIONS:
        worse = EvaluationSet(conditions.worsened(faces.images, name), faces.truth)
        yield row(name, champion, challenger, worse)


def complaints(rows: list[Row]) -> Iterator[str]:
    """Yield one line for each thing that speaks against the challenger."""
    for it in rows:
        if it.name == GENERAL and it.before - it.after > MOST_LOST:
            yield (
                f"the general test falls from {it.before:.2%} to {it.after:.2%},"
                f" more than {100 * MOST_LOST:g} points"
            )
        if it.name == OWNER and it.after <= it.before:
            yield f"of your own corrections {it.after:.0%} are read rightly, before {it.before:.0%}"
    shifted = [it for it in rows if it.name in conditions.CONDITIONS]
    if shifted:
        before, after = (
            np.mean([getattr(it, end) for it in shifted]) for end in ("before", "after")
        )
        if before - after > MOST_LOST_SHIFTED:
            yield (
                f"under worse conditions {after:.2%} are read rightly, before {before:.2%}:"
                f" more than {100 * MOST_LOST_SHIFTED:g} points less"
            )


def table(rows: list[Row]) -> str:
    """Return the comparison for a person."""
    lines = [f"{'':28}{'before':>9}{'after':>9}{'faces':>8}"]
    lines += [f"{it.name:28}{it.before:9.2%}{it.after:9.2%}{it.faces:8,}" for it in rows]
    return "\n".join(lines)
