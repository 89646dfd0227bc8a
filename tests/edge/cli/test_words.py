"""The status on the command line says what the page says."""

from __future__ import annotations

import time
from typing import Any

import pytest

from edge.cli import words
from edge.events import Mood, Status

NOW, NOON = 1000.0, time.mktime((2027, 1, 15, 12, 0, 0, 0, 0, -1))


def line(name: str, **changes: Any) -> str:
    """Return one line of a status that is shown at noon."""
    status = Status(**{"at": NOW, "mood": Mood("happy", 0.9, NOW - 60), **changes})
    shown = dict(it.split(maxsplit=1) for it in words.status(status, NOW, NOON).splitlines())
    return shown[name]


def test_who_chose_by_hand_hears_until_when_the_mood_waits() -> None:
    assert line("intent") == "match"
    waits = line("intent", hands_off_until=NOW + 3600)
    assert waits == "match, the mood waits until 13:00 (`moodbox follow`)"


@pytest.mark.parametrize(
    ("until", "said"),
    [
        (None, ""),
        (NOW + 600, ", holds until 12:10 at least"),
    ],
)
def test_a_mood_that_somebody_said_is_nothing_that_was_read(until: float | None, said: str) -> None:
    mood = Mood("sad", 1.0, NOW)
    shares = (0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0)
    shown = line("mood", mood=mood, corrected="sad", corrected_until=until, probabilities=shares)
    assert shown == f"sad, as somebody said{said}"
