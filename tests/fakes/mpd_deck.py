"""What an MPD server plays, on made-up time: its queue, its order, and how far it is.

It follows MPD 0.23 as far as our player can tell, and test_fake_mpd.py holds it to a real one.
Nothing here runs by itself: each look lets it catch up with the clock.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

UNKNOWN, ARGUMENT, SYNC = 5, 2, 55
"""MPD's numbers for what is wrong."""


class Piece(NamedTuple):
    file: str
    title: str
    artist: str
    album: str
    genre: str
    seconds: float


class Refusal(Exception):
    """An ACK: its number, and what it says."""

    def __init__(self, number: int, text: str) -> None:
        super().__init__(text)
        self.number, self.text = number, text


@dataclass
class Song:
    """A piece in the queue; its number lasts until the server restarts."""

    id: int
    piece: Piece


@dataclass
class Deck:
    """The queue and its playback; `tell` hears which subsystem changed."""

    clock: Callable[[], float]
    tell: Callable[[str], None]
    rng: random.Random = field(default_factory=lambda: random.Random(1))
    songs: list[Song] = field(default_factory=list)
    order: list[Song] = field(default_factory=list)
    """The queue as it is played; shuffled where it plays at random."""
    at: Song | None = None
    """Where it stands."""
    state: str = "stop"
    elapsed: float = 0.0
    volume: int = 100
    options: dict[str, bool] = field(
        default_factory=lambda: dict.fromkeys(("repeat", "random", "single", "consume"), False)
    )
    error: str = ""
    readable: bool = True
    """Whether the folder of music is there."""
    sounds: bool = True
    """Whether it has a loudspeaker."""
    _born: int = 0
    _live: float = 0.0

    # What goes by.

    def left(self) -> float | None:
        """Return the seconds until its song ends; None while none plays."""
        if self.state != "play" or self.at is None:
            return None
        return max(0.0, self.at.piece.seconds - self.elapsed)

    def catch_up(self) -> None:
        """Play on until now."""
        passed, self._live = self.clock() - self._live, self.clock()
        while (left := self.left()) is not None and left <= passed + 0.001:
            passed -= left
            self._go_on()
        if self.state == "play":
            self.elapsed += max(0.0, passed)

    def _go_on(self) -> None:
        """The song that was on is over."""
        played, following = self.at, self._next()
        held = self.options["single"]
        if following is None:
            self.at, self.state = None, "stop"
        else:
            self._start(following)
        if held and self.state == "play":
            self.state = "pause"
        if played is not None and self.options["consume"] and played in self.songs:
            self._drop(played)
        self.tell("player")

    # Orders; each as the protocol has it.

    def add(self, pieces: Iterable[Piece]) -> None:
        new = [Song(self._born + n, piece) for n, piece in enumerate(pieces, 1)]
        self._born += len(new)
        self.songs += new
        late = list(new)
        if self.options["random"]:
            self.rng.shuffle(late)
        self.order += late
        self.tell("playlist")

    def delete(self, first: int, end: int | None) -> None:
        if first > len(self.songs) or (end is None and first == len(self.songs)):
            raise Refusal(ARGUMENT, "Bad song index")
        for song in self.songs[first:end]:
            if song is self.at:
                self._leave(song)
            self._drop(song)
        self.tell("playlist")

    def clear(self) -> None:
        self._halt()
        self.songs, self.order, self.at = [], [], None
        self.tell("playlist")

    def play(self, position: int | None) -> None:
        if position is not None and not 0 <= position < len(self.songs):
            raise Refusal(ARGUMENT, "Bad song index")
        if position is None and (self.state != "stop" or not self.songs):
            if self.state == "pause":
                self._sound()
                self.tell("player")
            return
        song = self.songs[position] if position is not None else self.at or self.order[0]
        if self.options["random"]:
            self.order.remove(song)
            self.order.insert(0, song)
        self._jump(song)

    def pause(self) -> None:
        if self.state == "play":
            self.state = "pause"
            self.tell("player")

    def stop(self) -> None:
        self._halt()

    def next(self) -> None:
        self._needs_playing()
        if following := self._next():
            self._jump(following)
        else:
            self._halt()
            self.at = None

    def previous(self) -> None:
        self._needs_playing()
        assert self.at is not None
        self._jump(self.order[max(0, self.order.index(self.at) - 1)])

    def set_volume(self, percent: int) -> None:
        if percent > 100:
            raise Refusal(ARGUMENT, f"Number too large: {percent}")
        self.volume = percent
        self.tell("mixer")

    def set_option(self, name: str, *, on: bool) -> None:
        if self.options[name] == on:
            return
        self.options[name] = on
        if name == "random":
            self._shuffle() if on else self._straighten()
        self.tell("options")

    def plug(self, *, in_: bool) -> None:
        """Plug its loudspeaker in, or pull it out."""
        self.sounds = in_
        self.tell("mixer")
        if not in_ and self.state == "play":
            self._sound()
            self.tell("player")

    def restart(self, *, forgets: bool) -> None:
        """Begin anew, with the queue that it wrote down, or without."""
        songs = [] if forgets else self.songs
        at = self.songs.index(self.at) if self.at is not None and not forgets else None
        self.songs = [Song(n, song.piece) for n, song in enumerate(songs, 1)]
        self._born = len(songs)
        self.at = None if at is None else self.songs[at]
        self._straighten()
        if self.options["random"]:
            self._shuffle()
        if forgets:
            self.state, self.options = "stop", dict.fromkeys(self.options, False)
        self.error, self._live = "", self.clock()

    # Within.

    def _start(self, song: Song) -> str:
        """Play `song`, or the next that can be read; return what is wrong with the first one."""
        wrong = ""
        for tried, _ in enumerate(self.songs, 1):
            self.at, self.elapsed, self.error = song, 0.0, ""
            if self.readable:
                self._sound()
                break
            self.state = "stop"
            self.error = f"Failed to decode /music/{song.piece.file}; No such file or directory"
            wrong = wrong or self.error
            if tried == len(self.songs):
                break
            self.at = following = self._next()
            if following is None:
                break
            song = following
        return wrong

    def _jump(self, song: Song) -> None:
        """Play `song` as somebody ordered."""
        wrong = self._start(song)
        self.tell("player")
        if wrong:
            raise Refusal(UNKNOWN, wrong)

    def _sound(self) -> None:
        self.state = "play" if self.sounds else "pause"
        self.error = "" if self.sounds else "Failed to open audio output"

    def _next(self) -> Song | None:
        assert self.at is not None
        after = self.order.index(self.at) + 1
        if after < len(self.order):
            return self.order[after]
        if not self.options["repeat"]:
            return None
        if self.options["random"]:
            self.rng.shuffle(self.order)
        return self.order[0]

    def _halt(self) -> None:
        if self.state == "stop":
            return
        self.state, self.elapsed = "stop", 0.0
        if self.options["random"]:
            self.rng.shuffle(self.order)
        self.tell("player")

    def _needs_playing(self) -> None:
        if self.state == "stop":
            raise Refusal(SYNC, "Not playing")

    def _leave(self, song: Song) -> None:
        """What it stands at is taken out of the queue."""
        following = self.order[self.order.index(song) + 1 :][:1]
        if self.state == "play" and following:
            self._start(following[0])
            self.tell("player")
        else:
            self._halt()
            self.at = None

    def _drop(self, song: Song) -> None:
        self.songs.remove(song)
        self.order.remove(song)

    def _shuffle(self) -> None:
        self.rng.shuffle(self.order)
        if self.at is not None and self.state != "stop":
            self.order.remove(self.at)
            self.order.insert(0, self.at)

    def _straighten(self) -> None:
        self.order = list(self.songs)
