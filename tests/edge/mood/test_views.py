from __future__ import annotations

import pytest

from edge.events import AWAY, EMOTIONS, UNSURE
from edge.mood.views import VIEWS, ViewName, moods, shares
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


def test_a_misspelt_emotion_is_in_no_row() -> None:
    assert {name for view in VIEWS.values() for row in view.values() for name in row} == set(
        EMOTIONS
    )


def test_each_view_can_be_chosen_in_the_settings() -> None:
    assert {MoodSettings(view=view).view for view in VIEWS} == {"seven", "four", "fine"}


def test_the_seven_are_the_emotions_themselves() -> None:
    assert moods("seven") == EMOTIONS
    assert moods("four") == ("angry", "happy", "sad", "neutral")
