"""Everything that crosses a thread or a process: the values, the events in, the commands out.

Times named `at`, `since` and `until` are seconds of the monotonic clock. They travel inside the
events, and nothing reads a clock to decide. These structs are the one source of the schema of the
JSON API, of MQTT and of the pipe to the eyes, and they validate what comes in.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Annotated, Any

import msgspec
from msgspec import UNSET, Meta, Struct, UnsetType

EMOTIONS = ("angry", "disgust", "fear", "happy", "sad", "surprise", "neutral")
"""The seven emotions, in the order of every list of probabilities and of every model card."""
Seven = tuple[float, float, float, float, float, float, float]
"""One number for each of EMOTIONS, in their order."""

UNSURE = "unsure"
"""Somebody is there, and no emotion stands out."""
AWAY = "away"
"""Eyes that looked saw nobody."""
UNKNOWN = ("private", "starting", "camera", "dark")
"""Why nothing is known of who is there: the eyes are to be closed, have not looked for long enough
yet, are away or broken, or cannot tell in this light."""

NETWORK = "network"
"""The problem of a box without one, which keeps all others from being solved."""
MODEL = "model"
"""The part that a model which was not kept is a problem of, until somebody has seen it."""
DAMAGED = "damaged store"
"""The problem that what was kept is lost, until somebody has seen it."""
PRIVACY = "privacy"
"""The problem of a box that may not be able to keep whether it may look."""

Percent = Annotated[int, Meta(ge=0, le=100)]
Colour = Annotated[str, Meta(pattern="^(#[0-9a-f]{6})?$")]
"""sRGB, "#rrggbb"; empty where it is left open."""
Probability = Annotated[float, Meta(ge=0, le=1)]
Rectangle = tuple[Probability, Probability, Probability, Probability]
"""Left, top, width and height of a part of the upright picture, as shares of its sides."""


class Intent(StrEnum):
    """What the music is to do with the mood."""

    MATCH = "match"
    LIFT = "lift"
    CALM = "calm"
    STEADY = "steady"


class Gesture(StrEnum):
    """What the one button can say."""

    PRESS = "press"
    """Play or pause."""
    DOUBLE = "double"
    """Not this one: next."""
    TRIPLE = "triple"
    """Wrong mood."""
    HOLD = "hold"
    """Held for 2 s: privacy on, at once."""
    RELEASE = "release"
    """Let go after a hold of 2 s to 10 s: privacy off, if that is what the hold can mean."""
    LONG_HOLD = "long_hold"
    """Held for 10 s: the pairing window opens."""


class GestureTarget(StrEnum):
    """Who follows a gesture."""

    BOX = "box"
    """The box, by its own meaning; the home hears nothing of it."""
    HOME = "home"
    """The home alone: it hears of it, and the box does nothing."""
    BOTH = "both"


class Playback(StrEnum):
    """What the speaker does."""

    PLAYING = "playing"
    PAUSED = "paused"
    IDLE = "idle"
    UNKNOWN = "unknown"


class Hand(StrEnum):
    """What somebody did at the speaker by hand, or by an automation."""

    PAUSE = "pause"
    RESUME = "resume"
    VOLUME = "volume"
    SKIP = "skip"
    PICK = "pick"
    """Other music."""


# --- values --------------------------------------------------------------------------------------


class Mood(Struct, frozen=True):
    """A steady mood."""

    name: str
    """One of the mood view's names, UNSURE or AWAY."""
    confidence: Probability
    since: float
    """When it began."""


class Lamp(Struct, frozen=True):
    """What the home wants of the mood light; it holds until the home gives it back."""

    on: bool = True
    brightness: Percent = 100
    colour: Colour = ""
    """Empty: the mood's."""


class QuietHours(Struct, frozen=True):
    """When music is to be quiet, and how loud it may be then."""

    begin: Annotated[str, Meta(max_length=5)] = ""
    """As "22:30", by the clock on the wall; empty with an empty `end`: never."""
    end: Annotated[str, Meta(max_length=5)] = ""
    volume: Percent = 20


class ProfilePreferences(Struct, frozen=True):
    """What a profile has of its own; what is None, and a mood without a list, is the house's."""

    sources: dict[str, list[str]] = {}
    volume: Percent | None = None
    """The volume to start with."""
    quiet: QuietHours | None = None


