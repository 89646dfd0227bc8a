"""The house's own speaker, over MQTT: wishes go out on one topic, states come back on another.

Both are JSON; docs/speaker.md has their schemas, and how Home Assistant ties them to any media
player. A wish has a number, and whoever carries it out answers with a state that names it: so the
box knows that somebody does, and what of all that plays is its own.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Sequence
from enum import StrEnum
from typing import Annotated, Literal, Protocol

import msgspec
from msgspec import Meta, Struct

from edge.errors import CannotPlay, Fault
from edge.events import Playback, SpeakerState, Track
from edge.player.local import LocalPlayer
from edge.uri import Uri

log = logging.getLogger(__name__)

WISH, STATE = "player/wish", "player/state"
"""The topics, below the box's own."""
OPENING = 10.0
"""Seconds to wait for the broker."""
ANSWERS = 10.0
"""Seconds that whoever carries a wish out has to say so."""


class Do(StrEnum):
    """What is wished for."""

    PLAY = "play"
    PAUSE = "pause"
    RESUME = "resume"
    NEXT = "next"
    PREVIOUS = "previous"
    VOLUME = "volume"
    REPORT = "report"
    """Only say how it is."""


class SpeakerWish(Struct, frozen=True, omit_defaults=True):
    """What the speaker is to do."""

    wish: int
    """Its number, for the answer."""
    do: Do
    uri: str = ""
    """What to play, as it was given to the mood."""
    search: str = ""
    """Words to search for, in place of a URI."""
    mood: str = ""
    """The mood it is for."""
    shuffle: bool = False
    repeat: bool = False
    """Begin again at its end."""
    volume: Annotated[int, Meta(ge=0, le=100)] | None = None
    """Percent."""


class SpeakerTold(Struct, frozen=True):
    """What the speaker does; all but `state` may be left out."""

    state: Literal[
        "playing", "buffering", "paused", "idle", "on", "off", "standby", "unavailable", "unknown"
    ]
    """In the words of Home Assistant's media players."""
    wish: int | None = None
    """The number of the wish that this answers."""
    error: str = ""
    """Why that wish cannot be carried out."""
    uri: str | None = ""
    """Of the song that is on."""
    title: str | None = ""
    artist: str | None = ""
    album: str | None = ""
    cover: str | None = ""
    """The address of its picture."""
    duration: float | None = None
    """Seconds."""
    position: float | None = None
    """Seconds into the song."""
    volume: float | None = None
    """Percent."""


PLAYBACK = {
    "playing": Playback.PLAYING,
    "buffering": Playback.PLAYING,
    "paused": Playback.PAUSED,
    "unavailable": Playback.UNKNOWN,
    "unknown": Playback.UNKNOWN,
}
"""All other states are idle."""


class BrokerConnection(Protocol):
    """A connection to the broker that is kept."""

    def begin(self, patience: float) -> None:
        """Start, and wait until it is connected; raise Fault after `patience` seconds."""

    def stop(self, within: float) -> bool:
        """End it."""

    def say(self, payload: bytes) -> None:
        """Send a wish, from any thread; raise Fault where nobody is connected."""


Connect = Callable[[Callable[[bytes], None], Callable[[], None]], BrokerConnection]
"""Makes a connection from what hears a state, and what hears that the connection is lost."""


