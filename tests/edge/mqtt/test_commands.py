"""Commands, good and hostile."""

from __future__ import annotations

import json
import random
from contextlib import suppress
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edge.errors import Refused
from edge.events import (
    Correct,
    FollowMood,
    Gesture,
    GestureTarget,
    InstallUpdate,
    Intent,
    LookAtSpeaker,
    Next,
    Pause,
    Play,
    PlayPause,
    Previous,
    Request,
    RequestBody,
    Restart,
    Resume,
    SetIntent,
    SetLamp,
    SetMoodDrives,
    SetMusic,
    SetPreferences,
    SetPrivate,
    SetProfile,
    SetVolume,
    Status,
    WrongMood,
)
from edge.mqtt.commands import COMMANDS, parse
from edge.mqtt.entity import Context

CONTEXT = Context(Status(at=0.0, mood=None, max_volume=60, profiles=("home", "kids")))


@pytest.mark.parametrize(
    ("key", "payload", "request_"),
    [
        ("intent", b"lift", SetIntent(Intent.LIFT)),
        ("music", b"OFF", SetMusic(on=False)),
        ("private", b"ON", SetPrivate(private=True)),
        ("volume", b"30", SetVolume(30)),
        ("volume", b"30.0", SetVolume(30)),
        ("correction", b"sad", Correct("sad")),
        ("play", b"spotify:playlist:1", Play("spotify:playlist:1")),
        ("next", b"PRESS", Next()),
        ("play_pause", b"PRESS", PlayPause()),
        ("wrong_mood", b"PRESS", WrongMood()),
        ("resume", b"PRESS", Resume()),
        ("pause", b"PRESS", Pause()),
        ("previous", b"PRESS", Previous()),
        ("follow_mood", b"PRESS", FollowMood()),
        ("look", b"PRESS", LookAtSpeaker()),
        ("restart", b"PRESS", Restart()),
        ("play_for", b"sad", Play("sad")),
        ("update", b"INSTALL", InstallUpdate()),
        ("mood_drives", b"OFF", SetMoodDrives(on=False)),
        ("profile", b"kids", SetProfile("kids")),
        ("max_volume", b"70", SetPreferences(max_volume=70)),
        ("quiet_volume", b"5", SetPreferences(quiet_volume=5)),
        (
            "gesture_double",
            b"home",
            SetPreferences(gestures={Gesture.DOUBLE: GestureTarget.HOME}),
        ),
        ("lamp", b'{"state":"OFF"}', SetLamp(on=False)),
        ("lamp", b'{"state":"ON","brightness":40}', SetLamp(on=True, brightness=40)),
        ("lamp", b'{"state":"ON","color":{"r":255,"g":0,"b":16}}', SetLamp(True, colour="#ff0010")),
        ("lamp", b'{"state":"ON","effect":"mood"}', SetLamp(on=True, colour="")),
    ],
)
def test_what_may_be_asked(key: str, payload: bytes, request_: RequestBody) -> None:
    assert parse(key, payload, CONTEXT) == request_


@pytest.mark.parametrize(
    ("key", "payload", "words"),
    [
        ("intent", b"louder", "allowed: match, lift, calm, steady"),
        ("music", b"on", "allowed: ON, OFF"),
        *(
            ("volume", number, "allowed: a whole number from 0 to 60")
            for number in (b"61", b"-1", b"30.5", b"1e999", b"", b"NaN", b"[1]")
        ),
        ("max_volume", b"101", "allowed: a whole number from 0 to 100"),
        ("profile", b"somebody", "allowed: home, kids"),
        ("update", b"9.9", "allowed: INSTALL"),
        ("gesture_press", b"nobody", "allowed: box, home, both"),
        ("lamp", b"ON", "malformed"),
        ("lamp", b"{}", "missing required field state"),
        (
            "lamp",
            b'{"state":"ON","glow":1}',
            "glow: no such key; allowed: state, brightness, color, effect",
        ),
        (
            "lamp",
            b'{"state":"ON","color":{"r":1,"g":2,"b":3,"w":4}}',
            "color.w: no such key; allowed: r, g, b",
        ),
        ("lamp", b'{"state":"ON","color":{"r":256,"g":2,"b":3}}', "color.r: .*<= 255"),
        ("lamp", b'{"state":"ON","effect":"disco"}', "effect: Invalid"),
        ("lamp", b'{"state":"ON","effect":"mood","color":{"r":1,"g":2,"b":3}}', "not both"),
        ("correction", b"away", "allowed: angry, disgust"),
        ("next", b"", "allowed: PRESS"),
        ("play", b"", "length >= 1"),
        ("play", b"x" * 1000, "longer than 300 bytes"),
        ("intent", b"\xff\xfe", "not UTF-8"),
        ("camera", b"ON", "no such command; allowed: correction, wrong_mood"),
        ("", b"ON", "no such command"),
    ],
)
def test_what_may_not_be_asked_is_said_with_what_is_allowed(
    key: str, payload: bytes, words: str
) -> None:
    with pytest.raises(Refused, match=words):
        parse(key, payload, CONTEXT)


numbers = st.integers(-(10**6), 10**6) | st.floats()
payloads = st.one_of(
    st.binary(max_size=400),
    st.text(max_size=100).map(lambda text: text.encode("utf-8", "surrogatepass")),
    numbers.map(lambda number: str(number).encode()),
    st.lists(numbers | st.booleans() | st.none(), max_size=3).map(
        lambda value: json.dumps(value).encode()
    ),
)


@given(st.sampled_from([*COMMANDS, "", "set", "volume/x"]) | st.text(max_size=50), payloads)
@settings(max_examples=200, deadline=None)
def test_whatever_comes_is_refused_in_words_or_is_a_valid_request(key: str, payload: bytes) -> None:
    _try(key, payload)


def test_thousands_of_spoiled_commands_do_no_harm() -> None:
    chance = random.Random(5)
    good = [
        b"lift",
        b"ON",
        b"30",
        b"30.0",
        b"sad",
        b"PRESS",
        b"spotify:playlist:1",
        b'{"state":"ON","brightness":40,"color":{"r":255,"g":0,"b":16}}',
    ]
    for _ in range(5000):
        payload = bytearray(chance.choice(good))
        for _ in range(chance.randrange(4)):
            payload.insert(chance.randrange(len(payload) + 1), chance.randrange(256))
            del payload[chance.randrange(len(payload))]
        _try(chance.choice([*COMMANDS]), bytes(payload) * chance.choice([0, 1, 1, 1, 2, 100]))


def _try(key: str, payload: bytes) -> None:
    request: Any = None
    with suppress(Refused):
        request = parse(key, payload, CONTEXT)
    if request is not None:
        whole = msgspec.json.encode(Request("1", request, "mqtt", 0.0))
        assert msgspec.json.decode(whole, type=Request).body == request
