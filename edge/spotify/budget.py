"""How many requests the Web API may still get, and from when on: pure policy, and its file.

Spotify counts requests over about a day (1,100 were too many) and answers 429 with a Retry-After
of up to half a day. Times are wall-clock seconds, as both must hold across a restart.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from pathlib import Path

import msgspec
from msgspec import Struct

from edge import files
from edge.errors import Limited

log = logging.getLogger(__name__)

DAY = 86_400.0
KEPT_FOR_PEOPLE = 60
"""Requests that the mood leaves to button, page and command line."""
KEPT_FOR_MUSIC = 20
"""Requests more that what is only nice to know leaves to the mood's music."""
BURST = 8
"""Requests that one wish may take; it is not begun with fewer."""
LONGEST_WAIT = 7 * DAY
"""A Retry-After beyond this is no answer to believe."""


class Ledger(Struct, frozen=True):
    """What was asked, and how long we were told to wait."""

    made: tuple[float, ...] = ()
    """When each request of the last day was made, oldest first."""
    told: float = 0.0
    """When we were told to wait."""
    not_before: float = 0.0
    """No request before this time."""


def on_time(ledger: Ledger, now: float) -> Ledger:
    """Drop what is older than a day, and mend times that a clock set back put in the future."""
    made, told, not_before = ledger.made, ledger.told, ledger.not_before
    if made and (made[0] <= now - DAY or made[-1] > now):
        made = tuple(min(at, now) for at in made if at > now - DAY)
    if told > now:
        told, not_before = now, now + (not_before - told)
    return Ledger(made, told, not_before)


def spent(ledger: Ledger, now: float) -> Ledger:
    """Return the ledger after one more request."""
    ledger = on_time(ledger, now)
    return msgspec.structs.replace(ledger, made=(*ledger.made, now))


def told_to_wait(ledger: Ledger, now: float, seconds: float) -> Ledger:
    """Return the ledger after an answer that asks for a pause."""
    until = now + min(max(seconds, 1.0), LONGEST_WAIT)
    return Ledger(ledger.made, now, max(until, ledger.not_before))


def may_ask_at(ledger: Ledger, now: float, limit: int, wanted: int) -> float:
    """Return from when on `wanted` requests more stay within `limit` a day; `now`: at once."""
    ledger = on_time(ledger, now)
    over = len(ledger.made) + wanted - limit
    if over > len(ledger.made):
        return now + DAY
    free = ledger.made[over - 1] + DAY if over > 0 else now
    return max(now, free, ledger.not_before)


class Budget:
    """The ledger, kept in a file. Not safe for two threads: its owner holds a lock."""

    def __init__(self, path: Path, limit: int, clock: Callable[[], float] = time.time) -> None:
        """Keep the ledger in `path`; `limit` requests a day; `clock` gives wall-clock seconds."""
        self._path = path
        self._limit = limit
        self._clock = clock
        self._ledger = _read(path)

    def check(self, *, by_person: bool, optional: bool = False) -> None:
        """Raise Limited where a wish may not be begun now, or what is `optional` not be asked."""
        kept = 0 if by_person else min(KEPT_FOR_PEOPLE, self._limit // 2) + BURST - 1
        if optional:
            kept += min(KEPT_FOR_MUSIC, self._limit // 10)
        self._raise_before(kept + 1, "" if by_person else "; the rest is kept for people")

    def spend(self) -> None:
        """Count one request, before it is made; raise Limited where it may not be made.

        It is not waited for the disk: a kill loses nothing, and a power cut loses the count of
        the last seconds, which is far from Spotify's own limit.
        """
        self._raise_before(1, "")
        self._keep(spent(self._ledger, self._clock()), durable=False)

    def take_back(self) -> None:
        """Forget the last request: it never reached anybody."""
        made = self._ledger.made[:-1]
        self._keep(msgspec.structs.replace(self._ledger, made=made), durable=False)

    def wait(self, seconds: float) -> Limited:
        """Note that no request may be made for so long; return what to raise."""
        self._keep(told_to_wait(self._ledger, self._clock(), seconds), durable=True)
        return self._limited(self._ledger.not_before, "Spotify takes no requests")

    @property
    def left(self) -> int:
        """How many requests the day still has."""
        return max(0, self._limit - len(on_time(self._ledger, self._clock()).made))

    @property
    def roomy(self) -> bool:
        """Whether there is enough left for what is only nice to know."""
        return self.left > self._limit * 2 / 3

    @property
    def limited_until(self) -> float | None:
        """Until when nobody may ask; None: now is fine."""
        now = self._clock()
        at = may_ask_at(self._ledger, now, self._limit, 1)
        return at if at > now else None

    def _raise_before(self, wanted: int, note: str) -> None:
        now = self._clock()
        at = may_ask_at(self._ledger, now, self._limit, wanted)
        if at <= now:
            return
        if self._ledger.not_before >= at:
            raise self._limited(at, "Spotify takes no requests")
        raise self._limited(at, f"the day's {self._limit} requests to Spotify are used{note}")

    def _limited(self, until: float, what: str) -> Limited:
        """Make what to raise, with the time of day that a person reads."""
        at = time.strftime("%a %H:%M", time.localtime(until))
        return Limited(f"{what}: limited until {at}", until - self._clock())

    def _keep(self, ledger: Ledger, *, durable: bool) -> None:
        self._ledger = ledger
        try:
            files.replace(self._path, msgspec.json.encode(ledger), durable=durable)
        except OSError as error:
            log.warning("%s: the request budget is not kept: %s", self._path, error.strerror)


def _read(path: Path) -> Ledger:
    try:
        return msgspec.json.decode(path.read_bytes(), type=Ledger)
    except FileNotFoundError:
        return Ledger()
    except (OSError, msgspec.DecodeError) as error:
        log.warning("%s: unreadable, so the request budget begins anew: %s", path, error)
        return Ledger()
