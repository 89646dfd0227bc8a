"""What is published of a status, and when. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from functools import partial
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
STATE = "state"
"""The key of the state, beside the attributes."""


class Sent(Struct, frozen=True):
    """What was last sent on a topic, and when."""

    value: Value
    at: float


def states(context: Context) -> dict[str, Value]:
    """Return what every topic that is kept holds."""
    return {topic: read(context) for topic, read in _READERS}


def _readers(row: Entity) -> Iterator[tuple[str, Callable[[Context], Value]]]:
    if row.read is not None:
        yield row.key, row.read
        if row.attributes is not None:
            yield row.key + ATTRIBUTES, partial(_whole, row.read, row.attributes)


def _whole(
    read: Callable[[Context], Value], attributes: Callable[[Context], dict[str, Any]], c: Context
) -> dict[str, Any]:
    """Return state and attributes in one: in two messages they would be two rows of a recorder."""
    return {STATE: encoded(read(c)), **attributes(c)}


_READERS = [reader for row in ENTITIES for reader in _readers(row)]
_ROWS = {topic: row for row in ENTITIES for topic, _ in _readers(row)}


def encoded(value: Value) -> str:
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
    wanted: Mapping[str, Value], sent: Mapping[str, Sent], now: float
) -> tuple[list[str], float]:
    """Return the topics to send now, and when to look again (infinity: at the next change)."""
    topics, measures, again = [], [], inf
    for topic, value in wanted.items():
        said = sent.get(topic)
        if said is None:
            topics.append(topic)
        elif said.value != value and _measures_another(_ROWS[topic], wanted, sent):
            measures.append(topic)
        elif said.value != value and _is_news(row := _ROWS[topic], said.value, value):
            ready = now if _turns(row, said.value, value) else said.at + row.pace
            if ready <= now:
                topics.append(topic)
            else:
                again = min(again, ready)
    return measures + topics, again


def _measures_another(row: Entity, wanted: Mapping[str, Value], sent: Mapping[str, Sent]) -> bool:
    """Whether what it measures is another now: with its old number that would look as it is not."""
    measured = sent.get(row.of)
    return measured is not None and measured.value != wanted[row.of]


def _turns(row: Entity, before: Value, now: Value) -> bool:
    """Return whether it must not wait: what is known no more must not look as if it were.

    Neither must nobody look like somebody; a number that is only measured roughly may wait.
    """
    if before is None or now is None:
        return True
    return not row.band and bool(before) is not bool(now)


def _is_news(row: Entity, before: Value, now: Value) -> bool:
    """Whether a value that differs from what was said differs by enough to be told."""
    if row.band and isinstance(before, float | int) and isinstance(now, float | int):
        return abs(now - before) >= row.band
    return True


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
