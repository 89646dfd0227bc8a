"""What Home Assistant is told."""

from __future__ import annotations

import json
from typing import Any

import pytest
from jinja2 import Environment

from edge.events import AWAY, EMOTIONS, UNSURE, Gesture, GestureTarget, Mood, Playback, Status
from edge.mood.moods import VIEWS, moods
from edge.mqtt import commands, states
from edge.mqtt.discovery import Device, config, config_topic
from edge.mqtt.entities import BY_KEY, ENTITIES
from edge.mqtt.entity import Context

BASE = "moodbox/box-1"
DEVICE = Device("box-1", "Mood box", BASE, area="Kitchen", hardware="Raspberry Pi 4 Model B")
STATUS = Status(at=0.0, mood=Mood("happy", 1.0, 0.0), max_volume=60, profiles=("home", "kids"))
CONTEXT = Context(STATUS, EMOTIONS, "http://box-1.local:8080/")
TOLD = config(DEVICE, CONTEXT)
COMPONENTS: dict[str, dict[str, Any]] = TOLD["cmps"]

# Home Assistant 2026.2, homeassistant/components/mqtt/abbreviations.py, as far as they are used.
ROOT_KEYS = {"dev", "o", "cmps", "avty_t", "qos"}
DEVICE_KEYS = {"ids", "name", "mf", "mdl", "sw", "cu", "sn", "hw", "sa"}
ORIGIN_KEYS = {"name", "sw", "url"}
COMMON = {"p", "uniq_id", "def_ent_id", "name", "ic", "ent_cat", "en", "dev_cla"}
NUMBER = {"min", "max", "step", "mode", "unit_of_meas"}
LIGHT = {"schema", "brightness", "bri_scl", "sup_clrm", "effect", "fx_list", "flash", "transition"}
WHOLE = {"val_tpl", "json_attr_t", "json_attr_tpl"}
KEYS = {
    "sensor": {"stat_t", "ops", "unit_of_meas", "stat_cla"} | WHOLE,
    "binary_sensor": {"stat_t"} | WHOLE,
    "select": {"stat_t", "cmd_t", "ops"},
    "switch": {"stat_t", "cmd_t"},
    "number": {"stat_t", "cmd_t"} | NUMBER,
    "text": {"stat_t", "cmd_t", "min", "max"},
    "button": {"cmd_t", "pl_prs"},
    "event": {"stat_t", "evt_typ"},
    "image": {"url_t"},
    "light": {"stat_t", "cmd_t"} | LIGHT,
    "update": {"stat_t", "cmd_t", "pl_inst"},
    "device_automation": {"t", "atype", "type", "stype", "pl"},
}
ASKED_FOR = {
    *("mood", "confidence", "somebody", "people", "pause", "resume", "next", "follow_mood"),
    *("play_for", "play", "intent", "mood_drives", "music", "volume", "max_volume"),
    *("quiet_volume", "hands_off", "profile", "private", "lamp", "cover", "update", "restart"),
    *("playing", "sign_in_expires", "requests_left", "problem", "gesture", "refusal"),
    *(f"share_{emotion}" for emotion in EMOTIONS),
    *(f"gesture_{gesture.value}" for gesture in Gesture),
    *(f"trigger_{gesture.value}" for gesture in Gesture),
}
ENTITY_KEYS = [row.key for row in ENTITIES if row.platform != "device_automation"]


def test_one_device_where_home_assistant_looks_for_it() -> None:
    assert config_topic("homeassistant", "box-1") == "homeassistant/device/box-1/config"
    assert TOLD.keys() == ROOT_KEYS
    assert TOLD["dev"].keys() == DEVICE_KEYS
    assert TOLD["o"].keys() == ORIGIN_KEYS
    assert TOLD["avty_t"] == f"{BASE}/availability"


def test_what_a_box_does_not_know_of_itself_is_left_out() -> None:
    told = config(Device("box-1", "Mood box", BASE), Context(STATUS))
    assert told["dev"].keys() == DEVICE_KEYS - {"cu", "hw", "sa"}
    assert "url" not in told["o"]


def test_every_entity_that_a_home_needs_is_there() -> None:
    assert COMPONENTS.keys() >= ASKED_FOR
    assert len(BY_KEY) == len(ENTITIES)


@pytest.mark.parametrize("key", ENTITY_KEYS)
def test_an_entity_says_only_what_its_platform_knows(key: str) -> None:
    component = COMPONENTS[key]
    assert component.keys() <= COMMON | KEYS[component["p"]]
    assert component["uniq_id"] == f"box-1-{key}"
    assert component["def_ent_id"] == f"{component['p']}.box_1_{key}"
    assert "object_id" not in component
    assert "obj_id" not in component


