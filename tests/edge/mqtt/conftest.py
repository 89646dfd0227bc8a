"""A real broker, and somebody at home who listens."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from fakes.broker import PATIENCE, Broker, Home, until

from edge.events import Down, Event
from edge.mqtt.link import Link
from edge.settings import BoxSettings, MqttSettings


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[Broker]:
    """A broker that is not started yet."""
    broker = Broker(tmp_path)
    yield broker
    broker.stop()


@pytest.fixture
def open_broker(broker: Broker) -> Broker:
    """A broker that lets everybody in."""
    broker.start()
    return broker


@pytest.fixture
def listen() -> Iterator[Callable[..., Home]]:
    """Put somebody on a broker's port who hears everything."""
    homes: list[Home] = []

    def make(port: int, **who: str) -> Home:
        homes.append(Home(port, **who))
        return homes[-1]

    yield make
    for home in homes:
        home.close()


@pytest.fixture
def home(open_broker: Broker, listen: Callable[..., Home]) -> Home:
    """Somebody on the open broker."""
    return listen(open_broker.port)


class Reported:
    def __init__(self) -> None:
        self.events: list[Event] = []
        self._changed = threading.Condition()

    def __call__(self, event: Event) -> None:
        with self._changed:
            self.events.append(event)
            self._changed.notify()

    def until(self, kind: type[Any]) -> Any:
        with self._changed:
            assert self._changed.wait_for(lambda: self.of(kind), 30), self.events
        return self.of(kind)[-1]

    def until_reason(self, words: str) -> Any:
        """Wait for a fault whose reason holds `words`."""

        def found() -> list[Any]:
            return [event for event in self.of(Down) if words in event.reason]

        with self._changed:
            assert self._changed.wait_for(found, PATIENCE), self.events
        return found()[-1]

    def quiet_until(self, link: Link) -> None:
        """Wait until the link told everything, without a fault."""
        until(
            lambda: (
                link._connection is not None
                and not link._fresh
                and not link._connection._unconfirmed
            )
        )
        assert self.events == []

    def of(self, kind: type[Any]) -> list[Any]:
        return [event for event in self.events if isinstance(event, kind)]


@pytest.fixture
def reported() -> Reported:
    return Reported()


@pytest.fixture
def connect(reported: Reported, tmp_path: Path) -> Iterator[Callable[..., Link]]:
    """Start a link; `box` is the box's id, `state` its state folder."""
    links: list[Link] = []

    def make(port: int, box: str = "box-1", state: Path = tmp_path, **settings: Any) -> Link:
        fields: dict[str, Any] = {"host": "127.0.0.1", "port": port}
        wiring = MqttSettings(**fields | settings)
        about = BoxSettings(id=box, state=str(state))
        link = Link(
            wiring, about, reported, page="http://box.local/", delay=lambda: 0.05, retry=0.2
        )
        link.start()
        links.append(link)
        return link

    yield make
    for link in links:
        assert link.stop(20)
