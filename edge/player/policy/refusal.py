"""Noticing a speaker that accepts everything and plays nothing.

Spotify refuses audio keys to some newer accounts: sign-in, device list and play order all
succeed, then each track ends at once (librespot issue 1649).
"""

from __future__ import annotations

from msgspec import Struct

from edge.events import Playback, SpeakerState, TrackEnded
from edge.player.policy.hands import position
from edge.uri import Scheme, Uri

AT_ONCE = 2.0
"""A track that was heard for fewer seconds ended at once."""
TIMES = 3
"""How often in a row that has to happen."""
LATE = 6.0
"""Seconds a speaker may take until it begins."""

SKIPS = "the speaker accepts the music and then skips every track"
KEYS = (
    f"{SKIPS}: Spotify refuses some newer accounts the audio keys that librespot needs; set "
    "player.driver to soloist, or use another speaker"
)
FILES = f"{SKIPS}: its program cannot read or decode the files; its own log says which"


class Suspicion(Struct, frozen=True):
    """What points to it since the last order to play."""

    times: int = 0
    last: str = ""
    """The track that was seen last."""

    @property
    def certain(self) -> bool:
        """Whether it has happened often enough."""
        return self.times == TIMES


def silence(uri: str) -> str:
    """Return what it means that nothing of `uri` sounds, with the fix."""
    return KEYS if Uri.parse(uri).scheme is Scheme.SPOTIFY else FILES


def after_end(suspicion: Suspicion, track: TrackEnded) -> Suspicion:
    """Return what is suspected after a track's end; one that somebody skipped says nothing."""
    refused = track.listened < AT_ONCE and not track.skipped
    return Suspicion(suspicion.times + 1 if refused else 0, suspicion.last)


def after_look(suspicion: Suspicion, seen: SpeakerState, elapsed: float) -> Suspicion | None:
    """Judge a speaker that was read `elapsed` seconds after it was told to play; None: it plays.

    One that stands still is suspect only if what it was told to play cannot be over.
    """
    track = seen.track.uri if seen.track else ""
    if seen.playback is not Playback.PLAYING:
        over = seen.track is not None and 0 < seen.track.duration <= elapsed
        return None if over else Suspicion(suspicion.times + 1, track)
    if track == suspicion.last or not _just_began(seen, elapsed):
        return None
    return Suspicion(suspicion.times + 1, track)


def _just_began(seen: SpeakerState, elapsed: float) -> bool:
    heard = position(seen)
    return heard is not None and (heard < AT_ONCE or heard < min(elapsed - LATE, 2 * AT_ONCE))
