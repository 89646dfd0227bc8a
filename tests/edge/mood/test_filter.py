from __future__ import annotations

from itertools import pairwise

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.events import AWAY, EMOTIONS, UNSURE, Emotions, Nobody, Tick
from edge.mood.filter import MoodState, Rules, advance, begin
from edge.mood.moods import VIEWS, ViewName, moods

RULES = Rules()
FLAT = (1 / 7,) * 7


def face(name: str, at: float, share: float = 0.9) -> Emotions:
    """A reading as real ones are: what is not the emotion itself is nearly all its neighbour."""
    neighbour = "sad" if name == "neutral" else "neutral"
    small = 0.001
    weights = dict.fromkeys(EMOTIONS, small)
    weights[neighbour] = 1 - share - 5 * small
    weights[name] = share
    angry, disgust, fear, happy, sad, surprise, neutral = (weights[name] for name in EMOTIONS)
    return Emotions((angry, disgust, fear, happy, sad, surprise, neutral), at)


def watch(
    state: MoodState, name: str, start: float, seconds: float, rules: Rules = RULES
) -> MoodState:
    for step in range(round(seconds * 5)):
        wobble = 0.7 + 0.25 * (step % 4) / 3
        state = advance(state, face(name, start + step / 5, wobble), rules)
    return state


SIX = [
    (0.5, 0.01, 0.01, 0.01, 0.01, 0.01),
    (0.01, 0.5, 0.01, 0.01, 0.01, 0.01),
    (0.01, 0.01, 0.01, 0.5, 0.01, 0.01),
    (0.01, 0.01, 0.01, 0.01, 0.01, 0.5),
]
"""What is not anger, of four faces that have only anger in common."""

HAPPY = watch(begin(0), "happy", 10, 30)
"""Happy for half a minute; the last frame at 39.8 s."""


def test_it_begins_away() -> None:
    assert begin(5).mood.name == AWAY
    assert begin(5).belief == ()


@pytest.mark.parametrize("name", EMOTIONS)
def test_a_steady_face_becomes_its_mood(name: str) -> None:
    state = watch(begin(0), name, 10, 10)
    assert state.mood.name == name
    assert not state.settling
    assert state.faces == 1
    assert state.belief[EMOTIONS.index(name)] == max(state.belief)
    assert state.mood.since < 15


def test_one_lying_frame_changes_nothing() -> None:
    for lie in EMOTIONS:
        assert advance(HAPPY, face(lie, 40, 0.94), RULES).mood.name == "happy"


def test_a_change_of_expression_becomes_the_mood_within_seconds() -> None:
    state = watch(HAPPY, "sad", 40, 6)
    assert state.mood.name == "sad"
    assert 40 < state.mood.since < 46


def test_a_change_under_way_is_told() -> None:
    state, settling = HAPPY, []
    for step in range(40):
        state = advance(state, face("sad", 40 + step / 5), RULES)
        settling.append(state.settling)
    assert any(settling)
    assert not settling[-1]


@pytest.mark.parametrize("view", VIEWS)
@pytest.mark.parametrize("name", EMOTIONS)
def test_a_face_that_does_not_change_counts_once(name: str, view: ViewName) -> None:
    """However long it stays, it tells what one picture of it tells, and the prior stays a prior."""
    rules = msgspec.structs.replace(RULES, view=view)
    state, said = begin(0), {}
    for step in range(5 * 120):
        state = advance(state, face(name, 10 + step / 5, 0.6), rules)
        said[step] = state.belief
    assert said[5 * 120 - 1] == pytest.approx(said[5 * 90], abs=1e-3)
    if view == "seven":
        assert said[5 * 120 - 1] == pytest.approx(said[5 * 15], abs=0.02)


def test_a_face_that_comes_again_takes_the_place_of_its_earlier_sight() -> None:
    """A moment of something else in between is no reason to count it twice."""
    once = watch(begin(0), "neutral", 10, 60)
    state = begin(0)
    for second in range(60):
        state = watch(state, "neutral", 10 + second, 0.8)
        state = advance(state, face("angry", 10.9 + second), RULES)
    state = watch(state, "neutral", 70, 5)
    assert len(state.earlier) == 1
    assert state.mood.name == "neutral"
    assert state.belief[-1] == pytest.approx(once.belief[-1], abs=0.05)


def test_a_steady_neutral_face_after_a_moment_of_anger_is_neutral() -> None:
    state = watch(begin(0), "angry", 10, 0.4)
    for step in range(300):
        state = advance(state, face("neutral", 10.4 + step / 5, 0.9), RULES)
    assert state.mood.name == "neutral"
    assert state.belief[EMOTIONS.index("disgust")] < 0.01


