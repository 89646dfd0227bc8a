"""Time passes by the clock, however full the inbox is."""

from __future__ import annotations

import queue
from collections import deque

from edge.daemon.turns import TICK, Turns
from edge.events import Event, Nobody, Tick

DAY = 86_400.0


class Flood:
    """An inbox that always has something, ten times a second of a clock that it moves itself."""

    def __init__(self, rate: float = 10.0) -> None:
        self.now = 0.0
        self.step = 1 / rate

    def put(self, item: Event) -> None:
        raise NotImplementedError

    def get(self, block: bool = True, timeout: float | None = None) -> Event:
        assert timeout is not None
        self.now += min(self.step, timeout)
        if self.step > timeout:
            raise queue.Empty
        return Nobody(self.now)


class Silence(Flood):
    """An inbox in which nothing ever comes."""

    def get(self, block: bool = True, timeout: float | None = None) -> Event:
        self.now += timeout or 0.0
        raise queue.Empty


def test_a_day_of_ten_events_a_second_has_all_its_ticks() -> None:
    inbox = Flood()
    turns = Turns(inbox, lambda: inbox.now, lambda: 1.8e9 + inbox.now)
    last, longest, ticks, events = 0.0, 0.0, 0, 0
    while inbox.now < DAY:
        event = turns.next()
        if isinstance(event, Tick):
            assert event.wall == 1.8e9 + event.at
            longest, last, ticks = max(longest, event.at - last), event.at, ticks + 1
        else:
            events += 1
    assert longest <= TICK + inbox.step
    assert ticks > DAY / (TICK + inbox.step) - 1
    assert events > 0.9 * DAY / inbox.step * (1 - inbox.step / TICK)


def test_a_quiet_inbox_ticks_as_often() -> None:
    inbox = Silence()
    turns = Turns(inbox, lambda: inbox.now, lambda: None)
    ticks = [turns.next() for _ in range(5)]
    assert [event.at for event in ticks] == [n * TICK for n in range(5)]
    assert all(isinstance(event, Tick) and event.wall is None for event in ticks)


def test_what_waits_is_taken_in_order() -> None:
    inbox: queue.SimpleQueue[Event] = queue.SimpleQueue()
    turns = Turns(inbox, lambda: 0.0, lambda: None)
    assert isinstance(turns.next(), Tick)
    heard: deque[Event] = deque(Nobody(float(n)) for n in range(3))
    for event in heard:
        inbox.put(event)
    assert [turns.next() for _ in range(3)] == list(heard)
