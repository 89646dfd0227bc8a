"""What the lights show: every colour, pattern and priority as a table; `render` plays them.

A mood's colour and rhythm are in `edge.mood.moods`: together they tell the moods apart whoever
looks, which `tests/edge/panel/test_colours.py` simulates. The states of the status light differ in
rhythm alone, so they need no colour at all. No rhythm flashes faster than three times a second, the
limit of WCAG 2.3.1 for people with photosensitive epilepsy.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from math import inf
from types import MappingProxyType

from msgspec import Struct

from edge.events import AWAY, NETWORK, UNSURE, Gesture, Status
from edge.mood.moods import Rhythm, colour_of, rhythm_of


class Pattern(Struct, frozen=True):
    """Levels of a light, again and again."""

    steps: tuple[tuple[float, float], ...]
    """Seconds and level (0 to 1) of each step."""
    glide: bool = False
    """Whether the level glides to the next step's, or jumps."""


class Lights(Struct, frozen=True):
    """What both lights show now."""

    scene: str
    """What the mood light is about: code, offer, off, lamp, private, waking, unknown, away or
    mood."""
    colours: tuple[str, ...]
    """Names out of CODE_COLOURS, or "#rrggbb", shown one after the other."""
    brightness: float
    """Of the mood light, 0 to 1."""
    status: str
    """The state that the status light shows: a key of STATES."""
    dim: float = 1.0
    """Factor on both lights: less than 1 in quiet hours."""
    rhythm: Rhythm = "steady"
    """Of the mood, in the scene "mood"."""


FAINT: Mapping[str, float] = MappingProxyType({AWAY: 0.04, UNSURE: 0.12})
"""Brightness of what is white as neutral is."""

STATES: Mapping[str, Pattern] = MappingProxyType(
    {
        "pairing": Pattern(((0.2, 1.0), (0.2, 0.0))),
        "private": Pattern(((0.15, 1.0), (3.85, 0.0))),
        "waking": Pattern(((1.5, 0.0), (1.5, 1.0)), glide=True),
        "offline": Pattern(((3.0, 1.0), (3.0, 0.0))),
        "signed out": Pattern(((1.0, 1.0), (0.4, 0.0), (0.2, 1.0), (0.9, 0.0))),
        "degraded": Pattern(((0.15, 1.0), (0.3, 0.0), (0.15, 1.0), (2.4, 0.0))),
        "well": Pattern(((inf, 0.5),)),
    }
)
"""The status light; the first state that holds is shown."""

HOLDS: Mapping[str, Callable[[Status], bool]] = MappingProxyType(
    {
        # Nobody can pair without a network, so a new box asks for that first.
        "pairing": lambda status: (
            status.pairing_until is not None and NETWORK not in status.problems
        ),
        "private": lambda status: status.private,
        "waking": lambda status: status.waking,
        "offline": lambda status: NETWORK in status.problems,
        "signed out": lambda status: bool(status.account and not status.account.signed_in),
        "degraded": lambda status: bool(status.problems),
        "well": lambda _: True,
    }
)

SCENES: Mapping[str, Pattern] = MappingProxyType(
    {
        "code": Pattern(((0.9, 1.0), (0.3, 0.0))),
        "offer": Pattern(((0.5, 1.0), (0.5, 0.35)), glide=True),
        "off": Pattern(((inf, 0.0),)),
        "lamp": Pattern(((inf, 1.0),)),
        "private": Pattern(((inf, 0.0),)),
        "waking": Pattern(((1.5, 0.1), (1.5, 0.5)), glide=True),
        "unknown": Pattern(((inf, 0.0),)),
        "away": Pattern(((inf, 1.0),)),
        "mood": Pattern(((inf, 1.0),)),
    }
)
"""The mood light; each colour gets one turn of its scene's pattern."""

DIP, BETWEEN = (0.35, 0.35), (0.35, 1.0)
MOOD_PATTERNS: Mapping[Rhythm, Pattern] = MappingProxyType(
    {
        "steady": Pattern(((inf, 1.0),)),
        "one dip": Pattern(((5.65, 1.0), DIP)),
        "two dips": Pattern(((4.95, 1.0), DIP, BETWEEN, DIP)),
    }
)
"""The scene "mood": so few changes that the lamp neither disturbs nor keeps the processor busy."""

REST = 1.8
"""Seconds of dark that show where a pairing code begins."""

DARK = (0.06, 0.0)
"""Each answer begins so: seen at once on a light that is on, and soon over on one that is off."""
SHORT, LONG, GAP = (0.12, 1.0), (0.8, 1.0), (0.22, 0.0)

ACKNOWLEDGED: Mapping[Gesture, Pattern] = MappingProxyType(
    {
        Gesture.PRESS: Pattern((DARK, SHORT, GAP)),
        Gesture.DOUBLE: Pattern((DARK, SHORT, GAP, SHORT, GAP)),
        Gesture.TRIPLE: Pattern((DARK, SHORT, GAP, SHORT, GAP, SHORT, GAP)),
        Gesture.HOLD: Pattern((DARK, LONG, GAP)),
        Gesture.RELEASE: Pattern((DARK, SHORT, GAP, LONG, GAP)),
        Gesture.LONG_HOLD: Pattern((DARK, LONG, GAP, LONG, GAP)),
    }
)
"""What the mood light answers to a gesture, once, in white."""

QUIET = 0.12
"""Factor on both lights in quiet hours."""
DARKEST = 0.25
"""Brightness of a mood of which nothing is sure."""
STARTING = Lights("waking", ("white",), 1.0, "waking")
"""What is shown before the first status."""
SHADES = 16
"""Steps of brightness, so few that a restless confidence does not keep the lights busy."""


def draw(status: Status) -> Lights:
    """Return what the lights show of `status`."""
    scene, colours, brightness = _scene(status)
    return Lights(
        scene=scene,
        colours=colours,
        brightness=brightness,
        status=next(state for state, holds in HOLDS.items() if holds(status)),
        dim=QUIET if status.quiet else 1.0,
        rhythm=rhythm_of(status.mood.name) if scene == "mood" and status.mood else "steady",
    )


def _scene(status: Status) -> tuple[str, tuple[str, ...], float]:
    if status.pairing_code:
        return "code", status.pairing_code, 1.0
    if status.offering:
        return "offer", (colour_of(status.offering),), 1.0
    lamp = status.lamp
    if not lamp.on:
        return "off", ("white",), 0.0
    if lamp.colour:
        return "lamp", (lamp.colour,), lamp.brightness / 100
    scene, colours, brightness = _own(status)
    return scene, colours, brightness * lamp.brightness / 100


def _own(status: Status) -> tuple[str, tuple[str, ...], float]:
    """Return what the light shows where the home wants nothing else of it."""
    if status.private:
        return "private", ("white",), 1.0
    if status.waking or status.unknown == "starting":
        return "waking", ("white",), 1.0
    mood = status.mood
    if mood is None:
        return "unknown", ("white",), 1.0
    sure = round((DARKEST + (1 - DARKEST) * mood.confidence) * SHADES) / SHADES
    return (
        "away" if mood.name == AWAY else "mood",
        (colour_of(mood.name),),
        FAINT.get(mood.name, sure),
    )
