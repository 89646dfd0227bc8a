"""Which of several sources a listener likes: Thompson sampling with forgetting. Pure.

Each source has a Beta belief in how often it is let play. To choose, draw once from every belief
and take the highest (Thompson 1933, "On the likelihood that one unknown probability exceeds
another"): what is little known is tried, what is known to be liked is played. Tastes change, so
what was seen fades by a constant factor with each later outcome (Raj and Kalyani 2017, "Taming
non-stationary bandits": discounted Thompson sampling).
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Mapping

import msgspec

from edge.records import Belief

PRIOR = 1.0
"""Made-up likes, and as many dislikes, that every source starts with."""
FADE = 0.93
"""What is left of an outcome after the next one of the same mood."""
SHARPNESS = 20.0
"""How many times surer than it is a belief is taken to be. A box makes some ten choices a day, too
few to explore as thoroughly as plain Thompson sampling (1.0) does; what is not played for long
fades back to the prior and is tried again anyway. All three were chosen by tests/bench/chooser.py.
"""


Beliefs = Mapping[str, Belief]
"""Source -> what is known of it."""


def draw(beliefs: Beliefs, sources: Iterable[str], rng: random.Random) -> str:
    """Return the one of `sources` to play; there must be one."""
    return max(sources, key=lambda source: _sample(beliefs.get(source, Belief()), rng))


def saw(beliefs: Beliefs, source: str, likes: float, dislikes: float) -> dict[str, Belief]:
    """Return the beliefs after an outcome that says so much for and against `source`."""
    faded = {
        name: msgspec.structs.replace(b, likes=b.likes * FADE, dislikes=b.dislikes * FADE)
        for name, b in beliefs.items()
    }
    old = faded.get(source, Belief())
    new = Belief(
        old.likes + likes, old.dislikes + dislikes, old.good + (likes > dislikes), old.times + 1
    )
    return faded | {source: new}


def _sample(belief: Belief, rng: random.Random) -> float:
    return rng.betavariate(
        SHARPNESS * (PRIOR + belief.likes), SHARPNESS * (PRIOR + belief.dislikes)
    )
