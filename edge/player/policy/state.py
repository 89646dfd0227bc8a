"""What the policy knows of one speaker, and the turn in which it changes."""

from __future__ import annotations

from typing import Any

import msgspec
from msgspec import Struct

from edge.events import Event, SpeakerState, TrackEnded, Wish
from edge.player.policy.hands import Desired
from edge.player.policy.orders import Order, Report, ToSpeaker
from edge.player.policy.pending import Pending
from edge.player.policy.refusal import Suspicion

STEPS = 8
"""Orders of a fade, from the volume to silence."""
FRESH = 5.0
"""Seconds for which what was read of the speaker is good enough to act on."""


class Fade(Struct, frozen=True):
    """How far a fade has come."""

    at: float | None = None
    """When the next step is due; None: nothing is being faded."""
    level: int = STEPS
    """How far from silence it is, in steps."""
    ordered: tuple[int, ...] = ()
    """The volume before, and those ordered since; not those before the last that was seen."""


class Attempt(Struct, frozen=True):
    """What has been done of one try to fulfil what is pending."""

    looked: bool = False
    """The speaker was read in it."""
    uri: str = ""
    """What its words were found to mean."""
    measured: bool = False
    """How loud the speaker is was asked in it."""
    volume: int | None = None
    """What it answered."""
    wish: Wish | None = None
    """The wish for which the order under way was given."""


class State(Struct, frozen=True):
    """All of it; times are monotonic seconds."""

    speaker: str
    """Its name."""
    local: bool
    """It tells by itself what happens."""
    fade_seconds: float = 0.0
    """Each way; 0: there is no fading."""
    at: float = 0.0
    desired: Desired = Desired()
    seen: SpeakerState | None = None
    """As it was told or read last; None: nothing that still holds."""
    fresh_until: float = float("-inf")
    """Until when a speaker that has to be asked need not be asked again."""
    shown: SpeakerState | None = None
    """As it was reported last."""
    pending: Pending = Pending()
    due: float | None = None
    """When the pending music is to be played; None: that has to be found out."""
    asked_at: float = 0.0
    """When the pending music was wished for."""
    retry_at: float = 0.0
    failures: int = 0
    trouble: str = ""
    said: tuple[str, str] = ("", "")
    """The last failure that was told: the wish and the reason."""
    under_way: ToSpeaker | None = None
    """The order that is not answered yet."""
    attempt: Attempt | None = None
    looking: bool = False
    """The order under way is for a look of its own."""
    check_at: float | None = None
    """When to hold the speaker to our last order."""
    settled_at: float = 0.0
    """From when on it is held to it: until then it may not have come to it."""
    look_at: float | None = None
    """When the track that is on should have ended, for a speaker that has to be asked; for one that
    tells by itself when to ask it all the same, as it is not heard of."""
    look_asked: bool = False
    """Somebody waits for that look."""
    looks_failed: int = 0
    """How many looks failed, one after the other."""
    track_end: float | None = None
    """When the track that was seen last ends, if nobody touches it."""
    fade: Fade = Fade()
    first: ToSpeaker | None = None
    """An order of no wish that comes before all others."""
    closed: bool = False
    """The speaker was let go of: no more orders."""
    suspicion: Suspicion = Suspicion()
    played_at: float = 0.0
    track: str = ""
    track_wish: str = ""
    """The track that is on, and the wish it follows from."""
    ended: TrackEnded | None = None
    """The last track that ended, of a speaker that tells."""
    ordered_at: float = float("-inf")
    """When the last order was carried out that ends or halts a track."""


class Turn:
    """One step under way: the state so far, and the orders so far."""

    def __init__(self, state: State, at: float) -> None:
        """Begin with the state as it was; `at` is the input's time."""
        self.at = max(at, state.at)
        self.state = msgspec.structs.replace(state, at=self.at)
        self.orders: list[Order] = []

    def set(self, **changes: Any) -> None:
        """Change fields of the state."""
        self.state = msgspec.structs.replace(self.state, **changes)

    def desire(self, **changes: Any) -> None:
        """Change fields of what the speaker should be doing."""
        self.set(desired=msgspec.structs.replace(self.state.desired, **changes))

    def at_volume(self, volume: int) -> None:
        """Want `volume`, and take what was seen last as seen with it: no hand turned it there."""
        self.desire(volume=volume)
        if self.state.seen is not None:
            self.set(seen=msgspec.structs.replace(self.state.seen, volume=volume))

    def order(self, order: ToSpeaker, wish: Wish | None = None) -> None:
        """Give the speaker an order; `wish` is what it is for."""
        self.set(under_way=order)
        if self.state.attempt is not None:
            self.set(attempt=msgspec.structs.replace(self.state.attempt, wish=wish))
        self.orders.append(order)

    def report(self, event: Event) -> None:
        """Tell the controller."""
        self.orders.append(Report(event))

    def look(self) -> SpeakerState | None:
        """Return what the speaker does, or None where it has to be read first."""
        state = self.state
        fresh = self.at < state.fresh_until or (state.attempt is not None and state.attempt.looked)
        return state.seen if state.local or fresh else None
