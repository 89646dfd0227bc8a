"""The DJ: carries out what the policy orders, and tells it what came of that and what happens."""

from __future__ import annotations

import logging
import threading
import time
from collections import deque
from collections.abc import Callable
from pathlib import Path

import msgspec

from edge import files
from edge.errors import CannotPlay, Fault, MoodboxError
from edge.events import Down, Event, Fallback, Up, Wish
from edge.player import Player, policy
from edge.player.policy import Desired, Input, Kind, Report, State, ToSpeaker, step
from edge.player.policy.orders import kind_of
from edge.player.policy.telling import PART
from edge.service import Service

log = logging.getLogger(__name__)

IDLE_STEP = 20.0
"""Seconds that a step waits for news, at most."""


class Dj(Service):
    """One thread that drives one speaker; all judgement is the policy's."""

    bound = 90.0

    def __init__(
        self,
        player: Player,
        report: Callable[[Event], None],
        *,
        search: Callable[[str], str] | None = None,
        memory: Path | None = None,
        fade: float = 0.0,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Drive `player`; `report` hears what comes of it.

        Args:
            player: the speaker.
            report: takes an event, from the DJ's thread, without waiting.
            search: finds the URI for words, raising as a player does; None: URIs only.
            memory: the file that remembers across a restart what was left playing.
            fade: seconds to fade out, and in again, when no person waits; local players only.
            clock: monotonic seconds.
        """
        super().__init__(PART, report)
        self._say = report
        self._player = player
        self._search = search
        self._clock = clock
        self._told: deque[Callable[[float], Input]] = deque(maxlen=100)
        """What other threads left, each waiting for the time at which it is taken in."""
        self._bell = threading.Event()
        self._memory = memory
        self._state = State(
            player.name,
            local=player.local,
            fade_seconds=fade,
            desired=_remembered(memory),
        )

    # For any thread; none of these waits.

    def wish(self, wish: Wish) -> None:
        """Leave the newest wish."""
        self._leave(lambda at: policy.Wished(wish, at))

    def look(self, *, by_person: bool = False) -> None:
        """Look at the speaker once now, if it has to be asked and the budget allows it.

        `by_person`: somebody waits for it, so it may draw on what is kept back for people.
        """
        self._leave(lambda at: policy.LookNow(at, by_person=by_person))

    def retry(self) -> None:
        """Try at once what failed: a sign-in, a network or a speaker is back."""
        self._leave(policy.Retry)

    def wake(self) -> None:
        """Look for news at once."""
        self._bell.set()

    def _leave(self, told: Callable[[float], Input]) -> None:
        self._told.append(told)
        self._bell.set()

    # The service.

    def open(self) -> None:
        """Open the player; what was seen before it was away holds no longer."""
        self._player.open(self.wake)
        self._tell(policy.Opened(self._clock()))

    def close(self) -> None:
        """Close the player; the music plays on."""
        self._tell(policy.Closing(self._clock()))
        self._player.close()

    def step(self) -> None:
        """Do what is due, then wait for the next thing, or for news."""
        wait = self.advance(self._clock())
        self._bell.wait(min(wait, IDLE_STEP))
        self._bell.clear()

    def advance(self, now: float) -> float:
        """Do all that is due at `now` (monotonic); return the seconds until more is."""
        while self._told:
            self._tell(self._told.popleft()(now))
        for news in self._player.hear():
            self._tell(policy.Heard(news, now))
        self._tell(policy.Tick(now))
        at = policy.wake_at(self._state)
        return IDLE_STEP if at is None else max(0.0, at - now)

    # Between the policy and the player.

    def _tell(self, told: Input) -> None:
        """Tell the policy something, and carry out all that follows from it."""
        waiting = deque([told])
        while waiting:
            before = self._state.desired
            self._state, orders = step(self._state, waiting.popleft())
            if self._state.desired != before:
                self._remember(self._state.desired)
            for order in orders:
                if isinstance(order, Report):
                    self._pass_on(order.event)
                else:
                    waiting.append(self._carry_out(order))

    def _pass_on(self, event: Event) -> None:
        match event:
            case Down():
                log.warning("music: %s", event.reason)
            case Up():
                log.info("music is back")
            case Fallback(reason=reason):
                log.warning("music: %s", reason or "the first player can again")
        self._say(event)

    def _carry_out(self, order: ToSpeaker) -> Input:
        try:
            return self._order(order)
        except MoodboxError as error:
            log.debug("%s: %s", type(order).__name__, error)
            wait = error.retry_after if isinstance(error, Fault) else None
            return policy.Failed(str(error), kind_of(error), self._clock(), wait)
        except Exception as error:
            # An answer that nobody foresaw must cost one wish, and not the box.
            log.exception("%s: unexpected answer", type(order).__name__)
            reason = f"the speaker's answer makes no sense ({type(error).__name__})"
            return policy.Failed(reason, Kind.NEVER, self._clock())

    def _order(self, order: ToSpeaker) -> Input:  # noqa: C901  a line an order
        player = self._player
        match order:
            case policy.Read():
                seen = player.read()
                return policy.Saw(seen, self._clock())
            case policy.Search():
                return policy.Found(self._find(order.words), self._clock())
            case policy.Measure():
                return policy.Measured(player.volume(), self._clock())
            case policy.Ready():
                player.ready(by_person=order.by_person, optional=order.optional)
            case policy.Play():
                player.play(order.uri, songs=order.songs, repeat=order.repeat, mood=order.mood)
            case policy.Pause():
                player.pause()
            case policy.Resume():
                player.resume()
            case policy.Skip():
                player.skip()
            case policy.Previous():
                player.previous()
            case policy.SetVolume():
                player.set_volume(order.percent, passing=order.level is not None)
        return policy.Took(order, self._clock())

    def _find(self, words: str) -> str:
        if self._search is None:
            raise CannotPlay(f"{words!r} cannot be searched for here: give a Spotify URI")
        return self._search(words)

    def _remember(self, desired: Desired) -> None:
        try:
            if self._memory is not None:
                files.replace(self._memory, msgspec.json.encode(desired))
        except OSError as error:
            log.warning("%s: what plays is not remembered: %s", self._memory, error.strerror)


def _remembered(path: Path | None) -> Desired:
    try:
        return msgspec.json.decode(path.read_bytes(), type=Desired) if path else Desired()
    except (OSError, msgspec.DecodeError):
        return Desired()
