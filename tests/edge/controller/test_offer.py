from __future__ import annotations

from edge.controller.offer import DWELL, REACTION, ROUNDS, offered, picked
from edge.events import EMOTIONS


def test_each_mood_is_offered_in_turn_twice_and_then_none() -> None:
    seen = [offered(k * DWELL) for k in range(ROUNDS * len(EMOTIONS))]
    assert seen == [*EMOTIONS, *EMOTIONS]
    assert offered(ROUNDS * len(EMOTIONS) * DWELL) == ""


def test_the_view_says_what_is_offered() -> None:
    assert offered(DWELL, ["happy", "sad"]) == "sad"


def test_a_finger_that_was_a_little_late_picks_what_it_saw() -> None:
    assert picked(DWELL + REACTION / 2) == EMOTIONS[0]
    assert picked(DWELL + REACTION + 0.01) == EMOTIONS[1]


def test_nothing_is_offered_before_the_beginning() -> None:
    assert offered(-1.0) == ""
    assert picked(0.0) == EMOTIONS[0]
