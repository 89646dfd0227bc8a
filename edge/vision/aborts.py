"""How often the eyes' process was aborted on the Edge TPU; too often, and it is left alone.

A USB error makes libedgetpu abort its whole process, so the count is kept in a file by the daemon.
Times are monotonic seconds, which begin anew with each boot: so does the count, since a boot also
powers the stick off and on.
"""

from __future__ import annotations

import logging
from pathlib import Path

import msgspec
from msgspec import Struct

from edge import files

log = logging.getLogger(__name__)

TOO_MANY = 3
WITHIN = 600.0
LEFT_ALONE = 3600.0
"""So many aborts within so many seconds, and the Edge TPU is left alone for so many."""
BOOT = Path("/proc/sys/kernel/random/boot_id")


class Record(Struct, frozen=True):
    """What the file holds."""

    boot: str
    at: list[float]
    """When the newest aborts happened, oldest first."""


def left_alone_until(at: list[float]) -> float:
    """Return the time until which the Edge TPU is left alone after aborts at these times. Pure."""
    ends = [
        at[last] + LEFT_ALONE
        for last in range(TOO_MANY - 1, len(at))
        if at[last] - at[last - TOO_MANY + 1] <= WITHIN
    ]
    return max(ends, default=0.0)


class Aborts:
    """The count, kept in a file."""

    def __init__(self, path: Path) -> None:
        """Go on with the count in `path`, if it is of this boot."""
        self._path = path
        self._boot = BOOT.read_text(encoding="ascii").strip() if BOOT.exists() else ""
        self._at: list[float] = []
        try:
            record = msgspec.json.decode(path.read_bytes(), type=Record)
        except FileNotFoundError:
            return
        except (OSError, msgspec.MsgspecError) as error:
            log.warning("%s: the count of aborts cannot be read: %s", path, error)
            return
        if record.boot == self._boot:
            self._at = record.at

    def add(self, now: float) -> None:
        """Count an abort."""
        self._at = [*self._at[1 - TOO_MANY :], now]
        try:
            files.replace(self._path, msgspec.json.encode(Record(self._boot, self._at)))
        except OSError as error:
            log.warning("%s: the count of aborts cannot be written: %s", self._path, error)

    @property
    def until(self) -> float:
        """Until when the Edge TPU is left alone; in the past, or 0: it is not."""
        return left_alone_until(self._at)
