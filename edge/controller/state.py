"""All that the box knows at one moment, and one decision under way."""

from __future__ import annotations

from typing import Any

import msgspec
from msgspec import Struct

from edge.events import (
    AWAY,
    UNSURE,
    Account,
    Command,
    Health,
    Intent,
    Playback,
    Prediction,
    Preferences,
    Pulse,
    SpeakerState,
    Watching,
    Wish,
)
from edge.mood.filter import MoodState, Rules
from edge.mood.filter import begin as begin_mood
from edge.records import Taste

NEVER = float("-inf")


class Policy(Struct, frozen=True):
    """The installer's part of the rules. Durations are seconds."""

    rules: Rules
    min_play: float = 20 * 60.0
    """Between two changes that the mood makes."""
    hands_off: float = 60 * 60.0
    """The mood leaves the music alone for so long after somebody chose by hand."""
    pause_when_away: bool = True
    pairing_window: float = 5 * 60.0
    first_window: float = 60 * 60.0
    """The pairing window that a new box opens by itself."""
    settled_pace: float = 5.0
    """Frames a second while a mood stands; 10 while one is settling."""
    settling_pace: float = 10.0


class State(Struct, frozen=True):
    """All that the box knows at one moment."""

    policy: Policy
    preferences: Preferences
    mood: MoodState
    boot: str
    """Makes ids unique across restarts."""
    at: float
    taste: Taste = Taste()
    count: int = 0
    """Ids given so far; the source of chance as well, so that decide() stays pure."""
    wall: float | None = None
    """What to add to `at` for wall-clock seconds; None until the clock is known to be set."""

    watching: Watching | None = None
    """None while the eyes are closed or down."""
    pulse: Pulse | None = None
    pace: float = 0.0
    prediction: Prediction | None = None

    speaker: SpeakerState | None = None
    account: Account | None = None
    wish: Wish | None = None
    source: str = ""
    """The owner's source that the wish plays."""
    step: int = 0
    """Steps the music has taken from the listener's mood towards where the intent wants it."""
    arrived: bool = True
    """There are no more steps to take."""
    playing_for: str = ""
    """The mood that the music was chosen for; empty while it is nobody's choice of ours."""
    last_change: float = NEVER
    hands_off_until: float = NEVER
    silenced: bool = False
    """Somebody paused by hand; only a hand, or a new visit after the hands-off time, ends it."""
    left: bool = False
    """The music is paused because nobody is there."""

    titles: dict[str, str] = {}
    """Source -> what it is called, where that is known."""
    health: Health | None = None
    problems: dict[str, str] = {}
    heard_from: frozenset[str] = frozenset()
    """Parts that have reported since the start."""
    held_when_private: bool | None = None
    """Privacy as it was before the button went down; None while it is up."""
    offering_since: float | None = None
    """The lights offer moods since then."""
    pairing_until: float | None = None
    pairing_code: tuple[str, ...] = ()

    @property
    def mood_name(self) -> str:
        """The steady mood's name."""
        return self.mood.mood.name

    @property
    def playing(self) -> bool:
        """Whether music is on, as far as is known."""
        return self.speaker is not None and self.speaker.playback is Playback.PLAYING

    def mood_may_drive(self, at: float) -> bool:
        """Whether the mood, and not a person, decides what is played now."""
        return (
            self.preferences.music
            and self.preferences.intent is not Intent.STEADY
            and not self.preferences.private
            and self.watching is not None
            and not self.silenced
            and at >= self.hands_off_until
        )

    def feels(self) -> bool:
        """Whether there is a mood to play to."""
        return self.mood_name not in (AWAY, UNSURE)

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
    new: bool = False,
) -> State:
    """Return the state to start with; `boot` makes this start's ids unique.

    A `new` box, which nobody has set up or paired with, lets browsers pair without its button.
    """
    return State(
        policy=policy,
        preferences=preferences,
        mood=begin_mood(at),
        taste=taste,
        boot=boot,
        at=at,
        pairing_until=at + policy.first_window if new else None,
    )


class Turn:
    """One decision under way: the state so far, and the commands so far."""

    def __init__(self, state: State, at: float) -> None:
        """Begin with the state as it was; `at` is the event's time."""
        self.at = max(at, state.at)
        self.state = msgspec.structs.replace(state, at=self.at)
        self.commands: list[Command] = []

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

    def problem(self, part: str, words: str) -> None:
        """Note what is wrong with a part; empty words: it is well again."""
        problems = {k: v for k, v in self.state.problems.items() if k != part}
        if words:
            problems[part] = words
        self.set(problems=problems)
