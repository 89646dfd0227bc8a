"""What the API answers besides the events' own structs; importing it costs next to nothing."""

from __future__ import annotations

from typing import Annotated, Any

from msgspec import Meta, Struct
from msgspec.structs import replace

from edge.events import Broker, Status
from edge.records import PastCorrection, PastPlay, PastPrediction, PastSong


class Error(Struct, frozen=True):
    """Why a request was not served, in one line."""

    error: str


class History(Struct, frozen=True):
    """What happened between two wall times."""

    since: float
    until: float
    moods: list[PastPrediction]
    plays: list[PastPlay]
    corrections: list[PastCorrection]


Wall = Annotated[float, Meta(ge=0, le=1e11)]
"""Seconds since 1970."""


class Between(Struct, frozen=True):
    """Two wall times; without, the day that ends now."""

    since: Wall | None = None
    until: Wall | None = None


class Days(Struct, frozen=True):
    """How many days back."""

    days: Annotated[float, Meta(ge=0, le=3660)] = 7.0


class SongsOf(Struct, frozen=True):
    """Which songs."""

    mood: Annotated[str, Meta(max_length=20)] = ""
    """Empty: the mood of the moment."""
    most: Annotated[int, Meta(ge=1, le=200)] = 20


class FaceOf(Struct, frozen=True):
    """Whose face."""

    of: Annotated[str, Meta(max_length=40)] = ""
    """The prediction that was made from it."""


class SearchFor(Struct, frozen=True):
    """Words to search for, or a link or URI of what is wanted."""

    q: Annotated[str, Meta(min_length=1, max_length=300)]


class CoverOf(Struct, frozen=True):
    """Whose picture."""

    of: Annotated[str, Meta(max_length=200)] = ""
    """The URI of a song or a list; empty: of what plays."""


class Choice(Struct, frozen=True):
    """Something that a mood could be given."""

    uri: str
    kind: str
    """playlist, album, artist or track."""
    name: str
    by: str
    songs: int
    """0 where it is not told."""
    cover: bool
    """Whether /api/cover has a picture of it."""
    exact: bool = False
    """It was named by its link or URI, and not found; its name is not known then."""


class KnownSource(Struct, frozen=True):
    """What is known of something that a mood was given."""

    source: str
    kind: str
    """As a choice's; "search" for words."""
    name: str
    """Empty while it is not known."""
    waits: bool = False
    """Its name will be known soon: the list is still to be read."""
    problem: str = ""
    """Why its songs are not known, in words."""
    cover: bool = False
    """Whether /api/cover has a picture of it."""


class Why(Struct, frozen=True):
    """Why this is playing, or why nothing is."""

    mood: str
    title: str
    uri: str
    why: str


class PairingState(Struct, frozen=True):
    """How pairing stands."""

    open: bool
    length: int
    """Colours of the code that the light shows."""
    colours: dict[str, str]
    """What a code is made of: names, and how each looks, "#rrggbb"."""


class Pair(Struct, frozen=True):
    """What is to let a browser in: the colours that somebody tapped, or an invitation."""

    colours: Annotated[list[Annotated[str, Meta(max_length=20)]], Meta(max_length=20)] = []
    """In order."""
    invitation: Annotated[str, Meta(max_length=100)] = ""
    """What stands behind the # of a one-time address; it is taken in place of the colours."""
    name: Annotated[str, Meta(max_length=60)] = ""
    """What to call the browser."""


class ButtonLevel(Struct, frozen=True):
    """The level of the simulated button."""

    down: bool


class Invitation(Struct, frozen=True):
    """An address that pairs the first browser that opens it."""

    address: str
    seconds: float
    """How long it is good for."""


class LoginBegin(Struct, frozen=True):
    """Begin to sign in with the household's own Spotify app."""

    client_id: Annotated[str, Meta(max_length=64)]


class LoginStep(Struct, frozen=True):
    """What to do next: open an address."""

    url: str
    qr: str
    """The same, as a picture's address."""


class LoginFinish(Struct, frozen=True):
    """The address that the browser landed on."""

    address: Annotated[str, Meta(max_length=4000)]


class Browser(Struct, frozen=True):
    """A paired browser."""

    number: int
    name: str
    at: float
    """When it was paired, wall time."""
    this: bool
    """Whether it is the one that asks."""


class HeardSong(Struct, frozen=True):
    """A song that was heard."""

    id: str
    at: float | None
    uri: str
    title: str
    artist: str
    album: str
    cover: bool
    """Whether /api/cover has a picture of it."""
    link: str
    context: str
    name: str
    """Of the list it was played from; empty where that is not known."""
    mood: str
    outcome: str
    """Empty while it is on."""
    listened: float

    @classmethod
    def of(cls, song: PastSong) -> HeardSong:
        """Return what the page may know of `song`: no address of a stranger's picture."""
        return cls(
            song.id,
            song.at,
            song.uri,
            song.title,
            song.artist,
            song.album,
            bool(song.cover),
            song.link,
            song.context,
            song.name or "",
            song.mood,
            song.outcome,
            song.listened,
        )


class BrokerPassword(Struct, frozen=True):
    """A password, and the broker that it is for."""

    broker: Broker
    password: Annotated[str, Meta(max_length=200, pattern=r"^[^\r\n\x00]*$")]
    """Empty: none, and the one that was kept is forgotten."""


class PutModel(Struct, frozen=True):
    """A model and what is known of it."""

    card: dict[str, Any]
    """As `moodbox-convert` wrote it; docs/model.md."""
    model: bytes
    """The int8 file, in base64."""
    head: bytes = b""
    """The file of its last layer, in base64; empty: it cannot be taught on the box."""


class UseModel(Struct, frozen=True):
    """A model to go to."""

    version: Annotated[str, Meta(pattern="^[0-9a-f]{12}$")]
    """The first 12 digits of its file's sha256."""


class ModelLaidDown(Struct, frozen=True):
    """The model that is used now."""

    version: str


class Revoke(Struct, frozen=True):
    """Unpair a browser."""

    number: Annotated[int, Meta(ge=1, le=2**53)]
    """As the list of browsers says; JSON's own numbers end there."""


class About(Struct, frozen=True):
    """What does not change while the box runs."""

    name: str
    version: str
    emotions: tuple[str, ...]
    """In the order of the probabilities."""
    moods: tuple[str, ...]
    """Those that this box tells apart."""
    colours: dict[str, str]
    """Every mood's, unsure's and away's, "#rrggbb", as the lamp shows them."""
    keep_days: float
    """How long history is kept."""
    drift: float = 0.25
    """Population stability index up to which a week passes for one like those before."""
    broker: str = ""
    """The home's broker, as host:port; empty where the box has none."""
    signs_in: bool = False
    """Whether its player needs a sign-in."""
    restarts: bool = False
    """Whether the box's program can be started anew from here."""
    simulated: tuple[str, ...] = ()
    """Parts that are made up: panel, speaker, past."""
    guest: bool = False
    """Whether the browser that asks may only look."""


def told_to(about: About, *, guest: bool) -> About:
    """Return what a browser is told about the box."""
    return replace(about, guest=guest)


class Hello(Struct, frozen=True):
    """How the box's clocks stand, so that a browser can turn `at` into a time."""

    now: float
    """Monotonic, in seconds."""
    wall: float
    version: str
    """Of the program; another means another page."""


class Begun(Struct, frozen=True):
    """What the page carries, so that it need not ask."""

    about: About
    hello: Hello
    status: Status | None
    """None while the box is waking."""
