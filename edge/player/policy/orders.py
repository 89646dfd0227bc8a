"""What the policy has the DJ do, and what it is told.

Each order to the speaker is answered by one input, and the next is given only after that. All
times named `at` are monotonic seconds.
"""

from __future__ import annotations

from enum import StrEnum

from msgspec import Struct

from edge.errors import (
    CannotPlay,
    Limited,
    MoodboxError,
    NeedsSomebody,
    Nonsense,
    Offline,
    SpeakerNotFound,
)
from edge.events import Event, Fallback, SpeakerState, TrackEnded, Wish

# --- orders --------------------------------------------------------------------------------------


class Ready(Struct, frozen=True, tag=True):
    """Find out whether the speaker may be asked now; that itself asks nothing."""

    by_person: bool = False
    optional: bool = False
    """For what is only nice to know."""


class Read(Struct, frozen=True, tag=True):
    """Look at the speaker; answered by Saw."""


class Search(Struct, frozen=True, tag=True):
    """Find the URI for some words; answered by Found."""

    words: str


class Measure(Struct, frozen=True, tag=True):
    """Find out how loud the speaker is, whichever has the music; answered by Measured."""


class Play(Struct, frozen=True, tag=True):
    """Play a context or a track from its start."""

    uri: str
    songs: tuple[str, ...] = ()
    """Of it, what to play and in which order, where the speaker can; empty: as it is."""
    repeat: bool = False
    """Begin again at its end."""
    mood: str = ""
    """What it is for."""


class Pause(Struct, frozen=True, tag=True):
    """Be quiet."""


class Resume(Struct, frozen=True, tag=True):
    """Play on."""


class Skip(Struct, frozen=True, tag=True):
    """Go on to the next track."""


class Previous(Struct, frozen=True, tag=True):
    """Go back to the track before."""


class SetVolume(Struct, frozen=True, tag=True):
    """Set the volume, in percent."""

    percent: int
    level: int | None = None
    """How far from silence a fade is then, in its steps; None: it is no step of a fade."""


class Report(Struct, frozen=True, tag=True):
    """Tell the controller; it is not answered."""

    event: Event


ToSpeaker = Ready | Read | Search | Measure | Play | Pause | Resume | Skip | Previous | SetVolume
Order = ToSpeaker | Report

# --- inputs --------------------------------------------------------------------------------------


class Changed(Struct, frozen=True, tag=True):
    """Another of the house's speakers has the music."""

    local: bool
    """It tells by itself what happens."""
    ordered: bool = False
    """By our own order; False: what we ordered before is over."""


class Opened(Struct, frozen=True, tag=True):
    """The speaker can be reached, for the first time or again."""

    at: float


class Closing(Struct, frozen=True, tag=True):
    """The box is about to let go of the speaker."""

    at: float


class Wished(Struct, frozen=True, tag=True):
    """There is a newer wish."""

    wish: Wish
    at: float


class Heard(Struct, frozen=True, tag=True):
    """The speaker told something by itself."""

    news: SpeakerState | TrackEnded | Changed | Fallback
    at: float


class LookNow(Struct, frozen=True, tag=True):
    """Somebody wants to see what the speaker does now."""

    at: float
    by_person: bool = False
    """Somebody waits for it."""


class Retry(Struct, frozen=True, tag=True):
    """What kept the music away may be over: a sign-in, a network, a speaker."""

    at: float


class Tick(Struct, frozen=True, tag=True):
    """Time went by; all that came in before was told."""

    at: float


class Took(Struct, frozen=True, tag=True):
    """An order was carried out."""

    order: ToSpeaker
    at: float


class Saw(Struct, frozen=True, tag=True):
    """What the speaker does."""

    state: SpeakerState
    at: float


class Found(Struct, frozen=True, tag=True):
    """The URI that some words mean."""

    uri: str
    at: float


class Measured(Struct, frozen=True, tag=True):
    """How loud the speaker is."""

    volume: int | None
    """Percent; None: it does not say."""
    at: float


class Kind(StrEnum):
    """What the failure of an order means for the next try."""

    AGAIN = "again"
    """It may work in a while."""
    OFFLINE = "offline"
    """The same, and nobody was asked: trying costs nothing."""
    AWAY = "away"
    """It may work in a while; the speaker is not to be found, and nobody knows what it does."""
    LIMITED = "limited"
    """It will not work before a time that was named."""
    SOMEBODY = "somebody"
    """It will not work until somebody does something."""
    NEVER = "never"
    """This wish cannot be carried out."""


def kind_of(error: MoodboxError) -> Kind:
    """Return what kind of failure an error of a player's is."""
    match error:
        case Limited():
            return Kind.LIMITED
        case CannotPlay() | Nonsense():
            return Kind.NEVER
        case NeedsSomebody():
            return Kind.SOMEBODY
        case Offline():
            return Kind.OFFLINE
        case SpeakerNotFound():
            return Kind.AWAY
        case _:
            return Kind.AGAIN


class Failed(Struct, frozen=True, tag=True):
    """An order was not carried out."""

    reason: str
    kind: Kind
    at: float
    wait: float | None = None
    """Seconds to wait, where the outside world named them."""


Input = (
    Opened | Closing | Wished | Heard | LookNow | Retry | Tick
    | Took | Saw | Found | Measured | Failed
)  # fmt: skip
