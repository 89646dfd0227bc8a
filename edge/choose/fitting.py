"""Of a source's songs, those that fit a mood, first. Pure."""

from __future__ import annotations

import math
import random
from collections.abc import Sequence

from edge.events import Sounding
from edge.mood.moods import place
from edge.uri import Uri

ENOUGH = 10
"""Songs that fit, from which on the others are left out: with fewer, the same would be on again
before half an hour is over."""
MOST = 100
"""Songs of one choice: some six hours."""


def fitting(
    source: str, songs: Sequence[Sounding], mood: str, rng: random.Random
) -> tuple[str, ...]:
    """Return the URIs of what to play of `source` for `mood`, in order; none: play it as it is.

    What fits comes first, what is not known next, then what lies nearest. Songs that fit are drawn
    without replacement, the surer the sooner (Efraimidis and Spirakis 2006, "Weighted random
    sampling with a reservoir"); the order is another each time.
    """
    fit = [song for song in songs if song.mood == mood]
    if not fit and not Uri.parse(source).is_list:
        return ()
    played = fit if len(fit) >= ENOUGH else songs
    drawn = [(_distance(it.mood, mood), -_key(it.sure, rng), it.uri) for it in played]
    return tuple(uri for _, _, uri in sorted(drawn)[:MOST])


def how_many_fit(songs: Sequence[Sounding], mood: str) -> str:
    """Return in words how few of `songs` fit, where others are played, too; empty: no others."""
    count = sum(song.mood == mood for song in songs)
    if not songs or count >= ENOUGH or count == len(songs):
        return ""
    if not count:
        return f"none of its {len(songs)} songs is known to sound {mood}"
    return f"sounding {mood}: {count} of its {len(songs)} songs, others follow"


def _distance(sounds_like: str, mood: str) -> float:
    """Return 0 for what fits, 1 for what is not known, more for what does not."""
    if sounds_like == mood:
        return 0.0
    return 1.0 + math.dist(place(sounds_like), place(mood)) if sounds_like else 1.0


def _key(weight: float, rng: random.Random) -> float:
    return float(rng.random() ** (1 / max(weight, 0.01)))
