"""The mood light as a light of the home: Home Assistant's JSON schema of lights. Pure.

What is set stays, colour for colour, until the effect "mood" gives the light back to the mood.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from msgspec import UNSET, Meta, Struct, UnsetType

from edge.errors import Refused
from edge.events import Percent, SetLamp
from edge.mood.moods import colour_of
from edge.mqtt.entity import Context

MOOD = "mood"
"""The effect of a light that follows the mood."""
Part = Annotated[int, Meta(ge=0, le=255)]


class Colour(Struct, frozen=True):
    """sRGB."""

    r: Part
    g: Part
    b: Part


class Command(Struct, frozen=True):
    """What the home sends."""

    state: Literal["ON", "OFF"]
    brightness: Percent | UnsetType = UNSET
    color: Colour | UnsetType = UNSET
    effect: Literal["mood"] | UnsetType = UNSET


def read(c: Context) -> dict[str, Any]:
    """Return the light's state: its own colour, or the mood's."""
    lamp, mood = c.status.lamp, c.status.mood
    shown = lamp.colour or colour_of(mood.name if mood else "")
    red, green, blue = bytes.fromhex(shown.removeprefix("#"))
    return {
        "state": "ON" if lamp.on else "OFF",
        "brightness": lamp.brightness,
        "color_mode": "rgb",
        "color": {"r": red, "g": green, "b": blue},
        "effect": None if lamp.colour else MOOD,
    }


def ask(command: Command) -> SetLamp:
    """Return the request that a command stands for."""
    if command.effect is not UNSET and command.color is not UNSET:
        raise Refused("a color, or the effect mood; not both")
    colour: str | UnsetType = UNSET
    if command.color is not UNSET:
        colour = f"#{command.color.r:02x}{command.color.g:02x}{command.color.b:02x}"
    elif command.effect is not UNSET:
        colour = ""
    return SetLamp(on=command.state == "ON", brightness=command.brightness, colour=colour)
