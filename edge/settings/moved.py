"""Files of older releases, whose drivers had no tables of their own, read as what they mean now."""

from __future__ import annotations

import logging
from typing import Any

from msgspec import Struct

from edge.settings.validation import DRIVER, keys_of

log = logging.getLogger(__name__)

MOVED: tuple[tuple[str, str, dict[str, str]], ...] = (
    (
        "music",
        "player",
        {
            "player": DRIVER,
            "speaker": "speaker",
            "local": "address",
            "daily_requests": "daily_requests",
            "api": "api",
            "accounts": "accounts",
            "redirect": "redirect",
        },
    ),
)
"""From which table to which, and how each key is called there."""


def brought_up_to_date(table: dict[str, Any], kind: type[Struct], where: str) -> dict[str, Any]:
    """Return the settings `table`, which was read from `where`, with old keys in their new tables.

    Old files may hold keys of drivers that they do not choose: these meant nothing, and go. A file
    that has the new table is a new one, and is left as it is.
    """
    for old, new, names in MOVED:
        given = table.get(old)
        if new in table or not isinstance(given, dict) or not given.keys() & names.keys():
            continue
        # What was empty meant the default.
        moved = {names[key]: value for key, value in given.items() if key in names and value != ""}
        own = keys_of(kind, new, moved.get(DRIVER))
        rest = {key: value for key, value in given.items() if key not in names}
        table = {**table, new: {key: moved[key] for key in moved if key in own}, old: rest}
        log.info("%s: what [%s] says of the %s belongs into [%s]", where, old, new, new)
    return table
