"""A speaker with physics: it plays on by a clock, can be touched by hand, and misbehaves on order.

What was done to it last is kept in `orders`. With `local=False` it is as mute as the Web API: it
tells nothing by itself, and has to be asked.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from typing import NamedTuple

from edge.errors import Fault, Limited, SpeakerNotFound
from edge.events import Playback, SpeakerState, Track, TrackEnded
from edge.player import SpeakerEvent
from edge.uri import Kind, Uri

TRACKS = 40
"""How many a playlist has."""
AT_ONCE = 0.3
"""Seconds until a track ends whose key was refused."""


class Order(NamedTuple):
    """Something the speaker was told to do."""

    at: float
    what: str
    value: str | int = ""


def tracks(uri: str) -> list[Track]:
    """Return the songs of any `uri`, always the same ones; a track is its own only song."""
    named = Uri.parse(uri)
    if not named.is_context:
        return [Track(uri=uri, title=named.id, duration=200.0)]
    return [
        Track(
            uri=Uri.spotify(Kind.TRACK, f"{named.id}{number}").text,
            title=f"{named.id} {number}",
            artist="The Simulated",
            duration=150.0 + 17 * (number % 7),
            context=uri,
        )
        for number in range(TRACKS)
    ]


class SimulatedSpeaker:
    """A player and its speaker in one; safe to touch from any thread."""

    def __init__(
        self,
        name: str = "moodbox",
        *,
        local: bool = True,
        clock: Callable[[], float] = time.monotonic,
        songs: Callable[[str], list[Track]] = tracks,
        remembers: int | None = None,
    ) -> None:
        """Make a quiet speaker that lives by `clock` (seconds) and finds `songs` for a URI.

        It `remembers` so many of its newest orders; all of them without a number.
        """
        self._songs = songs
        self.name = name
        self.local = local
        self.orders = deque[Order](maxlen=remembers)
        self.refuses_keys = False
        """It takes every order, and then skips every track."""
        self._clock = clock
        self._lock = threading.RLock()
        self._wake: Callable[[], None] = lambda: None
        self._away = False
        self._not_before = 0.0
        self._failing = 0
        self._list: list[Track] = []
        self._began = clock()
        """When the track that is on would have begun, had it never been paused."""
        self._paused_at: float | None = None
        self._volume = 50
        self._repeated: list[Track] = []
        self._heard: list[SpeakerEvent] = []

    # For whoever makes it misbehave.

    def vanish(self) -> None:
        """Pull its plug: it is quiet, and not to be found."""
        with self._lock:
            self._live()
            self._list = []
            self._away = True

    def come_back(self) -> None:
        """Plug it in again."""
        self._away = False

    def limit(self, seconds: float) -> None:
        """Answer 429, with so many seconds of Retry-After."""
        self._not_before = self._clock() + seconds

    def fail(self, times: int) -> None:
        """Break the next so many orders."""
        self._failing = times

    # For a hand at the speaker, or at the app.

    def pick(self, uri: str) -> None:
        """Choose other music in the app."""
        self._by_hand(lambda: self._start(uri))

    def press_pause(self) -> None:
        """Press its pause button."""
        self._by_hand(self._halt)

    def press_play(self) -> None:
        """Press its play button."""
        self._by_hand(self._go_on)

    def press_next(self) -> None:
        """Press its next button."""
        self._by_hand(self._next)

    def turn(self, volume: int) -> None:
        """Turn its knob to `volume` percent."""
        self._by_hand(lambda: setattr(self, "_volume", volume))

    # The player contract.

    def open(self, wake: Callable[[], None]) -> None:
        """See Player; where it is plugged in, it says at once what it does."""
        self._wake = wake
        with self._lock:
            self._live()
            if not self._away:
                self._heard.append(self._state())

    def close(self) -> None:
        """See Player."""

    def ready(self, *, by_person: bool, optional: bool = False) -> None:  # noqa: ARG002  no budget
        """See Player."""
        wait = self._not_before - self._clock()
        if wait > 0:
            raise Limited(f"the speaker asks to wait {wait:.0f} s", wait)

    def play(
        self,
        uri: str,
        *,
        songs: Sequence[str] = (),
        repeat: bool = False,
        mood: str = "",  # noqa: ARG002
    ) -> None:
        """See Player; as with all others, a song that was named by itself is from no list."""
        self._order("play", uri, lambda: self._start(uri, songs, repeat=repeat))

    def pause(self) -> None:
        """See Player."""
        self._order("pause", "", self._halt)

    def resume(self) -> None:
        """See Player."""
        self._order("resume", "", self._go_on)

    def skip(self) -> None:
        """See Player."""
        self._order("skip", "", self._next)

    def previous(self) -> None:
        """See Player."""
        self._order("previous", "", self._again)

    def set_volume(self, percent: int, *, passing: bool = False) -> None:  # noqa: ARG002
        """See Player."""
        self._order("volume", percent, lambda: setattr(self, "_volume", percent))

    def volume(self) -> int | None:
        """See Player."""
        return self.read().volume

    def read(self) -> SpeakerState:
        """See Player."""
        with self._lock:
            self._order("read", "", lambda: None, tell=False)
            return self._state()

    def hear(self) -> list[SpeakerEvent]:
        """See Player."""
        with self._lock:
            self._live()
            heard, self._heard = self._heard, []
            return heard if self.local else []

    # The physics.

    def _by_hand(self, act: Callable[[], None]) -> None:
        with self._lock:
            self._live()
            act()
            self._heard.append(self._state())
        self._wake()

    def _order(
        self, what: str, value: str | int, act: Callable[[], None], *, tell: bool = True
    ) -> None:
        with self._lock:
            self.orders.append(Order(self._clock(), what, value))
            self.ready(by_person=True)
            if self._away:
                raise SpeakerNotFound(f"the speaker {self.name!r} is not found: switch it on")
            if self._failing:
                self._failing -= 1
                raise Fault("the speaker does not answer")
            self._live()
            act()
            if tell:
                self._heard.append(self._state())
        if tell:
            self._wake()

    def _start(self, uri: str, songs: Sequence[str] = (), *, repeat: bool = False) -> None:
        self._end(skipped=True)
        self._list = [track for named in songs or (uri,) for track in self._songs(named)]
        self._repeated = self._list if repeat else []
        self._began, self._paused_at = self._clock(), None

    def _halt(self) -> None:
        if self._list and self._paused_at is None:
            self._paused_at = self._clock()

    def _go_on(self) -> None:
        if self._paused_at is not None:
            self._began += self._clock() - self._paused_at
            self._paused_at = None

    def _next(self) -> None:
        self._end(skipped=True)
        self._list = self._list[1:]
        self._began, self._paused_at = self._clock(), None

    def _again(self) -> None:
        self._end(skipped=True)
        self._began, self._paused_at = self._clock(), None

    def _end(self, *, skipped: bool) -> None:
        if self._list:
            ended = TrackEnded(self._list[0].uri, self._clock(), self._position(), skipped=skipped)
            self._heard.append(ended)

    def _length(self) -> float:
        return AT_ONCE if self.refuses_keys else self._list[0].duration

    def _position(self) -> float:
        now = self._clock() if self._paused_at is None else self._paused_at
        return now - self._began

    def _live(self) -> None:
        """Play on until now."""
        while self._list and self._paused_at is None and self._position() >= self._length():
            length = self._length()
            self._began += length
            self._heard.append(TrackEnded(self._list[0].uri, self._began, length))
            self._list = self._list[1:] or self._repeated
            self._heard.append(self._state())

    def _state(self) -> SpeakerState:
        if not self._list:
            return SpeakerState(
                self._clock(), Playback.IDLE, volume=self._volume, speaker=self.name
            )
        return SpeakerState(
            at=self._clock(),
            playback=Playback.PLAYING if self._paused_at is None else Playback.PAUSED,
            track=self._list[0],
            volume=self._volume,
            speaker=self.name,
            remaining=max(0.0, self._list[0].duration - self._position()),
        )
