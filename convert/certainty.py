"""How sure the box is of the mood of a face that comes: by the mood filter, on validation faces.

The box keeps how sure it was when a mood was declared, over a while and with the filter's doubt, so
that is what a card has to say: a network's own probability of one picture is another number.
"""

from __future__ import annotations

import numpy as np

from convert.dataset import Split
from convert.readings import Readings
from edge.events import AWAY, EMOTIONS, Emission, Emotions
from edge.mood.confidence import binned
from edge.mood.filter import Rules, advance, begin
from edge.mood.moods import VIEWS, ViewName, usual

FRAMES_PER_SECOND = 5
LONGEST = 20
"""Seconds; in half of them a mood is declared, or that none stands out."""


def confidences(readings: Readings, emission: Emission) -> dict[ViewName, tuple[float, ...]]:
    """Return for each view of moods the share of validation faces in each bin of confidence.

    Faces weigh as their emotions come at home.
    """
    faces = readings.part(Split.VALIDATION)
    truth = faces.truth.astype(np.intp)
    many = np.maximum(np.bincount(truth, minlength=len(EMOTIONS)), 1)
    weights = (np.array(usual("seven")) / many)[truth].tolist()
    found: dict[ViewName, tuple[float, ...]] = {}
    for name in VIEWS:
        rules = Rules(view=name, emission=emission)
        sure = [declared(views, rules) for views in faces.probabilities.tolist()]
        found[name] = tuple(round(share, 4) for share in binned(sure, weights))
    return found


def declared(views: list[list[float]], rules: Rules) -> float:
    """Return how sure the filter is of the first mood of a face, from its `views`, each (7,).

    They are seen one after the other, again and again, by a box that saw nobody before.
    """
    state = begin(-60.0)
    for frame in range(LONGEST * FRAMES_PER_SECOND):
        at = frame / FRAMES_PER_SECOND
        a, b, c, d, e, f, g = views[frame % len(views)]
        state = advance(state, Emotions((a, b, c, d, e, f, g), at), rules)
        if state.mood.name != AWAY:
            break
    return state.mood.confidence
