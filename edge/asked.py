"""From a command's JSON to what it asks for, or one line of what is wrong with it. Pure.

Keys that nobody knows are refused, as whoever wrote them means something by them. The structs of
commands lie in the store too, which a newer release may have written: that is why these are checked
here, and no struct forbids them.
"""

from __future__ import annotations

from typing import Any

import msgspec
from msgspec import Struct

from edge.errors import Refused


def decode(body: bytes | str, kind: Any) -> Any:
    """Return the JSON `body` as a value of `kind`; raise Refused: what, where, what is allowed."""
    try:
        given = msgspec.json.decode(body)
        value = msgspec.convert(given, kind)
    except msgspec.MsgspecError as error:
        raise Refused(in_words(error)) from error
    except (UnicodeDecodeError, RecursionError) as error:
        raise Refused(f"JSON is malformed: {error}") from error
    _refuse_unknown(given, value)
    return value


def in_words(error: msgspec.MsgspecError) -> str:
    """Turn "Expected `int` - at `$.volume`" into "volume: Expected int"."""
    what, _, at = str(error).replace("`", "").partition(" - at $")
    return f"{at.removeprefix('.')}: {what}" if at else what


def _refuse_unknown(given: Any, value: Any, above: str = "") -> None:
    """Refuse a key of `given` that says nothing in `value`, which was made of it."""
    if not isinstance(value, Struct):
        return
    names = value.__struct_config__
    fields = {field.encode_name: field.name for field in msgspec.structs.fields(value)}
    allowed = [*([names.tag_field] if names.tag_field else []), *fields]
    for key in given:
        if key not in allowed:
            raise Refused(f"{above}{key[:40]}: no such key; allowed: {', '.join(allowed)}")
        if key in fields:
            _refuse_unknown(given[key], getattr(value, fields[key]), f"{above}{key}.")
