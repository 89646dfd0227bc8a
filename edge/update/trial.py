"""A new release on trial: the daemon is watched for some minutes; what it broke is noticed."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

import msgspec
from msgspec import Struct

from edge.client import Control
from edge.errors import MoodboxError
from edge.web.places import FLOODED

LOOK_EVERY = 2.0
"""Seconds."""
OWN = frozenset({"eyes", "panel", "store", "web", "page", "faces"})
"""Parts that a release can break. The others lean on the home's network, which has bad days."""
SERVING = frozenset({"web", "page"})
SILENT = "control socket"
LASTS = 60.0
"""Seconds that a part is down to count as broken: what floods a busy box is sooner over."""


class DaemonState(Struct, frozen=True):
    """The daemon at one moment."""

    active: bool
    """As systemd sees it."""
    restarts: int
    """By systemd itself, since it was last started."""
    troubles: frozenset[str]
    """Parts of its own that are down."""


class Daemon(Protocol):
    """Who is on trial."""

    def restart(self) -> None:
        """Start what `current` is now, and wait until it is ready or has failed."""

    def look(self) -> DaemonState:
        """See how it is."""


class Systemd:
    """The daemon as a unit of systemd, and as it says itself on its control socket."""

    def __init__(self, runtime: Path, unit: str = "moodbox.service") -> None:
        """Watch `unit`, whose control socket is in `runtime`."""
        self._control = Control(runtime)
        self._unit = unit

    def restart(self) -> None:
        """Restart the unit; one that does not come up is seen by the next look."""
        self._systemctl("restart", self._unit)

    def look(self) -> DaemonState:
        """Ask systemd, then the daemon.

        Raises:
            MoodboxError: systemd does not answer; the trial is to go on later.
        """
        shown = self._systemctl("show", self._unit, "--property=ActiveState,NRestarts")
        if shown.returncode != 0:
            # Nobody can tell, as while the box goes down: no release is to blame for it.
            raise MoodboxError(f"systemd does not answer: {shown.stderr.strip()}")
        known = dict(line.split("=", 1) for line in shown.stdout.splitlines() if "=" in line)
        return DaemonState(
            known.get("ActiveState") == "active",
            int(known.get("NRestarts") or 0),
            self._troubles(),
        )

    def _troubles(self) -> frozenset[str]:
        try:
            down = self._control.get("/api/health", dict[str, str])
        except (MoodboxError, msgspec.MsgspecError):
            return frozenset({SILENT})
        # Whoever floods the page would do so to any release.
        return (OWN - SERVING if FLOODED in down else OWN) & down.keys()

    @staticmethod
    def _systemctl(*words: str) -> subprocess.CompletedProcess[str]:
        try:
            return subprocess.run(  # noqa: S603
                ["systemctl", *words],  # noqa: S607  where it lies is the system's business
                capture_output=True, text=True, check=False, timeout=300,
            )  # fmt: skip
        except (OSError, subprocess.TimeoutExpired) as error:
            raise MoodboxError(f"systemctl {words[0]}: {error}") from error


class NoDaemon:
    """No daemon, as where the card of a box is made: nothing is restarted."""

    def restart(self) -> None:
        """Do nothing."""

    def look(self) -> DaemonState:
        """Say that it does not run."""
        return DaemonState(active=False, restarts=0, troubles=frozenset())


def fault(look: DaemonState) -> str:
    """Return why a daemon cannot be kept, whatever there was before; empty: it can."""
    if not look.active:
        return "the daemon does not run"
    if look.restarts:
        return "the daemon was restarted"
    return ""


def watch(
    daemon: Daemon,
    before: frozenset[str],
    seconds: float,
    *,
    clock: Callable[[], float] = time.monotonic,
    sleep: Callable[[float], None] = time.sleep,
) -> str:
    """Watch a daemon for some seconds; return why it is not to be kept, empty: it is.

    Parts take a while to open, and may fail for a moment: only those count that are down at the
    end, stay so for LASTS seconds more, and were not down `before` the release came.
    """
    until = clock() + seconds
    broken: frozenset[str] | None = None
    while not (why := fault(look := daemon.look())):
        left = until - clock()
        if left <= 0:
            broken = look.troubles - before if broken is None else broken & look.troubles
            left += LASTS
            if not broken or left <= 0:
                return f"it broke: {', '.join(sorted(broken))}" if broken else ""
        sleep(min(LOOK_EVERY, left))
    return why
