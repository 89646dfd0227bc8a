"""Whatever happens, lights, home and page say the same; $MOODBOX_AGREE says how many tales."""

from __future__ import annotations

import json
import os
from typing import Any

import msgspec
import pytest
from fakes.table import Table
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from edge.controller import view
from edge.events import (
    EMOTIONS,
    Account,
    Confirm,
    Correct,
    Down,
    Emotions,
    Ended,
    Event,
    FollowMood,
    Gesture,
    Hand,
    Health,
    Intent,
    LookAtSpeaker,
    MusicEnded,
    Next,
    Nobody,
    OpenPairing,
    PairingCode,
    Pause,
    Play,
    Playback,
    PlayFailed,
    PlayPause,
    Pressed,
    Previous,
    Request,
    RequestBody,
    Resume,
    SetIntent,
    SetLamp,
    SetMoodDrives,
    SetMusic,
    SetPreferences,
    SetPrivate,
    SetVolume,
    SpeakerState,
    Status,
    TakeBack,
    Tick,
    Up,
    Watching,
    WrongMood,
)
from edge.mood.moods import colour_of, moods
from edge.mqtt.entity import Context
from edge.mqtt.states import NONE, encoded, states
from edge.panel.patterns import draw
from edge.web.hub import Hub

TALES = int(os.environ.get("MOODBOX_AGREE", "50"))
NAMES = moods("seven")
PARTS = st.sampled_from(["eyes", "music", "store", "mqtt", "page"])

BODIES: st.SearchStrategy[RequestBody] = st.one_of(
    st.sampled_from([PlayPause(), Next(), Previous(), Pause(), Resume(), FollowMood()]),
    st.sampled_from([WrongMood(), Confirm(), TakeBack(), LookAtSpeaker(), OpenPairing()]),
    st.builds(SetMoodDrives, st.booleans()),
    st.builds(Play, st.sampled_from([*EMOTIONS, "spotify:album:a", "no such thing"])),
    st.builds(SetVolume, st.integers(0, 100)),
    st.builds(SetIntent, st.sampled_from(Intent)),
    st.builds(SetMusic, st.booleans()),
    st.builds(SetPrivate, st.booleans()),
    st.builds(Correct, st.sampled_from([*EMOTIONS, "bored"])),
    st.builds(SetLamp, st.booleans(), st.integers(0, 100), st.sampled_from(["", "#ff0010"])),
    st.builds(SetPreferences, max_volume=st.integers(0, 100), keep_faces=st.booleans()),
)


def plain(emotion: str) -> tuple[float, ...]:
    return tuple(0.994 if name == emotion else 0.001 for name in EMOTIONS)


EVENTS: Any = st.one_of(
    st.builds(Emotions, st.sampled_from(EMOTIONS).map(plain), st.just(0.0)),
    st.builds(Nobody, st.just(0.0), st.booleans()),
    st.just(MusicEnded("spotify:album:a", 0.0)),
    st.just(Ended(0.0)),
    st.just(Tick(0.0, 1_800_000_000.0)),
    st.builds(Pressed, st.sampled_from(Gesture), st.just(0.0)),
    st.builds(Request, st.just("r"), BODIES, st.just("page"), st.just(0.0)),
    st.builds(
        SpeakerState,
        st.just(0.0),
        st.sampled_from(Playback),
        volume=st.none() | st.integers(0, 100),
        hand=st.none() | st.sampled_from(Hand),
    ),
    st.builds(Down, PARTS, st.sampled_from(["gone", "asleep"]), st.just(0.0)),
    st.builds(Up, PARTS, st.just(0.0)),
    st.just(Watching(0.0, "CPU", "video", "yunet", "0123456789ab")),
    st.builds(PlayFailed, st.just("w"), st.sampled_from(["", "no speaker"]), st.just(0.0)),
    st.builds(Account, st.just(0.0), st.booleans()),
    st.builds(Health, st.just(0.0), under_voltage=st.none() | st.booleans()),
    st.builds(PairingCode, st.sampled_from([(), ("white",) * 4]), st.just(0.0)),
)
AFTER = st.sampled_from([0.0, 0.1, 0.3, 2.0, 30.0, 4000.0])
"""Seconds between one event and the next."""
TALE = st.lists(st.tuples(AFTER, EVENTS), min_size=5, max_size=60)


def on_page(hub: Hub) -> dict[str, Any]:
    text = hub.changes(-1).status
    assert text is not None
    said: dict[str, Any] = json.loads(text)
    return said


def check(status: Status, page: dict[str, Any]) -> None:
    """Hold the three against each other, each read as a person reads it."""
    lights = draw(status)
    home = {topic: encoded(value) for topic, value in states(Context(status, NAMES)).items()}
    assert msgspec.convert(page, Status) == msgspec.structs.replace(status, pairing_code=())
    assert home["private"] == ("ON" if page["private"] else "OFF")
    assert home["music"] == ("ON" if page["music"] else "OFF")
    assert home["intent"] == page["intent"]
    assert home["speaker"] == (NONE if page["playback"] == "unknown" else page["playback"])
    loud = None if page["volume"] is None else min(page["volume"], page["max_volume"])
    assert home["volume"] == (NONE if loud is None else str(loud))
    mood = page["mood"]["name"] if page["mood"] else ""
    assert home["mood"] == (mood or NONE)
    assert bool(mood) != bool(page["unknown"])
    assert home["people"] == (NONE if page["faces"] is None else str(page["faces"]))
    assert home["problem"] == ("ON" if page["problems"] else "OFF")
    assert json.loads(home["problem/attributes"])["parts"] == page["problems"]
    assert (lights.status == "pairing") == (page["pairing_until"] is not None)
    assert bool(status.pairing_code) == (page["pairing_until"] is not None)
    if lights.status == "well":
        assert not page["problems"]
        assert not page["private"]
    if lights.scene in ("mood", "away"):
        assert lights.colours == (colour_of(mood),)
        assert (lights.scene == "away") == (home["mood"] == "away")
    if lights.scene == "unknown":
        assert page["unknown"] in ("camera", "dark")
    if page["unknown"]:
        assert (page["faces"], page["probabilities"]) == (None, [])
    if lights.scene == "offer":
        assert lights.colours == (colour_of(page["offering"]),)
    assert (lights.scene == "private") <= page["private"]
    light = json.loads(home["lamp"])
    assert (light["state"] == "OFF") == (not page["lamp"]["on"])
    if lights.scene == "lamp":
        assert lights.colours == (page["lamp"]["colour"],)
        assert light["effect"] is None
    if page["private"]:
        assert page["runs_on"] == "" and home["runs_on"] == NONE  # noqa: PT018  one fact
        assert lights.scene in ("private", "code", "offer", "lamp", "off")
        assert lights.status in ("private", "pairing")


@pytest.mark.timeout(3600)
@given(tale=TALE)
@settings(max_examples=TALES, deadline=None, suppress_health_check=list(HealthCheck), database=None)
def test_lights_home_and_page_say_the_same(tale: list[tuple[float, Event]]) -> None:
    table, hub = Table(), Hub(lambda _: None)
    for later, event in tale:
        table.tell(msgspec.structs.replace(event, at=table.now + later))
        status = view(table.state)
        hub.show(status)
        check(status, on_page(hub))


def test_the_disagreement_would_be_noticed() -> None:
    table, hub = Table(), Hub(lambda _: None)
    hub.show(view(table.state))
    page = on_page(hub)
    for key, value in (("private", True), ("volume", 7), ("problems", {"eyes": "gone"})):
        try:
            check(view(table.state), page | {key: value})
        except AssertionError:
            continue
        raise AssertionError(key)
