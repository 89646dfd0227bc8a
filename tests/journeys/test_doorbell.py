"""The doorbell: an automation pauses for twenty seconds, and the music comes back as it was."""

from __future__ import annotations

from collections.abc import Callable

import msgspec
import pytest
from fakes.house import HOUR, MINUTE, SPEAKER, House, own

from edge.controller import State
from edge.events import FollowMood, Next, Pause, Playback, PlayPause, Resume, SetMusic


def test_a_doorbell_gives_the_music_back_to_the_mood(house: Callable[..., House]) -> None:
    home = house(sources=own())
    home.comes("happy", 30)
    assert home.plays == "spotify:playlist:happy"

    home.automates("pause")
    home.live(20)
    status = home.everywhere(playback=Playback.PAUSED)
    assert home.plays == ""
    assert status.hands_off_until is not None

    home.automates("resume")
    home.live(2)
    home.everywhere(playback=Playback.PLAYING, hands_off_until=None)
    assert home.plays == "spotify:playlist:happy"
    home.comes("sad", 25 * MINUTE)  # the mood has the say again
    assert home.plays == "spotify:playlist:sad"


def test_a_pause_is_taken_back_by_following_the_mood(house: Callable[..., House]) -> None:
    home = house(sources=own())
    home.comes("happy", 30)
    home.asks(Pause())
    home.live(2)
    assert home.plays == ""
    assert home.asks(FollowMood()).accepted
    home.live(2)
    home.everywhere(playback=Playback.PLAYING, hands_off_until=None)
    assert home.plays


def test_the_speakers_own_knob_is_only_a_knob(house: Callable[..., House]) -> None:
    home = house(sources=own())
    home.comes("happy", 30)
    home.speaker.turn(70)
    home.live(2)
    home.everywhere(volume=70, hands_off_until=None, playback=Playback.PLAYING)
    home.comes("sad", 25 * MINUTE)
    assert home.plays == "spotify:playlist:sad"


def test_the_switch_stops_the_music_and_gives_it_back(house: Callable[..., House]) -> None:
    home = house(sources=own())
    home.comes("happy", 30)
    assert home.asks(SetMusic(on=False)).accepted
    home.live(2)
    home.everywhere(music=False, playback=Playback.PAUSED, why="the music is switched off")
    assert home.plays == ""
    home.comes("sad", HOUR)
    assert home.plays == ""
    assert home.asks(SetMusic(on=True)).accepted
    home.live(2)
    home.everywhere(music=True, playback=Playback.PLAYING)


@pytest.mark.parametrize("spotify", [False, True])
def test_a_button_that_says_play_or_pause_does_the_other_each_time(
    house: Callable[..., House], spotify: bool
) -> None:
    home = house(spotify=spotify, **({} if spotify else {"sources": own()}))
    music = "spotify:playlist:happy"
    if home.fake is not None:
        home.fake.add_device(SPEAKER)
        music = home.fake.add_playlist("mine", 40)
        home.sign_in()
        home.box.state = _given(home, music)
    home.comes("happy", 30)
    assert home.plays == music
    for sounds in ("", music, "", music):
        home.asks(PlayPause())
        home.live(4)
        assert home.plays == sounds
        home.everywhere(playback=Playback.PLAYING if sounds else Playback.PAUSED)
    home.asks(Next())
    home.live(15)
    assert home.plays == music
    home.asks(Resume())


def _given(home: House, music: str) -> State:
    preferences = msgspec.structs.replace(home.box.state.preferences, sources={"happy": [music]})
    return msgspec.structs.replace(home.box.state, preferences=preferences)
