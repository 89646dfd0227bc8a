"""What a box leaves on the broker, and when it is taken away."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from edge.events import Down, Mood, Status, Up
from edge.mqtt.leftovers import NAME, Leftovers
from edge.mqtt.trial import forget
from edge.settings import BoxSettings, MqttSettings

STATUS = Status(at=0.0, mood=Mood("happy", 0.9, 0.0))
OLD, NEW = "moodbox/box-1", "moodbox/kitchen"


def until(holds: Callable[[], bool]) -> None:
    end = time.monotonic() + 30
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.01)


def kept(listen: Any, port: int) -> set[str]:
    """Return the topics that hold something."""
    listener = listen(port)
    listener.say("end", "x")
    listener.until("end", "x")
    return {topic for topic, payload, retained in listener.heard if retained and payload}


def test_a_changed_id_takes_away_what_the_old_one_left(
    open_broker: Any, home: Any, connect: Any, listen: Any, tmp_path: Path
) -> None:
    link = connect(open_broker.port)
    link.show(STATUS)
    home.until(f"{OLD}/mood", "happy")
    home.until(f"{OLD}/requests_left")
    assert link.stop(20)
    link = connect(open_broker.port, box="kitchen")
    link.show(STATUS)
    home.until(f"{OLD}/mood", "")
    home.until(f"{NEW}/mood", "happy")
    home.until("homeassistant/device/box-1/config", "")
    until(lambda: not any("box-1" in topic for topic in Leftovers(tmp_path).topics))
    assert link.stop(20)
    topics = kept(listen, open_broker.port)
    assert not {topic for topic in topics if "box-1" in topic}
    # An empty text is no retained message.
    assert Leftovers(tmp_path).topics == topics | {f"{NEW}/play"}


def test_an_entity_that_is_no_more_leaves_nothing(
    open_broker: Any, home: Any, connect: Any, tmp_path: Path
) -> None:
    (tmp_path / NAME).write_text(json.dumps([f"{OLD}/nose", f"{OLD}/mood"]))
    home.say(f"{OLD}/nose", "cold", retain=True)
    connect(open_broker.port).show(STATUS)
    home.until(f"{OLD}/nose", "")
    home.until(f"{OLD}/mood", "happy")


def test_a_reset_leaves_nothing(
    open_broker: Any, home: Any, connect: Any, listen: Any, tmp_path: Path
) -> None:
    link = connect(open_broker.port)
    link.show(STATUS)
    home.until(f"{OLD}/requests_left")
    link.forget()
    assert link.stop(20)
    assert kept(listen, open_broker.port) == set()
    assert Leftovers(tmp_path).topics == frozenset()


def test_a_box_that_does_not_run_can_be_forgotten_as_well(
    open_broker: Any, home: Any, connect: Any, listen: Any, tmp_path: Path
) -> None:
    link = connect(open_broker.port)
    link.show(STATUS)
    home.until(f"{OLD}/requests_left")
    assert link.stop(20)
    assert kept(listen, open_broker.port)
    box = BoxSettings(id="box-1", state=str(tmp_path))
    forget(MqttSettings(host="127.0.0.1", port=open_broker.port), box)
    assert kept(listen, open_broker.port) == set()


def test_another_broker_is_gone_to_and_nothing_stays_with_the_old_one(
    open_broker: Any, home: Any, connect: Any, listen: Any, reported: Any
) -> None:
    link = connect(open_broker.port)
    link.show(STATUS)
    home.until(f"{OLD}/requests_left")
    link.use(MqttSettings(host="127.0.0.1", port=open_broker.port, prefix="house"))
    home.until("house/box-1/mood", "happy")
    home.until(f"{OLD}/mood", "")
    assert reported.of(Down) == reported.of(Up) == []


def test_a_spoiled_list_names_nothing(tmp_path: Path) -> None:
    (tmp_path / NAME).write_text("{")
    assert Leftovers(tmp_path).topics == frozenset()
