"""The power goes in the middle of a song; what people chose is as it was when it comes back."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from fakes.house import HOUR, MINUTE, House, own

from edge.errors import Refused
from edge.events import Acknowledge, Pause, Play, Playback, SetPrivate


def test_a_power_cut_in_the_middle_of_a_song(house: Callable[..., House]) -> None:
    home = house(sources=own())
    home.comes("happy", 90)
    home.power_off()
    home.speaker.vanish()
    home.speaker.come_back()  # it lost its power too
    home.power_on()
    assert home.announced("mood")[-1].data["mood"] == "happy"  # no "away" at the start
    home.live(20)
    home.everywhere(mood="happy", playback=Playback.PLAYING, problems={})
    assert home.plays == "spotify:playlist:happy"


def test_leave_me_alone_outlives_the_power(house: Callable[..., House]) -> None:
    home = house(sources=own())
    home.comes("happy", 30)
    home.asks(Play("spotify:playlist:mine"))
    home.live(10 * MINUTE)
    home.box.store.flush()
    until = home.status.hands_off_until
    assert until is not None
    home.power_off()
    home.clock.now += 5 * MINUTE
    home.power_on()
    home.comes("sad", 30 * MINUTE)
    assert home.status.hands_off_until == pytest.approx(until, abs=1)
    assert home.plays == "spotify:playlist:mine"
    home.live(20 * MINUTE)
    home.everywhere(hands_off_until=None)
    assert home.plays == "spotify:playlist:sad"


def test_a_pause_outlives_the_power(house: Callable[..., House]) -> None:
    home = house(sources=own())
    home.comes("happy", 30)
    home.asks(Pause())
    home.live(5)
    home.box.store.flush()
    home.power_off()
    home.power_on()
    home.comes("sad", HOUR / 2)
    assert home.plays == ""
    home.everywhere(mood="sad", why="somebody paused it by hand")


def test_a_damaged_store_is_said_until_somebody_has_seen_it(house: Callable[..., House]) -> None:
    home = house(sources=own())
    home.comes("happy", 30)
    home.box.store.flush()
    home.power_off()
    path = home.box.store.path
    path.write_bytes(b"\0" * path.stat().st_size)
    for side in ("-wal", "-shm"):
        path.with_name(path.name + side).unlink(missing_ok=True)
    for _ in range(2):
        home.power_on()
        home.until(lambda: "damaged store" in home.status.problems)
        status = home.everywhere(private=True, unknown="private")
        assert "set aside as moodbox.db.damaged-1" in status.problems["damaged store"]
        home.power_off()
    home.power_on()
    home.until(lambda: "damaged store" in home.status.problems)
    with pytest.raises(Refused, match="goes by itself"):
        home.asks(Acknowledge("mqtt"))
    assert home.asks(Acknowledge("damaged store")).accepted
    home.live(2)
    assert "damaged store" not in home.status.problems
    home.power_off()
    home.power_on()
    home.live(2)
    assert "damaged store" not in home.status.problems


def test_private_that_was_chosen_on_a_full_disk_stays(house: Callable[..., House]) -> None:
    home = house(sources=own())
    home.comes("happy", 30)
    home.box.store.flush()
    with home.full_disk():
        home.asks(SetPrivate(private=True))
        home.live(2)
        home.everywhere(private=True)
        home.power_off()
    home.power_on()
    home.everywhere(private=True, mood=None, unknown="private")
    assert not home.box.eyes._wanted
