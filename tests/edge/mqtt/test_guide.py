"""The guide for the home says what the code does."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from edge.events import Mood, Status
from edge.mqtt.commands import COMMANDS
from edge.mqtt.discovery import Device, config
from edge.mqtt.entities import ENTITIES as TABLE
from edge.mqtt.entity import Context

DEVICE = Device("moodbox", "moodbox", "moodbox/moodbox")
CONTEXT = Context(Status(at=0.0, mood=Mood("happy", 1.0, 0.0)))
ENTITIES = {
    component["def_ent_id"]: component
    for component in config(DEVICE, CONTEXT)["cmps"].values()
    if "def_ent_id" in component
}


@pytest.fixture
def guide(root: Path) -> str:
    return (root / "docs" / "home-assistant.md").read_text("utf-8")


@pytest.fixture
def tool(root: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.syspath_prepend(root / "tests" / "tools")
    import entity_table  # noqa: PLC0415  a program, not a package

    return entity_table


def test_the_table_is_as_new_as_the_code(guide: str, tool: Any) -> None:
    assert tool.written(guide) == guide, "run tests/tools/entity_table.py"


def test_every_entity_that_is_named_exists(guide: str, root: Path) -> None:
    texts = [guide, *(path.read_text("utf-8") for path in (root / "docs/blueprints").iterdir())]
    named = set(re.findall(r"\b[a-z_]+\.moodbox_[a-z_]+\b", "\n".join(texts)))
    assert len(named) > 15
    assert named - {"sensor.moodbox_3fa"} <= ENTITIES.keys()


def test_every_topic_that_is_named_exists(guide: str) -> None:
    named = set(re.findall(r"moodbox/moodbox/([a-z_/]+)", guide))
    published = {row.topic or row.key for row in TABLE}
    heard = {f"set/{key}" for key in COMMANDS}
    assert named <= {"availability", *published, *heard}


def test_every_example_is_well_formed(guide: str) -> None:
    blocks = re.findall(r"```(yaml|json)\n(.*?)```", guide, re.DOTALL)
    assert len(blocks) > 8
    for kind, text in blocks:
        assert yaml.safe_load(text) if kind == "yaml" else json.loads(text)


def test_the_access_rules_of_the_guide_are_enough(  # noqa: PLR0917  fixtures
    guide: str, broker: Any, connect: Any, listen: Any, reported: Any, tmp_path: Path
) -> None:
    (rules,) = re.findall(r"<!-- acl -->\n```\n(.*?)```", guide, re.DOTALL)
    key = tmp_path / "password"
    key.write_text("secret")
    users = {"moodbox": "secret", "home": "sweet"}
    broker.start(users=users, acl=f"user home\ntopic readwrite #\n{rules}")
    link = connect(broker.port, box="moodbox", user="moodbox", password_file=str(key))
    link.show(CONTEXT.status)
    home = listen(broker.port, user="home", password="sweet")
    home.until("homeassistant/device/moodbox/config")
    home.until("moodbox/moodbox/requests_left")
    reported.quiet_until(link)
