"""The part that tells the home's broker how the box is, and hears what the home wants."""

from __future__ import annotations

import logging
import random
import time
import uuid
from collections import OrderedDict, deque
from collections.abc import Callable, Collection
from math import inf
from pathlib import Path

from edge.errors import Fault, Refused, SettingsError
from edge.events import (
    EMOTIONS,
    Announce,
    Answer,
    Down,
    LookAtSpeaker,
    Request,
    RequestBody,
    Status,
    Up,
)
from edge.machine.health import wall_clock
from edge.machine.identity import client_id
from edge.mqtt import broker, commands
from edge.mqtt.connection import Connection, LostError, Message, TooNewError
from edge.mqtt.entity import Context
from edge.mqtt.leftovers import Leftovers
from edge.mqtt.publisher import Publisher
from edge.mqtt.twins import HOLD, Losses, wait
from edge.service import Service
from edge.settings import BoxSettings, MqttSettings

log = logging.getLogger(__name__)

LONGEST = 5.0
"""Seconds a step waits at most."""
WAITING = 100
"""Events and requests kept at most."""
RETRY = 60.0
"""Seconds until a topic that the broker's rules kept from us is tried again."""
CORRECTED = 1.0
"""Seconds between two corrections of what somebody else says of us."""
STEADY = 2.0
"""Seconds that the clock may move before times are told anew."""
NOTHING = Status(at=0.0, mood=None, unknown="starting")
"""Before the controller has said anything."""


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
        retry: float = RETRY,
    ) -> None:
        """Make the part; with no host in the settings it idles.

        Args:
            settings: The broker's.
            box: Its name and id.
            report: Hears of requests, and of faults.
            moods: The view's, without unsure and away.
            page: Address of the box's own page, for Home Assistant's link.
            delay: Gives the seconds to wait after Home Assistant's birth message.
            retry: Seconds until a topic that the broker's rules kept from us is tried again.

        Raises:
            SettingsError: A prefix holds a wildcard.
        """
        super().__init__("mqtt", report)
        check(settings)
        self._settings, self._box, self._moods = settings, box, tuple(moods)
        self._client = client_id(box)
        self._other: MqttSettings | None = None
        self._renewed = False
        self._tell = report
        self._page, self._delay, self._retry = page, delay, retry
        self._status: Status | None = None
        self._outbox: deque[Announce | Answer] = deque(maxlen=WAITING)
        self._asked: OrderedDict[str, tuple[str, bytes]] = OrderedDict()
        self._older = False
        self._connection: Connection | None = None
        self._left = Leftovers(Path(box.state))
        self._losses = Losses()
        self._forgetting = False
        self._offset: float | None = None
        self._reset()

    def _reset(self) -> None:
        self._publisher = Publisher(self._settings, self._box)
        self._birth_at = self._online_at = self._retry_at = inf
        self._corrected = -inf
        self._stale: frozenset[str] = frozenset()
        self._fresh, self._complaint, self._double = True, "", ""

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

    def use(self, settings: MqttSettings) -> None:
        """Leave the broker, and nothing of ours there, for the one that `settings` name.

        Raises:
            SettingsError: A prefix holds a wildcard.
        """
        check(settings)
        self._other = settings
        self.wake()

    def renew(self) -> None:
        """Connect anew: what it takes to log in may have changed."""
        self._renewed = True
        self.wake()

    def forget(self) -> None:
        """Leave nothing on the broker when this part is closed: the box is no more."""
        self._forgetting = True

    def wake(self) -> None:
        """Cut the wait short."""
        if connection := self._connection:
            connection.wake()

    # The thread.

    def open(self) -> None:
        """Connect, and tell everything."""
        # While the one before cannot be reached, this is where the change to another is made.
        self._settings, self._other = self._other or self._settings, None
        self._reset()
        self._outbox.clear()  # events are for the moment; late ones would mislead
        if not self._settings.host:
            return
        self._connect()
        self._losses = self._losses.connected(time.monotonic())
        self._tell_all()
        ours = self._publisher.topics(self._context())
        self._stale = frozenset(self._left.topics - ours)
        for topic in self._stale:
            self._publisher.clear(topic)
        self._left.keep(ours | self._stale)

    def step(self) -> None:
        """Wait for the network or for something to say; then hear, and say it."""
        if self._other is not None or self._renewed:
            self._change()
        if self._connection is None:
            self.pause(LONGEST / 10)
            return
        fresh, self._fresh = self._fresh, False
        if fresh and not self._losses.quick:
            return  # one step has to end well before it is said to be up
        # A connection after one that was soon lost is not said to be up before it has held.
        until = time.monotonic() + HOLD if fresh else -inf
        self._turn()
        while time.monotonic() < until and not (self.stopping or self._other or self._renewed):
            self._turn()

    def _turn(self) -> None:
        connection = self._connection
        if connection is None:
            return
        now = time.monotonic()
        due = min(self._publisher.again, self._birth_at, self._online_at, self._retry_at) - now
        try:
            connection.turn(min(LONGEST, max(0.0, due)))
        except LostError as error:
            self._lost(str(error))
        while connection.received:
            self._hear(connection.received.popleft())
        now = time.monotonic()
        if now >= min(self._birth_at, self._retry_at):
            self._birth_at = inf
            connection.subscribe(*connection.denied & self._wanted())
            self._tell_all()
        if now >= self._online_at:
            self._say_online()
        while self._outbox:
            self._tell_once(self._outbox.popleft())
        self._tell_news()
        self._tidy(connection)
        self._complain(connection)

    def close(self) -> None:
        """Say that the box is offline, or leave nothing of it, and hang up."""
        if self._connection is not None:
            cleared = sorted(self._left.topics) if self._forgetting else []
            self._connection.close(*cleared)
            self._connection = self._publisher.connection = None
            if cleared:
                self._left.keep(())

    def _change(self) -> None:
        other, self._other = self._other or self._settings, None
        same, renewed, self._renewed = other == self._settings, self._renewed, False
        if same and not renewed:
            return
        self._forgetting = not same
        self.close()
        self._forgetting, self._settings, self._losses = False, other, Losses()
        self.open()

    def _connect(self) -> None:
        last_will = f"{self._publisher.base}/availability"
        connection = Connection(self._settings, self._client, last_will, self._older)
        self._connection = self._publisher.connection = connection
        try:
            connection.connect(*sorted(self._wanted()), stopping=lambda: self.stopping)
        except TooNewError:
            self._older = True
            self.close()
            self._connect()
        except Fault:
            self._older = False  # whoever answers next time may know better
            raise

    def _lost(self, reason: str) -> None:
        self._losses = self._losses.lost(time.monotonic())
        if not self._losses.suspicious:
            raise Fault(reason)
        words = broker.fought_over(self._settings, self._client, self._losses.quick)
        self._tell(Down(self.name, words, time.monotonic()))  # in place of the first loss's words
        raise Fault(words, retry_after=wait(self._losses, random.random()))

    # What is said.

    def _wanted(self) -> set[str]:
        """Return the topics that the box has to hear."""
        wanted = {f"{self._publisher.base}/set/#", f"{self._publisher.base}/availability"}
        if self._settings.discovery:
            wanted.add(f"{self._settings.discovery}/status")
        return wanted

    def _context(self) -> Context:
        wall = wall_clock()
        offset = None if wall is None else wall - time.monotonic()
        # Times that were told must not waver with the two clocks.
        if offset is None or self._offset is None or abs(offset - self._offset) > STEADY:
            self._offset = offset
        return Context(self._status or NOTHING, self._moods, self._page, self._offset)

    def _tell_all(self) -> None:
        self._retry_at = inf
        self._publisher.forget()
        self._say_online()
        self._tell_news()

    def _say_online(self) -> None:
        self._online_at, self._corrected = inf, time.monotonic()
        self._publisher.online()

    def _tell_news(self) -> None:
        if self._status is not None:  # else nothing is true yet
            self._publisher.news(self._context())

    def _tell_once(self, item: Announce | Answer) -> None:
        if isinstance(item, Announce):
            self._publisher.once(item, self._context())
            return
        topic, payload = self._asked.pop(item.id, ("", b""))
        if topic and not item.accepted:
            self._publisher.refuse(topic, payload, item.reason, self._context())

    # What is heard.

    def _hear(self, message: Message) -> None:
        if message.retained:
            return
        if message.topic == f"{self._settings.discovery}/status":
            if message.payload == b"online":
                self._birth_at = time.monotonic() + self._delay()
                self._ask(LookAtSpeaker())
        elif message.topic == f"{self._publisher.base}/availability":
            self._hear_of_us(message.payload)
        else:
            self._obey(message)

    def _hear_of_us(self, payload: bytes) -> None:
        """Correct what somebody else says of this box; who says it is online is another box."""
        if payload == b"online":
            if self._older:
                return  # in MQTT 3.1.1 one's own words come back
            self._double = broker.doubled(self._settings, self._box.id)
        self._online_at = max(time.monotonic(), self._corrected + CORRECTED)

    def _obey(self, message: Message) -> None:
        key = message.topic.removeprefix(f"{self._publisher.base}/set/")
        try:
            body = commands.parse(key, message.payload, self._context())
        except Refused as error:
            self._publisher.refuse(message.topic, message.payload, str(error), self._context())
            return
        self._asked[self._ask(body)] = (message.topic, message.payload)
        if len(self._asked) > WAITING:
            self._asked.popitem(last=False)

    def _ask(self, body: RequestBody) -> str:
        request = Request(uuid.uuid4().hex, body, "mqtt", time.monotonic())
        self._tell(request)
        return request.id

    # What is wrong.

    def _tidy(self, connection: Connection) -> None:
        """Forget what was left behind, once the broker has confirmed that it is gone."""
        if not self._stale or connection.unconfirmed:
            return
        if kept := connection.denied & self._stale:
            log.warning("%s: the broker does not let us clear %s", self.name, ", ".join(kept))
            connection.denied -= kept
        self._stale = frozenset()
        self._left.keep(self._publisher.topics(self._context()))

    def _complain(self, connection: Connection) -> None:
        now = time.monotonic()
        denied = connection.denied - self._stale
        if denied and self._retry_at == inf:
            self._retry_at = now + self._retry
        reason = (
            broker.kept_from(self._settings, self._publisher.base, denied)
            if denied
            else self._double
        )
        if reason == self._complaint:
            return
        self._complaint = reason
        if not reason:
            self._tell(Up(self.name, now))
            return
        log.warning("%s: %s", self.name, reason)
        self._tell(Down(self.name, reason, now))


def check(settings: MqttSettings) -> None:
    """Raise SettingsError where a prefix holds a wildcard."""
    for key, words in (("prefix", settings.prefix), ("discovery", settings.discovery)):
        if set(words) & set("+#\0"):
            raise SettingsError(f"mqtt.{key} = {words!r}: no topic; allowed: all but + and #")
