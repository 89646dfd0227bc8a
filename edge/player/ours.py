"""What we left the speaker doing, and whether somebody has changed it by hand since. Pure."""

from __future__ import annotations

from msgspec import Struct

from edge.events import Hand, Playback, SpeakerState, Track

VOLUME_STEP = 3
"""Percent by which a speaker may round the volume it was told."""

START = 0.1
"""Seconds into a track that count as its very start: nobody pauses that soon by hand."""


class Ours(Struct, frozen=True):
    """What the speaker should be doing, as far as we know."""

    uri: str = ""
    """The context or track that is on; empty: nothing is known."""
    playing: bool = False
    volume: int | None = None
    """As we set it; None: it is the speaker's own."""
    wish: str = ""
    """The wish that the music follows from; empty: somebody picked it by hand."""
    fading: int | None = None
    """The volume to come back to, while it is being faded."""


def touched(ours: Ours, seen: SpeakerState, speaker: str) -> str:
    """Return in words what somebody did by hand, or "" where `seen` is as we left it.

    A speaker that fell idle was not touched: music ends, and speakers lose their connection.
    """
    elsewhere = bool(seen.speaker) and seen.speaker.casefold() != speaker.casefold()
    if seen.playback is Playback.PLAYING and elsewhere:
        return f"the account's music was put on {seen.speaker}"
    if seen.by_hand:
        return "somebody changed the music by hand"
    if not ours.uri or seen.playback in {Playback.IDLE, Playback.UNKNOWN}:
        return ""
    if not elsewhere and _turned(ours.volume, seen.volume):
        return "somebody changed the volume"
    return _started(ours, seen) if seen.playback is Playback.PLAYING else _paused(ours, seen)


def hand(what: str) -> Hand:
    """Return what the words of `touched` stand for."""
    return {
        "somebody changed the volume": Hand.VOLUME,
        "somebody paused the music": Hand.PAUSE,
        "somebody started the music": Hand.RESUME,
    }.get(what, Hand.PICK)


def _started(ours: Ours, seen: SpeakerState) -> str:
    if not plays(ours.uri, seen.track):
        return "somebody picked other music"
    return "" if ours.playing else "somebody started the music"


def _paused(ours: Ours, seen: SpeakerState) -> str:
    return "somebody paused the music" if ours.playing and not _at_start(seen) else ""


def adopted(seen: SpeakerState) -> Ours:
    """Return what somebody chose by hand as what should be on from now."""
    track = seen.track
    uri = (track.context or track.uri) if track else ""
    return Ours(uri, playing=seen.playback is Playback.PLAYING, volume=seen.volume)


def plays(uri: str, track: Track | None) -> bool:
    """Return whether `track` comes from `uri`, which is its context or the track itself."""
    return track is None or uri in {track.context, track.uri}


def _at_start(seen: SpeakerState) -> bool:
    """Whether it halted by itself: at the end of a context, Spotify stands on its first track."""
    return (
        seen.track is not None
        and seen.remaining is not None
        and seen.track.duration - seen.remaining < START
    )


def _turned(ours: int | None, seen: int | None) -> bool:
    return ours is not None and seen is not None and abs(ours - seen) >= VOLUME_STEP
