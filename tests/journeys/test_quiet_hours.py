"""The quiet hours: they begin and end by themselves, while somebody sits there all the time."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from fakes.house import HOUR, MINUTE, House, own

from edge.errors import Refused
from edge.events import Playback, SetPreferences, SetVolume


def test_the_quiet_hours(house: Callable[..., House]) -> None:
    home = house(
        sources=own(), at="21:30", volume=60, quiet_from="22:00", quiet_to="07:00", quiet_volume=20
    )
    home.comes("happy", 20 * MINUTE)
    home.everywhere(quiet=False, volume=60, playback=Playback.PLAYING)
    assert home.box.panel._wanted.dim == 1

    home.live(11 * MINUTE)
    home.everywhere(quiet=True, volume=20, playback=Playback.PLAYING)
    assert home.box.panel._wanted.dim < 1
    assert home.speaker.read().volume == 20
    with pytest.raises(Refused, match="loudest this house allows now is 20"):
        home.asks(SetVolume(50))

    home.live(9 * HOUR, step=20)
    home.everywhere(quiet=False)
    assert home.asks(SetVolume(50)).accepted
    home.live(2)
    home.everywhere(volume=50)


def test_a_lower_ceiling_turns_down_what_plays(house: Callable[..., House]) -> None:
    home = house(sources=own(), volume=60)
    home.comes("happy", 30)
    home.asks(SetPreferences(max_volume=30))
    home.live(2)
    home.everywhere(volume=30, playback=Playback.PLAYING)


def test_history_has_its_times(house: Callable[..., House]) -> None:
    home = house(sources=own())
    home.comes("happy", 60)
    home.comes("sad", 60)
    home.leaves()
    home.box.store.flush()
    felt = home.box.store.read.moods(0, 1e12)
    assert [one.mood for one in felt] == ["happy", "sad"]
    assert all(abs(one.at - home.clock.now) < HOUR for one in felt if one.at is not None)
    assert all(one.at is not None and one.lasted for one in felt)
    assert all(play.at is not None for play in home.box.store.read.plays(0, 1e12))
