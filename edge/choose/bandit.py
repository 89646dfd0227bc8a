"""Which of several sources a listener likes: hope for what is little known, and forgetting. Pure.

Of each source it is kept how often it was let play. What is newer counts more (an exponentially
recency-weighted mean), and a source begins with made-up outcomes, most of them likes, so that it
is tried until it has been worse than another (optimistic initial values; both Sutton and Barto
2018, "Reinforcement Learning", 2.5 and 2.6). Tastes change: what a source did fades with each later
outcome of the mood, and faster with those of its own, back to that hope. So what was skipped long
ago is tried again before what is skipped now, and what is liked no more is soon left.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Mapping

import msgspec

from edge.records import Belief

LIKES, DISLIKES = 1.4, 0.6
"""Made-up outcomes that every source starts with."""
FADE = 0.97
"""What is left of an outcome after the next one of another source of the same mood."""
FADE_OWN = 0.9
"""And after the next one of its own. All of these were chosen by tests/bench/chooser.py."""


Beliefs = Mapping[str, Belief]
"""Source -> what is known of it."""


def best(beliefs: Beliefs, sources: Iterable[str], rng: random.Random) -> str:
    """Return the one of `sources` to play, of equals any; there must be one."""
    return max(sources, key=lambda it: (_hope(beliefs.get(it, Belief())), rng.random()))


def saw(beliefs: Beliefs, source: str, likes: float, dislikes: float) -> dict[str, Belief]:
    """Return the beliefs after an outcome that says so much for and against `source`."""
    old = _faded(beliefs.get(source, Belief()), FADE_OWN)
    new = Belief(
        old.likes + likes, old.dislikes + dislikes, old.good + (likes > dislikes), old.times + 1
    )
    return {name: _faded(belief, FADE) for name, belief in beliefs.items()} | {source: new}


def _faded(belief: Belief, left: float) -> Belief:
    return msgspec.structs.replace(
        belief, likes=belief.likes * left, dislikes=belief.dislikes * left
    )


def _hope(belief: Belief) -> float:
    likes, dislikes = LIKES + belief.likes, DISLIKES + belief.dislikes
    return likes / (likes + dislikes)
