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


class Display(Struct, frozen=True):
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


def turn(display: Display, lights: Lights, now: float) -> Display:
    """Show `lights` from now on."""
    old = display.lights
    if lights == old:
        return display
    left = _scene(display, now)  # before the new pattern begins
    if lights.status != old.status:
        display = replace(display, since_status=now)
    if (lights.scene, lights.colours) != (old.scene, old.colours):
        display = replace(display, since=now)
    soft = {lights.scene, old.scene} <= SOFT
    return replace(
        display,
        lights=lights,
        faded_from=left,
        fading_since=now if soft else -inf,
    )


def answer(display: Display, gesture: Gesture, now: float) -> Display:
    """Acknowledge the meaning of a gesture."""
    return replace(display, gesture=gesture, gesture_at=now)


def levels(display: Display, now: float) -> Levels:
    """Return how strongly each LED is driven."""
    shown = _scene(display, now)
    if display.down:
        dim = display.lights.dim
        shown = replace(shown, status=dim if shown.status < 0.25 * dim else 0.0)
    if display.gesture and now - display.gesture_at < length(ACKNOWLEDGED[display.gesture]):
        white = level(ACKNOWLEDGED[display.gesture], now - display.gesture_at) * display.lights.dim
        shown = replace(shown, red=white, green=white, blue=white)
    return shown


def rests(display: Display, now: float) -> float:
    """Return for how many seconds `levels` stay as they are."""
    waits = [stays(display.lights, now - display.since, now - display.since_status)]
    if now - display.fading_since < FADE:
        waits.append(FRAME)
    if display.gesture and now - display.gesture_at < length(ACKNOWLEDGED[display.gesture]):
        waits.append(lasts(ACKNOWLEDGED[display.gesture], now - display.gesture_at))
    return min(waits)


def _scene(display: Display, now: float) -> Levels:
    shown = render(display.lights, now - display.since, now - display.since_status)
    share = min(1.0, (now - display.fading_since) / FADE)
    return shown if share == 1 else blend(display.faded_from, shown, share)
