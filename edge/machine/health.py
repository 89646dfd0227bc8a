"""The Raspberry Pi's own state, as its kernel tells it."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path

from edge.events import Down, Health, Up
from edge.service import Service

PERIOD = 60.0
LOOK = 5.0
"""Seconds between two looks at the network: somebody may be waiting for the light to change."""
ROUTES = Path("/proc/net/route")
ROUTES_6 = Path("/proc/net/ipv6_route")
THERMAL = Path("/sys/class/thermal/thermal_zone0/temp")
THROTTLED = Path("/sys/devices/platform/soc/soc:firmware/get_throttled")

WRITTEN = 1_790_000_000.0
"""Wall-clock seconds in the autumn of 2026."""


def wall_clock() -> float | None:
    """Return wall-clock seconds, or None while the clock is plainly not set yet.

    A Raspberry Pi without a battery wakes in the past; this code was not written then.
    """
    now = time.time()
    return now if now > WRITTEN else None


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


def online(four: Path = ROUTES, six: Path = ROUTES_6) -> bool | None:
    """Return whether the kernel has a way out, or None where it does not tell.

    The access point that a box opens for its own set-up is none.
    """
    try:
        ways = [line.split() for line in four.read_text(encoding="ascii").splitlines()[1:]]
        sixes = [line.split() for line in six.read_text(encoding="ascii").splitlines()]
    except OSError:
        return None
    # Fields of the kernel: destination and mask; destination, its length and, last, the device.
    return any(way[1] == way[7] == "00000000" for way in ways) or any(
        way[:2] == ["0" * 32, "00"] and way[-1] != "lo" for way in sixes
    )


class HealthMonitor(Service):
    """Reports a Health event once a minute, and at once when the network comes or goes."""

    def __init__(self, state: Path, report: Callable[[Up | Down | Health], None]) -> None:
        """Watch this machine, and the disk that holds `state`."""
        super().__init__("system", report)
        self._state = state
        self._tell = report
        self._told: Health | None = None

    def step(self) -> None:
        """Report where it is time to, then wait a little."""
        now, network = time.monotonic(), online()
        told = self._told
        if told is None or now - told.at >= PERIOD or network != told.online:
            free = disk_free(self._state)
            self._told = Health(now, temperature(), under_voltage(), free, network)
            self._tell(self._told)
        self.pause(LOOK)
