"""Who may hold a connection when all want one, and when that is worth a word. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from typing import NamedTuple, Protocol, TypeVar

FLOODED = "connections"
"""The part that is down while the page is flooded: none that a release could have broken."""
FLOOD = 50
"""Connections turned away within CALM seconds that are no accident."""
CALM = 60.0
"""Seconds without one that is turned away, until a flood is over."""


class Bounds(NamedTuple):
    """How many connections a listener holds."""

    total: int
    each: int
    """From one address."""


class Patience(NamedTuple):
    """Seconds that the other side of a connection may take, however busily it does so."""

    head: float = 10.0
    """To send a request's head, also where nothing was sent yet."""
    body: float = 20.0
    read: float = 30.0
    """To read something of what waits for it."""


class Terms(NamedTuple):
    """On what terms a listener takes connections."""

    name: str
    """In the log."""
    bounds: Bounds
    patience: Patience = Patience()
    flood: Callable[[str], None] = lambda _: None
    """Hears who floods it, and "" once that is over."""


class Held(Protocol):
    """A connection that has a place."""

    peer: str
    """Who counts as one."""

    @property
    def busy(self) -> bool:
        """Whether a request is served on it that does not wait for a stranger."""


H = TypeVar("H", bound=Held)


def room_for(peer: str, held: Iterable[H], bounds: Bounds) -> tuple[bool, H | None]:
    """Return whether `peer` gets a place, and which connection goes to make room.

    `held` begins with the oldest. Whoever has all it may have gives up one of its own that waits.
    Where all places are taken, one that waits goes, of whoever has the most; where none waits,
    one of whoever has more than the newcomer would.
    """
    held = list(held)
    has = Counter(it.peer for it in held)
    if has[peer] >= bounds.each:
        spare = [it for it in held if it.peer == peer and not it.busy]
    elif len(held) < bounds.total:
        return True, None
    else:
        spare = [it for it in held if not it.busy]
        spare = spare or [it for it in held if has[it.peer] > has[peer] + 1]
    goes = max(spare, key=lambda it: has[it.peer], default=None)  # the oldest of equals
    return goes is not None, goes


class Flood:
    """Tells a device that floods the box from a browser in a hurry."""

    def __init__(self) -> None:
        """Begin in peace."""
        self.since: float | None = None
        """When the flood that is on began to be noticed."""
        self._turned: Counter[str] = Counter()
        self._last = float("-inf")

    def turned_away(self, peer: str, now: float) -> str:
        """Note that a connection of `peer` had to go; return words where that makes a flood."""
        if self.since is None and now - self._last >= CALM:
            self._turned.clear()
        self._last = now
        self._turned[peer] += 1
        if self.since is not None or self._turned.total() < FLOOD:
            return ""
        self.since = now
        most = self._turned.most_common(1)[0][0] or "a program of this box"
        return f"{most} opens more connections than it may; they are turned away"

    def over(self, now: float) -> bool:
        """Return whether a flood has ended just now."""
        if self.since is None or now - self._last < CALM:
            return False
        self.since = None
        self._turned.clear()
        return True
