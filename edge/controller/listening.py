"""Which songs were heard, and how each ended: for whoever asks what that song was."""

from __future__ import annotations

from edge.controller.state import Turn
from edge.events import Playback, Remember, SongEnd, SongStart, SpeakerState, TrackEnded


def heard(turn: Turn, event: SpeakerState) -> None:
    """Note that another song is on, or none any more."""
    track, song = event.track, turn.state.song
    same = song is not None and track is not None and song.track.uri == track.uri
    if song is not None and not same and (track or event.playback is Playback.IDLE):
        _end(turn, song, "replaced" if track else "stopped")
    if track is None or same or event.playback is not Playback.PLAYING:
        return
    state = turn.state
    chosen = state.wish.mood if state.wish else ""
    song = SongStart(
        id=turn.new_id(),
        at=turn.at,
        track=track,
        mood=chosen or (state.felt.name if state.felt else ""),
        profile=state.preferences.profile,
    )
    turn.set(song=song)
    turn.do(Remember(song))


def ended(turn: Turn, event: TrackEnded) -> None:
    """Note how a song ended; the word of it may come after that of the next one."""
    for song in (turn.state.song, turn.state.song_before):
        if song is not None and song.track.uri == event.uri:
            _end(turn, song, "skipped" if event.skipped else "finished", event.listened)
            return


def _end(turn: Turn, song: SongStart, outcome: str, listened: float | None = None) -> None:
    passed = max(0.0, turn.at - song.at) if listened is None else listened
    turn.do(Remember(SongEnd(song.id, turn.at, outcome, passed)))
    if song is turn.state.song:
        turn.set(song=None, song_before=song)
