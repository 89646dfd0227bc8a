"""A DJ at a simulated speaker, and one at a Spotify of our own, living by a made-up clock."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import pytest
from fakes.spotify import FakeSpotify

from edge.events import Event, Wish
from edge.player.dj import Dj
from edge.player.simulated import SimulatedSpeaker
from edge.player.spotify import SpotifyPlayer
from edge.spotify.login import begin, finish
from edge.spotify.web_api import WebApi

E = TypeVar("E")
HAPPY, CALM = "spotify:playlist:happy", "spotify:playlist:calm"


@dataclass
class Room:
    """What a test plays with."""

    local: bool = True
    now: float = 1000.0
    events: list[Event] = field(default_factory=list)
    wishes: int = 0
    speaker: Any = SimulatedSpeaker
    """Of this kind."""
    fade: float = 0.0

    def __post_init__(self) -> None:
        self.speaker = self.speaker(local=self.local, clock=lambda: self.now)
        self.dj = Dj(self.speaker, self.events.append, fade=self.fade, clock=lambda: self.now)
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
        name = self.leave(**{"uri": uri} | more)
        self.live(0)
        return name

    def leave(self, **wish: Any) -> str:
        """Leave a wish without letting the DJ act."""
        self.wishes += 1
        name = f"w{self.wishes}"
        self.dj.wish(Wish(id=name, **{"playing": True, "gentle": False} | wish))
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


@dataclass
class House:
    """A DJ, its Spotify and their speaker, all living by the fake's clock."""

    fake: FakeSpotify
    state: Path
    events: list[Event] = field(default_factory=list)
    wishes: int = 0

    def __post_init__(self) -> None:
        self.speaker = self.fake.add_device("moodbox")
        self.happy = self.fake.add_playlist("Happy", 60)
        self.calm = self.fake.add_playlist("Calm", 60)
        self.boot()

    def boot(self, **limits: Any) -> None:
        """Start the box, afresh or again."""
        self.api = WebApi(
            self.state,
            self.events.append,
            api=self.fake.api,
            accounts=self.fake.address,
            clock=self.fake.clock,
            **limits,
        )
        self.player = SpotifyPlayer("moodbox", self.api, clock=self.fake.clock)
        self.dj = Dj(
            self.player,
            self.events.append,
            search=self.api.search,
            memory=self.state / "speaker.json",
            clock=self.fake.clock,
        )
        self.dj.open()

    def sign_in(self) -> None:
        attempt = begin("a" * 32, accounts=self.fake.address)
        landed = self.fake.consent(attempt.url)
        self.api.sign_in(finish(attempt, landed, clock=self.fake.clock))

    def live(self, seconds: float) -> None:
        """Let so many seconds go by, acting exactly when the DJ wants to."""
        clock = self.fake.clock
        end = clock.now + seconds
        while (at := clock.now + self.dj.advance(clock.now)) <= end:
            clock.now = max(at, clock.now + 0.001)
        clock.now = end
        self.dj.advance(end)

    def wish(self, uri: str = "", **more: Any) -> str:
        self.wishes += 1
        name = f"w{self.wishes}"
        self.dj.wish(Wish(id=name, **{"playing": True, "uri": uri, "gentle": False, **more}))
        self.live(0)
        return name

    def heard(self, kind: type[E]) -> list[E]:
        return [event for event in self.events if isinstance(event, kind)]

    def asked(self, since: int = 0) -> list[str]:
        """What Spotify was asked, as "PUT /me/player/play"."""
        return [f"{call.method} {call.path}" for call in self.fake.log[since:]]


@pytest.fixture
def house(fake_spotify: FakeSpotify, tmp_path: Path) -> Iterator[House]:
    house = House(fake_spotify, tmp_path)
    house.sign_in()
    yield house
    house.dj.close()
