from __future__ import annotations

from edge.events import AWAY, EMOTIONS, UNSURE, Emotions, Nobody, Tick
from edge.mood.filter import MoodState, Rules, advance, begin

RULES = Rules()


def face(name: str, at: float, share: float = 0.9) -> Emotions:
    rest = (1 - share) / (len(EMOTIONS) - 1)
    return Emotions(tuple(share if e == name else rest for e in EMOTIONS), at)


def watch(state: MoodState, name: str, start: float, seconds: float) -> MoodState:
    for step in range(int(seconds * 5)):
        # Real faces wobble.
        state = advance(state, face(name, start + step / 5, 0.75 + 0.2 * (step % 3) / 2), RULES)
    return state


def test_it_begins_away() -> None:
    assert begin(5).mood.name == AWAY
    assert begin(5).belief == ()


def test_a_steady_face_becomes_a_mood() -> None:
    state = watch(begin(0), "happy", 2, 10)
    assert state.mood.name == "happy"
    assert not state.settling
    assert abs(sum(state.belief) - 1) < 1e-9


def test_one_lying_frame_changes_nothing() -> None:
    state = watch(begin(0), "happy", 2, 20)
    state = advance(state, face("angry", 22.1), RULES)
    assert state.mood.name == "happy"
    assert watch(state, "happy", 22.3, 5).mood.since < 12


def test_nobody_for_long_is_away() -> None:
    state = watch(begin(0), "happy", 2, 10)
    for second in range(12, 31):
        state = advance(state, Nobody(second), RULES)
        assert state.mood.name == "happy"
    state = advance(state, Tick(33), RULES)
    assert state.mood.name == AWAY
    assert state.belief == ()
    assert state.mood.since == 33


def test_nothing_stands_out_is_unsure() -> None:
    state = begin(0)
    for step in range(200):
        state = advance(state, Emotions((1 / 7,) * 7, 2 + step / 5), RULES)
    assert state.mood.name in (UNSURE, *EMOTIONS)
