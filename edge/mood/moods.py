"""The moods: one row each, for people to read and to change.

The filter, the chooser, the lamp and Home Assistant all read this table, and the page has colours
from it; its words and faces are in edge/web/static/moods.js. Where a mood lies, which emotions it
shows and how often it comes at home are readings of ours, not measurements: no data set says who is
content.

The circle is Russell's (1980, "A circumplex model of affect"): pleasure at 0 degrees, excitement at
45, arousal at 90, distress at 135, displeasure at 180, depression at 225, sleepiness at 270 and
relaxation at 315.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from functools import cache
from types import MappingProxyType
from typing import Literal, NamedTuple, get_args

from msgspec import Struct

from edge.events import AWAY, EMOTIONS, UNSURE

ViewName = Literal["seven", "four", "fine"]
VIEWS: tuple[ViewName, ...] = get_args(ViewName)
"""Which moods are told apart; "seven" are the emotions themselves."""


Rhythm = Literal["steady", "one dip", "two dips"]


class Place(NamedTuple):
    """Both from -1 to 1."""

    pleasure: float
    arousal: float


NOWHERE = Place(0.0, 0.0)


def on_circle(degrees: float, strength: float = 1.0) -> Place:
    """Return the place in a direction of Russell's circle; strength 1 lies on it."""
    angle = math.radians(degrees)
    return Place(strength * math.cos(angle), strength * math.sin(angle))


class Row(Struct, frozen=True, kw_only=True):
    """What is known of one mood."""

    name: str
    usual: Mapping[ViewName, float] = {}
    """In each view that tells it apart: its share of the time at home, before anything is seen."""
    shares: Mapping[str, float] = {}
    """How often each emotion is seen on the face of somebody in that mood; only the proportions
    count. In the view of seven, a mood shows as itself alone."""
    place: Place = NOWHERE
    colour: str
    """sRGB, "#rrggbb"; of the lamp and of the page. tests/tools/choose_colours.py found them."""
    rhythm: Rhythm = "steady"
    """Of the lamp: how often it dips, for those who cannot tell its colour from another's."""
    searches: tuple[str, ...] = ()
    """What to search for on Spotify in a house that has not said what it likes; never empty for a
    mood of a view."""


ROWS: tuple[Row, ...] = (
    Row(
        name="angry",
        usual={"seven": 0.04, "four": 0.05, "fine": 0.04},
        shares={"angry": 8, "disgust": 2},
        place=on_circle(105),
        colour="#ff0000",
        rhythm="two dips",
        searches=("hard rock classics", "angry rock"),
    ),
    Row(
        name="disgust",
        usual={"seven": 0.01},
        shares={"disgust": 1},
        place=on_circle(145, 0.8),
        colour="#00ff02",
        rhythm="one dip",
        searches=("punk rock", "grunge classics"),
    ),
    Row(
        name="fear",
        usual={"seven": 0.015},
        shares={"fear": 1},
        place=on_circle(120),
        colour="#56008c",
        rhythm="two dips",
        searches=("calming piano", "ambient relaxation"),
    ),
    Row(
        name="happy",
        usual={"seven": 0.36, "four": 0.36},
        shares={"happy": 1},
        place=on_circle(10),
        colour="#d6a400",
        searches=("happy hits", "feel good pop"),
    ),
    Row(
        name="sad",
        usual={"seven": 0.06, "four": 0.07, "fine": 0.05},
        # Fear is most often read as sadness, and calls for the same music.
        shares={"sad": 8, "fear": 2},
        place=on_circle(205),
        colour="#0415d3",
        rhythm="one dip",
        searches=("sad acoustic songs", "melancholy indie"),
    ),
    Row(
        name="surprise",
        usual={"seven": 0.04},
        shares={"surprise": 1},
        place=on_circle(70, 0.8),
        colour="#fa96ea",
        rhythm="two dips",
        searches=("upbeat funk", "indie pop discoveries"),
    ),
    Row(
        name="neutral",
        usual={"seven": 0.475, "four": 0.52},
        # Surprise is over in a second; the mood it stands for least wrongly is none.
        shares={"neutral": 8, "surprise": 2},
        colour="#ffffff",
        searches=("easy listening", "background jazz"),
    ),
    Row(
        name="joyful",
        usual={"fine": 0.14},
        shares={"happy": 9, "surprise": 1},
        place=on_circle(25),
        colour="#e7d804",
        searches=("happy hits", "summer party"),
    ),
    Row(
        name="content",
        usual={"fine": 0.25},
        shares={"happy": 4, "neutral": 6},
        place=on_circle(325),
        colour="#99ffcc",
        searches=("feel good acoustic", "soul classics"),
    ),
    Row(
        name="calm",
        usual={"fine": 0.36},
        shares={"neutral": 1},
        place=on_circle(315),
        colour="#00528c",
        searches=("calm acoustic", "peaceful piano"),
    ),
    Row(
        name="tired",
        usual={"fine": 0.07},
        shares={"neutral": 6, "sad": 4},
        place=on_circle(265),
        colour="#974f2b",
        rhythm="one dip",
        searches=("ambient chill", "sleepy piano"),
    ),
    Row(
        name="tense",
        usual={"fine": 0.04},
        shares={"angry": 3, "fear": 3, "neutral": 4},
        place=on_circle(95),
        colour="#4c008c",
        rhythm="two dips",
        searches=("stress relief", "classical relaxation"),
    ),
    Row(
        name="excited",
        usual={"fine": 0.03},
        shares={"surprise": 6, "happy": 3, "fear": 1},
        place=on_circle(45),
        colour="#ff99ee",
        rhythm="two dips",
        searches=("dance hits", "party anthems"),
    ),
    Row(name=UNSURE, colour="#ffffff", rhythm="one dip"),
    Row(name=AWAY, colour="#ffffff"),
)
MOODS: Mapping[str, Row] = MappingProxyType({row.name: row for row in ROWS})
"""By name."""


@cache
def moods(view: ViewName) -> tuple[str, ...]:
    """Return the names of a view's moods."""
    return tuple(row.name for row in ROWS if view in row.usual)


@cache
def usual(view: ViewName) -> tuple[float, ...]:
    """Return how often each mood of a view comes at home, summing to 1."""
    common = [MOODS[name].usual[view] for name in moods(view)]
    return tuple(share / sum(common) for share in common)


@cache
def shares(view: ViewName) -> tuple[tuple[float, ...], ...]:
    """Return for each mood how often each emotion shows, in the order of EMOTIONS, summing to 1."""
    rows = [{name: 1.0} if view == "seven" else MOODS[name].shares for name in moods(view)]
    return tuple(tuple(row.get(name, 0) / sum(row.values()) for name in EMOTIONS) for row in rows)


def colour_of(mood: str) -> str:
    """Return the colour of a mood, "#rrggbb"; white for one that is not in the table."""
    row = MOODS.get(mood)
    return row.colour if row else "#ffffff"


def rhythm_of(mood: str) -> Rhythm:
    """Return the rhythm of a mood; steady for one that is not in the table."""
    row = MOODS.get(mood)
    return row.rhythm if row else "steady"


def place(mood: str) -> Place:
    """Return where a mood lies; one that is not in the table lies in the middle."""
    row = MOODS.get(mood)
    return row.place if row else NOWHERE


def searches(mood: str) -> tuple[str, ...]:
    """Return what to search for on Spotify for a mood of which the house has said nothing."""
    row = MOODS.get(mood)
    return row.searches if row else ()
