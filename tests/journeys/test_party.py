"""A party: everybody touches everything, and the surfaces never tell different tales."""

from __future__ import annotations

import contextlib
import random
from collections.abc import Callable

import pytest
from fakes.house import DARK, NOBODY, House

from edge.errors import Refused
from edge.events import (
    EMOTIONS,
    Confirm,
    Correct,
    FollowMood,
    Gesture,
    Hand,
    Intent,
    LookAtSpeaker,
    Next,
    Pause,
    Play,
    Playback,
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


def something_happens(home: House, bodies: list[RequestBody], chance: random.Random) -> None:
    match chance.randrange(4):
        case 0:
            home.sees = chance.choice([*EMOTIONS, NOBODY, DARK])
        case 1:
            home.presses(chance.choice([Gesture.PRESS, Gesture.DOUBLE, Gesture.TRIPLE]))
        case 2:
            hand = chance.choice(list(Hand))
            picked = next(one.what for one in reversed(bodies) if isinstance(one, Play))
            home.at_the_speaker(hand, picked if hand is Hand.PICK else chance.choice([33, 66]))
        case _:
            with contextlib.suppress(Refused):
                home.asks(chance.choice(bodies))


def agree(home: House, *, fresh: bool) -> None:
    """Hold the surfaces against each other, and against the speaker where it was just heard."""
    status = home.everywhere()
    assert not (status.private and status.mood)
    assert home.box.eyes._wanted is not status.private
    if fresh:
        assert (status.playback == Playback.PLAYING) == bool(home.plays), (status, home.plays)
        if home.box.dj._state.desired.fading is None:  # else the one that it comes back to is said
            assert status.volume in (None, home.loudness)


def at_the_party(home: House) -> list[RequestBody]:
    """Return what the guests may ask for."""
    home.moves_in()
    albums = [home.fake.add_album(name, by="Guest") for name in "ab"] if home.fake else []
    albums = albums or ["spotify:album:mine", "spotify:album:b"]
    return [*BODIES, *(Play(album) for album in albums)]


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_party(house: Callable[..., House], seed: int) -> None:
    home, chance = house(max_volume=90), random.Random(seed)
    bodies = at_the_party(home)
    for _ in range(60):
        something_happens(home, bodies, chance)
        home.live(chance.choice([1, 3, 30]))
        agree(home, fresh=True)
    the_mood_has_the_say_in_the_end(home)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_party_at_a_speaker_that_has_to_be_asked(house: Callable[..., House], seed: int) -> None:
    home, chance = house(spotify=True, max_volume=90), random.Random(seed)
    bodies = at_the_party(home)
    for _ in range(60):
        something_happens(home, bodies, chance)
        home.live(chance.choice([1, 3, 30]))
        agree(home, fresh=False)
        home.live(30)
        home.asks(LookAtSpeaker())
        home.live(12)  # what is touched while an order settles is looked at again
        agree(home, fresh=True)
    the_mood_has_the_say_in_the_end(home)
    assert home.asked_in_a_day() <= 300


def the_mood_has_the_say_in_the_end(home: House) -> None:
    with contextlib.suppress(Refused):
        home.asks(TakeBack())
    for body in (SetPrivate(private=False), SetIntent(Intent.MATCH), FollowMood()):
        home.asks(body)
    home.comes("happy", 120)
    home.everywhere(mood="happy", playback=Playback.PLAYING, hands_off_until=None, problems={})