class Broker(Struct, frozen=True):
    """Where the home's broker is. Its password is no preference: nobody is shown it again."""

    host: Annotated[str, Meta(pattern=r"^[A-Za-z0-9._:-]{1,253}$")]
    port: Annotated[int, Meta(ge=1, le=65535)] = 1883
    user: Annotated[str, Meta(max_length=100)] = ""
    tls: bool = False


class Release(Struct, frozen=True, tag=True):
    """How the box stands with its updates; an event, too."""

    at: float
    latest: str = ""
    """The newest version that a look found; empty: nobody has looked."""
    installing: bool = False
    words: str = ""
    """What came of the last look or installation."""
    warning: str = ""
    """Why an update was refused or not kept, or what is to be done lest there be none one day."""
    notes: tuple[str, ...] = ()
    """What changed in the newest version, as its maker signed it."""
    runs: str = ""
    """The version of the release that runs; empty: this was not installed from one."""


class Song(Struct, frozen=True):
    """A song, as far as is known."""

    uri: str
    title: str = ""
    artist: str = ""
    album: str = ""
    cover: str = ""
    """Address of the cover picture; empty where there is none."""
    link: str = ""
    """Address that opens the song in Spotify."""
    duration: float = 0.0
    """Seconds; 0 where it is not known."""

    def fields(self) -> dict[str, Any]:
        """Return what a song is, for a struct that says more of it."""
        return {name: getattr(self, name) for name in Song.__struct_fields__}


class Track(Song, frozen=True):
    """What is playing."""

    context: str = ""
    """The playlist, album or artist it is played from."""


class Wish(Struct, frozen=True):
    """What the speaker should be doing. The DJ holds the newest one and makes it true."""

    id: str
    playing: bool
    """False: be quiet."""
    uri: str = ""
    """What to play; empty leaves what is on and only resumes it."""
    songs: tuple[str, ...] = ()
    """Of it, what to play and in which order, where the player can; empty: as it is."""
    why: str = ""
    """One sentence for a person."""
    volume: Percent | None = None
    """None leaves the volume alone."""
    at_most: bool = False
    """That volume is only the loudest: what is not as loud is left alone."""
    prediction: str = ""
    """Id of the prediction that led to it."""
    mood: str = ""
    gentle: bool = True
    """Wait for the end of the track that is on, where the player can tell; False: at once."""
    skip: bool = False
    """Go on to the next track of what is on."""
    back: bool = False
    """Go back to the track before."""
    at: float = 0.0
    """When it was decided."""
    by_person: bool = False
    """Somebody asked for it: it overrules what was done by hand, and may use the requests that
    are kept back for people."""

    @property
    def is_step(self) -> bool:
        """Whether it goes on or back from what is on."""
        return self.skip or self.back


# --- events: what happened -----------------------------------------------------------------------


class Emotions(Struct, frozen=True, tag=True):
    """What the eyes read in one frame with at least one face; all that ever leaves them unasked."""

    probabilities: tuple[float, float, float, float, float, float, float]
    """In the order of EMOTIONS, calibrated, summing to one."""
    at: float
    faces: int = 1
    confidence: Probability = 1.0
    """The face detector's."""
    readable: bool = True
    """False: somebody is there, too dark or too blurred to read; the probabilities say nothing."""
    embedding: bytes = b""
    """What the model's last layer read of the leading face, int8; only where the house wants the
    box to learn from its taps."""


class Nobody(Struct, frozen=True, tag=True):
    """A frame with no face."""

    at: float
    dark: bool = False
    """Too dark to tell."""


class Emission(Struct, frozen=True):
    """What `moodbox-convert mood` measured of a model, on validation faces only; on its card.

    The defaults are for a card that says nothing: about what the model shipped first has.
    """

    sharpness: float = 1.0
    """Exponent of the model's probabilities."""
    bias: Seven = (0.4, 1.9, 1.2, -0.7, -0.6, -0.3, -1.9)
    """Logarithm of what the model owes each emotion: the rare ones are named too seldom."""
    apart: float = 4.0
    """Distance to the mean reading (logs) from which on a view is of another face."""


class Watching(Struct, frozen=True, tag=True):
    """The eyes are open; sent once after each opening."""

    at: float
    runs_on: str
    """"Edge TPU" or "CPU", never hidden."""
    camera: str
    """The driver, and where it can tell, its sensor, size and angle."""
    detector: str
    model: str
    """First 12 digits of the model file's sha256."""
    note: str = ""
    """What a person should know: a fall-back that was taken, and why."""
    emission: Emission = Emission()
    """How the mood filter is to take what this model reads, by its card."""


