"""What the controller is told of the speaker and of the wishes."""

from __future__ import annotations

import msgspec

from edge.events import Down, Hand, Playback, Played, PlayFailed, SpeakerState, TrackEnded, Up
from edge.player.policy.hands import plays
from edge.player.policy.state import Turn

PART = "music"
"""What troubles are told under."""


def tell(turn: Turn, seen: SpeakerState, *, hand: Hand | None = None, wish: str = "") -> None:
    """Report `seen`, with the wish it follows from, or the one that is given up for a hand."""
    state = turn.state
    if seen.track is not None and seen.track.uri != state.track:
        ours = plays(state.desired.uri, seen.track)
        turn.set(track=seen.track.uri, track_wish=state.desired.wish if ours else "")
    wish = wish or turn.state.track_wish
    shown = msgspec.structs.replace(seen, hand=hand, wish=wish)
    turn.set(shown=shown)
    turn.report(shown)


def lost_sight(turn: Turn) -> None:
    """Say that nobody knows what the speaker does, where something else was said last."""
    shown = turn.state.shown
    if shown is None or shown.playback is Playback.UNKNOWN:
        return
    unknown = SpeakerState(turn.at, Playback.UNKNOWN, speaker=turn.state.speaker)
    turn.set(shown=unknown, track_end=None)
    turn.report(unknown)


def ended(turn: Turn, track: TrackEnded) -> None:
    """Report the end of a track, with the wish it followed from."""
    state = turn.state
    wish = state.track_wish if state.track == track.uri else state.desired.wish
    turn.report(msgspec.structs.replace(track, wish=wish))


def done(turn: Turn, wish: str) -> None:
    """Report that a wish was carried out."""
    turn.set(pending=turn.state.pending.without(wish))
    turn.report(Played(wish, turn.at))
    well(turn)


def failed(
    turn: Turn, wish: str, reason: str, *, terminal: bool = True, given_up: bool = False
) -> None:
    """Report that a wish could not be carried out; once for each reason."""
    if given_up:
        turn.set(pending=turn.state.pending.without(wish))
    if (wish, reason) != turn.state.said:
        turn.set(said=(wish, reason))
        turn.report(PlayFailed(wish, reason, turn.at, terminal, given_up))


def trouble(turn: Turn, reason: str) -> None:
    """Report what keeps the music away; once, until it is another reason."""
    if reason != turn.state.trouble:
        turn.set(trouble=reason)
        turn.report(Down(PART, reason, turn.at))


def well(turn: Turn) -> None:
    """Nothing keeps the music away any more."""
    turn.set(failures=0)
    if turn.state.trouble:
        turn.set(trouble="")
        turn.report(Up(PART, turn.at))
