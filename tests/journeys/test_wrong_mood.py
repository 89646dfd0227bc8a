"""The wrong mood: what somebody says holds, steers the music, and can be taken back."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from fakes.house import MINUTE, House, own

from edge.errors import Refused
from edge.events import (
    Confirm,
    Confirmation,
    Correct,
    Correction,
    Gesture,
    Intent,
    Remember,
    SetIntent,
    TakeBack,
)


def kept(home: House, kind: type) -> list[object]:
    return [one.record for one in home.events(Remember) if isinstance(one.record, kind)]


def test_i_actually_feel_sad(house: Callable[..., House]) -> None:
    home = house(sources=own())
    home.comes("happy", 60)
    for _ in range(5):
        assert home.asks(Correct("sad")).accepted
    home.live(2)
    assert home.plays == "spotify:playlist:sad"
    home.everywhere(mood="sad", corrected="sad")
    assert len(kept(home, Correction)) == 1
    home.box.store.flush()
    assert len(home.box.store.read.corrections()) == 1

    home.live(9 * MINUTE)  # the face goes on saying happy
    home.everywhere(mood="sad", corrected="sad")
    home.live(3 * MINUTE)  # and is believed in the end
    home.everywhere(mood="happy", corrected="")


def test_a_slip_of_the_finger_is_taken_back(house: Callable[..., House]) -> None:
    home = house(sources=own())
    home.comes("happy", 60)
    before = home.box.state.taste
    home.asks(Correct("angry"))
    home.live(2)
    assert home.plays == "spotify:playlist:angry"
    assert home.box.state.taste != before
    assert home.asks(TakeBack()).accepted
    home.live(2)
    home.everywhere(mood="happy", corrected="")
    assert home.plays == "spotify:playlist:happy"
    assert home.box.state.taste == before
    home.box.store.flush()
    assert home.box.store.read.corrections() == []
    with pytest.raises(Refused, match="no correction holds"):
        home.asks(TakeBack())


def test_yes_that_is_right_is_kept_once(house: Callable[..., House]) -> None:
    home = house(sources=own())
    home.comes("happy", 60)
    for _ in range(3):
        assert home.asks(Confirm()).accepted
    (one,) = kept(home, Confirmation)
    home.box.store.flush()
    (read,) = home.box.store.read.confirmations()
    assert (read.mood, read.prediction) == ("happy", one.prediction)  # type: ignore[attr-defined]


def test_three_presses_and_one_on_a_colour_say_the_mood(house: Callable[..., House]) -> None:
    home = house(sources=own())
    home.comes("happy", 60)
    home.presses(Gesture.TRIPLE)
    while home.status.offering != "sad":
        home.live(0.5, step=0.5)
    home.live(0.5, step=0.5)
    home.presses(Gesture.PRESS)
    home.live(2)
    home.everywhere(mood="sad", corrected="sad")
    assert home.plays == "spotify:playlist:sad"


def test_an_intent_acts_when_it_is_chosen(house: Callable[..., House]) -> None:
    home = house(sources={**own(), "sad": ["spotify:playlist:sad", "spotify:playlist:blue"]})
    home.comes("sad", 60)
    first = home.plays
    answer = home.asks(SetIntent(Intent.LIFT))
    assert answer.note == "at the end of this song"
    assert "at the end of this song" in home.status.doing
    home.live(5 * MINUTE)
    assert home.plays != first
    home.everywhere(intent=Intent.LIFT, doing="")
