"""Write the entities' table, and the schema of the events, into docs/home-assistant.md."""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path

import msgspec

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from edge.events import Mood, Status  # noqa: E402
from edge.mqtt.entities import ENTITIES  # noqa: E402
from edge.mqtt.entity import Context, Entity  # noqa: E402
from edge.mqtt.states import HomeEvent  # noqa: E402

GUIDE = ROOT / "docs" / "home-assistant.md"
CONTEXT = Context(Status(at=0.0, mood=Mood("happy", 1.0, 0.0)))
COMMANDS = {
    "button": "`PRESS`",
    "light": "JSON",
    "number": "{least} to {most}",
    "switch": "`ON`, `OFF`",
    "update": "`INSTALL`",
    "text": "a Spotify link, a search, or a mood",
}


def row(entity: Entity) -> str:
    """Return an entity's line."""
    state = "JSON" if entity.platform in ("light", "update") else entity.unit or entity.kind
    if entity.options is not None:
        state = ", ".join(entity.options(CONTEXT))
    command = ""
    if entity.ask is not None:
        most = entity.most(CONTEXT) if entity.most else 0
        command = COMMANDS.get(entity.platform, "one of these").format(least=0, most=most)
    words = (
        entity.name,
        f"`{entity.key}`",
        entity.platform.replace("_", " "),
        state if entity.read or entity.topic or entity.platform == "event" else "",
        command,
        "" if entity.enabled else "no",
    )
    return f"| {' | '.join(words)} |"


def table() -> str:
    """Return the table; a device trigger is no entity."""
    rows = [row(entity) for entity in ENTITIES if entity.platform != "device_automation"]
    head = ["| name | key | platform | state | command | shown |", "|---|---|---|---|---|---|"]
    return "\n".join(["", *head, *rows, ""])


def written(guide: str) -> str:
    """Return `guide` with what is made from the code."""
    schema = f"\n```json\n{json.dumps(msgspec.json.schema(HomeEvent), indent=2)}\n```\n"
    for name, text in (("entities", table()), ("schema", schema)):
        begin, end = (
            f"<!-- {name}: made by tests/tools/entity_table.py -->",
            f"<!-- end of {name} -->",
        )
        new = f"{begin}\n{text}\n{end}".replace("\\", r"\\")
        between = re.escape(begin) + ".*?" + re.escape(end)
        guide, found = re.subn(between, new, guide, flags=re.DOTALL)
        if found != 1:
            sys.exit(f"{GUIDE}: no place for the {name}")
    return guide


if __name__ == "__main__":
    GUIDE.write_text(written(GUIDE.read_text("utf-8")), "utf-8")
