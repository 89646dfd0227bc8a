"""Which moods are told apart: tables for people to read and to change.

A row says how often each of the seven emotions is seen on the face of somebody in that mood; only
the proportions within a row count.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Literal

from edge.events import EMOTIONS

View = Mapping[str, Mapping[str, float]]
ViewName = Literal["seven", "four", "fine"]

SEVEN: View = {name: {name: 1} for name in EMOTIONS}

FOUR: View = {
    "angry": {"angry": 8, "disgust": 2},
    "happy": {"happy": 1},
    # Fear is most often read as sadness, and calls for the same music.
    "sad": {"sad": 8, "fear": 2},
    # Surprise is over in a second; the mood it stands for least wrongly is none.
    "neutral": {"neutral": 8, "surprise": 2},
}

# A rough reading, not a measurement: no data set says who is content. Mixed rows follow what a
# face does over half a minute; placed on Russell's circumplex (1980) of pleasure and arousal.
FINE: View = {
    "joyful": {"happy": 9, "surprise": 1},
    "content": {"happy": 4, "neutral": 6},
    "calm": {"neutral": 1},
    "tired": {"neutral": 6, "sad": 4},
    "sad": {"sad": 1},
    "tense": {"angry": 3, "fear": 3, "neutral": 4},
    "angry": {"angry": 8, "disgust": 2},
    "excited": {"surprise": 6, "happy": 3, "fear": 1},
}

VIEWS: Mapping[ViewName, View] = MappingProxyType({"seven": SEVEN, "four": FOUR, "fine": FINE})


def moods(view: ViewName) -> tuple[str, ...]:
    """Return the names of a view's moods."""
    return tuple(VIEWS[view])


def shares(view: ViewName) -> tuple[tuple[float, ...], ...]:
    """Return for each mood how often each emotion shows, in the order of EMOTIONS, summing to 1."""
    rows = VIEWS[view].values()
    return tuple(tuple(row.get(name, 0) / sum(row.values()) for name in EMOTIONS) for row in rows)
