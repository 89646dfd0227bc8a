"""Two people are there and one leaves; then both do, and one comes back."""

from __future__ import annotations

from collections.abc import Callable

from fakes.house import House, own

from edge.events import Playback, PlayPause


def test_two_people_of_whom_one_leaves(house: Callable[..., House]) -> None:
    home = house(sources=own())
    home.people = 2
    home.comes("happy", 60)
    home.everywhere(mood="happy", faces=2, playback=Playback.PLAYING)
    home.people = 1
    home.comes("happy", 60)
    home.everywhere(mood="happy", faces=1, playback=Playback.PLAYING)
    assert len(home.wishes()) == 1  # who left did not stop the music, nor change it

    home.leaves()
    home.everywhere(mood="away", faces=0, playback=Playback.PAUSED, why="nobody is there")
    home.comes("happy", 20)
    home.everywhere(mood="happy", faces=1, playback=Playback.PLAYING)
    assert len(home.wishes()) == 1  # it plays on where it was


def test_somebody_out_of_sight_wants_music(house: Callable[..., House]) -> None:
    home = house(sources=own())
    home.comes("happy", 30)
    home.leaves()
    home.everywhere(mood="away", playback=Playback.PAUSED)
    home.asks(PlayPause())
    home.live(120)
    home.everywhere(mood="away", playback=Playback.PLAYING)  # the box does not know better
    home.comes("happy", 20)
    home.leaves()
    home.everywhere(mood="away", playback=Playback.PAUSED)  # a new absence is a new one
