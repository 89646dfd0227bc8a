"""How loud it gets: as loud as the house allows, and nobody's speaker is turned up unasked."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from fakes.house import SPEAKER, House
from fakes.mpd import RealMpd, library

from edge.cli.wishes import Became, follow_up
from edge.events import Hand, LookAtSpeaker, Pause, Play, Playback, SetSources, SetVolume

HOUSE = Callable[..., House]


def living(house: HOUSE, loudness: int, **preferences: int) -> tuple[House, str]:
    """Return a home whose Spotify speaker stands at `loudness`, and what is played when happy."""
    home = house(spotify=True, **preferences)
    assert home.fake is not None
    home.fake.add_device(SPEAKER, volume=loudness)
    home.sign_in()
    home.live(10)
    music = home.fake.add_playlist("mine", 30)
    assert home.asks(SetSources("happy", [music])).accepted
    return home, music


@pytest.mark.parametrize(
    ("preferences", "loudness"),
    [
        ({"max_volume": 50, "volume": 20}, 20),
        ({"max_volume": 40}, 40),
        ({"max_volume": 90}, 50),
        ({}, 50),
    ],
)
def test_music_on_a_phone_says_nothing_of_how_loud_the_boxs_speaker_may_be(
    house: HOUSE, preferences: dict[str, int], loudness: int
) -> None:
    home, music = living(house, 100, **preferences)
    assert home.fake is not None
    home.fake.add_device("Phone", volume=20)
    home.fake.touch(context=home.fake.add_playlist("other", 30), device="Phone")
    home.asks(LookAtSpeaker())
    home.live(40)
    assert (home.status.speaker, home.status.volume) == ("Phone", 20)

    home.asks(Play("happy"))
    home.live(20)
    assert (home.plays, home.loudness) == (music, loudness)
    assert home.status.volume in (loudness, None)
    home.live(300)
    assert home.loudness == loudness


@pytest.mark.parametrize("begins", [25, 50])
def test_the_loudest_of_the_house_turns_no_speaker_up(house: HOUSE, begins: int) -> None:
    home, music = living(house, begins, max_volume=80)
    home.comes("happy", 40)
    assert (home.plays, home.loudness) == (music, begins)


def test_a_new_speaker_at_its_loudest_begins_at_half_of_it_and_is_then_anybodys(
    house: HOUSE,
) -> None:
    home, music = living(house, 100)
    home.comes("happy", 40)
    assert (home.plays, home.loudness) == (music, 50)
    home.at_the_speaker(Hand.VOLUME, 80)
    home.asks(SetSources("sad", [home.fake.add_playlist("sad", 30)]))  # type: ignore[union-attr]
    home.comes("sad", 3600, step=5)
    assert home.plays != music
    assert home.status.playback is Playback.PLAYING
    assert home.loudness == 80

    home.asks(Pause())
    home.live(60)
    home.asks(Play("happy"))
    home.live(20)
    assert (home.plays, home.loudness) == (music, 80)


def test_a_speaker_without_a_volume_plays_all_the_same(house: HOUSE) -> None:
    home, music = living(house, None, max_volume=80)  # type: ignore[arg-type]
    home.comes("happy", 40)
    assert home.plays == music
    assert home.status.problems == {}


def test_a_simulated_speaker_that_tells_by_itself_is_turned_down_alike(house: HOUSE) -> None:
    home = house()
    home.moves_in("happy")
    home.speaker.turn(100)
    home.comes("happy", 40)
    assert (home.plays != "", home.loudness) == (True, 50)


def test_a_volume_for_a_speaker_that_has_none_is_said_not_to_be_set(
    house: HOUSE, tmp_path: Path
) -> None:
    folder = tmp_path / "mpd"
    library(folder)
    mpd = RealMpd(folder)
    mpd.mixer = "none"
    with mpd:
        home = house(mpd=mpd, volume=20)
        home.comes("happy", 30)
        assert home.plays
        assert home.status.problems == {}

        answer = home.asks(SetVolume(30))
        home.live(1)
        words = f"the speaker {SPEAKER!r} has no volume to set from here: turn it there"
        assert follow_up(lambda: home.status, answer, home.clock) == Became("failed", words)
        assert home.status.volume is None
        home.live(55)
        assert home.status.problems == {"music": words}, "long enough to be read"
        home.live(5)
        assert home.status.problems == {}, "the music is well"
        home.box.dj.close()