class Pulse(Struct, frozen=True, tag=True):
    """How the eyes are doing; sent every few seconds."""

    at: float
    frames_per_second: float
    inference_ms: float
    """Median of the emotion model alone."""


class Ended(Struct, frozen=True, tag=True):
    """The video or the stills that the eyes looked at are over; the eyes have closed."""

    at: float


class Up(Struct, frozen=True, tag=True):
    """A part works again; said once."""

    part: str
    at: float


class Down(Struct, frozen=True, tag=True):
    """A part cannot work now; said once, until it is up again."""

    part: str
    reason: str
    at: float


class Pressed(Struct, frozen=True, tag=True):
    """The button said something."""

    gesture: Gesture
    at: float
    """When its meaning was decided."""
    began: float | None = None
    """When the finger first went down; None where it is not known."""


CODE_COLOURS: Mapping[str, str] = MappingProxyType(
    {
        "vermillion": "#d55e00",
        "yellow": "#f0e442",
        "green": "#009e73",
        "blue": "#0072b2",
        "purple": "#cc79a7",
        "white": "#ffffff",
    }
)
"""The colours a pairing code is made of, sRGB: the lamp shows and the pairing page draws them."""


class PairingCode(Struct, frozen=True, tag=True):
    """The code of the pairing window that is open grew, or somebody has paired."""

    code: tuple[str, ...]
    """The colours for the light to show; empty closes the window."""
    at: float


class SpeakerState(Struct, frozen=True, tag=True):
    """What the player knows of the speaker now."""

    at: float
    playback: Playback
    track: Track | None = None
    volume: Percent | None = None
    speaker: str = ""
    """The speaker's name."""
    remaining: float | None = None
    """Seconds until the track ends; None where it is not known."""
    hand: Hand | None = None
    """What somebody did since the last look; None: it is as we left it."""
    wish: str = ""
    """The wish it follows from, or the one given up for a hand; empty where there is none."""

    def is_elsewhere(self, speaker: str) -> bool:
        """Return whether this happens on another speaker of the account than `speaker`."""
        return bool(self.speaker) and self.speaker.casefold() != speaker.casefold()


class Played(Struct, frozen=True, tag=True):
    """A wish was carried out: the speaker took it."""

    wish: str
    at: float


class PlayFailed(Struct, frozen=True, tag=True):
    """A wish could not be carried out; the reason is in words, with the fix."""

    wish: str
    reason: str
    at: float
    terminal: bool = False
    """Trying again is no use until somebody does something."""
    given_up: bool = False
    """It is not tried again at all."""


class TrackEnded(Struct, frozen=True, tag=True):
    """A track is over."""

    uri: str
    at: float
    listened: float
    """Seconds it was heard."""
    skipped: bool = False
    """Somebody cut it short."""
    wish: str = ""


class MusicEnded(Struct, frozen=True, tag=True):
    """What was asked for is over: its last track ended, or Spotify went on with its own station."""

    uri: str
    at: float
    wish: str = ""


class Fallback(Struct, frozen=True, tag=True):
    """Which of the house's two players can play: what is to be chosen from depends on it."""

    reason: str
    """Why the first cannot, so that the second does; empty: it can."""
    at: float


WARN_DAYS = 14
"""A sign-in that ends within so many days is worth a word."""


class Account(Struct, frozen=True, tag=True):
    """How the Spotify sign-in and its request budget stand. Times are wall-clock seconds."""

    at: float
    signed_in: bool
    expires: float | None = None
    """When the sign-in ends, whatever happens."""
    requests_left: int | None = None
    """Of the rolling day's budget; None where the player needs none."""
    limited_until: float | None = None
    """No request before this time."""


class PlaylistNames(Struct, frozen=True, tag=True):
    """The library knows what playlists are called."""

    at: float
    names: dict[str, str]
    """URI -> name; all that are known."""


class Sounding(Struct, frozen=True, array_like=True):
    """A song of the owner's, and how it sounds."""

    uri: str
    mood: str = ""
    """The mood that it sounds like; empty: that is not known."""
    sure: Probability = 1.0


