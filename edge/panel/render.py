"""From what is to be shown to how strongly each LED is driven. Pure: times are passed in."""

from __future__ import annotations

from math import cos, inf, pi

from msgspec import Struct

from edge.events import CODE_COLOURS
from edge.panel.patterns import MOOD_PATTERNS, REST, SCENES, STATES, Lights, Pattern

FRAME = 1 / 40
"""Seconds between two levels of a light that glides."""


class Levels(Struct, frozen=True):
    """How strongly each LED is driven, 0 to 1, linear in light."""

    red: float = 0.0
    green: float = 0.0
    blue: float = 0.0
    status: float = 0.0


def level(pattern: Pattern, t: float) -> float:
    """Return a pattern's level (0 to 1) `t` seconds after it began."""
    step, into = _step(pattern, t)
    seconds, value = pattern.steps[step]
    if not pattern.glide:
        return value
    following = pattern.steps[(step + 1) % len(pattern.steps)][1]
    return value + (following - value) * (1 - cos(pi * into / seconds)) / 2


def lasts(pattern: Pattern, t: float) -> float:
    """Return for how many seconds the level at `t` stays as it is."""
    if pattern.glide:
        return FRAME
    step, into = _step(pattern, t)
    return pattern.steps[step][0] - into


def length(pattern: Pattern) -> float:
    """Return the seconds of one turn."""
    return sum(seconds for seconds, _ in pattern.steps)


def _step(pattern: Pattern, t: float) -> tuple[int, float]:
    turn = length(pattern)
    t = t % turn if turn < inf else t
    for index, (seconds, _) in enumerate(pattern.steps):
        if t < seconds:
            return index, t
        t -= seconds
    return 0, 0.0  # rounding carried t over the end


def render(lights: Lights, t: float, t_status: float) -> Levels:
    """Return the levels `t` seconds into the mood light's scene and `t_status` into the state."""
    colour, share, _ = _mood_light(lights, t)
    share *= lights.brightness
    if lights.scene != "lamp":  # what the home sets is what it gets, at night as well
        share *= lights.dim
    red, green, blue = (linear(value) * share for value in rgb(colour))
    return Levels(red, green, blue, level(STATES[lights.status], t_status) * lights.dim)


def stays(lights: Lights, t: float, t_status: float) -> float:
    """Return for how many seconds what `render` gives stays as it is."""
    return min(_mood_light(lights, t)[2], lasts(STATES[lights.status], t_status))


def _mood_light(lights: Lights, t: float) -> tuple[str, float, float]:
    """Return the colour, its share (0 to 1) and for how many seconds both stay."""
    pattern = MOOD_PATTERNS[lights.rhythm] if lights.scene == "mood" else SCENES[lights.scene]
    if lights.scene != "code":
        return lights.colours[0], level(pattern, t), lasts(pattern, t)
    turn = length(pattern)
    whole = turn * len(lights.colours)
    t %= whole + REST
    if t >= whole:
        return "white", 0.0, whole + REST - t
    colour = lights.colours[min(int(t / turn), len(lights.colours) - 1)]
    return colour, level(pattern, t), lasts(pattern, t)


def rgb(colour: str) -> tuple[int, int, int]:
    """Return the sRGB values, 0 to 255, of a name out of CODE_COLOURS or of "#rrggbb"."""
    red, green, blue = bytes.fromhex(CODE_COLOURS.get(colour, colour).removeprefix("#"))
    return red, green, blue


def linear(value: int) -> float:
    """Return how much light an sRGB value (0 to 255) stands for, 0 to 1 (IEC 61966-2-1)."""
    share = value / 255
    return share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4


def blend(before: Levels, after: Levels, share: float) -> Levels:
    """Return the levels on the way from one to the other; the status light never glides."""
    return Levels(
        before.red + (after.red - before.red) * share,
        before.green + (after.green - before.green) * share,
        before.blue + (after.blue - before.blue) * share,
        after.status,
    )
