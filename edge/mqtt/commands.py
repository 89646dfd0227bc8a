"""What may be asked over MQTT: from the last part of the topic and the payload to a request. Pure.

How a text becomes a value is the platform's business, what the value asks for the entity's.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

import msgspec

from edge import asked
from edge.errors import Refused
from edge.events import RequestBody
from edge.mqtt import lamp
from edge.mqtt.entities import ENTITIES
from edge.mqtt.entity import Context, Entity

LONGEST = 300
"""Bytes of a payload; longer ones are refused unread."""
PRESS = "PRESS"

COMMANDS: Mapping[str, Entity] = MappingProxyType(
    {row.key: row for row in ENTITIES if row.ask is not None}
)


def parse(key: str, payload: bytes, context: Context) -> RequestBody:
    """Return the request that `payload` on the topic set/`key` stands for.

    Raise Refused, saying what is allowed.
    """
    row = COMMANDS.get(key)
    if row is None or row.ask is None:
        raise Refused(f"no such command; allowed: {', '.join(COMMANDS)}")
    if len(payload) > LONGEST:
        raise Refused(f"longer than {LONGEST} bytes")
    try:
        text = payload.decode("utf-8")
    except UnicodeDecodeError as error:
        raise Refused("not UTF-8") from error
    wanted = row.ask(*READ[row.platform](text, row, context))
    try:
        # The fields' own limits are checked here, for every way in which a request is made.
        checked: RequestBody = msgspec.convert(msgspec.to_builtins(wanted), type(wanted))
    except msgspec.ValidationError as error:
        raise Refused(asked.in_words(error)) from error
    return checked


def _press(text: str, _row: Entity, _context: Context) -> tuple[()]:
    if text != PRESS:
        raise Refused(f"allowed: {PRESS}")
    return ()


def _install(text: str, _row: Entity, _context: Context) -> tuple[()]:
    if text != "INSTALL":
        raise Refused("allowed: INSTALL")
    return ()


def _switch(text: str, _row: Entity, _context: Context) -> tuple[bool]:
    if text not in {"ON", "OFF"}:
        raise Refused("allowed: ON, OFF")
    return (text == "ON",)


def _number(text: str, row: Entity, context: Context) -> tuple[int]:
    most = row.most(context) if row.most else 100
    try:
        number = msgspec.json.decode(text, type=float)
    except msgspec.MsgspecError:
        number = -1.0
    if not number.is_integer() or not 0 <= number <= most:
        raise Refused(f"allowed: a whole number from 0 to {most}")
    return (int(number),)


def _option(text: str, row: Entity, context: Context) -> tuple[str]:
    allowed = row.options(context) if row.options else ()
    if text not in allowed:
        raise Refused(f"allowed: {', '.join(allowed)}")
    return (text,)


def _text(text: str, _row: Entity, _context: Context) -> tuple[str]:
    return (text,)


def _light(text: str, _row: Entity, _context: Context) -> tuple[lamp.Command]:
    return (asked.decode(text, lamp.Command),)


READ: Mapping[str, Callable[[str, Entity, Context], tuple[Any, ...]]] = MappingProxyType(
    {
        "button": _press,
        "switch": _switch,
        "number": _number,
        "select": _option,
        "text": _text,
        "light": _light,
        "update": _install,
    }
)
"""From a platform's text to what the entity asks with."""
