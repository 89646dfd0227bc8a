"""What the DJ knows of its speaker: how it left it, what it saw last, whose the track is."""

from __future__ import annotations

import logging
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec

from edge import files
from edge.events import Event, Hand, Playback, SpeakerState, TrackEnded
from edge.player import Player
from edge.player.ours import Ours, adopted, hand, plays, touched

log = logging.getLogger(__name__)

FRESH = 5.0
"""Seconds for which what was read of the speaker is good enough to act on."""
LAZY = 0.05
"""Seconds after a track's end until we ask for it, if it was not told."""


class Memory:
    """The DJ's picture of one speaker; it reports each new look at it."""

    def __init__(
        self,
        player: Player,
        say: Callable[[Event], None],
        clock: Callable[[], float],
        path: Path | None,
    ) -> None:
        """Remember how the speaker was left in the file `path`, so that a restart knows it too."""
        self._player = player
        self._say = say
        self._clock = clock
        self._path = path
        self.ours = _read(path)
        self.seen: SpeakerState | None = None
        self._track, self._wish = "", ""
        """The track that is on, and the wish it follows from."""

    def leave(self, **changes: Any) -> None:
        """Note how an order of ours leaves the speaker: fields of Ours."""
        self._keep(msgspec.structs.replace(self.ours, **changes))
        if "volume" in changes and self.seen is not None:
            self.seen = msgspec.structs.replace(self.seen, volume=changes["volume"])

    def adopt(self, seen: SpeakerState, wish: str) -> None:
        """Take what somebody did by hand as what should be on, and say that it was by hand.

        `wish` is the one that was given up for it, if any.
        """
        what = hand(self.touched(seen))
        self._keep(msgspec.structs.replace(adopted(seen), fading=self.ours.fading))
        self.tell(seen, hand=what, wish=wish)

    def touched(self, seen: SpeakerState) -> str:
        """Return in words what was done by hand since we left the speaker; "" for nothing."""
        return touched(self.ours, seen, self._player.name)

    def look(self) -> SpeakerState:
        """Return what the speaker does: as it told, or as it was just read, or read now."""
        seen = self.seen
        if seen is not None and (self._player.local or self._clock() - seen.at < FRESH):
            return seen
        return self.read()

    def read(self) -> SpeakerState:
        """Ask the speaker."""
        self.seen = self.at_home(self._player.read())
        if not self.touched(self.seen):
            self.tell(self.seen)
        return self.seen

    def at_home(self, seen: SpeakerState) -> SpeakerState:
        """Return `seen` with the volume to come back to, where it is being faded."""
        home = self.ours.fading
        return seen if home is None else msgspec.structs.replace(seen, volume=home)

    def forget(self) -> None:
        """What was seen holds no longer, as an order was given since."""
        if not self._player.local:
            self.seen = None

    def left(self, seen: SpeakerState) -> float:
        """Return the seconds that the track in `seen` still has."""
        return (seen.remaining or 0.0) - (self._clock() - seen.at)

    def track_end(self) -> float | None:
        """When to ask a local speaker for its track's end: some do not tell until asked."""
        seen = self.seen
        if not self._player.local or seen is None or seen.remaining is None:
            return None
        end = seen.at + seen.remaining + LAZY
        return end if seen.playback is Playback.PLAYING and end > self._clock() else None

    def tell(self, seen: SpeakerState, *, hand: Hand | None = None, wish: str = "") -> None:
        """Report `seen`, with the wish it follows from."""
        if seen.track is not None and seen.track.uri != self._track:
            ours = plays(self.ours.uri, seen.track)
            self._track, self._wish = seen.track.uri, self.ours.wish if ours else ""
        wish = wish or self._wish
        self._say(msgspec.structs.replace(seen, hand=hand, wish=wish))

    def ended(self, track: TrackEnded) -> None:
        """Report the end of a track, with the wish it followed from."""
        wish = self._wish if self._track == track.uri else self.ours.wish
        self._say(msgspec.structs.replace(track, wish=wish))

    def _keep(self, ours: Ours) -> None:
        if ours == self.ours:
            return
        self.ours = ours
        try:
            if self._path is not None:
                files.replace(self._path, msgspec.json.encode(ours))
        except OSError as error:
            log.warning("%s: what plays is not remembered: %s", self._path, error.strerror)


def _read(path: Path | None) -> Ours:
    try:
        return msgspec.json.decode(path.read_bytes(), type=Ours) if path else Ours()
    except (OSError, msgspec.DecodeError):
        return Ours()
