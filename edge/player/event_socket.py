"""Events that come over a WebSocket."""

from __future__ import annotations

import logging
from collections.abc import Callable
from contextlib import ExitStack

from websockets.exceptions import WebSocketException
from websockets.sync.client import ClientConnection, connect

from edge.errors import Fault
from edge.player.event_connection import EventConnection

log = logging.getLogger(__name__)

OPENING = 5.0
CLOSING = 1.0
LISTENING = 1.0
"""Seconds that one step waits for a message."""
LARGEST = 1 << 20
"""Bytes of one message."""


class EventSocket(EventConnection):
    """Hands over each message of one WebSocket."""

    def __init__(
        self,
        url: str,
        *,
        opened: Callable[[], None],
        heard: Callable[[str], None],
        lost: Callable[[], None],
    ) -> None:
        """Listen at `url`; all three are called from the socket's own thread, `opened` first."""
        super().__init__(url)
        self._opened, self._heard, self._lost = opened, heard, lost
        self._socket: ClientConnection | None = None
        self._stack = ExitStack()

    def open(self) -> None:
        """Connect; raise Fault where nothing answers."""
        try:
            self._socket = self._stack.enter_context(
                connect(
                    self._address,
                    open_timeout=OPENING,
                    close_timeout=CLOSING,
                    max_size=LARGEST,
                    proxy=None,
                )
            )
        except (OSError, WebSocketException) as error:
            raise Fault(f"{self._address} does not answer: {error}") from error
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
            raise Fault(f"{self._address} closed the connection: {error}") from error
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

    def say(self, message: str) -> None:
        """Send `message`, from any thread; raise Fault where nobody is connected."""
        socket = self._socket
        if socket is None:
            raise Fault(f"{self._address} does not answer")
        try:
            socket.send(message)
        except (OSError, WebSocketException) as error:
            raise Fault(f"{self._address} closed the connection: {error}") from error
