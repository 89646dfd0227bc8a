"""Readiness, the watchdog, and what to do about a part that is stuck.

Failing is healthy: a part that is away says so and is tried again. Stuck is not: a part that does
not come back from one call keeps the watchdog from being fed, and systemd restarts the daemon.
The music plays on meanwhile, since the speaker is another process.
"""

from __future__ import annotations

import faulthandler
import logging
import os
import sys
from collections.abc import Callable, Sequence

from edge.service import Service

log = logging.getLogger(__name__)

Notify = Callable[[str], None]


def systemd_notify() -> Notify:
    """Return the function that talks to systemd; one that does nothing where it is not there."""
    try:
        # Not `import systemd`: a folder of that name in the working directory would satisfy it.
        from systemd.daemon import notify  # noqa: PLC0415
    except ImportError:
        if "NOTIFY_SOCKET" in os.environ:
            log.warning("python3-systemd is missing: systemd will not hear from this daemon")
        return lambda _message: None
    return lambda message: notify(message) and None


def supervised() -> bool:
    """Whether somebody starts this program again when it ends."""
    return "NOTIFY_SOCKET" in os.environ


class Supervisor:
    """Watches the services on behalf of systemd."""

    def __init__(self, services: Sequence[Service], notify: Notify) -> None:
        """Watch `services`; `notify` sends a message to systemd."""
        self._services = services
        self._notify = notify
        self._stuck: set[str] = set()

    def ready(self) -> None:
        """Say that the daemon's loop turns. Hardware that is away is no reason to wait."""
        self._notify("READY=1")

    def turned(self, now: float, summary: str) -> None:
        """Hear that the loop turned at `now`; feed the watchdog unless a part is stuck."""
        stuck = {service.name for service in self._services if service.stuck_for(now) > 0}
        for name in sorted(stuck - self._stuck):
            log.error("%s is stuck; the watchdog is no longer fed. All threads:", name)
            faulthandler.dump_traceback(sys.stderr, all_threads=True)
        for name in sorted(self._stuck - stuck):
            log.warning("%s came back", name)
        self._stuck = stuck
        if stuck:
            self._notify(f"STATUS=stuck: {', '.join(sorted(stuck))}")
        else:
            self._notify(f"WATCHDOG=1\nSTATUS={summary}")

    def stopping(self) -> None:
        """Say that the daemon is on its way out."""
        self._notify("STOPPING=1")
