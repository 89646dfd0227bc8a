"""What the lights do at any moment: the scene, the fade into it, and the answers to the finger."""

from __future__ import annotations

from math import inf

from msgspec import Struct
from msgspec.structs import replace

from edge.events import Gesture
from edge.panel.patterns import ACKNOWLEDGED, STARTING, Lights
from edge.panel.render import FRAME, Levels, blend, lasts, length, level, render, stays

FADE = 1.2
"""Seconds from one mood's colour to the next."""
SOFT = frozenset({"mood", "away", "lamp", "off"})
"""Scenes that fade into each other; all others are there at once."""


class Stage(Struct, frozen=True):
    """What is shown, and since when."""

    lights: Lights = STARTING
    since: float = 0.0
    """When the mood light's scene began."""
    since_status: float = 0.0
    """When the status light's state began."""
    faded_from: Levels = Levels()
    fading_since: float = -inf
    down: bool = False
    """The status light is turned over while the button is down, so each edge is seen."""
    gesture: Gesture | None = None
    gesture_at: float = -inf


def turn(stage: Stage, lights: Lights, now: float) -> Stage:
    """Show `lights` from now on."""
    old = stage.lights
    if lights == old:
        return stage
    left = _scene(stage, now)  # before the new rhythm begins
    if lights.status != old.status:
        stage = replace(stage, since_status=now)
    if (lights.scene, lights.colours) != (old.scene, old.colours):
        stage = replace(stage, since=now)
    soft = {lights.scene, old.scene} <= SOFT
    return replace(
        stage,
        lights=lights,
        faded_from=left,
        fading_since=now if soft else -inf,
    )


def answer(stage: Stage, gesture: Gesture, now: float) -> Stage:
    """Acknowledge the meaning of a gesture."""
    return replace(stage, gesture=gesture, gesture_at=now)


def levels(stage: Stage, now: float) -> Levels:
    """Return how strongly each LED is driven."""
    shown = _scene(stage, now)
    if stage.down:
        dim = stage.lights.dim
        shown = replace(shown, status=dim if shown.status < 0.25 * dim else 0.0)
    if stage.gesture and now - stage.gesture_at < length(ACKNOWLEDGED[stage.gesture]):
        white = level(ACKNOWLEDGED[stage.gesture], now - stage.gesture_at) * stage.lights.dim
        shown = replace(shown, red=white, green=white, blue=white)
    return shown


def rests(stage: Stage, now: float) -> float:
    """Return for how many seconds `levels` stay as they are."""
    waits = [stays(stage.lights, now - stage.since, now - stage.since_status)]
    if now - stage.fading_since < FADE:
        waits.append(FRAME)
    if stage.gesture and now - stage.gesture_at < length(ACKNOWLEDGED[stage.gesture]):
        waits.append(lasts(ACKNOWLEDGED[stage.gesture], now - stage.gesture_at))
    return min(waits)


def _scene(stage: Stage, now: float) -> Levels:
    shown = render(stage.lights, now - stage.since, now - stage.since_status)
    share = min(1.0, (now - stage.fading_since) / FADE)
    return shown if share == 1 else blend(stage.faded_from, shown, share)
