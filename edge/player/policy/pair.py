"""What is known of two players that are one, what their policy is told, and what it has done."""

from __future__ import annotations

from enum import StrEnum
from math import inf

from msgspec import Struct

from edge.events import SpeakerState, TrackEnded
from edge.player.policy.orders import Kind
from edge.player.policy.refusal import Suspicion


class Side(StrEnum):
    """One of the two."""

    FIRST = "first"
    SECOND = "second"


class Pair(Struct, frozen=True):
    """What is known of both; times are monotonic seconds."""

    speaker: str
    """The first's name."""
    local: bool
    """The first tells by itself what happens."""
    on: Side = Side.FIRST
    """Whose music it is: orders go there."""
    cannot: str = ""
    """Why the first cannot play; empty: it can."""
    since: float = 0.0
    """When it began to be that way, or when a hiccup counts."""
    told: str = ""
    """The same as it was said last."""
    look_at: float = 0.0
    """When to look at the first next."""
    failures: int = 0
    """In a row, since it last took music."""
    sounds_until: float = -inf
    """Until when the first may sound, as far as is known; inf: until it is seen to be quiet."""
    ends: float = -inf
    """When its song ends: the one that was seen last, or was begun since."""
    hushed: bool = False
    """It was told to be quiet since it failed last."""
    barred: bool = False
    """We may not ask it for anything, rather than that it does not answer."""
    left: str = ""
    """What it was last told to play."""
    songs: tuple[str, ...] = ()
    """Of that, the songs that it was told one by one."""
    suspicion: Suspicion = Suspicion()
    played_at: float = -inf
    """When it took music last, and was not told to be quiet since."""
    changed_at: float = -inf
    """When the music went from one to the other."""


# --- inputs --------------------------------------------------------------------------------------


class Broke(Struct, frozen=True, tag=True):
    """The first did not do what it was told or asked."""

    reason: str
    kind: Kind
    at: float
    wait: float | None = None
    """Seconds to wait, where the outside world named them."""
    offline: bool = False
    """There is no way to its service at all."""
    free: bool = False
    """To find that out asked nothing of anybody."""


class Began(Struct, frozen=True, tag=True):
    """One of them took music."""

    side: Side
    uri: str
    at: float
    songs: tuple[str, ...] = ()
    """Of it, those that were ordered one by one."""


class Hushed(Struct, frozen=True, tag=True):
    """The first took a pause."""

    at: float


class Saw(Struct, frozen=True, tag=True):
    """What one of them does."""

    side: Side
    state: SpeakerState
    at: float
    asked: bool = False
    """It was asked, and so can be."""


class Over(Struct, frozen=True, tag=True):
    """A track of the first's ended."""

    track: TrackEnded
    at: float


class Clock(Struct, frozen=True, tag=True):
    """Time went by."""

    at: float


Input = Broke | Began | Hushed | Saw | Over | Clock

# --- actions -------------------------------------------------------------------------------------


class Hush(Struct, frozen=True, tag=True):
    """Have the first be quiet; answered by Hushed, or by nothing."""


class Glance(Struct, frozen=True, tag=True):
    """See whether the first may be asked, which asks nothing; only what is wrong is answered."""


class Probe(Struct, frozen=True, tag=True):
    """Ask the first what it does; answered by Saw or Broke."""


class Change(Struct, frozen=True, tag=True):
    """The music goes to this side: the other one is to be quiet."""

    to: Side
    picked: bool = False
    """Somebody chose it by hand there."""


class Pass(Struct, frozen=True, tag=True):
    """Pass on what the one that has the music does; `picked`: somebody chose it by hand there."""

    state: SpeakerState
    picked: bool = False


class Say(Struct, frozen=True, tag=True):
    """Say why the first cannot play; empty: it can again."""

    reason: str


Action = Hush | Glance | Probe | Change | Pass | Say
