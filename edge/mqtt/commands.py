"""What may be asked over MQTT: a table from the last part of the topic to a request. Pure."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from types import MappingProxyType
from typing import Any

import msgspec

from edge.errors import Refused
from edge.events import (
    Correct,
    Intent,
    Next,
    Play,
    PlayPause,
    RequestBody,
    SetIntent,
    SetMusic,
    SetPrivate,
    SetVolume,
    WrongMood,
)

LONGEST = 300
"""Bytes of a payload; longer ones are refused unread."""


def _switch(text: str) -> bool:
    if text not in {"ON", "OFF"}:
        raise Refused("allowed: ON, OFF")
    return text == "ON"


def _number(text: str) -> Any:
    try:
        number = msgspec.json.decode(text, type=float)
    except msgspec.MsgspecError as error:
        raise Refused("allowed: a whole number from 0 to 100") from error
    return int(number) if number.is_integer() else number


def _button(text: str) -> None:
    if text != "PRESS":
        raise Refused("allowed: PRESS")


def _as_it_is(text: str) -> str:
    return text


KEYS: Mapping[str, tuple[type[Any], str, Callable[[str], Any]]] = MappingProxyType(
    {
        "intent": (SetIntent, "intent", _as_it_is),
        "music": (SetMusic, "on", _switch),
        "private": (SetPrivate, "private", _switch),
        "volume": (SetVolume, "volume", _number),
        "correction": (Correct, "mood", _as_it_is),
        "play": (Play, "what", _as_it_is),
        "next": (Next, "", _button),
        "play_pause": (PlayPause, "", _button),
        "wrong_mood": (WrongMood, "", _button),
    }
)
"""For each command its request, the request's field, and how the text becomes its value."""


def parse(key: str, payload: bytes, moods: Collection[str]) -> RequestBody:
    """Return the request that `payload` on the topic set/`key` stands for.

    Raise Refused, saying what is allowed. `moods` are those that a mood can be corrected to.
    """
    if key not in KEYS:
        raise Refused(f"no such command; allowed: {', '.join(KEYS)}")
    if len(payload) > LONGEST:
        raise Refused(f"longer than {LONGEST} bytes")
    try:
        text = payload.decode("utf-8")
    except UnicodeDecodeError as error:
        raise Refused("not UTF-8") from error
    kind, field, read = KEYS[key]
    value = read(text)
    if key == "correction" and value not in moods:
        raise Refused(f"allowed: {', '.join(moods)}")
    try:
        request: RequestBody = msgspec.convert({field: value} if field else {}, kind)
    except msgspec.ValidationError as error:
        allowed = f"; allowed: {', '.join(Intent)}" if key == "intent" else ""
        raise Refused(str(error).partition(" - at")[0].replace("`", "") + allowed) from error
    return request
