"""Fades and answers, by made-up times."""

from __future__ import annotations

from msgspec.structs import replace

from edge.events import Gesture, Mood, Status
from edge.panel import display
from edge.panel.display import FADE, Display, answer, levels, rests, turn
from edge.panel.patterns import draw


def shown(mood: str = "happy", *, private: bool = False, at: float = 0.0) -> Display:
    status = Status(at=0.0, mood=Mood(mood, 1.0, 0.0), private=private)
    return turn(Display(), draw(status), at)


def test_a_mood_fades_into_the_next() -> None:
    one = shown("angry")
    red = levels(one, 5.0).red
    other = turn(one, draw(Status(at=0.0, mood=Mood("sad", 1.0, 0.0))), 5.0)
    assert levels(other, 5.0).red == red
    assert 0 < levels(other, 5.0 + FADE / 2).red < red
    alone = shown("sad", at=5.0)
    assert levels(other, 5.0 + FADE).red == levels(alone, 5.0 + FADE).red
    assert rests(other, 5.0) <= 0.05
    assert rests(other, 5.0 + FADE) == rests(alone, 5.0 + FADE)


def test_a_fade_that_is_cut_short_goes_on_from_where_it_is() -> None:
    one = turn(shown("angry"), draw(Status(at=0.0, mood=Mood("sad", 1.0, 0.0))), 5.0)
    half = levels(one, 5.5)
    assert levels(turn(one, draw(Status(at=0.0, mood=Mood("happy", 1.0, 0.0))), 5.5), 5.5) == half


def test_privacy_does_not_fade() -> None:
    private = draw(Status(at=0.0, mood=Mood("happy", 1.0, 0.0), private=True))
    assert levels(turn(shown(), private, 5.0), 5.0).red == 0


def test_a_finger_turns_the_status_light_over_at_once_also_when_it_is_dark() -> None:
    for one in (shown(), shown(private=True)):
        for now in (5.0, 6.5):
            before, after = levels(one, now).status, levels(replace(one, down=True), now).status
            assert abs(after - before) >= 0.5


def test_a_meaning_is_answered_within_a_tenth_of_a_second_and_then_it_is_over() -> None:
    for gesture in Gesture:
        for before in (shown("neutral"), shown("sad"), shown(private=True)):
            one = answer(before, gesture, 5.0)
            assert any(levels(one, 5.0 + k / 100) != levels(before, 5.0) for k in range(10))
            assert levels(one, 9.0) == levels(before, 9.0)


def test_an_answer_wakes_the_light_until_it_is_over() -> None:
    one = answer(shown(), Gesture.DOUBLE, 5.0)
    now, wakes = 5.0, 0
    while rests(one, now) < 100:
        now += rests(one, now) + 1e-6
        wakes += 1
    assert 4 <= wakes <= 7


def test_the_same_lights_change_nothing() -> None:
    one = shown()
    assert display.turn(one, one.lights, 9.0) is one