def test_other_faces_add_up() -> None:
    """One weak hint is not enough for a rare mood; hints from faces unlike each other are."""
    hints = [(0.45, *rest) for rest in SIX]
    alone, state = begin(0), begin(0)
    for step in range(60):
        alone = advance(alone, Emotions(hints[0], 10 + step / 5), RULES)
        state = advance(state, Emotions(hints[step // 4 % len(hints)], 10 + step / 5), RULES)
    assert alone.mood.name != "angry"
    assert state.mood.name == "angry"


def test_nobody_for_a_moment_keeps_the_mood() -> None:
    state = HAPPY
    for second in range(40, 59):
        state = advance(state, Nobody(second), RULES)
    assert state.mood.name == "happy"
    assert state.faces == 0
    state = watch(state, "happy", 59.5, 1)
    assert state.mood.since == HAPPY.mood.since


@pytest.mark.parametrize("event", [Tick(59.9), Nobody(59.9), Nobody(59.9, dark=True)])
def test_nobody_for_long_is_away(event: Tick | Nobody) -> None:
    state = advance(HAPPY, event, RULES)
    assert state.mood.name == AWAY
    assert state.mood.since == 59.9
    assert state.belief == ()
    assert not state.settling


def test_a_dark_room_never_makes_a_mood() -> None:
    state = begin(0)
    for second in range(1, 100):
        state = advance(state, Nobody(second, dark=True), RULES)
        assert state.mood.name == AWAY
        assert state.mood.since == 0


def test_who_comes_back_is_not_taken_for_who_left() -> None:
    state = advance(HAPPY, Tick(100), RULES)
    state = watch(state, "sad", 101, 5)
    assert state.mood.name == "sad"


def test_the_first_mood_waits_from_when_the_face_came() -> None:
    """The room has been empty for an hour, and who comes in looks down first."""
    state = begin(0)
    for step in range(40):
        at = 3600 + step / 5
        state = advance(state, face("sad" if at < 3602 else "happy", at), RULES)
        assert (state.mood.name == AWAY) == (at < 3600 + RULES.arrival)
        assert state.mood.name in {AWAY, "happy"}


def test_who_passes_by_makes_no_mood() -> None:
    state = begin(0)
    for second in range(10, 70, 6):
        state = watch(state, "happy", second, 1)
        state = advance(state, Tick(second + 5.9), RULES)
        assert state.mood.name == AWAY


def test_a_mood_that_hardly_ever_comes_must_be_likely() -> None:
    """Disgust is not declared until it is more likely than all others together."""
    for share in (0.2, 0.35, 0.5, 0.65, 0.8, 0.95):
        state = begin(0)
        for step in range(100):
            state = advance(state, face("disgust", 10 + step / 5, share), RULES)
            if state.mood.name == "disgust":
                assert state.belief[EMOTIONS.index("disgust")] > 0.5


def test_nothing_stands_out_is_unsure_after_a_while() -> None:
    rules = msgspec.structs.replace(
        RULES, emission=msgspec.structs.replace(RULES.emission, bias=(0.0,) * 7)
    )
    state = begin(0)
    for step in range(100):
        state = advance(state, Emotions(FLAT, 10 + step / 5), rules)
        assert state.mood.name == (UNSURE if step / 5 >= rules.unsure_after else AWAY)
    assert watch(state, "happy", 30, 5, rules).mood.name == "happy"


def test_a_late_frame_is_heard_after_a_tick() -> None:
    state = advance(HAPPY, Tick(40.1), RULES)
    later = advance(state, face("sad", 40.0), RULES)
    assert later.belief != state.belief


def test_an_old_frame_changes_nothing() -> None:
    for event in (face("sad", 39.8), face("sad", 12), Nobody(39.8), Nobody(0)):
        assert advance(HAPPY, event, RULES) == HAPPY


def test_a_tick_without_time_going_by_changes_nothing() -> None:
    assert advance(HAPPY, Tick(HAPPY.now), RULES) == HAPPY
    assert advance(HAPPY, Tick(1), RULES) == HAPPY


def test_a_face_the_detector_doubts_tells_less() -> None:
    def after(confidence: float) -> float:
        seen = msgspec.structs.replace(face("sad", 40), confidence=confidence)
        return advance(HAPPY, seen, RULES).belief[EMOTIONS.index("sad")]

    assert after(0.0) < after(0.5) < after(1.0)


@pytest.mark.parametrize(
    ("view", "expression", "mood"),
    [
        ("four", "happy", "happy"),
        ("four", "disgust", "angry"),
        ("four", "sad", "sad"),
        ("four", "neutral", "neutral"),
        ("fine", "neutral", "calm"),
        ("fine", "angry", "angry"),
    ],
)
def test_a_view_names_its_own_moods(view: str, expression: str, mood: str) -> None:
    rules = msgspec.structs.replace(RULES, view=view)
    assert watch(begin(0), expression, 10, 20, rules).mood.name == mood


def test_a_smile_now_and_then_is_content() -> None:
    rules = msgspec.structs.replace(RULES, view="fine")
    state = begin(0)
    for step in range(24):
        name = "happy" if step % 5 < 2 else "neutral"
        state = watch(state, name, 10 + 2 * step, 2, rules)
    assert state.mood.name == "content"


# --- whatever happens ----------------------------------------------------------------------------

times = st.floats(0, 200, allow_nan=False)
weights = st.lists(st.floats(0, 1), min_size=7, max_size=7).filter(lambda w: sum(w) > 0.1)
readings = weights.map(lambda w: tuple(x / sum(w) for x in w)) | st.sampled_from(
    [face(name, 0).probabilities for name in EMOTIONS]
)
frames = st.builds(Emotions, readings, times, st.integers(1, 4), st.floats(0, 1))
events = st.lists(
    frames | st.builds(Nobody, times, st.booleans()) | st.builds(Tick, times), max_size=60
)
rules = st.builds(
    Rules,
    view=st.sampled_from(sorted(VIEWS)),
    away_after=st.floats(0.1, 60),
    dwell=st.floats(1, 300),
    enter=st.floats(0.3, 0.99),
    shortest=st.floats(0, 10),
    arrival=st.floats(0, 10),
)


def history(happened: list[Emotions | Nobody | Tick], by: Rules) -> list[MoodState]:
    states = [begin(0)]
    for event in happened:
        states.append(advance(states[-1], event, by))
    return states


@given(events, rules)
def test_the_belief_sums_to_one_or_is_not_there(
    happened: list[Emotions | Nobody | Tick], by: Rules
) -> None:
    for state in history(happened, by):
        for belief in filter(None, (state.belief, state.inner)):
            assert abs(sum(belief) - 1) < 1e-9
            assert min(belief) >= 0
        assert len(state.belief) in {0, 7}
        assert 0 <= state.mood.confidence <= 1
        assert state.mood.name in {*moods(by.view), UNSURE, AWAY}


@given(events, rules)
def test_no_mood_is_shorter_than_the_shortest(
    happened: list[Emotions | Nobody | Tick], by: Rules
) -> None:
    for before, after in pairwise(history(happened, by)):
        if before.mood.name == after.mood.name:
            assert before.mood.since == after.mood.since
            continue
        assert after.mood.since == after.now
        if before.mood.name == AWAY:
            assert after.face_at - after.came_at >= by.arrival
        else:
            shortest = by.arrival if before.mood.name == UNSURE else by.shortest
            assert after.mood.since - before.mood.since >= shortest


@given(events, rules)
def test_time_never_runs_backwards(happened: list[Emotions | Nobody | Tick], by: Rules) -> None:
    for before, after in pairwise(history(happened, by)):
        assert after.now >= before.now
        assert after.read_at >= before.read_at


@given(st.lists(st.builds(Nobody, times, st.booleans()) | st.builds(Tick, times)), rules)
def test_without_a_face_there_is_no_mood(happened: list[Nobody | Tick], by: Rules) -> None:
    assert {state.mood.name for state in history([*happened], by)} == {AWAY}


@given(st.lists(st.floats(40, 59.7)), rules)
def test_a_short_absence_keeps_the_mood(gaps: list[float], by: Rules) -> None:
    state = HAPPY
    for at in sorted(gaps):
        state = advance(state, Nobody(at), RULES)
    assert state.mood.name == HAPPY.mood.name
    assert state.belief == HAPPY.belief


def dim(at: float) -> Emotions:
    return Emotions((1 / 7,) * 7, at, readable=False)


def test_a_face_that_cannot_be_read_is_somebody_and_no_mood() -> None:
    state, rules = begin(0.0), Rules()
    for at in range(1, 60):
        state = advance(state, dim(float(at)), rules)
    assert state.mood.name == UNSURE
    assert state.faces == 1


def test_a_moment_of_blur_leaves_the_mood_and_a_long_one_ends_it() -> None:
    state, rules = begin(0.0), Rules()
    for at in range(1, 30):
        state = advance(state, face("happy", float(at)), rules)
    for at in range(30, 34):
        state = advance(state, dim(float(at)), rules)
        assert state.mood.name == "happy"
    for at in range(34, 60):
        state = advance(state, dim(float(at)), rules)
    assert state.mood.name == UNSURE
    for at in range(60, 90):
        state = advance(state, face("happy", float(at)), rules)
    assert state.mood.name == "happy"
