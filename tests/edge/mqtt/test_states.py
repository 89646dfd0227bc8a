"""What is published of a status, and when."""

from __future__ import annotations

import json
import re
from datetime import datetime
from math import inf
from typing import Any

import jsonschema
import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge import __version__
from edge.events import (
    AWAY,
    EMOTIONS,
    UNKNOWN,
    UNSURE,
    Account,
    Announce,
    Health,
    Lamp,
    Mood,
    Playback,
    Release,
    Status,
    Track,
)
from edge.mqtt import states
from edge.mqtt.entities import MINUTE
from edge.mqtt.entity import Context, Value
from edge.mqtt.states import Sent, due, encoded

OFFSET = 1_800_000_000.0
"""The clock at monotonic time 0: 2027-01-15, eight in the morning in UTC."""
EVENT = jsonschema.Draft202012Validator(msgspec.json.schema(states.HomeEvent))


def told(**changes: Any) -> dict[str, str]:
    return {topic: encoded(value) for topic, value in values(**changes).items()}


def values(**changes: Any) -> dict[str, Value]:
    fields: dict[str, Any] = {"at": 0.0, "mood": Mood("happy", 0.876, 0.0), "faces": 1}
    return states.states(Context(Status(**fields | changes), EMOTIONS, "http://box.local/", OFFSET))


def test_the_mood_with_its_confidence_and_all_shares() -> None:
    shares = (0.01, 0.0, 0.02, 0.9, 0.03, 0.02, 0.02)
    state = told(probabilities=shares, faces=2)
    assert (state["mood"], state["confidence"], state["people"]) == ("happy", "88", "2")
    assert state["somebody"] == "ON"
    assert [state[f"share_{name}"] for name in EMOTIONS] == ["1", "0", "2", "90", "3", "2", "2"]
    assert json.loads(state["mood/attributes"]) == {
        "state": "happy",
        "colour": "#d6a400",
        "unknown": "",
        "corrected": False,
        "since": "2027-01-15T08:00:00Z",
    }


@pytest.mark.parametrize("why", UNKNOWN)
def test_while_nothing_is_known_nothing_is_said_but_why(why: str) -> None:
    state = told(mood=None, faces=None, unknown=why, private=why == "private")
    for topic in ("mood", "confidence", "people", "somebody", "correction", "share_happy"):
        assert state[topic] == "None", topic
    assert json.loads(state["mood/attributes"])["unknown"] == why


def test_unsure_and_away_are_moods_but_no_corrections() -> None:
    for name in (UNSURE, AWAY):
        state = told(mood=Mood(name, 1.0, 0.0))
        assert (state["mood"], state["correction"]) == (name, "None")
        assert state["somebody"] == ("OFF" if name == AWAY else "ON")


def test_a_mood_that_was_not_announced_is_unknown() -> None:
    assert told(mood=Mood("tense", 1.0, 0.0))["mood"] == "None"


def test_the_pairing_code_is_never_told() -> None:
    assert told(pairing_code=("blue", "green", "blue", "white"), pairing_until=9.0) == told()


def test_what_is_not_known_is_none() -> None:
    state = told()
    for topic in (
        *("playing", "speaker", "volume", "runs_on", "inference_ms", "fps", "temperature"),
        *("under_voltage", "sign_in_expires", "requests_left", "hands_off", "play_for"),
    ):
        assert state[topic] == "None", topic


