from __future__ import annotations

import re

import pytest

from edge.events import AWAY, EMOTIONS, UNSURE
from edge.mood.moods import (
    MOODS,
    NOWHERE,
    ROWS,
    VIEWS,
    ViewName,
    colour_of,
    moods,
    place,
    searches,
    shares,
)
from edge.settings import MoodSettings


@pytest.mark.parametrize("view", VIEWS)
def test_each_row_is_a_share_of_each_emotion(view: ViewName) -> None:
    assert len(shares(view)) == len(moods(view))
    for row in shares(view):
        assert len(row) == len(EMOTIONS)
        assert abs(sum(row) - 1) < 1e-12
        assert min(row) >= 0


@pytest.mark.parametrize("view", VIEWS)
def test_every_emotion_shows_in_some_mood(view: ViewName) -> None:
    assert all(max(column) > 0 for column in zip(*shares(view), strict=True))


@pytest.mark.parametrize("view", VIEWS)
def test_no_two_moods_are_told_by_the_same_row(view: ViewName) -> None:
    assert len(set(shares(view))) == len(moods(view))
    assert not {UNSURE, AWAY} & set(moods(view))


def test_a_mood_is_one_row() -> None:
    assert len(MOODS) == len(ROWS)
    assert {*EMOTIONS, UNSURE, AWAY} <= MOODS.keys()


def test_a_misspelt_emotion_is_in_no_row() -> None:
    assert {name for row in ROWS for name in row.shares} == set(EMOTIONS)


def test_every_mood_of_a_view_can_be_shown_and_played() -> None:
    for row in ROWS:
        assert re.fullmatch("#[0-9a-f]{6}", row.colour)
        assert bool(row.usual) == bool(row.searches) == bool(row.shares)
        assert len(set(row.searches)) == len(row.searches) <= 2
        assert row.place != NOWHERE or row.name in {"neutral", UNSURE, AWAY}


def test_what_is_in_no_row_lies_in_the_middle_and_is_white() -> None:
    assert (place("bored"), colour_of("bored"), searches("bored")) == (NOWHERE, "#ffffff", ())
    assert (place("sad"), colour_of("sad")) == (MOODS["sad"].place, MOODS["sad"].colour)
    assert searches("calm") == MOODS["calm"].searches


def test_each_view_can_be_chosen_in_the_settings() -> None:
    assert {MoodSettings(view=view).view for view in VIEWS} == {"seven", "four", "fine"}


def test_the_seven_are_the_emotions_themselves() -> None:
    assert moods("seven") == EMOTIONS
    assert moods("four") == ("angry", "happy", "sad", "neutral")
    assert shares("seven")[1] == (0, 1, 0, 0, 0, 0, 0)
