"""A week with somebody who comes and goes: no night without quiet, no evening without music."""

from __future__ import annotations

import random
from collections.abc import Callable

import pytest
from fakes.house import DAY, HOUR, House

from edge.events import EMOTIONS, LookAtSpeaker, Playback


@pytest.mark.parametrize("spotify", [False, True])
def test_a_week(house: Callable[..., House], spotify: bool) -> None:
    home = house(
        spotify=spotify,
        at="06:00",
        volume=50,
        quiet_from="22:00",
        quiet_to="07:00",
        quiet_volume=15,
    )
    music = home.moves_in()
    chance = random.Random(7)
    began, plays = home.clock.now, []
    for day in range(7):
        home.leaves(14 * HOUR, step=60)
        home.everywhere(mood="away", quiet=False)
        assert home.plays == ""
        for hour in range(2):  # from 20:00 to 22:00
            mood = chance.choice(EMOTIONS)
            home.comes(mood, HOUR, step=5)
            home.everywhere(mood=mood, playback=Playback.PLAYING, problems={})
            plays.append(home.plays)
            assert hour or home.plays == music[mood]
        home.comes("neutral", HOUR / 4, step=5)
        home.asks(LookAtSpeaker())
        home.live(5)
        home.everywhere(quiet=True, mood="neutral", playback=Playback.PLAYING)
        assert home.loudness <= 15
        home.leaves(7.75 * HOUR - 5, step=60)
        assert home.clock.now == began + (day + 1) * DAY
    home.box.store.flush()
    read = home.box.store.read
    assert {
        int((one.at - began) // DAY) for one in read.moods(0, 1e12) if one.at is not None
    } == set(range(7))
    assert len(read.plays(0, 1e12)) >= 7
    assert len(set(plays)) > 2
    assert home.asked_in_a_day() <= 300