def test_what_is_known_is_told() -> None:
    state = told(
        track=Track("spotify:track:1", "Song", "Band", context="spotify:playlist:9"),
        playback=Playback.PAUSED,
        volume=0,
        music_for="happy",
        hands_off_until=3600.4,
        runs_on="Edge TPU",
        frames_per_second=4.96,
        inference_ms=0.6789,
        health=Health(0.0, 51.6, under_voltage=True),
        account=Account(0.0, signed_in=True, expires=OFFSET, requests_left=12),
    )
    expected = {
        "playing": "Band - Song",
        "play": "spotify:playlist:9",
        "play_for": "happy",
        "speaker": "paused",
        "volume": "0",
        "hands_off": "2027-01-15T09:00:00+00:00",
        "runs_on": "Edge TPU",
        "fps": "5.0",
        "inference_ms": "0.68",
        "temperature": "52",
        "under_voltage": "ON",
        "sign_in_expires": "2027-01-15T08:00:00+00:00",
        "requests_left": "12",
        "mood_drives": "ON",
    }
    assert {topic: state[topic] for topic in expected} == expected


def test_times_are_unknown_until_the_clock_is_set() -> None:
    status = Status(at=0.0, mood=None, hands_off_until=9.0)
    assert states.states(Context(status))["hands_off"] is None


def test_a_problem_is_told_in_words() -> None:
    state = told(problems={"music": "sign in again"})
    assert state["problem"] == "ON"
    assert json.loads(state["problem/attributes"]) == {
        "state": "ON",
        "reason": "music: sign in again",
        "parts": {"music": "sign in again"},
    }


def test_a_long_title_fits_into_a_state() -> None:
    assert len(told(track=Track("u", "x" * 900))["playing"]) == 255


def test_a_volume_above_the_houses_limit_is_told_as_the_limit_and_as_it_is() -> None:
    state = told(volume=80, max_volume=60)
    assert state["volume"] == "60"
    assert json.loads(state["speaker/attributes"])["volume"] == 80


def test_the_lamp_shows_the_moods_colour_until_it_is_given_another() -> None:
    light = {"state": "ON", "brightness": 100, "color_mode": "rgb"}
    assert json.loads(told()["lamp"]) == light | {
        "color": {"r": 214, "g": 164, "b": 0},
        "effect": "mood",
    }
    own = json.loads(told(lamp=Lamp(on=False, brightness=30, colour="#ff0010"))["lamp"])
    assert own == light | {
        "state": "OFF",
        "brightness": 30,
        "color": {"r": 255, "g": 0, "b": 16},
        "effect": None,
    }


def test_the_cover_is_served_by_the_box_and_never_asked_of_a_stranger() -> None:
    address = told(track=Track("u", cover="https://i.scdn.co/image/1"))["cover"]
    assert re.fullmatch(r"http://box\.local/cover/[0-9a-f]{32}", address)
    assert told()["cover"] == "http://box.local/static/icon.svg"


def said(state: dict[str, Value], at: float) -> dict[str, Sent]:
    return {topic: Sent(value, at) for topic, value in state.items()}


def test_everything_is_due_at_first_and_nothing_after() -> None:
    state = values()
    assert due(state, {}, 0.0)[0] == list(state)
    assert due(state, said(state, 0.0), 100.0) == ([], inf)


def test_what_moves_all_the_time_waits_its_turn() -> None:
    before, after = values(runs_on="CPU", inference_ms=1.0), values(runs_on="CPU", inference_ms=2.0)
    assert due(after, said(before, 10.0), 11.0) == ([], 10.0 + MINUTE)
    assert due(after, said(before, 10.0), 10.0 + MINUTE)[0] == ["inference_ms"]


def test_a_number_is_not_known_until_it_was_measured_and_then_told_at_once() -> None:
    opened, measured = values(runs_on="CPU"), values(runs_on="CPU", frames_per_second=5.0)
    assert opened["fps"] is opened["inference_ms"] is None
    assert due(measured, said(opened, 10.0), 11.0)[0] == ["fps"]


def test_what_moved_a_little_is_not_told_and_what_became_unknown_is_at_once() -> None:
    before = values(mood=Mood("happy", 0.88, 0.0))
    little, more = values(mood=Mood("happy", 0.82, 0.0)), values(mood=Mood("happy", 0.75, 0.0))
    assert due(little, said(before, 0.0), 100.0) == ([], inf)
    assert due(more, said(before, 0.0), 100.0)[0] == ["confidence"]
    unknown = due(values(mood=None, faces=None, unknown="private"), said(before, 0.0), 0.1)[0]
    assert {"confidence", "people", "mood", "somebody"} <= set(unknown)


