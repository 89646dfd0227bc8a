"""`moodbox check` logs in to a real broker."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from edge.cli.check.around import broker as look_at_broker
from edge.cli.check.result import Result
from edge.mqtt.trial import log_in
from edge.settings import BoxSettings, MqttSettings, Settings

USERS = {"box": "secret", "home": "sweet"}
BOX = BoxSettings(id="box-1", runtime="/nowhere")
ACL = "user home\ntopic readwrite #\nuser box\ntopic readwrite moodbox/#\n"


@pytest.fixture
def key(tmp_path: Path) -> str:
    (tmp_path / "password").write_text("secret\n")
    return str(tmp_path / "password")


def broker_says(**mqtt: Any) -> Result:
    return look_at_broker(Settings(box=BOX, mqtt=MqttSettings(host="127.0.0.1", **mqtt)))


def test_a_login_that_works_is_a_tick_and_leaves_nothing_behind(
    broker: Any, listen: Any, key: str
) -> None:
    broker.start(users=USERS)
    home = listen(broker.port, user="home", password="sweet")
    result = broker_says(port=broker.port, user="box", password_file=key)
    assert (result.state, "lets in box" in result.words) == ("ok", True)
    home.say("end", "")
    home.until("end")
    assert not [message for message in home.heard if message[1] or message[2]]


def test_the_daemons_own_connection_stays(open_broker: Any, connect: Any, reported: Any) -> None:
    link = connect(open_broker.port)
    reported.quiet_until(link)
    log_in(MqttSettings(host="127.0.0.1", port=open_broker.port), BOX)
    reported.quiet_until(link)


@pytest.mark.parametrize("file", [True, False])
def test_a_refused_password_is_said_in_words(broker: Any, key: str, file: bool) -> None:
    broker.start(users={"box": "another"})
    result = broker_says(port=broker.port, user="box", password_file=key if file else "")
    assert result.state == "fail"
    assert "refuses the user name or the password" in result.words
    assert ("no password can be read here" in result.words) is not file


def test_topics_that_the_access_rules_keep_are_named(broker: Any, key: str) -> None:
    broker.start(users=USERS, acl=ACL)
    result = broker_says(port=broker.port, user="box", password_file=key)
    assert result.state == "fail"
    assert "homeassistant/device/box-1/check from user 'box'" in result.words


def test_nobody_there_is_said_in_words(broker: Any) -> None:
    result = broker_says(port=broker.port)
    assert result.state == "fail"
    assert f"no broker at 127.0.0.1:{broker.port}" in result.words