class SongsKnown(Struct, frozen=True, tag=True):
    """The library knows the songs of lists that the moods were given."""

    at: float
    songs: dict[str, tuple[Sounding, ...]]
    """List -> its songs; all that say anything: of a list that is played as it is, it says nothing
    where of none is known how it sounds."""


class Health(Struct, frozen=True, tag=True):
    """The Raspberry Pi's own state; None where this machine cannot tell."""

    at: float
    temperature: float | None = None
    """Degrees Celsius."""
    under_voltage: bool | None = None
    disk_free: float | None = None
    """MiB in the state directory."""
    online: bool | None = None
    """Whether there is a way out of this machine: Wi-Fi or a cable is up."""


class Learning(StrEnum):
    """What came of the house's taps; see edge/personal."""

    FEW = "few"
    """Too few to learn from."""
    NOTHING = "nothing"
    """Nothing that would help."""
    LEARNT = "learnt"
    """The model's last layer is changed a little."""
    TAKEN_BACK = "taken back"
    """What earlier taps taught was beaten on newer ones; nothing is changed."""


class Learnt(Struct, frozen=True, tag=True):
    """The box has looked at what the taps of the house teach."""

    at: float
    state: Learning
    taps: int = 0
    corrections: int = 0
    """Among the newest taps, which were held back."""
    mended: int = 0
    """Of these, what the other taps teach would have read rightly."""


class Tick(Struct, frozen=True, tag=True):
    """Time went by."""

    at: float
    wall: float | None = None
    """Wall-clock seconds, once the clock is known to be set."""


# --- requests: what somebody wants ---------------------------------------------------------------


class PlayPause(Struct, frozen=True, tag=True):
    """Pause what plays; play what is paused."""


class Next(Struct, frozen=True, tag=True):
    """Not this one."""


class Pause(Struct, frozen=True, tag=True):
    """Be quiet."""


class Play(Struct, frozen=True, tag=True):
    """Play a Spotify URI, or what suits a mood."""

    what: Annotated[str, Meta(min_length=1, max_length=200)]


class Resume(Struct, frozen=True, tag=True):
    """Play on; where a pause had the say, the mood has it again."""


class Previous(Struct, frozen=True, tag=True):
    """The one before."""


class FollowMood(Struct, frozen=True, tag=True):
    """End the hands-off time: let the mood choose again, at once."""


class SetVolume(Struct, frozen=True, tag=True):
    """Set the speaker's volume."""

    volume: Percent


class SetIntent(Struct, frozen=True, tag=True):
    """Say what the music is to do with the mood."""

    intent: Intent


class SetMusic(Struct, frozen=True, tag=True):
    """Let the box play, or stop its music."""

    on: bool


class SetMoodDrives(Struct, frozen=True, tag=True):
    """Let the mood choose the music, or only people."""

    on: bool


class SetPrivate(Struct, frozen=True, tag=True):
    """Close the eyes (their process ends), or open them."""

    private: bool


class WrongMood(Struct, frozen=True, tag=True):
    """The mood is wrong; what is right is not said."""


class Correct(Struct, frozen=True, tag=True):
    """I actually feel …: tied to a prediction where one is named, else to the newest."""

    mood: Annotated[str, Meta(min_length=1, max_length=20)]
    prediction: Annotated[str, Meta(max_length=40)] = ""


class Confirm(Struct, frozen=True, tag=True):
    """Yes, that is right: of the prediction that is named, else of the newest."""

    prediction: Annotated[str, Meta(max_length=40)] = ""


class TakeBack(Struct, frozen=True, tag=True):
    """The last correction was a mistake."""


class Unlearn(Struct, frozen=True, tag=True):
    """Forget what was learnt from the taps, with what was kept of them for that."""


class Acknowledge(Struct, frozen=True, tag=True):
    """A problem that stays until somebody has seen it has been seen."""

    part: Annotated[str, Meta(min_length=1, max_length=40)]


class LookAtSpeaker(Struct, frozen=True, tag=True):
    """Somebody wants to see what the speaker does now."""


class OpenPairing(Struct, frozen=True, tag=True):
    """Let a browser pair; only who is at the box itself may ask."""


