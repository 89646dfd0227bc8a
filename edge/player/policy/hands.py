"""What the speaker should be doing, and what somebody has changed by hand since."""

from __future__ import annotations

from msgspec import Struct
from msgspec.structs import replace

from edge.events import Hand, Playback, SpeakerState, Track

VOLUME_STEP = 3
"""Percent by which a speaker may round the volume it was told."""

START = 0.1
"""Seconds into a track that count as its very start: nobody pauses that soon by hand."""


class Desired(Struct, frozen=True):
    """What the speaker should be doing: by our last order, or by a hand's."""

    uri: str = ""
    """The context or track that is on; empty: nothing is known."""
    songs: tuple[str, ...] = ()
    """Those of it that were ordered one by one."""
    playing: bool = False
    volume: int | None = None
    """As we set it; None: it is the speaker's own."""
    wish: str = ""
    """The wish that the music follows from; empty: somebody picked it by hand."""
    fading: int | None = None
    """The volume to come back to, while it is being faded."""


def touched(desired: Desired, seen: SpeakerState, speaker: str) -> Hand | None:
    """Return what somebody did by hand at `speaker`, or None where `seen` is as we left it.

    Where it was more than one thing, that is said which counts most: the volume comes last. A
    speaker that fell idle was not touched: music ends, and speakers lose their connection.
    """
    elsewhere = seen.is_elsewhere(speaker)
    if seen.playback is Playback.PLAYING and elsewhere:
        return Hand.PICK
    if seen.hand is not None:
        return seen.hand
    if not desired.uri or seen.playback in {Playback.IDLE, Playback.UNKNOWN}:
        return None
    return _music(desired, seen) or (
        Hand.VOLUME if not elsewhere and _turned(desired.volume, seen.volume) else None
    )


def _music(desired: Desired, seen: SpeakerState) -> Hand | None:
    if seen.playback is Playback.PLAYING:
        if not plays(desired.uri, seen.track):
            return Hand.PICK
        return None if desired.playing else Hand.RESUME
    return Hand.PAUSE if desired.playing and not at_start(seen) else None


def adopted(seen: SpeakerState, desired: Desired) -> Desired:
    """Return what somebody chose by hand as what should be on from now.

    Music that plays on as it was is still what its wish was for.
    """
    track = seen.track
    uri = (track.context or track.uri) if track else ""
    same = bool(desired.uri) and plays(desired.uri, track)
    return Desired(
        desired.uri if same else uri,
        desired.songs if same else (),
        playing=seen.playback is Playback.PLAYING,
        volume=seen.volume,
        wish=desired.wish if same else "",
        fading=desired.fading,
    )


def plays(uri: str, track: Track | None) -> bool:
    """Return whether `track` comes from `uri`, which is its context or the track itself."""
    return track is None or uri in {track.context, track.uri}


def from_list(desired: Desired, seen: SpeakerState) -> SpeakerState:
    """Return `seen` with where its song is from, which no speaker tells of songs one by one."""
    track = seen.track
    if track is None or track.context or track.uri not in desired.songs:
        return seen
    return replace(seen, track=replace(track, context=desired.uri))


def position(seen: SpeakerState) -> float | None:
    """Return the seconds into its track; None where that is not known."""
    if seen.track is None or seen.remaining is None:
        return None
    return seen.track.duration - seen.remaining


def at_start(seen: SpeakerState) -> bool:
    """Whether it halted by itself: at the end of a context, Spotify stands on its first track."""
    heard = position(seen)
    return heard is not None and heard < START


def _turned(ours: int | None, seen: int | None) -> bool:
    return ours is not None and seen is not None and abs(ours - seen) >= VOLUME_STEP
