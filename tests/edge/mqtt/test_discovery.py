"""What Home Assistant is told."""

from __future__ import annotations

from typing import Any

import pytest

from edge.events import AWAY, EMOTIONS, UNSURE, Gesture, Mood, Playback, Status
from edge.mood.moods import VIEWS, moods
from edge.mqtt import commands, discovery, states
from edge.mqtt.discovery import config, config_topic
from edge.settings import BoxSettings

BOX = BoxSettings(name="Mood box", id="box-1")
BASE = "moodbox/box-1"
DEVICE = config(BASE, BOX, EMOTIONS, "http://box-1.local:8080/")
COMPONENTS: dict[str, dict[str, Any]] = DEVICE["cmps"]

# Home Assistant 2026.2, homeassistant/components/mqtt/abbreviations.py, as far as they are used.
ROOT_KEYS = {"dev", "o", "cmps", "avty_t", "qos"}
DEVICE_KEYS = {"ids", "name", "mf", "mdl", "sw", "cu"}
ORIGIN_KEYS = {"name", "sw", "url"}
COMMON = {"p", "uniq_id", "def_ent_id", "name", "ic", "ent_cat"}
KEYS = {
    "sensor": {"stat_t", "dev_cla", "ops", "unit_of_meas", "stat_cla", "json_attr_t"},
    "binary_sensor": {"stat_t", "dev_cla", "json_attr_t"},
    "select": {"stat_t", "cmd_t", "ops"},
    "switch": {"stat_t", "cmd_t"},
    "number": {"stat_t", "cmd_t", "min", "max", "step", "mode", "unit_of_meas"},
    "button": {"cmd_t", "pl_prs"},
    "event": {"stat_t", "dev_cla", "evt_typ"},
}
ASKED_FOR = {
    *("mood", "playing", "speaker", "intent", "music", "private", "volume", "next", "play_pause"),
    *("wrong_mood", "correction", "runs_on", "inference_ms", "fps", "temperature"),
    *("under_voltage", "sign_in_expires", "requests_left", "problem", "gesture"),
}


def test_one_device_where_home_assistant_looks_for_it() -> None:
    assert config_topic("homeassistant", BOX) == "homeassistant/device/box-1/config"
    assert DEVICE.keys() == ROOT_KEYS
    assert DEVICE["dev"].keys() == DEVICE_KEYS
    assert DEVICE["o"].keys() == ORIGIN_KEYS
    assert DEVICE["avty_t"] == f"{BASE}/availability"


def test_a_box_without_a_page_names_none() -> None:
    device = config(BASE, BOX, EMOTIONS)
    assert "cu" not in device["dev"]
    assert "url" not in device["o"]


def test_every_entity_is_there() -> None:
    assert COMPONENTS.keys() == ASKED_FOR


@pytest.mark.parametrize("key", ASKED_FOR)
def test_an_entity_says_only_what_its_platform_knows(key: str) -> None:
    component = COMPONENTS[key]
    assert component.keys() <= COMMON | KEYS[component["p"]]
    assert component["uniq_id"] == f"box-1-{key}"
    assert component["def_ent_id"] == f"{component['p']}.box_1_{key}"
    assert "object_id" not in component
    assert "obj_id" not in component


def test_every_topic_that_is_named_is_published_or_heard() -> None:
    published = states.states(Status(at=0.0, mood=Mood("happy", 1.0, 0.0)), EMOTIONS)
    spoken = {f"{BASE}/{topic}" for topic in (*published, "gesture")}
    heard = {f"{BASE}/set/{key}" for key in commands.KEYS}
    named: set[str] = set()
    for component in COMPONENTS.values():
        named |= {component[key] for key in ("stat_t", "json_attr_t") if key in component}
        assert {component["cmd_t"]} <= heard if "cmd_t" in component else True
    assert named == spoken


@pytest.mark.parametrize("view", VIEWS)
def test_every_mood_that_may_be_published_is_an_option(view: Any) -> None:
    options = config(BASE, BOX, moods(view))["cmps"]["mood"]["ops"]
    for name in (*moods(view), UNSURE, AWAY):
        status = Status(at=0.0, mood=Mood(name, 1.0, 0.0))
        assert states.states(status, moods(view))["mood"] in options


@pytest.mark.parametrize("playback", Playback)
def test_every_state_of_the_speaker_is_an_option_or_unknown(playback: Playback) -> None:
    status = Status(at=0.0, mood=Mood("happy", 1.0, 0.0), playback=playback)
    assert states.states(status, EMOTIONS)["speaker"] in {*COMPONENTS["speaker"]["ops"], "None"}


@pytest.mark.parametrize("key", ["intent", "correction"])
def test_every_option_of_a_choice_is_understood(key: str) -> None:
    for option in COMPONENTS[key]["ops"]:
        assert commands.parse(key, option.encode(), EMOTIONS)


@pytest.mark.parametrize("key", ["next", "play_pause", "wrong_mood"])
def test_what_a_button_sends_is_understood(key: str) -> None:
    assert commands.parse(key, COMPONENTS[key]["pl_prs"].encode(), EMOTIONS)


def test_every_gesture_is_an_event() -> None:
    assert COMPONENTS["gesture"]["evt_typ"] == [one.value for one in Gesture]


def test_no_picture_is_offered() -> None:
    assert not {"camera", "image"} & {component["p"] for component in COMPONENTS.values()}
    assert discovery.SILENT <= discovery.OBEY