class SetSources(Struct, frozen=True, tag=True):
    """What to play for a mood: Spotify URIs, links, or searches, best first."""

    mood: Annotated[str, Meta(min_length=1, max_length=20)]
    sources: Annotated[
        list[Annotated[str, Meta(min_length=1, max_length=300)]], Meta(max_length=50)
    ]
    profile: Annotated[str, Meta(max_length=40)] = ""
    """Whose; empty: the house's."""


class AddSource(Struct, frozen=True, tag=True):
    """Give a mood one thing more to play, as the last."""

    mood: Annotated[str, Meta(min_length=1, max_length=20)]
    source: Annotated[str, Meta(min_length=1, max_length=300)]
    profile: Annotated[str, Meta(max_length=40)] = ""
    """Whose; empty: the house's."""


class RemoveSource(Struct, frozen=True, tag=True):
    """Take something to play from a mood."""

    mood: Annotated[str, Meta(min_length=1, max_length=20)]
    source: Annotated[str, Meta(min_length=1, max_length=300)]
    profile: Annotated[str, Meta(max_length=40)] = ""
    """Whose; empty: the house's."""


class MoveSource(Struct, frozen=True, tag=True):
    """Put something that a mood has at another place among what it has."""

    mood: Annotated[str, Meta(min_length=1, max_length=20)]
    source: Annotated[str, Meta(min_length=1, max_length=300)]
    to: Annotated[int, Meta(ge=0, le=50)]
    """0: the first."""
    profile: Annotated[str, Meta(max_length=40)] = ""
    """Whose; empty: the house's."""


class SetProfile(Struct, frozen=True, tag=True):
    """Who is listening, chosen by hand; nobody is ever recognised."""

    profile: Annotated[str, Meta(min_length=1, max_length=40)]


class SetProfilePreferences(Struct, frozen=True, tag=True):
    """Change what a profile has of its own; what is left out stays, None is the house's again."""

    profile: Annotated[str, Meta(min_length=1, max_length=40)]
    volume: Percent | UnsetType | None = UNSET
    quiet: QuietHours | UnsetType | None = UNSET


Addresses = Annotated[
    tuple[Annotated[str, Meta(pattern=r"^[a-z][a-z0-9+.-]*://\S+$", max_length=500)], ...],
    Meta(max_length=5),
]
"""Where Apprise sends to, as ntfy://my-topic or mailto://user:password@example.org."""


class SetPreferences(Struct, frozen=True, tag=True):
    """Change some preferences at once; those that are left out stay as they are."""

    quiet_from: Annotated[str, Meta(max_length=5)] | UnsetType = UNSET
    """As "22:30", by the clock on the wall; empty with an empty `quiet_to`: no quiet hours."""
    quiet_to: Annotated[str, Meta(max_length=5)] | UnsetType = UNSET
    quiet_volume: Percent | UnsetType = UNSET
    volume: Percent | UnsetType | None = UNSET
    """To start with; None: the speaker's own."""
    max_volume: Percent | UnsetType = UNSET
    profiles: tuple[Annotated[str, Meta(max_length=40)], ...] | UnsetType = UNSET
    """All of them; where the one who listens is gone, the first one listens."""
    keep_faces: bool | UnsetType = UNSET
    learn: bool | UnsetType = UNSET
    share: bool | UnsetType = UNSET
    gestures: dict[Gesture, GestureTarget] | UnsetType = UNSET
    """Of those that change, who follows them; privacy and pairing stay the box's."""
    client_id: Annotated[str, Meta(pattern="^[0-9A-Za-z]{0,64}$")] | UnsetType = UNSET
    broker: Broker | UnsetType | None = UNSET
    """None: the settings'."""
    alerts: Addresses | UnsetType = UNSET
    alert_moods: bool | UnsetType = UNSET


class SetIgnored(Struct, frozen=True, tag=True):
    """Take faces at these places in the camera's picture for nobody; all of them."""

    places: Annotated[tuple[Rectangle, ...], Meta(max_length=20)]


class SetLamp(Struct, frozen=True, tag=True):
    """Set the mood light; what is left out stays as it is."""

    on: bool | UnsetType = UNSET
    brightness: Percent | UnsetType = UNSET
    colour: Colour | UnsetType = UNSET
    """Empty gives the light back to the mood."""


class Restart(Struct, frozen=True, tag=True):
    """End the daemon; systemd starts it again."""


class InstallUpdate(Struct, frozen=True, tag=True):
    """Look for a newer release now, and install it."""


