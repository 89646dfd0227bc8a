"""What is published of a status, and when. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from math import inf
from typing import Any

import msgspec
from msgspec import Struct

from edge.events import Announce
from edge.mqtt.entities import ENTITIES
from edge.mqtt.entity import Context, Entity, Value

NONE = "None"
"""What Home Assistant shows as unknown."""
ATTRIBUTES = "/attributes"


class Said(Struct, frozen=True):
    """What was last sent on a topic, and when."""

    value: Value
    at: float


def states(context: Context) -> dict[str, Value]:
    """Return the state of every topic that is kept: attributes first, as states bring news."""
    told: dict[str, Value] = {}
    for row in ENTITIES:
        if row.attributes is not None:
            told[row.key + ATTRIBUTES] = row.attributes(context)
        if row.read is not None:
            told[row.key] = row.read(context)
    return told


def wire(value: Value) -> str:
    """Return a state as it is sent."""
    match value:
        case None:
            return NONE
        case bool():
            return "ON" if value else "OFF"
        case datetime():
            return value.isoformat(timespec="seconds")
        case dict():
            return msgspec.json.encode(value).decode()
    return str(value)


def due(
    wanted: Mapping[str, Value], sent: Mapping[str, Said], now: float
) -> tuple[list[str], float]:
    """Return the topics to send now, and when to look again (infinity: at the next change)."""
    topics, again = [], inf
    rows = {row.key: row for row in ENTITIES}
    for topic, value in wanted.items():
        said, row = sent.get(topic), rows[topic.removesuffix(ATTRIBUTES)]
        if said is None:
            topics.append(topic)
        elif _is_news(row, said.value, value):
            # What is known no more must not look as if it were.
            turns = said.value is None or value is None
            ready = now if turns else said.at + row.pace
            if ready <= now:
                topics.append(topic)
            again = min(again, ready) if ready > now else again
    return topics, again


def _is_news(row: Entity, before: Value, now: Value) -> bool:
    if isinstance(before, float | int) and isinstance(now, float | int) and row.band:
        return abs(now - before) >= row.band
    return now != before


class HomeEvent(Struct, frozen=True, rename={"kind": "event"}):
    """One message of the events topic."""

    kind: str
    """mood, play, gesture, fault, correction or request."""
    at: datetime | None
    """ISO 8601; null while the box's clock is not set."""
    data: dict[str, str | float | bool | None]


def event(announced: Announce, context: Context) -> bytes:
    """Return the message of the events topic."""
    at = context.when(announced.at)
    return msgspec.json.encode(HomeEvent(announced.event, at, announced.data))


def event_schema() -> dict[str, Any]:
    """Return the JSON schema that every message of the events topic is held to."""
    return msgspec.json.schema(HomeEvent)
