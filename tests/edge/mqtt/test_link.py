"""The link against a real mosquitto."""

from __future__ import annotations

import json
import random
from datetime import datetime
from typing import Any

import jsonschema
import msgspec

from edge.events import (
    Account,
    Announce,
    Answer,
    Down,
    Mood,
    Request,
    SetVolume,
    Status,
    Up,
)
from edge.mqtt import states
from edge.mqtt.entity import Context

BASE = "moodbox/box-1"
CONFIG = "homeassistant/device/box-1/config"


def status(**changes: Any) -> Status:
    fields: dict[str, Any] = {"at": 0.0, "mood": Mood("happy", 0.9, 0.0)}
    return Status(**fields | changes)


def test_everything_is_told_and_kept(open_broker: Any, home: Any, connect: Any) -> None:
    link = connect(open_broker.port)
    link.show(status())
    assert home.until(f"{BASE}/mood", "happy")
    assert home.until(f"{BASE}/availability") == "online"
    assert json.loads(home.until(CONFIG))["avty_t"] == f"{BASE}/availability"
    told = {f"{BASE}/{topic}" for topic in states.states(Context(status()))}
    home.until(f"{BASE}/requests_left")
    assert told <= home.last().keys()


def test_nothing_is_said_before_anything_is_known(
    open_broker: Any, home: Any, connect: Any
) -> None:
    link = connect(open_broker.port)
    home.until(f"{BASE}/availability", "online")
    home.say("end", "")
    home.until("end")
    assert home.last().keys() == {f"{BASE}/availability", "end"}
    link.show(status(private=True))
    home.until(f"{BASE}/private", "ON")
    assert (f"{BASE}/private", "OFF", False) not in home.heard


def test_only_what_changed_is_told_again(open_broker: Any, home: Any, connect: Any) -> None:
    link = connect(open_broker.port)
    link.show(status())
    home.until(f"{BASE}/requests_left", "None")
    home.forget()
    link.show(status(music=False))
    home.until(f"{BASE}/music", "OFF")
    link.show(status(music=False, mood_drives=False))
    home.until(f"{BASE}/mood_drives", "OFF")
    assert {topic for topic, _, _ in home.heard} == {f"{BASE}/music", f"{BASE}/mood_drives"}


def test_a_command_becomes_a_request(
    open_broker: Any, home: Any, connect: Any, reported: Any
) -> None:
    connect(open_broker.port)
    home.until(f"{BASE}/availability", "online")
    home.say(f"{BASE}/set/volume", "30")
    request = reported.until(Request)
    assert request.body == SetVolume(30)
    assert request.origin == "mqtt"


def test_a_bad_command_is_answered_and_changes_nothing(
    open_broker: Any, home: Any, connect: Any, reported: Any
) -> None:
    connect(open_broker.port)
    home.until(f"{BASE}/availability", "online")
    home.say(f"{BASE}/set/volume", "loud")
    error = json.loads(home.until(f"{BASE}/error"))
    assert error == {
        "topic": f"{BASE}/set/volume",
        "payload": "loud",
        "reason": "allowed: a whole number from 0 to 100",
        "at": error["at"],
    }
    assert datetime.fromisoformat(error["at"]).tzinfo is not None
    assert reported.of(Request) == []


def test_a_refused_command_sends_the_state_again_so_that_a_slider_springs_back(
    open_broker: Any, home: Any, connect: Any, reported: Any
) -> None:
    link = connect(open_broker.port)
    link.show(status(volume=20, max_volume=60))
    home.until(f"{BASE}/requests_left")
    home.forget()
    home.say(f"{BASE}/set/volume", "90")
    assert home.until(f"{BASE}/volume") == "20"
    home.forget()
    home.say(f"{BASE}/set/volume", "50")
    link.answer(Answer(reported.until(Request).id, accepted=False, reason="it is night"))
    assert home.until(f"{BASE}/volume") == "20"


def test_what_may_be_chosen_is_told_anew_when_the_house_changes_it(
    open_broker: Any, home: Any, connect: Any
) -> None:
    link = connect(open_broker.port)
    link.show(status())
    assert json.loads(home.until(CONFIG))["cmps"]["volume"]["max"] == 100
    home.forget()
    link.show(status(max_volume=60, profiles=("home", "kids")))
    components = json.loads(home.until(CONFIG))["cmps"]
    assert components["volume"]["max"] == 60
    assert components["profile"]["ops"] == ["home", "kids"]