RequestBody = (
    PlayPause
    | Next
    | Previous
    | Pause
    | Resume
    | Play
    | FollowMood
    | SetVolume
    | SetIntent
    | SetMusic
    | SetMoodDrives
    | SetPrivate
    | WrongMood
    | Correct
    | Confirm
    | TakeBack
    | Unlearn
    | Acknowledge
    | LookAtSpeaker
    | OpenPairing
    | SetSources
    | AddSource
    | RemoveSource
    | MoveSource
    | SetProfile
    | SetProfilePreferences
    | SetPreferences
    | SetIgnored
    | SetLamp
    | Restart
    | InstallUpdate
)


class Request(Struct, frozen=True, tag=True):
    """Somebody wants something; it is answered by an Answer with the same id."""

    id: str
    body: RequestBody
    origin: str
    """Who asks: button, mqtt, page, command line."""
    at: float


Event = (
    Emotions
    | Nobody
    | Watching
    | Pulse
    | Ended
    | Up
    | Down
    | Pressed
    | PairingCode
    | SpeakerState
    | Played
    | PlayFailed
    | TrackEnded
    | MusicEnded
    | Fallback
    | Account
    | PlaylistNames
    | SongsKnown
    | Health
    | Release
    | Learnt
    | Tick
    | Request
)

# --- commands: what is to be done ----------------------------------------------------------------


class OpenEyes(Struct, frozen=True, tag=True):
    """Start the eyes' process, or keep it."""


class CloseEyes(Struct, frozen=True, tag=True):
    """End the eyes' process, at once."""


class Pace(Struct, frozen=True, tag=True):
    """How many frames a second are worth looking at while somebody is there."""

    frames_per_second: float


class Ignore(Struct, frozen=True, tag=True):
    """Faces whose middle lies in one of these places are nobody."""

    places: tuple[Rectangle, ...]


class KeepFaces(Struct, frozen=True, tag=True):
    """Let the eyes keep the faces of predictions for some minutes; False: forget every one."""

    on: bool


class Learn(Struct, frozen=True, tag=True):
    """Learn from what people say of the moods; False: forget what was learnt, with its taps."""

    on: bool
    share: bool = False
    """Leave an update for the fleet's program, too (edge/personal/share.py)."""


class ForgetTaps(Struct, frozen=True, tag=True):
    """Forget what was learnt, with its taps, and begin anew."""


class MarkFace(Struct, frozen=True, tag=True):
    """A prediction was made from the newest face; a correction may ask for it."""

    prediction: str


class Fulfil(Struct, frozen=True, tag=True):
    """The DJ's newest wish."""

    wish: Wish


class ReadSpeaker(Struct, frozen=True, tag=True):
    """Look at the speaker once, now, within the budget; a SpeakerState follows."""

    by_person: bool = False
    """Somebody waits for what it shows, so it may use the requests that are kept for people."""


class RetryMusic(Struct, frozen=True, tag=True):
    """What the music waited for has come: try at once what failed."""


class Acknowledged(Struct, frozen=True, tag=True):
    """Somebody has seen a problem; it is not said again."""

    part: str


class Answer(Struct, frozen=True, tag=True):
    """A request was accepted, or rejected with the reason."""

    id: str
    accepted: bool
    reason: str = ""
    note: str = ""
    """What will come of it, in words, where that is not at once."""


class EndDaemon(Struct, frozen=True, tag=True):
    """End the daemon, to be started afresh."""


class OrderUpdate(Struct, frozen=True, tag=True):
    """Have the newest release looked for and installed."""


class Remember(Struct, frozen=True, tag=True):
    """A record for the store."""

    record: Record
    chosen: bool = False
    """Somebody chose it: whoever asked is answered once it is on the disk."""


class Prefer(Struct, frozen=True, tag=True):
    """The people of the house prefer this now: for every part that goes by it."""

    preferences: Preferences


class KeepFace(Struct, frozen=True, tag=True):
    """Keep the face of a prediction as this mood, where that is allowed."""

    prediction: str
    mood: str


class DropFace(Struct, frozen=True, tag=True):
    """Delete the face that was kept of a prediction."""

    prediction: str


class KeepTaste(Struct, frozen=True, tag=True):
    """Something was learnt of the taste of the house; the store keeps the state's."""


