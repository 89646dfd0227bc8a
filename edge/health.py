"""The Raspberry Pi's own state, as its kernel tells it."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path

from edge.events import Down, Health, Up
from edge.service import Service

PERIOD = 60.0
THERMAL = Path("/sys/class/thermal/thermal_zone0/temp")
THROTTLED = Path("/sys/devices/platform/soc/soc:firmware/get_throttled")


def temperature(path: Path = THERMAL) -> float | None:
    """Return the processor's temperature in degrees Celsius, or None where none is told."""
    try:
        return int(path.read_text()) / 1000
    except (OSError, ValueError):
        return None


def under_voltage(path: Path = THROTTLED) -> bool | None:
    """Return whether the supply is too weak now, or None on what is no Raspberry Pi."""
    try:
        return bool(int(path.read_text(), 16) & 1)
    except (OSError, ValueError):
        return None


def disk_free(folder: Path) -> float | None:
    """Return the MiB left for `folder`, or None where it cannot be told."""
    try:
        disk = os.statvfs(folder)
    except OSError:
        return None
    return disk.f_bavail * disk.f_frsize / 2**20


class HealthMonitor(Service):
    """Reports a Health event once a minute."""

    bound = PERIOD + 30.0

    def __init__(self, state: Path, report: Callable[[Up | Down | Health], None]) -> None:
        """Watch this machine, and the disk that holds `state`."""
        super().__init__("system", report)
        self._state = state
        self._tell = report

    def step(self) -> None:
        """Report, then wait a minute."""
        health = Health(time.monotonic(), temperature(), under_voltage(), disk_free(self._state))
        self._tell(health)
        self.pause(PERIOD)
