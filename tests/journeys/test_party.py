"""A party: everybody touches everything, and the surfaces never tell different tales."""

from __future__ import annotations

import contextlib
import random
from collections.abc import Callable

import pytest
from fakes.house import DARK, NOBODY, House, own

from edge.errors import Refused
from edge.events import (
    EMOTIONS,
    Confirm,
    Correct,
    FollowMood,
    Gesture,
    Intent,
    LookAtSpeaker,
    Next,
    Pause,
    Play,
    PlayPause,
    Previous,
    RequestBody,
    Resume,
    SetIntent,
    SetMoodDrives,
    SetMusic,
    SetPrivate,
    SetVolume,
    TakeBack,
)

BODIES: list[RequestBody] = [
    PlayPause(),
    Next(),
    Previous(),
    Pause(),
    Resume(),
    Play("sad"),
    Play("spotify:album:mine"),
    FollowMood(),
    SetVolume(30),
    SetVolume(80),
    SetIntent(Intent.LIFT),
    SetIntent(Intent.STEADY),
    SetIntent(Intent.MATCH),
    SetMusic(on=False),
    SetMusic(on=True),
    SetMoodDrives(on=False),
    SetMoodDrives(on=True),
    SetPrivate(private=True),
    SetPrivate(private=False),
    Correct("angry"),
    Confirm(),
    TakeBack(),
    LookAtSpeaker(),
]


def something_happens(home: House, chance: random.Random) -> None:
    match chance.randrange(4):
        case 0:
            home.sees = chance.choice([*EMOTIONS, NOBODY, DARK])
        case 1:
            home.presses(chance.choice([Gesture.PRESS, Gesture.DOUBLE, Gesture.TRIPLE]))
        case 2:
            hand = [home.speaker.press_pause, home.speaker.press_play, home.speaker.press_next]
            hand += [lambda: home.speaker.turn(33), lambda: home.speaker.pick("spotify:album:b")]
            chance.choice(hand)()
        case _:
            with contextlib.suppress(Refused):
                home.asks(chance.choice(BODIES))


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_party(house: Callable[..., House], seed: int) -> None:
    home, chance = house(sources=own(), max_volume=90), random.Random(seed)
    for _ in range(60):
        something_happens(home, chance)
        home.live(chance.choice([1, 3, 30]))
        status = home.everywhere()
        assert (status.playback == "playing") == bool(home.plays)
        assert not (status.private and status.mood)
        assert home.box.eyes._wanted is not status.private
    # In the end somebody has the music follow the mood again, and it does.
    for body in (SetPrivate(private=False), SetIntent(Intent.MATCH), FollowMood()):
        home.asks(body)
    home.comes("happy", 120)
    home.everywhere(mood="happy", playback="playing", hands_off_until=None, problems={})
