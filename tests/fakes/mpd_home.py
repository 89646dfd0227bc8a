"""A home for a Year whose speaker is an MPD server: real sockets, and a made-up clock.

Its server restarts, forgets, loses its loudspeaker and its disk; hands are other people's clients.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator

from fakes.fake_mpd import FakeMpd
from fakes.mpd_deck import Piece
from fakes.receivers import Connected, Noting
from fakes.spotify import Clock
from fakes.year import HOUR, MINUTE, Volumes, another

from edge.events import EMOTIONS, Hand, Playback, Sounding
from edge.player.mpd import MpdPlayer
from edge.player.policy.hands import START

ALBUMS = ("My A", "My B", "My C")


class _Mpd(Noting, MpdPlayer):
    pass


class MpdHome(Connected):
    """Its library has a folder a mood, and albums of somebody's own."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.fake = FakeMpd(
            (
                Piece(f"{name}/{n:02}.mp3", f"{name} {n}", name, name, name, 150 + 7.3 * n)
                for name in (*EMOTIONS, *ALBUMS)
                for n in range(40)
            ),
            clock,
        )
        self.violations: list[str] = []
        self.player = _Mpd("moodbox", self.fake.server, clock=clock, rng=random.Random(1))
        self.sources = {mood: [f"mpd:folder:{mood}"] for mood in EMOTIONS}
        # Of two moods the songs have labels: many that fit, and too few, of which one was deleted.
        self.songs = {
            f"mpd:folder:{mood}": tuple(
                Sounding(f"file:{mood}/{n:02}.mp3", mood if n > 40 - fit else "neutral")
                for n in range(1, 41)
            )
            for mood, fit in (("happy", 16), ("sad", 4))
        }
        self._albums = list(ALBUMS)
        self._volumes = Volumes()
        self._settled = 0
        self._broken = False
        """Whether something is wrong already: one thing at a time."""

    def volume(self) -> int:
        return self.fake.deck.volume

    def live(self, until: float) -> None:
        # From song to song: what is heard late would be taken to have happened late.
        while (now := self.clock.now) < until:
            left = self.fake.deck.left()
            self.fake.advance(min(until - now, until - now if left is None else left))
            self.settle()

    def settle(self) -> bool:
        self._wait(self._all_heard)
        before, self._settled = self._settled, self.fake.said
        return self._settled != before

    # A hand, which is another client.

    def touch(self, rng: random.Random) -> Hand | None:
        deck = self.fake.deck
        plays = self.fake.is_up and deck.state == "play" and deck.elapsed > START
        if not plays or deck.at is None:
            return None
        hand = rng.choice([Hand.PAUSE, Hand.VOLUME, Hand.PICK])
        match hand:
            case Hand.PAUSE:
                self._does(rng.choice([["pause", "1"], ["stop"], ["clear"]]))
            case Hand.VOLUME:
                self._does(["setvol", str(rng.choice(self._volumes.fresh(self.volume())))])
            case Hand.PICK:
                album = another(self._albums, deck.at.piece.album)
                filling = [["clear"], ["add", album], ["play"]]
                if rng.random() < 0.5:  # one after the other, and the box looks in between
                    for order in filling:
                        self._does(order)
                else:
                    self._does(*filling)
        return hand

    def _does(self, *orders: list[str]) -> None:
        with self.fake.lock:
            self.fake.deck.catch_up()
            for name, *given in orders:
                self.fake.obey(name, given)
        self.settle()

    # What goes wrong.

    def trouble(self, day: int, hour: int, rng: random.Random) -> Iterator[float]:
        if self._broken:
            return
        if hour == 9 and day % 9 == 1:
            self._lose(self.fake.hang_up)
            self._find()
        elif hour == 11 and day % 7 == 1:
            yield from self._for(rng, self._down, self._up)
        elif hour == 13 and day % 10 == 2:
            self._down()
            self._up(forgets=True)
        elif hour == 12 and day % 6 == 2:
            self._does(["single", "1"])  # in somebody's app: it halts at each song's end
        elif hour == 14 and day % 8 == 2:
            yield from self._for(rng, lambda: self._plug(in_=False), lambda: self._plug(in_=True))
        elif hour == 17 and day % 11 == 2:
            yield from self._for(rng, lambda: self._mount(there=False), self._mount)

    def _for(
        self, rng: random.Random, breaks: Callable[[], None], mends: Callable[[], None]
    ) -> Iterator[float]:
        self._broken = True
        breaks()
        yield rng.choice([5 * MINUTE, 3 * HOUR, 8 * HOUR])
        mends()
        self._broken = False

    def _down(self) -> None:
        self._lose(self.fake.stop)

    def _up(self, *, forgets: bool = False) -> None:
        self.fake.start(forgets=forgets)
        self._find()

    def _plug(self, *, in_: bool) -> None:
        self._does(["enableoutput" if in_ else "disableoutput", "0"])

    def _mount(self, *, there: bool = True) -> None:
        """The folder of music is on a disk in the network."""
        self.fake.deck.readable = there

    def _lose(self, cut: Callable[[], None]) -> None:
        cut()
        self._wait(lambda: self.player._listening.playback is Playback.UNKNOWN)

    def _find(self) -> None:
        """The connection comes back by itself."""
        self._wait(self._all_heard)
        self._settled -= 1

    def _all_heard(self) -> bool:
        """Also after a minute without an event, when the player connects anew by itself."""
        return self.fake.quiet() and (self.fake.is_heard() or not self.fake.is_up)

    def close(self) -> None:
        super().close()
        self.fake.stop()