class Announce(Struct, frozen=True, tag=True):
    """Something worth telling the home, once: never retained, never repeated."""

    event: str
    """mood, play, gesture, fault, correction or request."""
    at: float
    data: dict[str, str | float | bool | None]


# --- records: what the store keeps ---------------------------------------------------------------


class Prediction(Struct, frozen=True, tag=True):
    """One reading of the mood: one a mood change, and one a request to correct. No pixels."""

    id: str
    at: float
    mood: str
    confidence: Probability
    probabilities: tuple[float, ...]
    model: str
    profile: str


class PlayRecord(Struct, frozen=True, tag=True):
    """A wish that was decided."""

    id: str
    at: float
    uri: str
    why: str
    mood: str
    prediction: str
    profile: str


DROPPED = "dropped"
"""How a play ended that never began: other music was wanted first."""


class PlayEnd(Struct, frozen=True, tag=True):
    """How a play ended."""

    id: str
    at: float
    outcome: str
    """finished, skipped, replaced or DROPPED."""
    listened: float = 0.0


class SongStart(Struct, frozen=True, tag=True):
    """A song began to play, whoever chose it."""

    id: str
    at: float
    track: Track
    mood: str
    """That it was chosen for, else that of the moment; empty where none was known."""
    profile: str


class SongEnd(Struct, frozen=True, tag=True):
    """How a song ended."""

    id: str
    at: float
    outcome: str
    """finished, skipped, replaced or stopped."""
    listened: float = 0.0
    """Seconds."""


class Correction(Struct, frozen=True, tag=True):
    """The owner disagreed."""

    prediction: str
    at: float
    mood: str
    profile: str
    embedding: bytes = b""
    """Of the face that was read; only where the house wants the box to learn."""


class Confirmation(Struct, frozen=True, tag=True):
    """The owner agreed."""

    prediction: str
    at: float
    mood: str
    """Empty where only the store knows what was predicted."""
    profile: str
    embedding: bytes = b""


class TakenBack(Struct, frozen=True, tag=True):
    """The owner's correction of a prediction was a mistake."""

    prediction: str
    at: float


class MoodEnd(Struct, frozen=True, tag=True):
    """The mood of a prediction is over: another one, nobody there, or nothing is known."""

    id: str
    at: float


class HandsOff(Struct, frozen=True, tag=True):
    """Until when the mood leaves the music alone, in wall-clock seconds; 0: it does not."""

    picked_until: float = 0.0
    silenced_until: float = 0.0
    silenced: bool = False


class Preferences(Struct, frozen=True, tag=True):
    """What the people of the house change; kept in the store, changed only by the controller."""

    sources: dict[str, list[str]] = {}
    """For each mood, what to play: Spotify URIs, links or searches, best first."""
    intent: Intent = Intent.MATCH
    music: bool = True
    """Whether the box plays at all."""
    mood_drives: bool = True
    """Whether the mood chooses the music."""
    private: bool = False
    volume: Percent | None = None
    """The volume to start with; None leaves the speaker's own."""
    max_volume: Percent = 100
    quiet_from: str = ""
    """Quiet hours, "22:30" to "07:00" by the clock on the wall; empty: none."""
    quiet_to: str = ""
    quiet_volume: Percent = 20
    profile: str = "home"
    profiles: tuple[str, ...] = ("home",)
    own: dict[str, ProfilePreferences] = {}
    """Profile -> what it has instead of the house's."""
    client_id: str = ""
    """Of the household's own Spotify app; no secret."""
    keep_faces: bool = False
    """Whether a correction may keep the face it belongs to."""
    learn: bool = False
    """Whether the box may learn from corrections and confirmations, and keep what that takes."""
    share: bool = False
    """Whether a fleet may have what the taps have in common; only where the box may learn."""
    gestures: dict[Gesture, GestureTarget] = {}
    """Who follows a gesture; one that is not named: both."""
    lamp: Lamp = Lamp()
    ignored: tuple[Rectangle, ...] = ()
    """Places in the camera's picture where faces are nobody: a television, a poster."""
    broker: Broker | None = None
    """The home's; None: the one that the settings name, if they do."""
    alerts: Addresses = ()
    """Where word is sent of what is wrong; they may hold passwords. Empty: nowhere."""
    alert_moods: bool = False
    """Whether that word may name moods."""

    def in_force(self) -> Preferences:
        """Return what holds while the profile listens: its own where it has that."""
        own = self.own.get(self.profile)
        if own is None:
            return self
        sources = self.sources | {mood: given for mood, given in own.sources.items() if given}
        volume = self.volume if own.volume is None else own.volume
        changed = msgspec.structs.replace(self, sources=sources, volume=volume)
        if own.quiet is None:
            return changed
        return msgspec.structs.replace(
            changed,
            quiet_from=own.quiet.begin,
            quiet_to=own.quiet.end,
            quiet_volume=own.quiet.volume,
        )

    def all_sources(self) -> dict[str, list[str]]:
        """Return what each mood was given by anybody, each thing once."""
        lists = [self.sources, *(own.sources for own in self.own.values())]
        moods = dict.fromkeys(mood for given in lists for mood in given)
        return {
            mood: list(dict.fromkeys(s for given in lists for s in given.get(mood, ())))
            for mood in moods
        }


