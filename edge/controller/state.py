"""All that the box knows at one moment, and one decision under way."""

from __future__ import annotations

import random
from typing import Any

import msgspec
from msgspec import Struct

from edge.choose.sources import SPOTIFYS, Playable, any_of
from edge.events import (
    AWAY,
    CODE_COLOURS,
    UNSURE,
    Account,
    Command,
    HandsOff,
    Health,
    Intent,
    Learnt,
    Mood,
    Playback,
    Prediction,
    Preferences,
    Pulse,
    Release,
    SongStart,
    Sounding,
    SpeakerState,
    Watching,
    Wish,
)
from edge.mood.filter import MoodState, Rules
from edge.mood.filter import begin as begin_mood
from edge.records import Taste

NEVER = float("-inf")
CODE_LENGTH = 4
"""Colours of a pairing code to begin with."""
SOURCES = "sources"
"""What the moods were given and nobody can play is told under this."""
NAMED = 3
"""Of it, how many are named."""


class Policy(Struct, frozen=True):
    """The installer's part of the rules. Durations are seconds."""

    rules: Rules
    min_play: float = 20 * 60.0
    """Between two changes that the mood makes."""
    hands_off: float = 60 * 60.0
    """The mood leaves the music alone for so long after somebody chose or paused it."""
    correction_holds: float = 10 * 60.0
    """At least so long the mood is the one that somebody said."""
    speaker: str = "the speaker"
    """What it is called."""
    players: tuple[Playable, ...] = (SPOTIFYS,)
    """What the player can play, and what the one can that plays where it cannot."""
    speaker_tells: bool = False
    """It says by itself what it does; else it has to be asked, which costs."""
    pause_when_away: bool = True
    pairing_window: float = 5 * 60.0
    supervised: bool = True
    """Whoever ends the daemon can count on its being started again."""
    first_window: float = 60 * 60.0
    """The pairing window that a new box opens by itself."""
    settled_pace: float = 5.0
    """Frames a second while a mood stands; 10 while one is settling."""
    settling_pace: float = 10.0

    @property
    def playable(self) -> Playable:
        """What any of them can play."""
        return any_of(self.players)

    def can_play(self, source: str) -> bool:
        """Whether one of them can play `source`."""
        return any(player.has(source) for player in self.players)


class Said(Struct, frozen=True):
    """The mood that somebody said instead of the one that was read."""

    mood: str
    at: float
    until: float
    """It holds at least until then."""
    prediction: str
    unlearnt: Taste
    """The taste as it was, for who takes it back."""
    learnt: Taste