class MqttPlayer(LocalPlayer):
    """A player whose speaker is whatever listens at the broker."""

    def __init__(
        self,
        name: str,
        connect: Connect,
        clock: Callable[[], float] = time.monotonic,
        answers: float = ANSWERS,
    ) -> None:
        """Drive the speaker called `name` over the connection that `connect` makes.

        `answers`: seconds that whoever carries a wish out has to say so.
        """
        super().__init__(name, clock)
        self._connect, self._within = connect, answers
        self._connection: BrokerConnection | None = None
        self._number = int(clock() * 1000) & 0x7FFFFFFF  # other than those before a restart
        self._ours = 0
        """The number of the music that was taken last."""
        self._uri = ""
        self._answered = threading.Condition(self._lock)
        self._answer: SpeakerTold | None = None

    def open(self, wake: Callable[[], None]) -> None:
        """See Player; what the speaker does is heard once it says so."""
        self._wake = wake
        self._connection = self._connect(self._hear, self._lose)
        self._connection.begin(OPENING)

    def close(self) -> None:
        """See Player."""
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.stop(5.0)

    def ready(self, *, by_person: bool, optional: bool = False) -> None:
        """See Player."""

    def play(
        self,
        uri: str,
        *,
        songs: Sequence[str] = (),  # noqa: ARG002
        repeat: bool = False,
        mood: str = "",
    ) -> None:
        """See Player."""
        named = Uri.parse(uri)
        searched = {"search": named.words} if named.words else {"uri": uri}
        with self._lock:
            before, self._uri, self._ours = (self._uri, self._ours), uri, self._number + 1
        try:
            self._order(Do.PLAY, mood=mood, shuffle=named.is_mix, repeat=repeat, **searched)
        except (Fault, CannotPlay):
            with self._lock:
                self._uri, self._ours = before
            raise

    def pause(self) -> None:
        """See Player."""
        self._order(Do.PAUSE)

    def resume(self) -> None:
        """See Player."""
        self._order(Do.RESUME)

    def skip(self) -> None:
        """See Player."""
        self._order(Do.NEXT)

    def previous(self) -> None:
        """See Player."""
        self._order(Do.PREVIOUS)

    def set_volume(self, percent: int, *, passing: bool = False) -> None:
        """See Player; the steps of a fade are too many for a speaker in the network."""
        if not passing:
            self._order(Do.VOLUME, volume=percent)

    def read(self) -> SpeakerState:
        """See Player."""
        self._order(Do.REPORT)
        with self._lock:
            return self._listening.state(self.name, self._clock())

    def _order(self, do: Do, **more: object) -> None:
        """Send a wish, and wait until it is answered."""
        connection = self._connection
        if connection is None:
            raise Fault("the broker is not connected")
        with self._answered:
            self._number += 1
            self._answer = None
            connection.say(msgspec.json.encode(SpeakerWish(self._number, do, **more)))  # type: ignore[arg-type]
            if not self._answered.wait_for(lambda: self._answer is not None, self._within):
                raise Fault(f"nobody answers at {WISH}: is the speaker on, and its automation?")
            if self._answer is not None and self._answer.error:
                raise CannotPlay(f"the house's speaker: {self._answer.error}")

    # On the connection's thread.

    def _hear(self, payload: bytes) -> None:
        try:
            told = msgspec.json.decode(payload, type=SpeakerTold)
        except msgspec.DecodeError as error:
            log.warning("%s: a state that is not understood: %s", STATE, error)
            return
        with self._answered:
            self._follow(told)
            if told.wish == self._number:
                self._answer = told
                self._answered.notify_all()

    def _follow(self, told: SpeakerTold) -> None:
        now, listening = self._clock(), self._listening
        playback = PLAYBACK.get(told.state, Playback.IDLE)
        if told.volume is not None:
            listening.volume = min(100, max(0, round(told.volume)))
        if playback in {Playback.PLAYING, Playback.PAUSED}:
            self._tell(listening.load(self._track(told), now))
            if told.position is not None:
                listening.seek(told.position, now)
        elif playback is Playback.IDLE:
            self._tell(listening.end(now))
        listening.turn(playback, now)
        self._tell(listening.state(self.name, now))

    def _track(self, told: SpeakerTold) -> Track:
        return Track(
            uri=told.uri or told.title or self._uri,
            title=told.title or "",
            artist=told.artist or "",
            album=told.album or "",
            cover=told.cover or "",
            duration=told.duration or 0.0,
            context=self._uri,
        )
