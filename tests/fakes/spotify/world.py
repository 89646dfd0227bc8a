"""What Spotify knows: music, speakers, and one playback that goes on by a made-up clock.

Nothing here runs by itself: each look at the playback first lets it catch up with the clock.
"""

from __future__ import annotations

import hashlib
import random
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

HEARD = 30.0
"""Seconds after which a track counts as played."""
REFUSED = 0.5
"""Seconds a track lasts whose audio key is refused."""
OWNER = "the-owner"


class Clock:
    """Wall-clock seconds that only the test moves."""

    def __init__(self, start: float = 1_795_000_000.0) -> None:
        self.now = start

    def __call__(self) -> float:
        return self.now

    def advance(self, seconds: float) -> None:
        self.now += seconds


def made_up_id(*names: object) -> str:
    """Return a Spotify id, 22 letters and digits, always the same for the same names."""
    return hashlib.sha256("/".join(map(str, names)).encode()).hexdigest()[:22]


@dataclass(frozen=True)
class Song:
    title: str
    artist: str = "Somebody"
    album: str = "Something"
    seconds: float = 180.0

    @property
    def id(self) -> str:
        return made_up_id("track", self.title, self.artist)

    @property
    def uri(self) -> str:
        return f"spotify:track:{self.id}"


@dataclass
class Context:
    """A playlist, an album or an artist."""

    kind: str
    name: str
    songs: list[Song]
    owner: str = OWNER
    collaborative: bool = False

    @property
    def id(self) -> str:
        return made_up_id(self.kind, self.name, self.owner)

    @property
    def uri(self) -> str:
        return f"spotify:{self.kind}:{self.id}"


@dataclass
class Device:
    name: str
    id: str
    volume: int | None = 50
    """Percent; None where the speaker has no volume to set."""
    kind: str = "Speaker"
    listed: bool = True
    """An idle speaker may be missing in the list and still answer to its id."""
    restricted: bool = False
    """Spotify lets nobody but its own app control it."""
    dead: bool = False
    """Still listed, but no command finds it any more."""
    asleep: bool = False
    """It refuses to play until the account's music was put on it."""


@dataclass(frozen=True)
class Heard:
    song: Song
    at: float
    context: str


@dataclass
class Playback:
    """What plays, and where."""

    device: Device | None = None
    context: str = ""
    songs: list[Song] = field(default_factory=list)
    index: int = 0
    progress: float = 0.0
    playing: bool = False
    shuffle: bool = False
    repeat: str = "off"

    @property
    def song(self) -> Song | None:
        return self.songs[self.index] if self.songs else None


class World:
    """All of it, and what somebody in the Spotify app could do to it."""

    def __init__(self, clock: Callable[[], float], seed: int = 0) -> None:
        self.clock = clock
        self.rng = random.Random(seed)
        self.devices: dict[str, Device] = {}
        self.contexts: dict[str, Context] = {}
        self.liked: list[Song] = []
        self.top: list[Song] = []
        """Heard most; empty: all there are."""
        self.playback = Playback()
        self.queue: deque[Song] = deque()
        self.heard: deque[Heard] = deque(maxlen=50)
        self.keys_refused = False
        self.station: tuple[str, list[Song]] | None = None
        """What Spotify goes on with after the last song, and as which context; None: nothing."""
        self._at = clock()
        self._births = 0

    # Music and speakers.

    def add_device(self, name: str, volume: int | None = 50) -> Device:
        self._births += 1
        device = Device(name, hashlib.sha1(f"{name}{self._births}".encode()).hexdigest(), volume)
        self.devices[device.id] = device
        return device

    def remove_device(self, name: str) -> None:
        self.catch_up()
        for device in [d for d in self.devices.values() if d.name == name]:
            del self.devices[device.id]
            if self.playback.device is device:
                self.playback = Playback()

    def add(self, context: Context) -> Context:
        self.contexts[context.uri] = context
        return context

    def songs(self) -> dict[str, Song]:
        found = {song.uri: song for c in self.contexts.values() for song in c.songs}
        return found | {song.uri: song for song in (*self.liked, *self.top)}

    # Playback.

    def play(self, device: Device, context: str, songs: list[Song], first: int = 0) -> None:
        self.catch_up()
        order = list(songs)
        if self.playback.shuffle and not first:
            self.rng.shuffle(order)
        self._stop_hearing()
        old = self.playback
        self.playback = Playback(
            device, context, order, first, playing=True, shuffle=old.shuffle, repeat=old.repeat
        )

    def move(self, device: Device, play: bool | None) -> None:
        self.catch_up()
        self.playback.device = device
        if play and self.playback.song is not None:
            self.playback.playing = True

    def skip(self, step: int = 1) -> None:
        self.catch_up()
        self._stop_hearing()
        self._next(step)

    def end_after_song(self) -> None:
        """Let nothing follow the song that is on."""
        on = self.playback
        self.queue.clear()
        self.station, on.repeat = None, "off"
        on.songs = on.songs[: on.index + 1]

    def catch_up(self) -> None:
        """Let the playback go on to the clock's time."""
        now, self._at = self.clock(), self._at
        playback = self.playback
        while playback.playing and playback.song is not None:
            length = REFUSED if self.keys_refused else playback.song.seconds
            left = max(0.0, length - playback.progress)
            if self._at + left > now:
                playback.progress += now - self._at
                break
            self._at += left
            playback.progress = length
            self._stop_hearing()
            self._next(1)
        self._at = now

    def _stop_hearing(self) -> None:
        song = self.playback.song
        if song is None or self.keys_refused:
            return
        if self.playback.progress >= min(HEARD, song.seconds):
            self.heard.appendleft(Heard(song, self._at, self.playback.context))

    def _next(self, step: int) -> None:
        playback = self.playback
        playback.progress = 0.0
        if step > 0 and self.queue:
            playback.songs.insert(playback.index + 1, self.queue.popleft())
        playback.index = max(0, playback.index + step)
        if playback.index >= len(playback.songs):
            playback.index = 0
            if playback.playing and playback.repeat == "off" and self.station is not None:
                playback.context, songs = self.station
                playback.songs = list(songs)
                return
            playback.playing = playback.playing and playback.repeat == "context"