Record = (
    Prediction
    | MoodEnd
    | PlayRecord
    | PlayEnd
    | SongStart
    | SongEnd
    | Correction
    | Confirmation
    | TakenBack
    | HandsOff
    | Preferences
)

Command = (
    OpenEyes
    | CloseEyes
    | Pace
    | Ignore
    | KeepFaces
    | Learn
    | ForgetTaps
    | MarkFace
    | Fulfil
    | ReadSpeaker
    | RetryMusic
    | EndDaemon
    | OrderUpdate
    | Acknowledged
    | Answer
    | Remember
    | Prefer
    | KeepFace
    | DropFace
    | KeepTaste
    | Announce
)


# --- the one public view -------------------------------------------------------------------------


class Status(Struct, frozen=True):
    """All that the lights, MQTT, the page and the command line show: one value, so they agree."""

    at: float
    mood: Mood | None
    """None while nothing is known, for the reason in `unknown`."""
    unknown: str = ""
    """One of UNKNOWN; empty: the mood is known."""
    probabilities: tuple[float, ...] = ()
    """What the face says, in the order of EMOTIONS; empty while nobody is there, or unknown."""
    faces: int | None = None
    """None while nothing is known."""
    prediction: str = ""
    corrected: str = ""
    """The mood that somebody said instead of the one that was read; it is the mood then."""
    corrected_until: float | None = None
    """It holds at least until then."""
    settling: bool = False
    """A change of mood is under way."""
    private: bool = False
    music: bool = True
    """The box plays at all."""
    mood_drives: bool = True
    """The mood chooses the music."""
    intent: Intent = Intent.MATCH
    profile: str = "home"
    profiles: tuple[str, ...] = ("home",)
    max_volume: Percent = 100
    loudest: Percent = 100
    """What holds now: the same, or less in the quiet hours of who listens."""
    quiet_volume: Percent = 20
    gestures: dict[Gesture, GestureTarget] = {}
    lamp: Lamp = Lamp()
    release: Release | None = None
    learnt: Learnt | None = None
    """None: the house does not want it, or nobody has looked yet."""
    playback: Playback = Playback.UNKNOWN
    track: Track | None = None
    position: float | None = None
    """Seconds into the track, at `at`; None where that is not known."""
    heard_at: float | None = None
    """When the speaker was known last."""
    doing: str = ""
    """What is under way because a person asked for it, in words."""
    music_for: str = ""
    """The mood that the music was chosen for; empty where it was not."""
    why: str = ""
    """Why this is playing, or why nothing is, in one sentence."""
    speaker: str = ""
    volume: Percent | None = None
    hands_off_until: float | None = None
    """The mood leaves the music alone until then: somebody chose or paused it."""
    runs_on: str = ""
    camera: str = ""
    detector: str = ""
    model: str = ""
    eyes_note: str = ""
    """What a person should know of the eyes: a fall-back that was taken, and why."""
    frames_per_second: float = 0.0
    inference_ms: float = 0.0
    account: Account | None = None
    health: Health | None = None
    problems: dict[str, str] = {}
    """Part -> what is wrong, in words with the fix; empty while all is well."""
    pairing_until: float | None = None
    pairing_code: tuple[str, ...] = ()
    """The colours that the light shows one after the other while the window is open."""
    offering: str = ""
    """The mood that the light offers after a triple press; empty otherwise."""
    waking: bool = False
    """Not all parts have reported yet."""
    quiet: bool = False
    """Quiet hours: the lights are dimmed."""
