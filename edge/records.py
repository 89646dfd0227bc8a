"""What the store tells of the past."""

from __future__ import annotations

from msgspec import Struct

from edge.events import Song


class PastPrediction(Struct, frozen=True):
    """A prediction of the past; `at` is wall time, None where the clock was not set."""

    id: str
    at: float | None
    mood: str
    confidence: float
    probabilities: list[float]
    model: str
    profile: str
    lasted: float | None = None
    """Seconds; None while it lasts, or where a power cut kept that from being known."""


class PastPlay(Struct, frozen=True):
    """A play of the past, and how it ended."""

    id: str
    at: float | None
    uri: str
    why: str
    mood: str
    prediction: str
    profile: str
    outcome: str
    listened: float
    model: str | None = None
    """Of the prediction, as far as that is still kept."""


class PastSong(Struct, frozen=True):
    """A song that was heard; `at` is wall time, None where the clock was not set."""

    id: str
    at: float | None
    uri: str
    title: str
    artist: str
    album: str
    cover: str
    link: str
    context: str
    mood: str
    profile: str
    outcome: str
    """Empty while it is on."""
    listened: float
    name: str | None = None
    """Of the list it was played from, where that is known."""


class PastCorrection(Struct, frozen=True):
    """A correction, and the prediction it belongs to as far as that is still kept."""

    at: float | None
    prediction: str
    mood: str
    profile: str
    predicted: str | None
    confidence: float | None
    probabilities: list[float] | None
    model: str | None


class PastConfirmation(Struct, frozen=True):
    """A prediction that somebody called right."""

    at: float | None
    prediction: str
    mood: str
    profile: str
    confidence: float | None
    probabilities: list[float] | None
    model: str | None


class Tap(Struct, frozen=True):
    """What people said of a reading, and what the model's last layer had read of the face."""

    at: float | None
    """When it was read, wall time."""
    prediction: str
    mood: str
    model: str
    """First 12 digits of the model file's sha256: the numbers mean nothing to another model."""
    embedding: bytes
    """int8."""


class Device(Struct, frozen=True):
    """A paired browser."""

    number: int
    name: str
    at: float


class PlaylistSnapshot(Struct, frozen=True):
    """A list of the owner's songs, as it was read last."""

    source: str
    """A playlist's URI, LIKED or TOP."""
    name: str
    snapshot: str
    """Spotify's name for this version of the list; empty where it has none."""
    at: float
    """When it was looked at, wall time."""
    problem: str = ""
    """Why its songs are not known, in words."""


class ListedSong(Song, frozen=True, kw_only=True):
    """A song on one of the owner's lists."""

    source: str
    """Its list's."""
    isrc: str = ""
    """International recording code; empty where it is not told."""


class Features(Struct, frozen=True):
    """How a song sounds, as ReccoBeats or the owner's own table tells it."""

    valence: float
    """From sad, 0, to cheerful, 1."""
    energy: float
    """From quiet, 0, to intense, 1."""
    danceability: float | None = None
    loudness: float | None = None
    """Decibels."""
    speechiness: float | None = None
    acousticness: float | None = None
    instrumentalness: float | None = None
    liveness: float | None = None
    tempo: float | None = None
    """Beats a minute."""


class Belief(Struct, frozen=True, array_like=True):
    """What is known of one source for one mood."""

    likes: float = 0.0
    """Faded."""
    dislikes: float = 0.0
    good: int = 0
    """How often it was let play, ever: for people."""
    times: int = 0
    """How often there was an outcome, ever."""


class Taste(Struct, frozen=True):
    """What was learnt so far."""

    profiles: dict[str, dict[str, dict[str, Belief]]] = {}
    """Profile -> the listener's mood -> source -> what is known of it."""

    def of(self, profile: str, mood: str) -> dict[str, Belief]:
        """Return what is known of a profile in a mood."""
        return self.profiles.get(profile, {}).get(mood, {})


class Successor(Struct, frozen=True):
    """The model in use beside the one before it, by the readings with each that people judged."""

    model: str
    """Its version, the first 12 digits of its file's sha256."""
    right: int
    judged: int
    before: str
    """The version before it."""
    right_before: int
    judged_before: int
    low: float
    """Lower end of the 95 % interval of what its share of right ones has over that before."""
    high: float

    @property
    def is_worse(self) -> bool:
        """Whether it is right less often, and hardly by chance."""
        return self.high < 0


class Expected(Struct, frozen=True):
    """What a model's card says of validation faces; empty where it does not."""

    frequency: tuple[float, ...] = ()
    """Each of EMOTIONS' share."""
    confidence: tuple[float, ...] = ()
    """The share of them in each bin of edge/mood/confidence.py, as the box would be of their
    moods."""


class Week(Struct, frozen=True):
    """How well the last week's moods were read, and how far they are from those before."""

    right: int
    """Readings that somebody called right."""
    wrong: int
    """Readings that somebody called something else."""
    low: float
    """Lower end of the 95 % interval of the share of right ones."""
    high: float
    felt: str = ""
    """The mood that was most often taken for another; empty: none was."""
    predicted: str = ""
    """What it was taken for."""
    card: float | None = None
    """Population stability index of the seven shares against those of the model's card; None: too
    few moods were read."""
    emotions: float | None = None
    """The same against the four weeks before."""
    confidence: float | None = None
    """That of the confidence against the four weeks before."""
    confidence_card: float | None = None
    """The same against that of validation faces, by the model's card; None also where it tells of
    none."""
    successor: Successor | None = None
    """Over all five weeks; None: one model was used in them."""
