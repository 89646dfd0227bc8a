"""What is said to the broker: the device, its states as they change, and what happens once."""

from __future__ import annotations

import time
from math import inf

import msgspec

from edge.events import Announce
from edge.machine.identity import hardware
from edge.mqtt import discovery, states
from edge.mqtt.connection import Connection
from edge.mqtt.entity import Context
from edge.settings import BoxSettings, MqttSettings

SHOWN = 200
"""Characters of a bad command that its answer repeats."""


class Publisher:
    """Remembers what the broker was told, so that only what is new is sent."""

    def __init__(self, settings: MqttSettings, box: BoxSettings) -> None:
        """Speak for `box`, below the prefixes that `settings` name."""
        self._discovery, self._box = settings.discovery, box
        self.base = f"{settings.prefix}/{box.id}"
        """PREFIX/ID, below which the box's topics are."""
        self.connection: Connection | None = None
        """None: nothing is said."""
        self.again = inf
        """When a state that waits has to be sent, monotonic; infinity: at the next change."""
        self.forget()

    def forget(self) -> None:
        """Take it that the broker knows nothing of us."""
        self._sent: dict[str, states.Sent] = {}
        self._config = b""

    def topics(self, context: Context) -> frozenset[str]:
        """Return the topics that hold something of ours."""
        topics = {f"{self.base}/{topic}" for topic in states.states(context)}
        topics.add(f"{self.base}/availability")
        if self._discovery:
            topics.add(discovery.config_topic(self._discovery, self._box.id))
        return frozenset(topics)

    def online(self) -> None:
        """Say that the box is there."""
        self._publish(f"{self.base}/availability", "online", retain=True)

    def clear(self, topic: str) -> None:
        """Have the broker keep nothing on `topic`."""
        self._publish(topic, "", retain=True)

    def news(self, context: Context) -> None:
        """Send what is due of `context`: the device, then the states."""
        self._device(context)
        now, wanted = time.monotonic(), states.states(context)
        topics, self.again = states.due(wanted, self._sent, now)
        for topic in topics:
            self._sent[topic] = states.Sent(wanted[topic], now)
            self._publish(f"{self.base}/{topic}", states.encoded(wanted[topic]), retain=True)

    def _device(self, context: Context) -> None:
        if not self._discovery:
            return
        box = self._box
        device = discovery.Device(box.id, box.name, self.base, box.area, hardware())
        config = msgspec.json.encode(discovery.config(device, context))
        if config != self._config:
            self._config = config
            topic = discovery.config_topic(self._discovery, box.id)
            self._publish(topic, config, retain=True)

    def once(self, announced: Announce, context: Context) -> None:
        """Tell of something that happens."""
        self._publish(f"{self.base}/events", states.event(announced, context), retain=False)
        if announced.event == "gesture":
            gesture = msgspec.json.encode({"event_type": announced.data["gesture"]})
            self._publish(f"{self.base}/gesture", gesture, retain=False)

    def refuse(self, topic: str, payload: bytes, reason: str, context: Context) -> None:
        """Say why the command `payload` on `topic` was refused."""
        words = payload[:SHOWN].decode("utf-8", "replace")
        at = context.when(time.monotonic())
        error = {"topic": topic[:SHOWN], "payload": words, "reason": reason, "at": at}
        self._publish(f"{self.base}/error", msgspec.json.encode(error), retain=False)
        # Whoever moved a slider sees it spring back.
        self._sent.pop(topic.removeprefix(f"{self.base}/set/"), None)

    def _publish(self, topic: str, payload: str | bytes, *, retain: bool) -> None:
        if self.connection is not None:
            self.connection.publish(topic, payload, retain=retain)
