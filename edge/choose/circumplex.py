"""Where moods lie between unpleasant and pleasant, quiet and roused, and the way between two. Pure.

The circle is Russell's (1980, "A circumplex model of affect"): pleasure at 0 degrees, excitement
at 45, arousal at 90, distress at 135, displeasure at 180, depression at 225, sleepiness at 270 and
relaxation at 315. Where a mood of ours lies on it is a reading, not a measurement.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import NamedTuple

from edge.events import Intent


class Place(NamedTuple):
    """Both from -1 to 1."""

    pleasure: float
    arousal: float


def on_circle(degrees: float, strength: float = 1.0) -> Place:
    """Return the place in a direction of Russell's circle; strength 1 lies on it."""
    angle = math.radians(degrees)
    return Place(strength * math.cos(angle), strength * math.sin(angle))


NOWHERE = Place(0.0, 0.0)

PLACES: Mapping[str, Place] = MappingProxyType({
    "happy": on_circle(10),
    "joyful": on_circle(25),
    "excited": on_circle(45),
    "surprise": on_circle(70, 0.8),
    "tense": on_circle(95),
    "angry": on_circle(105),
    "fear": on_circle(120),
    "disgust": on_circle(145, 0.8),
    "sad": on_circle(205),
    "tired": on_circle(265),
    "calm": on_circle(315),
    "content": on_circle(325),
    "neutral": NOWHERE,
})  # fmt: skip

TARGETS: Mapping[Intent, Place] = MappingProxyType({
    Intent.LIFT: on_circle(20),
    # Half-way to relaxation: where there is no calm mood, the neutral one is calmer than the happy.
    Intent.CALM: on_circle(315, 0.5),
})  # fmt: skip

STRIDE = 0.7
"""The longest step of a listener's way: about from sad to neutral, or from neutral to happy."""


def place(mood: str) -> Place:
    """Return where a mood lies; one that is not in the table lies in the middle."""
    return PLACES.get(mood, NOWHERE)


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
