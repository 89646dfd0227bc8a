"""The way from where a mood lies to where the intent wants to be, by small steps. Pure.

Where moods lie, between unpleasant and pleasant, quiet and roused, is in `edge.mood.moods`.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from types import MappingProxyType

from edge.events import Intent
from edge.mood.moods import Place, on_circle, place

TARGETS: Mapping[Intent, Place] = MappingProxyType({
    Intent.LIFT: on_circle(20),
    # Half-way to relaxation: where there is no calm mood, the neutral one is calmer than the happy.
    Intent.CALM: on_circle(315, 0.5),
})  # fmt: skip

STRIDE = 0.7
"""The longest step of a listener's way: about from sad to neutral, or from neutral to happy."""


def steps(mood: str, intent: Intent) -> int:
    """Return how many steps lead from a mood to where the intent wants to be."""
    target = TARGETS.get(intent)
    return 0 if target is None else math.ceil(math.dist(place(mood), target) / STRIDE)


def along(mood: str, intent: Intent, step: int) -> Place:
    """Return the place after `step` steps; 0 is the mood itself.

    This is the iso principle (Altshuler 1948, "A psychiatrist's experience with music as a
    therapeutic agent"): music first meets the listener's mood, then leads on by small changes.
    """
    start, target, length = place(mood), TARGETS.get(intent), steps(mood, intent)
    if target is None or length == 0:
        return start
    share = min(step, length) / length
    return Place(*(a + share * (b - a) for a, b in zip(start, target, strict=True)))


def nearest(here: Place, moods: Iterable[str]) -> str:
    """Return the mood that lies nearest; there must be one."""
    return min(moods, key=lambda mood: (math.dist(here, place(mood)), mood))
