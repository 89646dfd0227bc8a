"""Somebody leaves before the song ends after which other music was to come, and comes back."""

from __future__ import annotations

from collections.abc import Callable

from fakes.house import MINUTE, NOBODY, House, own

from edge.events import Intent, Pause, Playback, Resume, SetIntent


def test_what_was_chosen_plays_after_somebody_came_back(house: Callable[..., House]) -> None:
    home = house(sources=own())
    home.comes("happy", 30 * MINUTE)
    assert home.plays == "spotify:playlist:happy"
    home.sees = "sad"
    while not home.wishes()[-1].endswith("sad"):
        home.live(1)
    assert home.plays == "spotify:playlist:happy", "the song is played to its end first"
    status = home.everywhere(mood="sad", playback=Playback.PLAYING, music_for="happy")
    assert "happy" in status.why, "it is told of what sounds, not of what is to come"
    home.leaves()
    home.everywhere(mood="away", playback=Playback.PAUSED)

    home.comes("sad", 20)
    status = home.everywhere(mood="sad", playback=Playback.PLAYING, music_for="sad", doing="")
    assert home.plays == "spotify:playlist:sad", status.why


def test_what_was_chosen_plays_after_a_pause_by_hand(house: Callable[..., House]) -> None:
    home = house(sources=own())
    home.comes("happy", 30 * MINUTE)
    home.sees = "sad"
    while not home.wishes()[-1].endswith("sad"):
        home.live(1)
    home.asks(Pause())
    home.live(2)
    home.everywhere(playback=Playback.PAUSED, doing="")
    home.asks(Resume())
    home.live(2)
    home.everywhere(mood="sad", playback=Playback.PLAYING, music_for="sad", doing="")
    assert home.plays == "spotify:playlist:sad"


def test_nothing_is_under_way_in_an_empty_room(house: Callable[..., House]) -> None:
    home = house(sources=own())
    home.comes("happy", 40)
    assert home.asks(SetIntent(Intent.CALM)).note == "at the end of this song"
    asked = home.wishes()[-1]
    assert home.everywhere().doing
    home.comes(NOBODY, 40)
    home.everywhere(mood="away", playback=Playback.PAUSED, doing="")

    home.comes("happy", 20)
    home.everywhere(mood="happy", playback=Playback.PLAYING, doing="")
    assert home.plays == asked
