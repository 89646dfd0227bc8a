"""The broker that the house chose on the page, and its password."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from edge.events import Broker
from edge.mqtt.broker import password
from edge.mqtt.chosen import keep_password, settings_for
from edge.settings import MqttSettings

INSTALLED = MqttSettings(
    host="old", user="box", password_file="/etc/old", prefix="house", ca="/etc/ca"
)
CHOSEN = Broker("ha.home", 8883, "me", tls=True)


def test_the_settings_hold_until_the_house_chooses(tmp_path: Path) -> None:
    assert settings_for(INSTALLED, None, tmp_path) is INSTALLED
    chosen = settings_for(INSTALLED, CHOSEN, tmp_path)
    assert (chosen.host, chosen.port, chosen.user, chosen.tls) == ("ha.home", 8883, "me", True)
    assert (chosen.prefix, chosen.ca, chosen.password_file) == ("house", "", "")


def test_a_password_is_for_the_broker_that_it_was_given_for_and_no_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "mqtt-password").write_text("of the settings' broker")
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(tmp_path))
    keep_password(tmp_path, CHOSEN, "sweet")
    assert password(settings_for(INSTALLED, CHOSEN, tmp_path)) == "sweet"
    for other in (Broker("evil.home", 8883, "me", tls=True), Broker("ha.home", 8883, "me")):
        assert password(settings_for(INSTALLED, other, tmp_path)) == ""
    (file,) = tmp_path.glob("mqtt-password-*")
    assert file.stat().st_mode & 0o777 == 0o600
    keep_password(tmp_path, CHOSEN, "")
    assert not list(tmp_path.glob("mqtt-password-*"))


def test_a_broker_that_answers_takes_the_place_of_one_that_does_not(
    open_broker: Any, home: Any, connect: Any
) -> None:
    link = connect(1)  # nobody is there
    link.use(MqttSettings(host="127.0.0.1", port=open_broker.port))
    home.until("moodbox/box-1/availability", "online")