def test_a_refused_request_is_answered_with_its_reason(
    open_broker: Any, home: Any, connect: Any, reported: Any
) -> None:
    link = connect(open_broker.port)
    home.until(f"{BASE}/availability", "online")
    home.say(f"{BASE}/set/next", "PRESS")
    link.answer(Answer(reported.until(Request).id, accepted=False, reason="nothing plays"))
    assert json.loads(home.until(f"{BASE}/error"))["reason"] == "nothing plays"


def test_a_retained_command_is_ignored(
    open_broker: Any, home: Any, connect: Any, reported: Any
) -> None:
    home.say(f"{BASE}/set/volume", "99", retain=True)
    connect(open_broker.port)
    home.until(f"{BASE}/availability", "online")
    home.say(f"{BASE}/set/volume", "30")
    assert reported.until(Request).body == SetVolume(30)
    assert len(reported.of(Request)) == 1


def test_events_are_told_once_and_never_kept(
    open_broker: Any, home: Any, connect: Any, listen: Any
) -> None:
    link = connect(open_broker.port)
    home.until(f"{BASE}/availability", "online")
    link.announce(Announce("gesture", 12.5, {"gesture": "double"}))
    assert home.until(f"{BASE}/gesture") == '{"event_type":"double"}'
    message = json.loads(home.until(f"{BASE}/events"))
    jsonschema.validate(message, msgspec.json.schema(states.HomeEvent))
    late = listen(open_broker.port)
    late.until(f"{BASE}/availability", "online")
    assert not {f"{BASE}/gesture", f"{BASE}/events"} & late.last().keys()


def test_the_birth_of_home_assistant_brings_everything_again(
    open_broker: Any, home: Any, connect: Any
) -> None:
    link = connect(open_broker.port)
    link.show(status())
    home.until(f"{BASE}/requests_left", "None")
    before = home.last()
    home.forget()
    home.say("homeassistant/status", "online")
    home.until(f"{BASE}/requests_left", "None")
    after = home.last()
    del after["homeassistant/status"]
    assert after == before


def test_a_broker_that_comes_late_is_found(broker: Any, connect: Any, reported: Any) -> None:
    link = connect(broker.port)
    link.show(status())
    assert "no broker at 127.0.0.1" in reported.until(Down).reason
    broker.start()
    reported.until(Up)


def test_a_broker_that_restarts_is_told_everything_again(
    broker: Any, connect: Any, listen: Any, reported: Any
) -> None:
    broker.start()
    link = connect(broker.port)
    link.show(status())
    listen(broker.port).until(f"{BASE}/mood", "happy")
    broker.stop()
    reported.until(Down)
    link.announce(Announce("gesture", 1.0, {"gesture": "hold"}))
    broker.start()
    reported.until(Up)
    home = listen(broker.port)
    home.until(f"{BASE}/mood", "happy")
    home.until(CONFIG)
    home.say(f"{BASE}/set/volume", "30")
    assert reported.until(Request).body == SetVolume(30)
    assert f"{BASE}/gesture" not in home.last()


def test_a_clean_stop_says_offline(open_broker: Any, home: Any, connect: Any) -> None:
    link = connect(open_broker.port)
    home.until(f"{BASE}/availability", "online")
    assert link.stop(20)
    home.until(f"{BASE}/availability", "offline")


def test_a_link_without_a_host_idles(connect: Any, reported: Any) -> None:
    link = connect(1, host="")
    link.show(status())
    link.announce(Announce("mood", 1.0, {}))
    assert link.stop(20)
    assert reported.events == []


def test_no_secret_of_the_account_is_told(open_broker: Any, home: Any, connect: Any) -> None:
    link = connect(open_broker.port)
    link.show(status(account=Account(0.0, signed_in=True, expires=1_800_000_000.0)))
    assert home.until(f"{BASE}/sign_in_expires") == "2027-01-15T08:00:00+00:00"


def test_a_flood_of_bad_commands_changes_nothing_and_leaves_nothing(
    open_broker: Any, home: Any, connect: Any, reported: Any
) -> None:
    link = connect(open_broker.port)
    link.show(status())
    home.until(f"{BASE}/requests_left", "None")
    before = {topic: payload for topic, payload in home.last().items() if "error" not in topic}
    chance = random.Random(7)
    keys = ["volume", "intent", "private", "correction", "next", "a/b", "", "$SYS", "ö"]
    for number in range(1000):
        payload = b"!" + chance.randbytes(chance.randrange(400))
        home.say(f"{BASE}/set/{chance.choice(keys)}", payload, wait=number % 50 == 0)
    home.say(f"{BASE}/set/volume", "30")
    assert reported.until(Request).body == SetVolume(30)
    assert reported.events == reported.of(Request)
    after = {topic: payload for topic, payload in home.last().items() if topic in before}
    assert after == before
    assert len(link._asked) == 1
    assert not link._connection._client._in_messages
