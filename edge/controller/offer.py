"""The moods that the light offers after a triple press, one after the other; a press picks one."""

from __future__ import annotations

from collections.abc import Sequence

from edge.events import EMOTIONS

DWELL = 2.0
"""Seconds each mood is offered."""
ROUNDS = 2
"""Times all of them are offered before the offer ends."""
REACTION = 0.3
"""Seconds from seeing a colour to the finger going down."""


def offered(elapsed: float, moods: Sequence[str] = EMOTIONS) -> str:
    """Return the mood offered so many seconds after the offer began; empty once it is over."""
    turn = int(elapsed // DWELL)
    return moods[turn % len(moods)] if 0 <= turn < ROUNDS * len(moods) else ""


def picked(elapsed: float, moods: Sequence[str] = EMOTIONS) -> str:
    """Return the mood meant by a finger that went down so many seconds into the offer."""
    return offered(max(0.0, elapsed - REACTION), moods)
