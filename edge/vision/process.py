"""The daemon's hold on the eyes' process: start it, hear it, end it."""

from __future__ import annotations

import contextlib
import signal
import socket
import subprocess
import sys
import time

from msgspec import Struct

from edge.errors import Fault
from edge.vision.messages import Channel, FromEyes

GONE_WITHIN = 5.0
"""Seconds a killed process may take to go; a driver may hold it in the kernel."""
DUMP_WITHIN = 0.3
"""Seconds a stuck process gets to write down where it is stuck."""


class Process:
    """The eyes, seen from outside."""

    def __init__(self) -> None:
        """Start them: executed afresh, never forked, for forks share what drivers hold."""
        ours, theirs = socket.socketpair()
        try:
            self._process = subprocess.Popen(  # noqa: S603  our own module
                [sys.executable, "-m", "edge.vision", str(theirs.fileno())],
                stdin=subprocess.DEVNULL,
                pass_fds=[theirs.fileno()],
            )
        except OSError as error:
            ours.close()
            raise Fault(f"the eyes' process cannot be started: {error.strerror}") from error
        finally:
            theirs.close()
        self._channel: Channel[FromEyes] = Channel(ours, FromEyes)
        self.heard = time.monotonic()
        """When the newest message came."""
        self.dismissed = False
        """Whether its end was asked for, and is no fault."""

    @property
    def pid(self) -> int:
        """The process id."""
        return self._process.pid

    def send(self, message: Struct) -> None:
        """Send; what cannot be sent to a process that is gone is nobody's loss."""
        with contextlib.suppress(OSError):
            self._channel.send(message)

    def receive(self, timeout: float) -> FromEyes | None:
        """Return the next message, or None after `timeout` seconds; raise EOFError at the end."""
        message = self._channel.receive(timeout)
        if message is not None:
            self.heard = time.monotonic()
        return message

    def dump(self) -> None:
        """Have its threads' stacks written to the log, before it is killed for being stuck."""
        self._process.send_signal(signal.SIGUSR1)
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(DUMP_WITHIN)

    def kill(self) -> None:
        """End it at once, and return when it is gone."""
        self._process.kill()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(GONE_WITHIN)

    def status(self) -> int | None:
        """Return its exit status once it has closed its end: minus the signal that ended it."""
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(GONE_WITHIN)
        return self._process.returncode

    def close(self) -> None:
        """Let go of a process that is gone."""
        self._channel.close()
