"""What is worth word to the people of the house, and when."""

from __future__ import annotations

import pytest

from edge.alerts.policy import AGAIN, LASTS, MOODS, MOST, OWN, Alert, AlertHistory, lasting, shifted
from edge.records import Successor, Week

WALL = 1.8e9
CAMERA = {"eyes": "the camera is away"}


def test_what_mends_itself_is_no_news_and_what_lasts_is() -> None:
    assert lasting(CAMERA, {"eyes": 100.0}, 99.0 + LASTS, WALL, AlertHistory(), moods=False) == []
    due = lasting(CAMERA, {"eyes": 100.0}, 100.0 + LASTS, WALL, AlertHistory(), moods=False)
    assert due == [Alert("eyes", "eyes: the camera is away")]


def test_the_same_part_is_told_again_after_a_day() -> None:
    history = AlertHistory({"eyes": WALL})
    assert lasting(CAMERA, {"eyes": 0.0}, 1e6, WALL + AGAIN - 1, history, moods=False) == []
    assert len(lasting(CAMERA, {"eyes": 0.0}, 1e6, WALL + AGAIN, history, moods=False)) == 1
    # A clock that was wrong does not silence a box for years.
    assert len(lasting(CAMERA, {"eyes": 0.0}, 1e6, WALL - 1, history, moods=False)) == 1


def test_a_bad_day_brings_no_flood() -> None:
    many = {f"part {n}": "away" for n in range(30)}
    since = dict.fromkeys(many, 0.0)
    first = lasting(many, since, 1e6, WALL, AlertHistory(), moods=False)
    assert len(first) == MOST
    history = AlertHistory(dict.fromkeys([it.part for it in first], WALL))
    assert lasting(many, since, 1e6, WALL + 1, history, moods=False) == []


def test_that_it_cannot_send_is_nothing_to_send() -> None:
    own = {OWN: "the message was not taken"}
    assert lasting(own, {OWN: 0.0}, 1e6, WALL, AlertHistory(), moods=False) == []


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (
            "MPD at localhost:6600 has nothing for mpd:playlist:moodbox sad",
            "MPD at localhost:6600 has nothing for … (the page says it whole)",
        ),
        ("Sad: nothing to play", "…: nothing to play"),
        ("the camera is away", "the camera is away"),
    ],
)
def test_a_problem_names_no_mood_unless_that_is_wanted(words: str, said: str) -> None:
    def told(*, moods: bool) -> list[Alert]:
        return lasting({"music": words}, {"music": 0.0}, 1e6, WALL, AlertHistory(), moods=moods)

    assert told(moods=False) == [Alert("music", f"music: {said}")]
    assert told(moods=True) == [Alert("music", f"music: {words}")]


def test_a_week_like_those_before_is_no_news() -> None:
    assert shifted(Week(9, 1, 0.6, 0.98, emotions=0.05, confidence=0.24), 0.25, moods=True) is None
    assert shifted(Week(0, 0, 0.0, 1.0), 0.25, moods=True) is None


def test_a_shifted_week_is_told_and_no_mood_is_named_unless_wanted() -> None:
    week = Week(23, 2, 0.75, 0.98, "sad", "angry", emotions=0.4, confidence=0.1)
    plain, open_ = shifted(week, 0.25, moods=False), shifted(week, 0.25, moods=True)
    assert plain is not None
    assert open_ is not None
    assert plain.part == MOODS
    assert "0.40 of the emotions, 0.10 of the confidence; 0.25 passes" in plain.text
    assert "Of 25 readings that somebody judged 23 were right (75% to 98% by so few)." in plain.text
    assert "sad" not in plain.text
    assert open_.text.endswith("Most often sad was taken for angry.")


def test_a_model_that_reads_worse_than_the_one_before_it_is_told_with_the_way_back() -> None:
    worse = Successor("new", 10, 25, "old", 40, 50, -0.6, -0.17)
    alert = shifted(Week(0, 0, 0.0, 1.0, successor=worse), 0.25, moods=False)
    assert alert is not None
    assert alert.text == (
        "The model new is right less often here than old before it: 10 of 25 readings that somebody"
        " judged, before 40 of 50 (17% to 60% less, by so few). The page's history goes back to"
        " that, if it is still there, or `moodbox models use old`."
    )
    both = shifted(Week(0, 0, 0.0, 1.0, emotions=0.4, successor=worse), 0.25, moods=False)
    assert both is not None
    assert "shifted in the last week" in both.text
    assert both.text.endswith("`moodbox models use old`.")
    unsure = Successor("new", 10, 25, "old", 40, 50, -0.6, 0.01)
    assert shifted(Week(0, 0, 0.0, 1.0, successor=unsure), 0.25, moods=False) is None
