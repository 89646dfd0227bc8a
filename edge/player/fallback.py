"""Two players as one: where the first cannot play, the second does; see policy/fallback.py.

Each plays what only it can; what both can play is the first's, while it can.
"""

from __future__ import annotations

import logging
import time
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import suppress
from math import inf
from typing import TypeVar

import msgspec

from edge.errors import Fault, MoodboxError, Nonsense, SignInNeeded, Unreachable
from edge.events import Fallback, Hand, Playback, SpeakerState, TrackEnded
from edge.player import Player, SpeakerEvent
from edge.player.policy import pair
from edge.player.policy.fallback import UNSEEN, step, whose
from edge.player.policy.orders import Changed, kind_of
from edge.player.policy.pair import Action, Input, Pair, Side
from edge.uri import Scheme, Uri

T = TypeVar("T")
log = logging.getLogger(__name__)


class FallbackPlayer:
    """A player made of two; all judgement is the policy's."""

    def __init__(
        self,
        first: Player,
        second: Player,
        *,
        plays: tuple[frozenset[Scheme], frozenset[Scheme]],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Drive `first`, and where it cannot, `second`.

        Args:
            first: the one that plays while it can; both are known by its name.
            second: the other.
            plays: whose music each can play.
            clock: monotonic seconds, as both live by.
        """
        self.name = first.name
        self._players = {Side.FIRST: first, Side.SECOND: second}
        self._plays = dict(zip(Side, plays, strict=True))
        self._clock = clock
        unseen = -inf if first.local else clock() + UNSEEN
        self._pair = Pair(first.name, first.local, sounds_until=unseen)
        self._news: list[SpeakerEvent] = []
        self._wake: Callable[[], None] = lambda: None
        self._closed = set(Side)
        """Those that could not be opened yet."""
        self._home: int | None = None
        """The volume that stays, as it was set or seen last."""
        self._passing = False
        """A fade is under way."""
        self._brought: int | None = None
        """The volume that came with the music to the second."""

    @property
    def local(self) -> bool:
        """See Player."""
        return self._on.local

    @property
    def _on(self) -> Player:
        return self._players[self._pair.on]

    def pick(self, first: T, second: T) -> T:
        """Return what belongs to the one that is to play what both can."""
        return first if whose(self._pair, first=True, second=True) is Side.FIRST else second

    # The player contract.

    def open(self, wake: Callable[[], None]) -> None:
        """See Player; one of the two is enough."""
        self._wake = wake
        self._closed = set(Side)
        self._first(lambda _: None, quietly=True)
        try:
            self._opened(Side.SECOND)
        except MoodboxError as error:
            log.warning("the second player cannot be had: %s", error)
            if Side.FIRST in self._closed:
                raise

    def close(self) -> None:
        """See Player."""
        for side in set(Side) - self._closed:
            self._players[side].close()
        self._closed = set(Side)

    def ready(self, *, by_person: bool, optional: bool = False) -> None:
        """See Player; where the first cannot, the second is asked for nothing."""
        if self._pair.on is Side.SECOND:
            return
        if optional:
            self._players[Side.FIRST].ready(by_person=by_person, optional=True)
        else:
            self._first(lambda it: it.ready(by_person=by_person), free=True)

    def play(
        self, uri: str, *, songs: Sequence[str] = (), repeat: bool = False, mood: str = ""
    ) -> None:
        """See Player."""

        def play(it: Player) -> None:
            it.play(uri, songs=songs, repeat=repeat, mood=mood)

        scheme = Uri.parse(uri).scheme
        can = {side: scheme in self._plays[side] for side in Side}
        side = whose(self._pair, first=can[Side.FIRST], second=can[Side.SECOND])
        if side is self._pair.on:
            self._order(play)
        elif side is Side.FIRST:
            self._give_back(play)
        else:
            self._lend(play)
        self._tell(pair.Began(side, uri, self._clock(), tuple(songs)))

    def pause(self) -> None:
        """See Player."""
        self._order(lambda it: it.pause())
        if self._pair.on is Side.FIRST:
            self._tell(pair.Hushed(self._clock()))

    def resume(self) -> None:
        """See Player."""
        self._order(lambda it: it.resume())

    def skip(self) -> None:
        """See Player."""
        self._order(lambda it: it.skip())

    def previous(self) -> None:
        """See Player."""
        self._order(lambda it: it.previous())

    def set_volume(self, percent: int, *, passing: bool = False) -> None:
        """See Player; a fade that began at the other one is not for this one."""
        if passing and any(isinstance(it, Changed) for it in self._news):
            return
        self._order(lambda it: it.set_volume(percent, passing=passing))
        self._passing = passing and percent != self._home
        if not passing:
            self._home = percent

    def volume(self) -> int | None:
        """See Player."""
        told: list[int | None] = []
        self._order(lambda it: told.append(it.volume()))
        self._home = told[0] if told[0] is not None else self._home
        return told[0]

    def read(self) -> SpeakerState:
        """See Player."""
        seen: list[SpeakerState] = []
        self._order(lambda it: seen.append(self._saw(self._pair.on, it.read(), asked=True)))
        return seen[0]

    def hear(self) -> list[SpeakerEvent]:
        """See Player; what one of them cannot do is news as well, and never an error."""
        for side in set(Side) - self._closed:
            for news in self._players[side].hear():
                self._heard(side, news)
        self._tell(pair.Clock(self._clock()))
        heard, self._news = self._news, []
        return heard

    # Between the policy and the two.

    def _heard(self, side: Side, news: SpeakerEvent) -> None:
        if isinstance(news, SpeakerState):
            self._saw(side, news)
            return
        if side is self._pair.on:
            self._news.append(news)
        if side is Side.FIRST and isinstance(news, TrackEnded):
            self._tell(pair.Over(news, self._clock()))

    def _saw(self, side: Side, seen: SpeakerState, *, asked: bool = False) -> SpeakerState:
        if side is Side.SECOND and seen.speaker == self._players[side].name:
            seen = msgspec.structs.replace(seen, speaker=self.name)
        if side is self._pair.on and not self._passing and seen.volume is not None:
            self._home = seen.volume
        self._tell(pair.Saw(side, seen, self._clock(), asked=asked))
        return seen

    def _tell(self, told: Input) -> None:
        """Tell the policy something, and do all that follows from it."""
        waiting = deque([told])
        while waiting:
            self._pair, actions = step(self._pair, waiting.popleft())
            for action in actions:
                waiting += self._do(action)

    def _do(self, action: Action) -> list[Input]:
        first, now = self._players[Side.FIRST], self._clock()
        match action:
            case pair.Hush():
                with suppress(MoodboxError):
                    first.pause()
                    return [pair.Hushed(self._clock())]
            case pair.Glance():
                self._first(lambda it: it.ready(by_person=True), quietly=True, free=True)
            case pair.Probe():
                with suppress(MoodboxError):
                    self._probe()
            case pair.Change(to, picked):
                self._change(to)
                if not picked:
                    self._carry_volume(to)
                    with suppress(MoodboxError):
                        self._heard(to, self._opened(to).read())
            case pair.Pass(seen, picked):
                hand = Hand.PICK if picked else seen.hand
                self._news.append(msgspec.structs.replace(seen, hand=hand))
            case pair.Say(reason):
                self._news.append(Fallback(reason, now))
        return []

    def _probe(self) -> None:
        """Ask the first what it does; raise what keeps it from saying that."""
        self._first(lambda it: it.ready(by_person=False), free=True)
        self._first(lambda it: self._saw(Side.FIRST, it.read(), asked=True))

    def _change(self, to: Side) -> None:
        """Let `to` have what is to come; what the other plays ends."""
        self._begin_anew(Changed(self._players[to].local))
        with suppress(MoodboxError):
            self._other(to).pause()

    def _begin_anew(self, changed: Changed) -> None:
        """Let nothing be heard any more of the one that had the music."""
        self._news = [*(it for it in self._news if isinstance(it, Fallback)), changed]

    def _other(self, side: Side) -> Player:
        return self._players[Side.SECOND if side is Side.FIRST else Side.FIRST]

    # Orders.

    def _order(self, order: Callable[[Player], None]) -> None:
        if self._pair.on is Side.FIRST:
            self._first(order)
        else:
            order(self._opened(Side.SECOND))

    def _first(
        self,
        order: Callable[[Player], object],
        *,
        quietly: bool = False,
        free: bool = False,
    ) -> None:
        """Have the first do something; `quietly`: what goes wrong is only noted.

        `free`: it asks nothing of anybody.
        """
        try:
            order(self._opened(Side.FIRST))
        except Exception as error:
            known = error if isinstance(error, MoodboxError) else _unforeseen(error)
            wait = known.retry_after if isinstance(known, Fault) else None
            seen_free = free or isinstance(known, SignInNeeded)
            offline = isinstance(known, Unreachable)
            kind = kind_of(known)
            self._tell(
                pair.Broke(str(known), kind, self._clock(), wait, offline=offline, free=seen_free)
            )
            if not quietly:
                raise known from error

    def _opened(self, side: Side) -> Player:
        player = self._players[side]
        if side in self._closed:
            try:
                player.open(self._wake)
            except MoodboxError:
                player.close()
                raise
            self._closed.discard(side)
        return player

    def _give_back(self, play: Callable[[Player], None]) -> None:
        """Have the first play; where it does not, the second plays on as it did."""
        second = self._players[Side.SECOND]
        self._probe()
        if self._pair.on is Side.FIRST:
            raise Fault("somebody chose other music by hand meanwhile")
        on = second.read().playback is Playback.PLAYING
        second.pause()
        try:
            self._carry_volume(Side.FIRST)
            self._first(play)
        except MoodboxError:
            if on:
                second.resume()
            raise
        self._handed_over(Side.FIRST)

    def _lend(self, play: Callable[[Player], None]) -> None:
        """Have the second play, though the first can: it is music that only the second has."""
        second = self._opened(Side.SECOND)
        if self._pair.sounds_until > self._clock():
            self._first(lambda it: it.pause())
            self._tell(pair.Hushed(self._clock()))
        self._carry_volume(Side.SECOND)
        play(second)
        self._handed_over(Side.SECOND)

    def _handed_over(self, to: Side) -> None:
        self._begin_anew(Changed(self._players[to].local, ordered=True))
        if self._passing and self._home is not None:
            with suppress(MoodboxError):
                self._other(to).set_volume(self._home)
                self._brought = self._home
        self._passing = False
        self._wake()

    def _carry_volume(self, to: Side) -> None:
        """The second is as loud as the first was; the first as before, unless that was changed."""
        if to is Side.FIRST and self._home == self._brought:
            return
        left_in_a_fade = to is Side.SECOND and self._passing
        self._brought = None if left_in_a_fade else self._home
        if self._home is not None:
            with suppress(MoodboxError):
                self._opened(to).set_volume(self._home)


def _unforeseen(error: Exception) -> MoodboxError:
    log.error("an unexpected answer of the first player's", exc_info=error)
    return Nonsense(f"the speaker's answer makes no sense ({type(error).__name__})")
