"""What a speaker that tells by itself plays, and how much of each track was heard. Pure.

Times are monotonic seconds and are passed in.
"""

from __future__ import annotations

from edge.events import Playback, SpeakerState, Track, TrackEnded
from edge.player.policy.looking import CUT


class PlaybackTracker:
    """One speaker's playback, put together from what it tells bit by bit."""

    def __init__(self) -> None:
        """Begin with a speaker of which nothing is known."""
        self.playback = Playback.UNKNOWN
        self.track: Track | None = None
        self.volume: int | None = None
        self._position = 0.0
        self._heard = 0.0
        self._began = False
        self._at = 0.0
        """When position and heard were true."""

    def load(self, track: Track, at: float) -> TrackEnded | None:
        """Take in which track is on, or more about it; return the end of another before it."""
        if self.track is not None and self.track.uri == track.uri:
            self.track = track
            return None
        ended = self.end(at)
        self.track = track
        return ended

    def end(self, at: float, *, finished: bool = False) -> TrackEnded | None:
        """The track that is on is over; `finished`: the speaker says that it was played out."""
        self._live(at)
        track, self.track = self.track, None
        heard, began = self._heard, self._began
        self._position, self._heard, self._began = 0.0, 0.0, False
        if track is None:
            return None
        # What never began was refused, not cut short by somebody.
        cut = began and not finished and heard < track.duration - CUT
        return TrackEnded(track.uri, at, heard, skipped=cut)

    def turn(self, playback: Playback, at: float) -> None:
        """Take in that it plays, is paused or is idle."""
        self._live(at)
        self.playback = playback
        self._began = self._began or playback is Playback.PLAYING

    def seek(self, position: float, at: float) -> None:
        """Take in where in the track it is, in seconds."""
        self._live(at)
        self._position = position

    def state(self, speaker: str, at: float) -> SpeakerState:
        """Return what the speaker called `speaker` does at `at`."""
        self._live(at)
        left = self.track.duration - self._position if self.track and self.track.duration else None
        return SpeakerState(
            at=at,
            playback=self.playback,
            track=self.track,
            volume=self.volume,
            speaker=speaker,
            remaining=None if left is None else max(0.0, left),
        )

    def _live(self, at: float) -> None:
        elapsed, self._at = max(0.0, at - self._at), max(at, self._at)
        if self.playback is Playback.PLAYING and self.track is not None:
            self._position += elapsed
            self._heard += elapsed
            if self.track.duration > 0:
                self._heard = min(self._heard, self.track.duration)