def test_every_topic_that_is_named_is_published_or_heard() -> None:
    spoken = {f"{BASE}/{topic}" for topic in (*states.states(CONTEXT), "gesture", "error")}
    heard = {f"{BASE}/set/{key}" for key in commands.COMMANDS}
    named: set[str] = set()
    for component in COMPONENTS.values():
        topics = {component.get(key, "") for key in ("stat_t", "json_attr_t", "url_t", "t")}
        named |= topics - {""}
        assert {component["cmd_t"]} <= heard if "cmd_t" in component else True
    # A state that comes with its attributes as well is there alone for whoever wants no more.
    assert named <= spoken
    assert {topic for topic in spoken - named if f"{topic}/attributes" not in named} == set()


def test_a_state_and_its_attributes_come_in_one_message() -> None:
    mood = COMPONENTS["mood"]
    assert mood["stat_t"] == mood["json_attr_t"] == f"{BASE}/mood/attributes"
    said = states.states(CONTEXT)
    whole = said["mood/attributes"]
    assert isinstance(whole, dict)
    assert whole["state"] == states.encoded(said["mood"])
    jinja = Environment(autoescape=False)
    jinja.filters["to_json"] = json.dumps
    taken = {
        key: jinja.from_string(mood[key]).render(value_json=json.loads(states.encoded(whole)))
        for key in ("val_tpl", "json_attr_tpl")
    }
    assert taken["val_tpl"] == states.encoded(said["mood"])
    assert json.loads(taken["json_attr_tpl"]).keys() == whole.keys() - {"state"}


@pytest.mark.parametrize("view", VIEWS)
def test_every_mood_that_may_be_published_is_an_option(view: Any) -> None:
    options = config(DEVICE, Context(STATUS, moods(view)))["cmps"]["mood"]["ops"]
    for name in (*moods(view), UNSURE, AWAY):
        status = Status(at=0.0, mood=Mood(name, 1.0, 0.0))
        assert states.states(Context(status, moods(view)))["mood"] in options


@pytest.mark.parametrize("playback", Playback)
def test_every_state_of_the_speaker_is_an_option_or_unknown(playback: Playback) -> None:
    status = Status(at=0.0, mood=Mood("happy", 1.0, 0.0), playback=playback)
    assert states.states(Context(status))["speaker"] in {*COMPONENTS["speaker"]["ops"], None}


@pytest.mark.parametrize("key", [row.key for row in ENTITIES if row.platform == "select"])
def test_every_option_of_a_choice_is_understood_and_is_what_its_state_can_be(key: str) -> None:
    for option in COMPONENTS[key]["ops"]:
        assert commands.parse(key, option.encode(), CONTEXT) is not None
    assert states.states(CONTEXT)[key] in {*COMPONENTS[key]["ops"], None}


@pytest.mark.parametrize("key", [row.key for row in ENTITIES if row.platform == "button"])
def test_what_a_button_sends_is_understood(key: str) -> None:
    assert commands.parse(key, COMPONENTS[key]["pl_prs"].encode(), CONTEXT) is not None


@pytest.mark.parametrize("key", [row.key for row in ENTITIES if row.platform == "number"])
def test_a_number_ends_where_its_commands_end(key: str) -> None:
    assert commands.parse(key, str(COMPONENTS[key]["max"]).encode(), CONTEXT) is not None
    assert COMPONENTS["volume"]["max"] == 60


def test_every_gesture_is_an_event_and_a_trigger_and_can_be_given_away() -> None:
    assert COMPONENTS["gesture"]["evt_typ"] == [one.value for one in Gesture]
    for gesture in Gesture:
        trigger = COMPONENTS[f"trigger_{gesture.value}"]
        assert json.loads(trigger["pl"]) == {"event_type": gesture.value}
        assert COMPONENTS[f"gesture_{gesture.value}"]["ops"] == [one.value for one in GestureTarget]


def test_what_moves_all_the_time_is_slow_and_in_steps_or_not_enabled() -> None:
    restless = {row.key for row in ENTITIES if row.measured}
    for key in restless:
        assert BY_KEY[key].pace >= 60, key
        assert BY_KEY[key].band or key in {"people", "requests_left"}, key


def test_no_picture_of_the_camera_is_offered() -> None:
    pictures = {row.key for row in ENTITIES if row.platform in ("camera", "image")}
    assert pictures == {"cover"}
