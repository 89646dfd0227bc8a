"""The part that tells the home's broker how the box is, and hears what the home wants."""

from __future__ import annotations

import logging
import random
import time
import uuid
from collections import OrderedDict, deque
from collections.abc import Callable, Collection
from math import inf

import msgspec

from edge.errors import Fault, Refused, SettingsError
from edge.events import EMOTIONS, Announce, Answer, Down, Request, Status, Up
from edge.mqtt import broker, commands, discovery, states
from edge.mqtt.connection import Connection, Message, TooNewError
from edge.service import Service
from edge.settings import BoxSettings, MqttSettings

log = logging.getLogger(__name__)

LONGEST = 5.0
"""Seconds a step waits at most."""
WAITING = 100
"""Events and requests kept at most."""
SHOWN = 200
"""Characters of a bad command that its answer repeats."""


def birth_delay() -> float:
    """Return the seconds to wait after Home Assistant's birth, lest all devices talk at once."""
    return random.uniform(0.5, 3.0)


class Link(Service):
    """The connection to the broker.

    paho's network loop is turned by this part's own thread, so no callback can kill a thread
    unseen, and the supervisor sees when it is stuck; the keep-alive tells a dead connection from a
    quiet one. Each connection begins with a fresh client and the whole state, so nothing that was
    overtaken is ever sent. A fault backs off like that of every part.
    """

    bound = 120.0  # resolving a name can take long where the network is away

    def __init__(
        self,
        settings: MqttSettings,
        box: BoxSettings,
        report: Callable[[Request | Up | Down], None],
        *,
        moods: Collection[str] = EMOTIONS,
        page: str = "",
        delay: Callable[[], float] = birth_delay,
    ) -> None:
        """Make the part; with no host in the settings it idles.

        Args:
            settings: The broker's.
            box: Its name and id.
            report: Hears of requests, and of faults.
            moods: The view's, without unsure and away.
            page: Address of the box's own page, for Home Assistant's link.
            delay: Gives the seconds to wait after Home Assistant's birth message.

        Raises:
            SettingsError: A prefix holds a wildcard.
        """
        super().__init__("mqtt", report)
        for key, words in (("prefix", settings.prefix), ("discovery", settings.discovery)):
            if set(words) & set("+#\0"):
                raise SettingsError(f"mqtt.{key} = {words!r}: no topic; allowed: all but + and #")
        self._settings, self._box, self._moods = settings, box, tuple(moods)
        self._tell = report
        self._page, self._delay = page, delay
        self.base = f"{settings.prefix}/{box.id}"
        """PREFIX/ID, below which the box's topics are."""
        self._status: Status | None = None
        self._outbox: deque[Announce | Answer] = deque(maxlen=WAITING)
        self._asked: OrderedDict[str, tuple[str, bytes]] = OrderedDict()
        self._older = False
        self._connection: Connection | None = None
        self._reset()

    def _reset(self) -> None:
        self._sent: dict[str, tuple[str, float]] = {}
        self._again = self._birth_at = inf
        self._fresh, self._complained = True, False

    # From other threads.

    def show(self, status: Status) -> None:
        """Publish what is new in `status`."""
        self._status = status
        self.wake()

    def announce(self, announced: Announce) -> None:
        """Tell the home once, if it is listening."""
        self._outbox.append(announced)
        self.wake()

    def answer(self, answer: Answer) -> None:
        """Tell the home why its command was refused."""
        self._outbox.append(answer)
        self.wake()

    def wake(self) -> None:
        """Cut the wait short."""
        if connection := self._connection:
            connection.wake()

    # The thread.

    def open(self) -> None:
        """Connect, and tell everything."""
        self._reset()
        self._outbox.clear()  # events are for the moment; late ones would mislead
        if not self._settings.host:
            return
        self._connect()
        self._tell_all()

    def step(self) -> None:
        """Wait for the network or for something to say; then hear, and say it."""
        if self._connection is None:
            self.pause(LONGEST)
            return
        if self._fresh:
            self._fresh = False  # one step has to end well before it is said to be up
            return
        due = min(self._again, self._birth_at) - time.monotonic()
        self._connection.turn(min(LONGEST, max(0.0, due)))
        while self._connection.received:
            self._hear(self._connection.received.popleft())
        if time.monotonic() >= self._birth_at:
            self._birth_at = inf
            self._tell_all()
        while self._outbox:
            self._tell_once(self._outbox.popleft())
        self._tell_news()
        self._complain(self._connection.denied)

    def close(self) -> None:
        """Say that the box is offline, and hang up."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _connect(self) -> None:
        wants = [f"{self.base}/set/#"]
        if self._settings.discovery:
            wants.append(f"{self._settings.discovery}/status")
        name, last_will = f"moodbox-{self._box.id}", f"{self.base}/availability"
        self._connection = Connection(self._settings, name, last_will, self._older)
        try:
            self._connection.connect(*wants, stopping=lambda: self.stopping)
        except TooNewError:
            self._older = True
            self.close()
            self._connect()
        except Fault:
            self._older = False  # whoever answers next time may know better
            raise

    def _tell_all(self) -> None:
        if self._settings.discovery:
            topic = discovery.config_topic(self._settings.discovery, self._box)
            device = discovery.config(self.base, self._box, self._moods, self._page)
            self._publish(topic, msgspec.json.encode(device), retain=True)
        self._publish(f"{self.base}/availability", "online", retain=True)
        self._sent = {}
        self._tell_news()

    def _tell_news(self) -> None:
        if self._status is None:
            return
        now = time.monotonic()
        wanted = states.states(self._status, self._moods)
        topics, self._again = states.due(wanted, self._sent, now)
        for topic in topics:
            self._sent[topic] = (wanted[topic], now)
            self._publish(f"{self.base}/{topic}", wanted[topic], retain=True)

    def _tell_once(self, item: Announce | Answer) -> None:
        if isinstance(item, Answer):
            topic, payload = self._asked.pop(item.id, ("", b""))
            if topic and not item.accepted:
                self._refuse(topic, payload, item.reason)
            return
        self._publish(f"{self.base}/events", states.event(item), retain=False)
        if item.event == "gesture":
            gesture = msgspec.json.encode({"event_type": item.data["gesture"]})
            self._publish(f"{self.base}/gesture", gesture, retain=False)

    def _hear(self, message: Message) -> None:
        if message.retained:
            return
        if message.topic == f"{self._settings.discovery}/status":
            if message.payload == b"online":
                self._birth_at = time.monotonic() + self._delay()
            return
        key = message.topic.removeprefix(f"{self.base}/set/")
        try:
            body = commands.parse(key, message.payload, self._moods)
        except Refused as error:
            self._refuse(message.topic, message.payload, str(error))
            return
        request = Request(uuid.uuid4().hex, body, "mqtt", time.monotonic())
        self._asked[request.id] = (message.topic, message.payload)
        if len(self._asked) > WAITING:
            self._asked.popitem(last=False)
        self._tell(request)

    def _refuse(self, topic: str, payload: bytes, reason: str) -> None:
        words = payload[:SHOWN].decode("utf-8", "replace")
        error = {"topic": topic[:SHOWN], "payload": words, "reason": reason}
        self._publish(f"{self.base}/error", msgspec.json.encode(error), retain=False)

    def _complain(self, denied: Collection[str]) -> None:
        if bool(denied) == self._complained:
            return
        self._complained = bool(denied)
        now = time.monotonic()
        if not denied:
            self._tell(Up(self.name, now))
            return
        reason = broker.kept_from(self._settings, self.base, denied)
        log.warning("%s: %s", self.name, reason)
        self._tell(Down(self.name, reason, now))

    def _publish(self, topic: str, payload: str | bytes, *, retain: bool) -> None:
        if self._connection is not None:
            self._connection.publish(topic, payload, retain=retain)
