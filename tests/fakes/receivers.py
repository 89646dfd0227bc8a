"""Homes for a Year whose speaker is a local receiver: real sockets, and a made-up clock.

The receiver speaks on threads of its own, so nobody moves on before all was heard that was said.
"""

from __future__ import annotations

import json
import random
import time
from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType
from typing import Any

from fakes.go_librespot import FakeGoLibrespot
from fakes.soloist import FakeSoloist
from fakes.spotify import Clock, Song
from fakes.spotify.world import Context, Playback
from fakes.year import DAY, HOUR, MINUTE, Volumes, another, touchable, touches

from edge.events import EMOTIONS, Hand, Sounding
from edge.player.librespot import LibrespotPlayer
from edge.player.soloist import CHANGES, SoloistPlayer

PATIENCE = 60.0
"""Real seconds until it is sure that something is never heard."""


class Noting:
    """A player that notes when it plays; the player itself comes after this."""

    _clock: Callable[[], float]

    def __init__(self, *how: Any, **more: Any) -> None:
        super().__init__(*how, **more)
        self.played: list[float] = []

    def play(self, uri: str, **how: Any) -> None:
        super().play(uri, **how)  # type: ignore[misc]  # the player's
        self.played.append(self._clock())


class _Librespot(Noting, LibrespotPlayer):
    """Counts what it hears."""

    heard = 0

    def _hear(self, message: str) -> None:
        super()._hear(message)
        self.heard += 1


class _Soloist(Noting, SoloistPlayer):
    """Counts what it hears and what it says."""

    heard = ordered = asked = 0

    def _order(self, *what: str, **more: Any) -> None:
        self.ready(by_person=True)
        self.ordered += 1
        super()._order(*what, **more)

    def _hear(self, text: str) -> None:
        super()._hear(text)
        self.asked += json.loads(text)["type"] in CHANGES and bool(self._signed_in)
        self.heard += 1


class Connected:
    """A home whose speaker is heard through sockets, and asks for nothing over the Web API."""

    player: Any
    """It is Noting."""
    songs: Mapping[str, tuple[Sounding, ...]] = MappingProxyType({})

    def _wait(self, holds: Callable[[], bool]) -> None:
        end = time.monotonic() + PATIENCE
        while not holds():
            assert time.monotonic() < end, "the player never heard all that was said"
            time.sleep(0.0002)

    def plays(self) -> list[float]:
        return list(self.player.played)

    def requests(self) -> list[float]:
        return []

    def refused(self) -> tuple[int, int]:
        return 0, 0

    def close(self) -> None:
        self.player.close()


class Receiver(Connected):
    """What both homes have in common."""

    def __init__(self, fake: FakeGoLibrespot | FakeSoloist, player: _Librespot | _Soloist) -> None:
        self.fake: Any = fake
        self.violations = fake.violations
        self.player = player
        songs = {
            m: [Song(f"{m} {n}", m, seconds=150 + 7.3 * n) for n in range(40)] for m in EMOTIONS
        }
        self.sources = {m: [self._add("playlist", m, songs[m])] for m in EMOTIONS}
        self._mine = [
            self._add("album", f"My {name}", [Song(f"{name} {n}", "Me") for n in range(40)])
            for name in "ABC"
        ]
        self._settled = 0
        self._volumes = Volumes()

    def _add(self, kind: str, name: str, songs: list[Song]) -> str:
        return str(self.fake.world.add(Context(kind, name, songs)).uri)

    def live(self, until: float) -> None:
        # From track to track: what is heard late would be taken to have happened late.
        while (now := self.fake.clock()) < until:
            self.fake.world.catch_up()
            it = self.fake.world.playback
            left = it.song.seconds - it.progress if it.song and it.playing else until - now
            self.fake.advance(min(left, until - now))
            self.settle()

    def settle(self) -> bool:
        self._wait(self._quiet)
        before, self._settled = self._settled, self.player.heard
        return self._settled != before

    def _quiet(self) -> bool:
        raise NotImplementedError

    def volume(self) -> int:
        return self._volume()

    def touch(self, rng: random.Random) -> Hand | None:
        self.fake.world.catch_up()
        if not touchable(playback := self.fake.world.playback):
            return None
        volume = rng.choice(self._volumes.fresh(self._volume()))
        album = another(self._mine, playback.context)
        hand, how = rng.choice(touches(volume, album))
        self.fake.touch(**how)
        self.settle()
        return hand

    def _volume(self) -> int:
        raise NotImplementedError

    def trouble(self, day: int, hour: int, rng: random.Random) -> Iterator[float]:
        # While it refuses, it cannot be connected to again, and here that is waited for.
        if hour == 9 and day % 9 == 1 and not self._refuses:
            self._hang_up()
        elif hour == 11 and day % 7 == 1:
            self._refuse(True)
            yield rng.choice([5 * MINUTE, 3 * HOUR, 2 * DAY])
            self._refuse(False)
        elif hour == 16 and day in {2, 120, 300}:
            self._sign(False)
            yield 5 * HOUR
            self._sign(True)

    def _hang_up(self) -> None:
        """Cut the connection, which comes back by itself."""
        lost = self.player._events._socket
        self.fake.hang_up()
        events = self.player._events
        self._wait(lambda: events._socket not in (None, lost) and events._connected.is_set())
        self.settle()

    @property
    def _refuses(self) -> bool:
        raise NotImplementedError

    def _refuse(self, refuse: bool) -> None:
        raise NotImplementedError

    def _sign(self, in_: bool) -> None:
        raise NotImplementedError

    def close(self) -> None:
        super().close()
        self.fake.__exit__()


class LibrespotHome(Receiver):
    def __init__(self, clock: Clock) -> None:
        fake = FakeGoLibrespot(clock)
        super().__init__(fake, _Librespot("moodbox", fake.address, clock))

    def _quiet(self) -> bool:
        return bool(self.player.heard == self.fake.sent)

    def _volume(self) -> int:
        return round(100 * int(self.fake.device.volume) / 64)

    @property
    def _refuses(self) -> bool:
        return bool(self.fake.failing)

    def _refuse(self, refuse: bool) -> None:
        self.fake.failing = 500 if refuse else 0

    def _sign(self, in_: bool) -> None:
        self.fake.signed_in = in_
        if not in_:
            self.fake.world.playback = Playback()
            self.fake._emit("inactive")
        self.settle()


class SoloistHome(Receiver):
    def __init__(self, clock: Clock) -> None:
        fake = FakeSoloist(clock)
        super().__init__(fake, _Soloist("moodbox", fake.address, clock, clock))

    def _quiet(self) -> bool:
        with self.fake._lock:
            said = self.player.ordered + self.player.asked
            return bool(self.player.heard == self.fake.sent and len(self.fake.commands) == said)

    def _volume(self) -> int:
        return int(self.fake.device.volume)

    @property
    def _refuses(self) -> bool:
        return bool(self.fake.refusal)

    def _refuse(self, refuse: bool) -> None:
        self.fake.refusal = "out of order" if refuse else ""

    def _sign(self, in_: bool) -> None:
        self.fake.signed_in = in_
        if not in_:
            self.fake.world.playback = Playback()
        self.fake._send(self.fake._auth())
        self.settle()
