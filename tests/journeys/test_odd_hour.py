"""An odd hour: everything in the wrong order; no sequence of events lets the surfaces disagree.

$MOODBOX_ODD says how many hours.
"""

from __future__ import annotations

import contextlib
import os
import random
import time
from collections.abc import Callable

import pytest
from fakes.broker import PATIENCE
from fakes.house import DARK, HOUR, NOBODY, SPEAKER, House

from edge.errors import Refused
from edge.events import (
    EMOTIONS,
    Acknowledge,
    Correct,
    FollowMood,
    Gesture,
    Intent,
    LookAtSpeaker,
    Next,
    Pause,
    Play,
    Playback,
    Previous,
    RequestBody,
    Resume,
    SetIntent,
    SetMusic,
    SetPreferences,
    SetPrivate,
    SetProfile,
    SetVolume,
    TakeBack,
)
from edge.mqtt.states import encoded, states

HOURS = int(os.environ.get("MOODBOX_ODD", "2"))

SAID: list[tuple[str, str]] = [
    ("volume", "20"),
    ("volume", "95"),
    ("volume", "loud"),
    ("pause", "PRESS"),
    ("resume", "PRESS"),
    ("resume", "resume"),
    ("next", "PRESS"),
    ("private", "ON"),
    ("private", "OFF"),
    ("private", "on"),
    ("music", "OFF"),
    ("music", "ON"),
    ("intent", "calm"),
    ("intent", "match"),
    ("profile", "anna"),
    ("profile", "nobody of this house"),
    ("follow_mood", "PRESS"),
    ("no such thing", "ON"),
]
ASKED: list[RequestBody] = [
    SetProfile("anna"),
    SetProfile("home"),
    SetPreferences(profiles=("home", "anna")),
    SetPreferences(profiles=("home",)),
    SetPreferences(max_volume=40),
    SetPreferences(max_volume=100),
    SetVolume(70),
    SetIntent(Intent.LIFT),
    SetIntent(Intent.MATCH),
    SetMusic(on=True),
    Pause(),
    Resume(),
    Next(),
    Previous(),
    Play("happy"),
    FollowMood(),
    Correct("calm"),
    Correct("sad"),
    TakeBack(),
    LookAtSpeaker(),
    Acknowledge("damaged store"),
]
Act = Callable[[House, random.Random], None]


def somebody_is_seen(home: House, chance: random.Random) -> None:
    home.sees = chance.choice([*EMOTIONS, NOBODY, DARK])
    home.live(chance.choice([2, 20, 60]))


def private_on_and_off(home: House, chance: random.Random) -> None:
    for _ in range(chance.randint(1, 4)):
        home.asks(SetPrivate(private=chance.random() < 0.5))


def the_button(home: House, chance: random.Random) -> None:
    home.presses(chance.choice(list(Gesture)))


def the_camera_goes(home: House, _: random.Random) -> None:
    home.pulls_the_camera()


def a_request(home: House, chance: random.Random) -> None:
    with contextlib.suppress(Refused):
        home.asks(chance.choice(ASKED))


def the_home_says(home: House, chance: random.Random) -> None:
    for key, payload in chance.sample(SAID, chance.randint(1, 3)):
        home.home.say(f"moodbox/house/set/{key}", payload)
    time.sleep(0.05)
    home.live(1)


def the_doorbell(home: House, chance: random.Random) -> None:
    home.asks(Pause())
    home.live(chance.choice([0.5, 1, 20]), step=0.5)
    home.asks(Resume())


def the_speaker_goes(home: House, chance: random.Random) -> None:
    if home.fake is None:
        chance.choice([home.speaker.vanish, home.speaker.come_back])()
    elif any(one.name == SPEAKER for one in home.fake.world.devices.values()):
        home.fake.vanish(SPEAKER)
    else:
        home.fake.add_device(SPEAKER)


def spotify_goes(home: House, chance: random.Random) -> None:
    if home.fake is not None:
        home.fake.outage(chance.choice([None, 500, 503]))


def the_sign_in_goes(home: House, chance: random.Random) -> None:
    if home.fake is None:
        return
    if chance.random() < 0.5:
        home.api.sign_out()
    else:
        home.fake.outage(None)
        home.sign_in()


def the_clock_is_set(home: House, chance: random.Random) -> None:
    home.ahead += chance.choice([-3 * HOUR, -60.0, 90.0, HOUR])


def the_power_goes(home: House, _: random.Random) -> None:
    home.power_off()
    home.power_on()


def the_store_is_damaged(home: House, _: random.Random) -> None:
    home.power_off()
    path = home.box.store.path
    path.write_bytes(b"\0" * path.stat().st_size)
    for side in ("-wal", "-shm"):
        path.with_name(path.name + side).unlink(missing_ok=True)
    home.power_on()
    home.until(lambda: "damaged store" in home.status.problems)


ACTS: list[tuple[Act, int]] = [
    (somebody_is_seen, 8),
    (private_on_and_off, 3),
    (the_button, 3),
    (the_camera_goes, 1),
    (a_request, 6),
    (the_home_says, 4),
    (the_doorbell, 2),
    (the_speaker_goes, 1),
    (spotify_goes, 1),
    (the_sign_in_goes, 1),
    (the_clock_is_set, 1),
    (the_power_goes, 1),
    (the_store_is_damaged, 1),
]


@pytest.mark.timeout(600)
@pytest.mark.parametrize("spotify", [False, True])
@pytest.mark.parametrize("seed", range(HOURS))
def test_an_odd_hour(house: Callable[..., House], spotify: bool, seed: int) -> None:
    home, chance = house(spotify=spotify), random.Random(seed)
    home.moves_in()
    acts, weights = [act for act, _ in ACTS], [weight for _, weight in ACTS]
    for _ in range(50):
        [act] = chance.choices(acts, weights)
        act(home, chance)
        home.live(chance.choice([0.5, 3, 30]))
        agree(home, act.__name__)


def agree(home: House, after: str) -> None:
    status = home.everywhere()
    assert home.box.eyes._wanted is not status.private, after
    assert not (status.private and status.mood), after
    assert (status.mood is None) == bool(status.unknown), after
    end = time.monotonic() + PATIENCE
    while wrong := differs(home):
        assert time.monotonic() < end, (after, wrong)
        time.sleep(0.02)
    if status.playback is Playback.PLAYING:
        assert not status.why.startswith(("nobody", "nothing was", "the music is")), (after, status)
    elif not status.problems:
        assert status.why, (after, status)
    if home.fake is None and not home.speaker._away:  # one without power tells nobody
        assert (status.playback is Playback.PLAYING) == bool(home.plays), (after, status)


def differs(home: House) -> dict[str, tuple[str, str | None]]:
    """What is retained on the broker and not what the page shows."""
    wanted, last = states(home.box.link._context()), home.home.last()
    said = {key: last.get(f"moodbox/house/{key}") for key in wanted}
    return {
        key: (encoded(value), said[key])
        for key, value in wanted.items()
        if isinstance(value, bool | str) and encoded(value) != said[key]
    }
