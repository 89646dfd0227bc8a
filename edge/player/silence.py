"""Noticing a speaker that accepts everything and plays nothing. Pure.

Spotify refuses audio keys to some newer accounts: sign-in, device list and play order all
succeed, then each track ends at once (librespot issue 1649).
"""

from __future__ import annotations

from edge.events import Playback, SpeakerState, TrackEnded

AT_ONCE = 2.0
"""A track that was heard for fewer seconds ended at once."""
TIMES = 3
"""How often in a row that has to happen."""
LATE = 6.0
"""Seconds a speaker may take until it begins."""

SILENT = (
    "the speaker accepts the music and then skips every track: Spotify refuses some newer accounts "
    "the audio keys that librespot needs; set music.player to soloist, or use another speaker"
)


class Silence:
    """Counts what points to it since the last order to play."""

    def __init__(self) -> None:
        """Begin with nothing suspected."""
        self._times = 0
        self._last = ""

    def ended(self, track: TrackEnded) -> bool:
        """Return whether this track's end makes it certain."""
        self._times = self._times + 1 if track.listened < AT_ONCE else 0
        return self._times == TIMES

    def look(self, seen: SpeakerState, elapsed: float) -> bool | None:
        """Judge a speaker read `elapsed` seconds after it was told to play; None: look again."""
        track = seen.track.uri if seen.track else ""
        stopped = seen.playback is not Playback.PLAYING
        if not stopped and (track == self._last or not _just_began(seen, elapsed)):
            self._times = 0
            return False
        self._last = track
        self._times += 1
        return True if self._times == TIMES else None


def _just_began(seen: SpeakerState, elapsed: float) -> bool:
    if seen.track is None or seen.remaining is None:
        return False
    heard = seen.track.duration - seen.remaining
    return heard < AT_ONCE or heard < min(elapsed - LATE, 2 * AT_ONCE)
