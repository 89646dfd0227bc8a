"""A WebSocket that is kept open: what comes in is handed over, and when it breaks it comes back."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from contextlib import ExitStack

from websockets.exceptions import WebSocketException
from websockets.sync.client import ClientConnection, connect

from edge.errors import Fault
from edge.service import Service

log = logging.getLogger(__name__)

OPENING = 5.0
CLOSING = 1.0
LISTENING = 1.0
"""Seconds that one step waits for a message."""
LARGEST = 1 << 20
"""Bytes of one message."""


class EventSocket(Service):
    """Listens to one local player in a thread of its own."""

    bound = 20.0

    def __init__(
        self,
        url: str,
        *,
        opened: Callable[[], None],
        heard: Callable[[str], None],
        lost: Callable[[], None],
    ) -> None:
        """Listen at `url`; all three are called from the socket's own thread, `opened` first."""
        super().__init__("speaker's events", lambda _: None)
        self._url = url
        self._opened, self._heard, self._lost = opened, heard, lost
        self._socket: ClientConnection | None = None
        self._stack = ExitStack()
        self._connected = threading.Event()

    def open(self) -> None:
        """Connect; raise Fault where nothing answers."""
        try:
            self._socket = self._stack.enter_context(
                connect(
                    self._url,
                    open_timeout=OPENING,
                    close_timeout=CLOSING,
                    max_size=LARGEST,
                    proxy=None,
                )
            )
        except (OSError, WebSocketException) as error:
            raise Fault(f"{self._url} does not answer: {error}") from error
        self._opened()
        self._connected.set()

    def step(self) -> None:
        """Hand over the next message."""
        assert self._socket is not None  # noqa: S101  open() came before
        try:
            message = self._socket.recv(timeout=LISTENING)
        except TimeoutError:
            return
        except (OSError, WebSocketException) as error:
            if self.stopping:
                return
            raise Fault(f"{self._url} closed the connection: {error}") from error
        if isinstance(message, str):
            self._heard(message)

    def close(self) -> None:
        """Disconnect."""
        self._connected.clear()
        socket, self._socket = self._socket, None
        if socket is not None:
            self._stack.close()
            self._lost()

    def wake(self) -> None:
        """Stop waiting for a message."""
        if socket := self._socket:
            socket.close()

    def begin(self, patience: float) -> None:
        """Start, and wait until it is connected; raise Fault after `patience` seconds."""
        self.start()
        if not self._connected.wait(patience):
            raise Fault(f"{self._url} does not answer")

    def say(self, message: str) -> None:
        """Send `message`, from any thread; raise Fault where nobody is connected."""
        socket = self._socket
        if socket is None:
            raise Fault(f"{self._url} does not answer")
        try:
            socket.send(message)
        except (OSError, WebSocketException) as error:
            raise Fault(f"{self._url} closed the connection: {error}") from error
