"""A DJ at a simulated speaker, both living by a made-up clock."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeVar

import pytest

from edge.events import Event, Wish
from edge.music.dj import Dj
from edge.music.simulated import SimulatedSpeaker

E = TypeVar("E")
HAPPY, CALM = "spotify:playlist:happy", "spotify:playlist:calm"


@dataclass
class Room:
    """What a test plays with."""

    local: bool = True
    now: float = 1000.0
    events: list[Event] = field(default_factory=list)
    wishes: int = 0

    def __post_init__(self) -> None:
        self.speaker = SimulatedSpeaker(local=self.local, clock=lambda: self.now)
        self.dj = Dj(self.speaker, self.events.append, clock=lambda: self.now)
        self.dj.open()

    def live(self, seconds: float) -> None:
        """Let so many seconds go by, acting exactly when the DJ wants to."""
        end = self.now + seconds
        for _ in range(100_000):
            wait = self.dj.advance(self.now)
            assert wait >= 0
            if self.now + wait > end:
                break
            self.now += max(wait, 0.001)
        self.now = end
        self.dj.advance(self.now)

    def wish(self, uri: str = "", **more: Any) -> str:
        self.wishes += 1
        name = f"w{self.wishes}"
        self.dj.wish(Wish(id=name, **{"playing": True, "uri": uri, "gentle": False} | more))
        self.live(0)
        return name

    def heard(self, kind: type[E]) -> list[E]:
        return [event for event in self.events if isinstance(event, kind)]

    def orders(self, *kinds: str) -> list[Any]:
        return [o for o in self.speaker.orders if not kinds or o.what in kinds]


@pytest.fixture(params=[True, False], ids=["local", "asked"])
def room(request: pytest.FixtureRequest) -> Room:
    return Room(local=request.param)


@pytest.fixture
def make_room() -> Callable[..., Room]:
    return Room
