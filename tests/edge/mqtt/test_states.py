"""What is published of a status, and when."""

from __future__ import annotations

import json
from typing import Any

import jsonschema
import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.events import (
    AWAY,
    EMOTIONS,
    UNSURE,
    Account,
    Announce,
    Health,
    Mood,
    Playback,
    Status,
    Track,
)
from edge.mqtt import states
from edge.mqtt.states import PACE, due


def told(**changes: Any) -> dict[str, str]:
    status = Status(**{"at": 0.0, "mood": Mood("happy", 0.876, 0.0)} | changes)
    return states.states(status, EMOTIONS)


def test_the_mood_with_its_confidence_and_all_probabilities() -> None:
    shares = (0.01, 0.0, 0.02, 0.9, 0.03, 0.02, 0.02)
    state = told(probabilities=shares, faces=2)
    assert state["mood"] == "happy"
    attributes = json.loads(state["mood/attributes"])
    assert attributes["confidence"] == 0.88
    assert attributes["people"] == 2
    assert tuple(attributes[name] for name in EMOTIONS) == shares


def test_unsure_and_away_are_moods_but_no_corrections() -> None:
    for name in (UNSURE, AWAY):
        state = told(mood=Mood(name, 1.0, 0.0))
        assert (state["mood"], state["correction"]) == (name, "None")


def test_a_mood_that_was_not_announced_is_unknown() -> None:
    assert told(mood=Mood("tense", 1.0, 0.0))["mood"] == "None"


def test_the_pairing_code_is_never_told() -> None:
    assert told(pairing_code=("blue", "green", "blue", "white"), pairing_until=9.0) == told()


def test_what_is_not_known_is_none() -> None:
    state = told()
    for topic in (
        *("playing", "speaker", "volume", "runs_on", "inference_ms", "fps", "temperature"),
        *("under_voltage", "sign_in_expires", "requests_left"),
    ):
        assert state[topic] == "None", topic


def test_what_is_known_is_told() -> None:
    state = told(
        track=Track("spotify:track:1", "Song", "Band"),
        playback=Playback.PAUSED,
        volume=0,
        runs_on="Edge TPU",
        frames_per_second=4.96,
        inference_ms=0.6789,
        health=Health(0.0, 51.6, under_voltage=True),
        account=Account(0.0, signed_in=True, expires=1_800_000_000.0, requests_left=12),
    )
    expected = {
        "playing": "Band - Song",
        "speaker": "paused",
        "volume": "0",
        "runs_on": "Edge TPU",
        "fps": "5.0",
        "inference_ms": "0.68",
        "temperature": "52",
        "under_voltage": "ON",
        "sign_in_expires": "2027-01-15T08:00:00+00:00",
        "requests_left": "12",
    }
    assert {topic: state[topic] for topic in expected} == expected


def test_a_problem_is_told_in_words() -> None:
    state = told(problems={"music": "sign in again"})
    assert state["problem"] == "ON"
    assert json.loads(state["problem/attributes"]) == {
        "reason": "music: sign in again",
        "parts": {"music": "sign in again"},
    }


def test_a_long_title_fits_into_a_state() -> None:
    assert len(told(track=Track("u", "x" * 900))["playing"]) == 255


def sent(state: dict[str, str], at: float) -> dict[str, tuple[str, float]]:
    return {topic: (payload, at) for topic, payload in state.items()}


def test_everything_is_due_at_first_and_nothing_after() -> None:
    state = told()
    assert due(state, {}, 0.0)[0] == list(state)
    assert due(state, sent(state, 0.0), 100.0) == ([], float("inf"))


def test_what_moves_all_the_time_waits_its_turn() -> None:
    before, after = told(runs_on="CPU", inference_ms=1.0), told(runs_on="CPU", inference_ms=2.0)
    assert due(after, sent(before, 10.0), 11.0) == ([], 10.0 + PACE)
    assert due(after, sent(before, 10.0), 10.0 + PACE)[0] == ["inference_ms"]


def test_attributes_come_with_the_state_they_belong_to() -> None:
    before, after = told(), told(mood=Mood("sad", 0.5, 1.0))
    topics, _ = due(after, sent(before, 10.0), 10.1)
    assert topics == ["mood/attributes", "mood", "correction"]


@pytest.mark.parametrize("seconds", [0.0, 60.0])
def test_a_status_that_only_aged_is_told_to_nobody(seconds: float) -> None:
    assert due(told(at=seconds), sent(told(), 0.0), seconds)[0] == []


@given(
    st.builds(
        Announce,
        st.sampled_from(["mood", "play", "gesture", "fault", "correction", "request"]),
        st.floats(0, 1e6),
        st.dictionaries(
            st.text(), st.text() | st.floats(allow_nan=False) | st.booleans() | st.none()
        ),
    )
)
def test_every_message_of_the_event_stream_is_as_the_schema_says(announced: Announce) -> None:
    message = json.loads(states.event(announced))
    jsonschema.validate(message, states.event_schema())
    assert msgspec.convert(message, Announce).event == announced.event
