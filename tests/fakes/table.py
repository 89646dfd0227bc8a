"""A box without parts: events with made-up times in, commands out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

from msgspec.structs import replace

from edge.choose.sources import SPOTIFYS
from edge.controller import Policy, State, begin, decide
from edge.events import (
    EMOTIONS,
    Command,
    Emotions,
    Event,
    Fulfil,
    Nobody,
    Playback,
    Played,
    Preferences,
    ReadSpeaker,
    Request,
    RequestBody,
    SpeakerState,
    Tick,
    Track,
    Watching,
    Wish,
)
from edge.mood.filter import Rules
from edge.records import Taste

C = TypeVar("C")

SOURCES = {mood: [f"spotify:playlist:{mood}"] for mood in EMOTIONS}


class Table:
    """A controller on the table, and all that it has decided."""

    def __init__(self, preferences: Preferences | None = None) -> None:
        self.now = 0.0
        players = (replace(SPOTIFYS, lists=True),)
        policy = Policy(rules=Rules(), min_play=600.0, hands_off=1800.0, players=players)
        self.state: State = begin(
            policy, preferences or Preferences(sources=SOURCES), Taste(), "boot", 0.0
        )
        self.commands: list[Command] = []
        self.mute = False
        """The speaker does not answer when it is looked at."""
        self.speaker = SpeakerState(0.0, Playback.IDLE)
        self.answers = True
        """Whether it is said that a wish was carried out."""
        self.tell(Watching(0.0, "CPU", "video", "yunet", "0123456789ab"))

    def tell(self, event: Event) -> tuple[Command, ...]:
        """Decide on one event; the speaker does at once what it is asked to."""
        self.now = max(self.now, event.at)
        self.state, commands = decide(self.state, event)
        self.commands += commands
        for command in commands:
            if isinstance(command, Fulfil):
                self.obey(command.wish)
            elif isinstance(command, ReadSpeaker) and not self.mute:
                commands += self.tell(replace(self.speaker, at=self.now))
        return commands

    def obey(self, wish: Wish) -> None:
        playback = Playback.PLAYING if wish.playing else Playback.PAUSED
        track = Track(uri=wish.uri + ":1") if wish.uri else self.speaker.track
        self.speaker = SpeakerState(
            self.now, playback, track, wish.volume or self.speaker.volume, wish=wish.id
        )
        self.tell(self.speaker)
        if self.answers:
            self.tell(Played(wish.id, self.now))

    def see(self, emotion: str, seconds: float, rate: float = 5.0) -> list[Command]:
        """Show a face with one plain emotion for a while."""
        before = len(self.commands)
        plain = tuple(0.994 if name == emotion else 0.001 for name in EMOTIONS)
        for _ in range(int(seconds * rate)):
            self.tell(Emotions(plain, self.now + 1 / rate))  # type: ignore[arg-type]
        return self.commands[before:]

    def leave(self, seconds: float) -> list[Command]:
        """Show an empty room for a while."""
        before = len(self.commands)
        for _ in range(int(seconds * 2)):
            self.tell(Nobody(self.now + 0.5))
        return self.commands[before:]

    def wait(self, seconds: float) -> list[Command]:
        """Let time pass without frames, up to an hour at a time."""
        before = len(self.commands)
        self.tell(Tick(self.now + seconds))
        return self.commands[before:]

    def ask(self, body: RequestBody, request: str = "r") -> tuple[Command, ...]:
        return self.tell(Request(request, body, "page", self.now))


def only(commands: Sequence[Command], kind: type[C]) -> list[C]:
    """Return the commands of one kind."""
    return [command for command in commands if isinstance(command, kind)]


def plays(commands: Sequence[Command]) -> list[Wish]:
    """Return the wishes for new music."""
    return [command.wish for command in only(commands, Fulfil) if command.wish.uri]