def test_another_mood_never_stands_beside_the_figures_of_the_one_before() -> None:
    calm, glad = (0.0, 0.0, 0.0, 0.16, 0.0, 0.0, 0.84), (0.0, 0.0, 0.0, 0.99, 0.0, 0.0, 0.01)
    before = values(mood=Mood("neutral", 0.83, 0.0), probabilities=calm)
    after = values(mood=Mood("happy", 0.88, 6.0), probabilities=glad)
    topics, _ = due(after, said(before, 10.0), 16.0)
    assert topics[:4] == ["confidence", "share_happy", "share_neutral", "mood"]


def test_attributes_come_with_the_state_they_belong_to() -> None:
    before, after = values(), values(mood=Mood("sad", 0.876, 0.0))
    topics, _ = due(after, said(before, 10.0), 10.1)
    assert topics == ["mood", "mood/attributes", "lamp"]


@pytest.mark.parametrize("seconds", [0.0, 60.0])
def test_a_status_that_only_aged_is_told_to_nobody(seconds: float) -> None:
    assert due(values(at=seconds), said(values(), 0.0), seconds)[0] == []


@given(
    st.builds(
        Announce,
        st.sampled_from(["mood", "play", "gesture", "fault", "correction", "request"]),
        st.floats(0, 1e6),
        st.dictionaries(
            st.text(),
            st.text()
            | st.floats(allow_nan=False, allow_infinity=False)
            | st.booleans()
            | st.none(),
        ),
    ),
    st.sampled_from([None, OFFSET]),
)
def test_every_message_of_the_event_stream_is_as_the_schema_says(
    announced: Announce, offset: float | None
) -> None:
    context = Context(Status(at=0.0, mood=None), offset=offset)
    message = json.loads(states.event(announced, context))
    EVENT.validate(message)
    assert (message["event"], message["data"]) == (announced.event, announced.data)
    told_at = message["at"] and datetime.fromisoformat(message["at"])
    assert (told_at is None) == (offset is None)


def test_how_many_are_there_never_contradicts_whether_somebody_is() -> None:
    sent = {"people": Sent(0, 0.0)}
    assert due({"people": 1}, sent, 1.0)[0] == ["people"]
    assert due({"people": 0}, {"people": Sent(2, 0.0)}, 1.0)[0] == ["people"]
    assert due({"people": 2}, {"people": Sent(1, 0.0)}, 1.0) == ([], MINUTE)
    assert due({"share_happy": 40}, {"share_happy": Sent(0, 0.0)}, 1.0) == ([], MINUTE)


@pytest.mark.parametrize(
    ("notes", "summary"),
    [
        ((), "0.3.0 can be installed"),
        (("A lamp.", "A fault."), "- A lamp.\n- A fault."),
        (("x" * 200, "y" * 60), f"- {'x' * 200}\n…"),
        (("x" * 400,), "x" * 254 + "…"),
    ],
)
def test_an_update_says_what_changed_as_far_as_there_is_room(
    notes: tuple[str, ...], summary: str
) -> None:
    release = Release(0.0, "0.3.0", words="0.3.0 can be installed", notes=notes)
    said = json.loads(told(release=release)["update"])
    assert said["release_summary"] == summary
    assert (said["latest_version"], len(summary) <= 255) == ("0.3.0", True)


def test_a_release_of_other_models_alone_is_no_longer_offered_once_it_runs() -> None:
    said = json.loads(told(release=Release(0.0, "0.3.1", runs="0.3.1"))["update"])
    assert said["installed_version"] == said["latest_version"] == "0.3.1"
    assert (
        json.loads(told(release=Release(0.0, "0.3.1"))["update"])["installed_version"]
        == __version__
    )
