"""A private night: whoever closes the eyes is not looked at, whatever happens, until told so."""

from __future__ import annotations

from collections.abc import Callable

from fakes.house import DARK, HOUR, House, own
from fakes.mounts import read_only

from edge.events import PRIVACY, Gesture, Health, MoodEnd, Playback, Remember, SetPrivate


def test_a_private_night(house: Callable[..., House]) -> None:
    home = house(sources=own(), at="21:00")
    home.everywhere(mood=None, unknown="starting")  # nobody has looked yet: not "away"
    assert home.announced("mood") == []

    home.comes("happy", 40)
    home.everywhere(mood="happy", unknown="", playback=Playback.PLAYING)
    assert home.plays == "spotify:playlist:happy"

    home.presses(Gesture.HOLD)
    home.everywhere(mood=None, unknown="private", faces=None, probabilities=(), private=True)
    home.live(3 * HOUR, step=30)
    home.everywhere(mood=None, unknown="private", playback=Playback.PLAYING)
    ends = [one for one in home.events(Remember) if isinstance(one.record, MoodEnd)]
    assert len(ends) == 1  # a gap in the history

    home.power_off()
    home.power_on()
    home.live(10)
    home.everywhere(mood=None, unknown="private", private=True)

    assert home.asks(SetPrivate(private=False)).accepted
    home.live(2)
    home.everywhere(mood=None, unknown="starting", private=False)
    home.comes("sad", 20)
    home.everywhere(mood="sad", unknown="")


def test_a_room_too_dark_to_tell_is_not_an_empty_one(house: Callable[..., House]) -> None:
    home = house(sources=own())
    home.comes("happy", 30)
    home.comes(DARK, 60)
    home.everywhere(mood=None, unknown="dark", faces=None, playback=Playback.PLAYING)
    assert [said.data["mood"] for said in home.announced("mood")] == ["happy"]
    home.leaves(60)
    home.everywhere(mood="away", unknown="", faces=0, playback=Playback.PAUSED)


def test_a_camera_that_is_pulled_says_nothing_of_who_is_there(house: Callable[..., House]) -> None:
    home = house(sources=own())
    home.comes("happy", 30)
    home.pulls_the_camera()
    status = home.everywhere(mood=None, unknown="camera", faces=None, probabilities=())
    assert "unplugged" in status.problems["eyes"]
    home.live(2 * HOUR, step=30)
    home.everywhere(mood=None, unknown="camera", playback=Playback.PLAYING)


def test_a_private_night_on_a_card_that_takes_no_writing(house: Callable[..., House]) -> None:
    home = house(sources=own(), at="21:00")
    home.comes("happy", 40)
    with read_only(home.folder / "state" / "looking") as refused:
        home.presses(Gesture.HOLD)
        for _ in range(2):
            status = home.everywhere(private=True, mood=None, unknown="private")
            assert f"{refused}; private" in status.problems[PRIVACY]
            assert not home.box.eyes._wanted
            home.power_off()
            home.power_on()
    home.live(60)
    home.inbox.put(Health(home.clock.now))
    home.live(2)
    home.everywhere(private=True, problems={})
    home.power_off()
    home.power_on()
    home.everywhere(private=True, unknown="private", problems={})
    assert home.asks(SetPrivate(private=False)).accepted
    home.comes("sad", 20)
    home.everywhere(private=False, mood="sad", problems={})


def test_an_empty_room_is_not_sworn_to_by_a_camera_that_is_away(
    house: Callable[..., House],
) -> None:
    home = house(sources=own())
    home.comes("happy", 30)
    home.leaves(60)
    home.everywhere(mood="away", playback=Playback.PAUSED, why="nobody is there")
    home.pulls_the_camera()
    status = home.everywhere(mood=None, unknown="camera", playback=Playback.PAUSED)
    assert status.why == "nobody was there when the box last looked (camera)"