class State(Struct, frozen=True):
    """All that the box knows at one moment."""

    policy: Policy
    preferences: Preferences
    mood: MoodState
    """What the eyes make of whom they see; `felt` is what counts."""
    boot: str
    """Makes ids unique across restarts."""
    at: float
    began: float
    """When it started."""
    taste: Taste = Taste()
    count: int = 0
    """Ids given so far; the source of chance as well, so that decide() stays pure."""
    wall: float | None = None
    """What to add to `at` for wall-clock seconds; None until the clock is known to be set."""

    watching: Watching | None = None
    """None while the eyes are closed or down."""
    pulse: Pulse | None = None
    pace: float = 0.0
    unknown: str = "starting"
    """Why nothing is known of who is there; empty: it is known."""
    dark_at: float = NEVER
    """When a frame was too dark to tell."""
    lit_at: float = NEVER
    """When a frame was not."""
    prediction: Prediction | None = None
    """Of the mood that is on."""
    embedding: bytes = b""
    """Of the face that was read last."""
    embeddings: dict[str, bytes] = {}
    """Of the newest predictions, by id: what a tap may refer to."""
    learnt: Learnt | None = None
    confirmed: str = ""
    """The newest prediction that somebody called right."""
    said: Said | None = None
    quiet: bool = False
    """Quiet hours."""

    speaker: SpeakerState | None = None
    heard_at: float | None = None
    """When the speaker said itself what it does."""
    looked_at: float = NEVER
    """When somebody last wanted to see what it does."""
    acted_at: float = NEVER
    """When somebody last asked for something else than that, or did something at the speaker."""
    toggles_at: float | None = None
    """Play or pause, as soon as is known which: somebody pressed then."""
    pending: dict[str, Wish] = {}
    """The newest wishes that are not done yet, by id."""
    asked: str = ""
    """The newest of them that a person waits for."""
    doing: str = ""
    """The same in words."""
    cannot: str = ""
    """Why the first player cannot play, so that the second does; empty: it can."""
    in_vain: tuple[str, float] = ("", NEVER)
    """Why what somebody wanted could not be done though the music is well, and when that was."""
    account: Account | None = None
    wish: Wish | None = None
    """The music that was chosen last."""
    sounding: Wish | None = None
    """The music of ours that the speaker took last; it sounds while the chosen one waits."""
    source: str = ""
    """The owner's source that the wish plays."""
    step: int = 0
    """Steps the music has taken from the listener's mood towards where the intent wants it."""
    arrived: bool = True
    """There are no more steps to take."""
    playing_for: str = ""
    """The mood that the music was chosen for; empty while it is nobody's choice of ours."""
    last_change: float = NEVER
    hands_off: HandsOff = HandsOff()
    """What of the next three is kept over a restart."""
    picked_until: float = NEVER
    """Somebody chose the music: the mood leaves it alone until then, or until it is over."""
    silenced_until: float = NEVER
    """The same after a pause by a person."""
    silenced: bool = False
    """Somebody paused it; only a hand, or a new visit after `silenced_until`, ends it."""
    left: bool = False
    """The music is paused because nobody is there."""
    empty: bool = False
    """Nobody was there when that was last known."""
    unseen: bool = False
    """Somebody who is not seen wanted music: nobody being there stops it no more."""
    ended: bool = False
    """What was played is over, and nothing has followed yet."""
    stopgap: bool = False
    """It plays what comes with the product, as the owner has given nothing."""

    song: SongStart | None = None
    """The song that is on."""
    song_before: SongStart | None = None
    """The one before, of which more may be told yet."""
    titles: dict[str, str] = {}
    """Source -> what it is called, where that is known."""
    songs: dict[str, tuple[Sounding, ...]] = {}
    """Source -> its songs, where how they sound is known, or it is played only song by song."""
    health: Health | None = None
    release: Release | None = None
    problems: dict[str, str] = {}
    heard_from: frozenset[str] = frozenset()
    """Parts that have reported since the start."""
    held_when_private: bool | None = None
    """Privacy as it was before the button went down; None while it is up."""
    offering_since: float | None = None
    """The lights offer moods since then."""
    secret: str = ""
    """What nobody can foresee, for what nobody may guess."""
    pairing_until: float | None = None
    pairing_code: tuple[str, ...] = ()

    @property
    def felt(self) -> Mood | None:
        """The mood that counts: what somebody said, else what was read; None: not known."""
        if self.unknown:
            return None
        return self.mood.mood if self.said is None else Mood(self.said.mood, 1.0, self.said.at)

    @property
    def mood_name(self) -> str:
        """The steady mood's name; empty where it is not known."""
        felt = self.felt
        return felt.name if felt else ""

    @property
    def hands_off_until(self) -> float:
        """Until when the mood leaves the music alone because a person had the say."""
        return max(self.picked_until, self.silenced_until)

    @property
    def plays(self) -> Playable:
        """What whoever is to play now can play."""
        return self.policy.players[1 if self.cannot else 0]

    @property
    def here(self) -> SpeakerState | None:
        """What ours does; None: nothing is known, or another of the account has the music."""
        speaker = self.speaker
        return None if speaker is None or speaker.is_elsewhere(self.policy.speaker) else speaker

    @property
    def playing(self) -> bool:
        """Whether music is on, as far as is known."""
        return self.speaker is not None and self.speaker.playback is Playback.PLAYING

    def mood_may_drive(self, at: float) -> bool:
        """Whether the mood, and not a person, decides what is played now."""
        return (
            self.preferences.music
            and self.preferences.mood_drives
            and self.preferences.intent is not Intent.STEADY
            and not self.unknown
            and not self.silenced
            and at >= self.hands_off_until
        )

    def reads_a_mood(self) -> bool:
        """Whether an emotion stands out in the face, whatever anybody said."""
        return self.mood.mood.name not in (AWAY, UNSURE)

    def feels(self) -> bool:
        """Whether there is a mood to play to."""
        return self.mood_name not in ("", AWAY, UNSURE)

    @property
    def clock(self) -> float | None:
        """Wall-clock seconds now; None until the clock is known to be set."""
        return None if self.wall is None else self.at + self.wall


