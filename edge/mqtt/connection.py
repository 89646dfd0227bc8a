"""One connection to the broker. paho's network loop is turned by whoever owns the connection."""

from __future__ import annotations

import select
import socket
import struct
import time
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from msgspec import Struct
from paho.mqtt import MQTTException
from paho.mqtt.client import (
    Client,
    ConnectFlags,
    DisconnectFlags,
    MQTTMessage,
)
from paho.mqtt.enums import MQTTErrorCode
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode
from paho.mqtt.subscribeoptions import SubscribeOptions

from edge.errors import Fault
from edge.mqtt import broker
from edge.settings import MqttSettings

FLUSH_WITHIN = 1.0
"""Seconds the last messages may take to leave."""


DISCONNECTED = {
    "Unspecified error": "the broker closed it",
    "Session taken over": "somebody else on this broker has the same box.id",
}
"""For paho's words, better ones."""


class TooNewError(Fault):
    """The broker does not know MQTT 5."""


class LostError(Fault):
    """A connection that stood has ended."""


class Message(Struct, frozen=True):
    """What came in."""

    topic: str
    payload: bytes
    retained: bool


class Connection:
    """One connection, from connect() to close(); a new one takes a new Connection.

    Everything but wake() is for one thread. A connection that is lost raises Fault from turn().
    """

    def __init__(self, settings: MqttSettings, name: str, last_will: str, older: bool) -> None:
        """Prepare a connection as client `name` that is `last_will`: offline when it breaks.

        Where `last_will` is empty nobody hears of its end.
        """
        self._settings = settings
        self._older = older
        self._last_will = last_will
        self._client = broker.client_for(settings, name, older)
        if last_will:
            self._client.will_set(last_will, "offline", qos=1, retain=True)
        self._client.on_connect = self._on_connect
        self._client.on_disconnect = self._on_disconnect
        self._client.on_message = self._on_message
        self._client.on_publish = self._on_publish
        self._client.on_subscribe = self._on_subscribe
        self._waker, self._woken = socket.socketpair()
        self._waker.setblocking(False)
        self._answer: ReasonCode | None = None
        self._lost = ""
        self._unconfirmed: dict[int, str] = {}
        self.received: deque[Message] = deque()
        """What came in, for the owner to take out."""
        self.denied: set[str] = set()
        """Topics that the broker's access rules keep from us."""

    def connect(self, *subscriptions: str, stopping: Callable[[], bool]) -> None:
        """Connect and subscribe. Raise TooNewError or Fault, in words; also when `stopping`."""
        limits = None
        if not self._older:
            limits = Properties(PacketTypes.CONNECT)  # type: ignore[no-untyped-call]
            limits.MaximumPacketSize = broker.LARGEST
        host, port = self._settings.host, self._settings.port
        try:
            self._client.connect(host, port, broker.KEEPALIVE, properties=limits)
        except (OSError, UnicodeError) as error:
            raise broker.unreachable(self._settings, error) from error
        end = time.monotonic() + broker.ANSWER_WITHIN
        while self._answer is None and time.monotonic() < end and not stopping():
            self.turn(max(0.0, end - time.monotonic()))
        if self._answer is None:
            raise Fault(f"the broker at {self._settings.host} does not answer")
        if self._answer.is_failure:
            if not self._older and str(self._answer) == "Unsupported protocol version":
                raise TooNewError("the broker does not know MQTT 5")
            raise broker.refused(self._settings, self._answer)
        self.subscribe(*subscriptions)

    def subscribe(self, *topics: str) -> None:
        """Ask for `topics`; what this connection itself says is not among what comes, in MQTT 5."""
        for topic in topics:
            ours = {"qos": 1} if self._older else {"options": SubscribeOptions(1, noLocal=True)}
            _, mid = self._client.subscribe(topic, **ours)
            if mid is not None:
                self._unconfirmed[mid] = topic

    def turn(self, timeout: float) -> None:
        """Wait for the network, at most so many seconds, and let paho do what there is to do."""
        connection: Any = self._client.socket()
        if connection is not None:
            # TLS may hold bytes that select does not see.
            if hasattr(connection, "pending") and connection.pending():
                timeout = 0.0
            writers = [connection] if self._client.want_write() else []
            readable, writable, _ = select.select(
                [connection, self._woken], writers, [], max(0.0, timeout)
            )
            if self._woken in readable:
                self._woken.recv(4096)
            if connection in readable or timeout == 0.0:
                self._read()
            if writable:
                self._client.loop_write()
            self._client.loop_misc()
        if self._client.socket() is None and (self._answer is None or not self._answer.is_failure):
            words = self._lost or "no reason was given"
            if self._answer is not None:
                raise LostError(f"the connection to {self._settings.host} was lost: {words}")
            if not self._older:
                raise TooNewError(f"the broker hung up: {words}")
            raise broker.lost(self._settings, words)

    def _read(self) -> None:
        try:
            self._client.loop_read()
        except (MQTTException, ValueError, IndexError, struct.error) as error:
            raise Fault(f"{self._settings.host} sent what is no MQTT: {error}") from error

    def publish(self, topic: str, payload: str | bytes, *, retain: bool) -> None:
        """Send a message; whether the broker lets it pass shows in `denied` later."""
        info = self._client.publish(topic, payload, qos=1, retain=retain)
        if info.rc == MQTTErrorCode.MQTT_ERR_SUCCESS:
            self._unconfirmed[info.mid] = topic

    @property
    def unconfirmed(self) -> int:
        """How many messages and subscriptions the broker has not answered yet."""
        return len(self._unconfirmed)

    def wake(self) -> None:
        """Cut turn() short; for other threads."""
        with suppress(OSError):  # as many wakes as fit are waiting already, or it is closed
            self._waker.send(b"\0")

    def close(self, *cleared: str) -> None:
        """Say goodbye where that is possible: a clean end does not send the will.

        What is kept on the topics `cleared` is taken away.
        """
        with suppress(Fault):  # a broker that is gone already needs no goodbye
            if self._client.is_connected():
                self._say_goodbye(cleared)
        connection = self._client.socket()
        if connection is not None:
            connection.close()
        self._waker.close()
        self._woken.close()

    def _say_goodbye(self, cleared: tuple[str, ...]) -> None:
        end = time.monotonic() + FLUSH_WITHIN
        for topic in cleared:
            self.publish(topic, "", retain=True)
        if self._last_will and self._last_will not in cleared:
            self.publish(self._last_will, "offline", retain=True)
        while self._unconfirmed and time.monotonic() < end:
            self.turn(0.1)
        self._client.disconnect()
        while self._client.want_write() and time.monotonic() < end:
            self.turn(0.1)

    def _on_connect(
        self, _client: Client, _data: Any, _flags: ConnectFlags, reason: ReasonCode, _p: Any
    ) -> None:
        self._answer = reason

    def _on_disconnect(
        self, _client: Client, _data: Any, _flags: DisconnectFlags, reason: ReasonCode, _p: Any
    ) -> None:
        words = str(reason)
        self._lost = self._lost or DISCONNECTED.get(words, words)  # paho calls twice

    def _on_message(self, _client: Client, _data: Any, message: MQTTMessage) -> None:
        try:
            topic = message.topic
        except UnicodeDecodeError:
            return  # no topic of ours
        self.received.append(Message(topic, bytes(message.payload), message.retain))

    def _on_publish(
        self, _client: Client, _data: Any, mid: int, reason: ReasonCode, _properties: Properties
    ) -> None:
        self._confirm(mid, reason)

    def _on_subscribe(
        self, _client: Client, _data: Any, mid: int, reasons: list[ReasonCode], _p: Any
    ) -> None:
        for reason in reasons:
            self._confirm(mid, reason)

    def _confirm(self, mid: int, reason: ReasonCode) -> None:
        topic = self._unconfirmed.pop(mid, "")
        if reason.is_failure:
            self.denied.add(topic)
        else:
            self.denied.discard(topic)
