"""Files of older releases, whose drivers had no tables of their own, read as what they mean now."""

from __future__ import annotations

import logging
from typing import Any, NamedTuple

from msgspec import Struct

from edge.settings.validation import DRIVER, keys_of

log = logging.getLogger(__name__)


class Move(NamedTuple):
    """Keys that have another table now."""

    old: str
    new: str
    keys: dict[str, str]
    """How each was called, and is called."""


def _same(*keys: str) -> dict[str, str]:
    return {key: key for key in keys}


MOVES = (
    Move(
        "music",
        "player",
        {"player": DRIVER, "local": "address"}
        | _same("speaker", "daily_requests", "api", "accounts", "redirect"),
    ),
    Move(
        "panel",
        "lamp",
        _same(DRIVER, "red", "green", "blue", "status", "common_anode", "brightness"),
    ),
    Move("panel", "button", {DRIVER: DRIVER, "button": "pin"}),
)


def brought_up_to_date(table: dict[str, Any], kind: type[Struct], where: str) -> dict[str, Any]:
    """Return the settings `table`, which was read from `where`, with old keys in their new tables.

    A file that has the new table is a new one, and is left as it is.
    """
    result = dict(table)
    for move in MOVES:
        given = table.get(move.old)
        if move.new in table or not isinstance(given, dict) or not given.keys() & move.keys.keys():
            continue
        result[move.new] = _moved(given, move, kind)
        left = {key: it for key, it in result[move.old].items() if key not in move.keys}
        result[move.old] = left
        log.info("%s: what [%s] says belongs into [%s] now", where, move.old, move.new)
    if result.get("panel") == {}:
        del result["panel"]
    return result


def _moved(given: dict[str, Any], move: Move, kind: type[Struct]) -> dict[str, Any]:
    """Return the new table; what was empty, or another driver's, meant nothing, and goes."""
    said = {move.keys[key]: it for key, it in given.items() if key in move.keys and it != ""}
    own = keys_of(kind, move.new, said.get(DRIVER))
    return {key: it for key, it in said.items() if key in own}
