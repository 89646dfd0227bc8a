"""The player's own connection to the broker, over which the house's own speaker is played.

The link of this folder speaks for the box, and comes and goes with what it is told to tell; a
player that is closed and opened anew must not take it along.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable

from edge.errors import Fault
from edge.machine.identity import client_id
from edge.mqtt.connection import Connection, TooNewError
from edge.player.event_connection import EventConnection
from edge.player.mqtt import STATE, WISH
from edge.settings import BoxSettings, MqttSettings

LISTENING = 1.0
"""Seconds that one step waits for a message."""


class SpeakerConnection(EventConnection):
    """Sends wishes, and hands over each state that comes in."""

    bound = 60.0

    def __init__(
        self,
        settings: Callable[[], MqttSettings],
        box: BoxSettings,
        heard: Callable[[bytes], None],
        lost: Callable[[], None],
    ) -> None:
        """Prepare a connection to the broker that `settings` name when it opens.

        Args:
            settings: The broker's, as they are then.
            box: Whose topics they are.
            heard: Takes each state, on the connection's own thread.
            lost: Is called there when the connection is lost.
        """
        super().__init__("the broker")
        self._settings, self._box = settings, box
        self._heard, self._lost = heard, lost
        self._outbox: deque[bytes] = deque()
        self._connection: Connection | None = None
        self._base = ""

    def open(self) -> None:
        """Connect and subscribe; raise Fault where that fails."""
        settings = self._settings()
        if not settings.host:
            raise Fault("no broker is named, and the speaker is played through it: set mqtt.host")
        self._base = f"{settings.prefix}/{self._box.id}"
        self._outbox.clear()  # whoever wished for that has given up
        try:
            self._connect(settings, older=False)
        except TooNewError:
            self._connect(settings, older=True)
        self._connected.set()

    def _connect(self, settings: MqttSettings, *, older: bool) -> None:
        name = f"{client_id(self._box)}-player"
        connection = Connection(settings, name, "", older)
        try:
            connection.connect(f"{self._base}/{STATE}", stopping=lambda: self.stopping)
        except Fault:
            connection.close()
            raise
        self._connection = connection

    def step(self) -> None:
        """Send what waits, and hand over what comes in."""
        assert self._connection is not None  # noqa: S101  open() came before
        while self._outbox:
            self._connection.publish(f"{self._base}/{WISH}", self._outbox.popleft(), retain=False)
        self._connection.turn(LISTENING)
        while self._connection.received:
            self._heard(self._connection.received.popleft().payload)

    def close(self) -> None:
        """Hang up."""
        self._connected.clear()
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()
            self._lost()

    def wake(self) -> None:
        """Stop waiting for a message."""
        if connection := self._connection:
            connection.wake()

    def say(self, payload: bytes) -> None:
        """Send a wish, from any thread; raise Fault where the broker is away."""
        if not self._connected.is_set():
            raise Fault("the broker is away, and the speaker is played through it")
        self._outbox.append(payload)
        self.wake()