def begin(
    policy: Policy,
    preferences: Preferences,
    taste: Taste,
    boot: str,
    at: float,
    *,
    wall: float | None = None,
    hands_off: HandsOff | None = None,
    pairs: bool = False,
    secret: str = "",
) -> State:
    """Return the state to start with; `boot` makes this start's ids unique.

    `wall`: wall-clock seconds, None where the clock is not set yet. `hands_off`: what a person had
    the say of before this start. `pairs`: no browser has paired yet, so one may without the button.
    `secret`: random, and known to nobody.
    """
    state = State(
        policy=policy,
        preferences=preferences,
        mood=begin_mood(at),
        taste=taste,
        boot=boot,
        at=at,
        began=at,
        unknown="private" if preferences.private else "starting",
        wall=None if wall is None else wall - at,
        problems=_none_plays(policy, preferences),
        secret=secret,
        **_kept(hands_off, policy, at, wall),
    )
    if not pairs:
        return state
    turn = Turn(state, at)
    turn.let_pair(policy.first_window)
    return turn.state


def _none_plays(policy: Policy, preferences: Preferences) -> dict[str, str]:
    """Return the problem of music that no player of this box has, as from before it got another."""
    given = preferences.in_force().sources.values()
    dead = dict.fromkeys(it for theirs in given for it in theirs if not policy.can_play(it))
    if not dead:
        return {}
    named = ", ".join(list(dead)[:NAMED]) + (", …" if len(dead) > NAMED else "")
    player = policy.playable.player
    return {SOURCES: f"{player} cannot play what the moods were given, give them other: {named}"}


def _kept(
    hands_off: HandsOff | None, policy: Policy, at: float, wall: float | None
) -> dict[str, Any]:
    """Return the fields that say until when a person has the say, over a restart.

    While the clock is not set nobody knows how long that was ago, so it lasts a whole time anew.
    """
    if hands_off is None:
        return {}
    names = ("picked_until", "silenced_until")
    ends = {name: getattr(hands_off, name) for name in names}
    times = {
        name: end - wall + at if wall is not None else at + policy.hands_off
        for name, end in ends.items()
        if end
    }
    return {"silenced": hands_off.silenced, "hands_off": hands_off} | times


class Turn:
    """One decision under way: the state so far, and the commands so far."""

    def __init__(self, state: State, at: float) -> None:
        """Begin with the state as it was; `at` is the event's time."""
        self.at = max(at, state.at)
        self.state = msgspec.structs.replace(state, at=self.at)
        self.commands: list[Command] = []
        self.note = ""
        """What will come of a request, in words, where that is not at once."""

    def set(self, **changes: Any) -> None:
        """Change fields of the state."""
        self.state = msgspec.structs.replace(self.state, **changes)

    def do(self, command: Command) -> None:
        """Have something done."""
        self.commands.append(command)

    def new_id(self) -> str:
        """Return an id that no other start of this box gives."""
        self.set(count=self.state.count + 1)
        return f"{self.state.boot}-{self.state.count}"

    def let_pair(self, seconds: float) -> None:
        """Open the pairing window, with a new code for the light to show."""
        chance = random.Random(f"{self.state.secret} {self.new_id()}")
        code = chance.choices(tuple(CODE_COLOURS), k=CODE_LENGTH)
        self.set(pairing_until=self.at + seconds, pairing_code=tuple(code))

    def prefer(self, preferences: Preferences) -> None:
        """Take in what the house prefers from now on."""
        self.set(preferences=preferences)
        self.problem(SOURCES, _none_plays(self.state.policy, preferences).get(SOURCES, ""))

    def problem(self, part: str, words: str) -> None:
        """Note what is wrong with a part; empty words: it is well again."""
        problems = {k: v for k, v in self.state.problems.items() if k != part}
        if words:
            problems[part] = words
        self.set(problems=problems)
