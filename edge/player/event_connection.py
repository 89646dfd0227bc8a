"""A connection that is kept: what comes in is handed over, and when it breaks it comes back."""

from __future__ import annotations

import threading

from edge.errors import Fault
from edge.service import Service


class EventConnection(Service):
    """Listens to one local player in a thread of its own."""

    bound = 20.0

    def __init__(self, address: str) -> None:
        """Listen to what is at `address`."""
        super().__init__("speaker's events", lambda _: None)
        self._address = address
        self._connected = threading.Event()
        """Set by open(), cleared by close()."""

    def begin(self, patience: float) -> None:
        """Start, and wait until it is connected; raise Fault after `patience` seconds."""
        self.start()
        if not self._connected.wait(patience):
            raise Fault(f"{self._address} does not answer")
