"""Which box this is: an id that no other box has, the same after each start and each new card."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from msgspec.structs import replace

from edge import files
from edge.settings import BoxSettings

MACHINE = (
    Path("/sys/firmware/devicetree/base/serial-number"),  # a Raspberry Pi's own, burnt in
    Path("/etc/machine-id"),
)
"""Files that tell machines apart, the one that outlives the most first."""
UNSET = frozenset({"", "uninitialized", "0" * 16, "0" * 32})
KEPT = "machine"
"""Name in the state folder of what stands in on a machine that has neither."""
PURPOSE = b"moodbox, the id of a box"
DIGITS = 6


def named(box: BoxSettings) -> BoxSettings:
    """Return `box` with an id: the settings' own, or one that has something of the machine in it.

    Two boxes with one id would throw each other off the home's broker.
    """
    return box if box.id else replace(box, id=f"moodbox-{machine(Path(box.state))}")


def client_id(box: BoxSettings) -> str:
    """Return the name by which the broker knows this machine, whatever its box is called."""
    own = machine(Path(box.state))
    return box.id if box.id.endswith(f"-{own}") else f"moodbox-{box.id}-{own}"


def machine(state: Path, sources: Sequence[Path] = MACHINE) -> str:
    """Return DIGITS hexadecimal digits that are this machine's.

    They are made with a keyed hash (RFC 2104), as machine-id(5) asks: the machine's own id stays
    here. A machine without one gets a random one, kept in the folder `state` where that is there.
    """
    for source in sources:
        own = _read(source)
        if own not in UNSET:
            return hmac.new(own.encode(), PURPOSE, hashlib.sha256).hexdigest()[:DIGITS]
    kept = _read(state / KEPT)
    if len(kept) != DIGITS:
        kept = secrets.token_hex(DIGITS // 2)
        with suppress(OSError):  # for the daemon to keep, not for whoever only looks
            files.replace(state / KEPT, kept.encode())
    return kept


def hardware(model: Path = Path("/sys/firmware/devicetree/base/model")) -> str:
    """Return what the machine is called, as "Raspberry Pi 4 Model B Rev 1.5"; empty: unknown."""
    return _read(model)


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8").strip("\0\n ")
    except (OSError, UnicodeDecodeError):
        return ""
