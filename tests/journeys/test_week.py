"""A week with somebody who comes and goes: no night without quiet, no evening without music."""

from __future__ import annotations

import random
from collections.abc import Callable

from fakes.house import DAY, HOUR, House, own

from edge.events import EMOTIONS, Playback


def test_a_week(house: Callable[..., House]) -> None:
    home = house(
        sources=own(), at="06:00", volume=50, quiet_from="22:00", quiet_to="07:00", quiet_volume=15
    )
    chance = random.Random(7)
    began, plays = home.clock.now, []
    for day in range(7):
        home.leaves(12 * HOUR, step=60)
        home.everywhere(mood="away", quiet=False)
        assert home.plays == ""
        for hour in range(4):  # from 18:00 to 22:00
            mood = chance.choice(EMOTIONS)
            home.comes(mood, HOUR, step=4)
            home.everywhere(mood=mood, playback=Playback.PLAYING, problems={})
            plays.append(home.plays)
            assert hour or home.plays == f"spotify:playlist:{mood}"
        home.comes("neutral", HOUR, step=4)
        home.everywhere(quiet=True, mood="neutral", playback=Playback.PLAYING)
        assert (home.speaker.read().volume or 0) <= 15
        home.leaves(7 * HOUR, step=60)
        assert home.clock.now == began + (day + 1) * DAY
    home.box.store.flush()
    read = home.box.store.read
    assert {
        int((one.at - began) // DAY) for one in read.moods(0, 1e12) if one.at is not None
    } == set(range(7))
    assert len(read.plays(0, 1e12)) >= 7
    assert len(set(plays)) > 3
