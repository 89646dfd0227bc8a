"""Making the newest wishes true, one order after the other."""

from __future__ import annotations

import msgspec

from edge.events import Hand, Playback, SpeakerState, Wish
from edge.player.policy import fade
from edge.player.policy.hands import adopted, touched
from edge.player.policy.orders import (
    Measure,
    Pause,
    Play,
    Previous,
    Read,
    Ready,
    Resume,
    Search,
    SetVolume,
    Skip,
)
from edge.player.policy.state import Attempt, State, Turn
from edge.player.policy.telling import done, failed, tell
from edge.uri import Uri

PATIENCE = 360.0
"""Seconds a gentle wish waits for the end of a track, at most."""
EARLY = 1.0
"""Seconds before its track's end that a gentle wish is played, or the next song would sound."""
OVERRULES = 600.0
"""Seconds for which a person's wish overrules a hand; older ones yield, as the hand came later. So
do those after which the speaker was still seen as we left it: then the hand is sure to be newer."""
NOTHING = "nothing is on that could be played on: choose some music"
NOTHING_NEXT = "nothing is on that could be skipped: choose some music"


def accept(turn: Turn, wish: Wish) -> None:
    """Take in a newer wish."""
    state = turn.state
    turn.set(pending=state.pending.add(wish), retry_at=turn.at, failures=0)
    if state.attempt is not None:
        turn.set(attempt=Attempt(wish=state.attempt.wish) if state.under_way else None)
    pending = turn.state.pending
    if pending.music is wish:
        waits = wish.gentle and wish.uri
        turn.set(asked_at=turn.at, due=None if waits else turn.at)
    elif pending.skip is wish:
        turn.set(due=turn.at)
    elif not pending.holds(wish):
        done(turn, wish.id)  # the music that waits makes it true


def next_try(state: State) -> float:
    """When to go on with what is pending."""
    return state.retry_at if state.pending.at_once else max(state.retry_at, state.due or 0.0)


def fulfil(turn: Turn) -> None:
    """Give the next order for what is pending, if anything is due."""
    _next_order(turn)
    if turn.state.under_way is None:
        turn.set(attempt=None)


def _next_order(turn: Turn) -> None:
    pending = turn.state.pending
    if turn.state.attempt is None:
        turn.order(Ready(by_person=pending.by_person))
    elif pending.skip is not None and not pending.new_music:
        _step(turn, pending.skip)
    elif pending.volume is not None and not pending.with_music(pending.volume):
        _set_volume(turn, pending.volume)
        if turn.state.under_way is None:
            _next_order(turn)
    elif pending.music is not None:
        _music(turn, pending.music)


def _music(turn: Turn, wish: Wish) -> None:
    if not wish.playing:
        _quiet(turn, wish)
    elif turn.state.due is None:
        _place(turn, wish)
    elif turn.at >= turn.state.due:
        _play(turn, wish)


def _looked(turn: Turn) -> SpeakerState | None:
    """Return what the speaker does; None: it is being read."""
    seen = turn.look()
    if seen is None:
        turn.order(Read())
    return seen


def _quiet(turn: Turn, wish: Wish) -> None:
    if not wish.by_person:
        seen = _looked(turn)
        if seen is None or _yields(turn, wish, seen) or fade.fades_out(turn):
            return
    turn.order(Pause(), wish)


def _step(turn: Turn, wish: Wish) -> None:
    seen = turn.look()
    if seen is not None and seen.playback is Playback.IDLE:
        failed(turn, wish.id, NOTHING_NEXT, given_up=True)
    else:
        turn.order(Previous() if wish.back else Skip(), wish)


def _place(turn: Turn, wish: Wish) -> None:
    """Find the end of the track that is on, for a gentle wish."""
    state = turn.state
    end = state.track_end
    if state.local or end is None or end <= turn.at:
        seen = _looked(turn)
        if seen is None or _yields(turn, wish, seen):
            return
        left = seen.remaining if seen.playback is Playback.PLAYING else None
        end = turn.at if left is None else seen.at + left
    early = EARLY + (state.fade_seconds if state.local else 0.0)
    turn.set(due=turn.at + max(0.0, min(end - turn.at - early, PATIENCE)))
    if turn.at >= (turn.state.due or 0.0):
        _play(turn, wish)


def _play(turn: Turn, wish: Wish) -> None:
    seen = _looked(turn)
    if seen is None or _yields(turn, wish, seen):
        return
    idle = seen.playback in {Playback.IDLE, Playback.UNKNOWN}
    attempt = turn.state.attempt or Attempt()
    words = Uri.parse(wish.uri).words
    uri = attempt.uri or wish.uri or (turn.state.desired.uri if idle else "")
    if words and not attempt.uri:
        turn.order(Search(words))
        return
    if not turn.state.pending.by_person and fade.fades_out(turn):
        return
    volume = turn.state.pending.volume
    if volume is not None:
        _set_volume(turn, volume)
        if turn.state.under_way is not None:
            return
    if uri:
        songs = wish.songs if wish.uri else turn.state.desired.songs
        turn.order(Play(uri, songs, repeat=Uri.parse(uri).is_mix, mood=wish.mood), wish)
    elif idle:
        failed(turn, wish.id, NOTHING, given_up=True)
    elif seen.playback is Playback.PLAYING and not seen.is_elsewhere(turn.state.speaker):
        _fulfilled(turn, wish)
    else:
        turn.order(Resume(), wish)


def _fulfilled(turn: Turn, wish: Wish) -> None:
    skip = turn.state.pending.skip
    done(turn, wish.id)
    if skip is not None:
        done(turn, skip.id)


def _set_volume(turn: Turn, wish: Wish) -> None:
    volume = wish.volume or 0
    now = _loudness(turn) if wish.uri else None
    measured = turn.state.local or (turn.state.attempt or Attempt()).measured
    if wish.at_most and now is None and not measured:
        turn.order(Measure(), wish)
        return
    right = (now is None or now <= volume) if wish.at_most else now == volume
    if right or (not wish.by_person and fade.aim(turn, volume)):
        volume_is_set(turn, wish)
    else:
        turn.order(SetVolume(volume), wish)


def _loudness(turn: Turn) -> int | None:
    """Return how loud our speaker is, or is to be after a fade; None: that is not known."""
    state = turn.state
    if state.desired.fading is not None:
        return state.desired.fading
    here = state.seen is not None and not state.seen.is_elsewhere(state.speaker)
    told = state.seen.volume if here and state.seen is not None else None
    return told if told is not None or state.attempt is None else state.attempt.volume


def volume_is_set(turn: Turn, wish: Wish) -> None:
    """Go on from a volume that a wish asked for."""
    pending = turn.state.pending
    if pending.volume is not None and pending.volume.id == wish.id:
        turn.set(pending=msgspec.structs.replace(pending, volume=None))
    if not turn.state.pending.holds(wish):
        done(turn, wish.id)


def _yields(turn: Turn, wish: Wish, seen: SpeakerState) -> bool:
    """Leave what somebody did by hand alone; return whether the wish is given up, or waits."""
    state = turn.state
    hand = touched(state.desired, seen, state.speaker)
    if hand is None or (wish.by_person and turn.at - state.asked_at < OVERRULES):
        return False
    gives_way = by_hand(turn, seen, hand)
    waits = turn.state.pending.music is not None and turn.state.due is None
    return gives_way or waits


def by_hand(
    turn: Turn,
    seen: SpeakerState,
    hand: Hand,
    lost: str = "",
    before: SpeakerState | None = None,
) -> bool:
    """Take what somebody did as what should be on; return whether a wish is given up for it.

    A pause and a pick are for the music: what the mood wanted is over. Who turned the volume,
    skipped or played on has done just that. `lost`: the wish that was given up for it already;
    `before`: what the speaker was seen to do last.
    """
    music = turn.state.pending.music
    holds = music is not None and _holds(turn, music, before)
    turn.set(desired=adopted(seen, turn.state.desired))
    if music is not None and not holds:
        if hand in {Hand.PAUSE, Hand.PICK} or (hand is Hand.RESUME and not music.playing):
            lost = music.id
        elif hand is Hand.RESUME and music.uri:
            turn.set(due=None)  # it is for the end of this track now
    turn.set(pending=turn.state.pending.without(lost) if lost else turn.state.pending)
    volume = turn.state.pending.volume
    if hand is Hand.VOLUME and volume is not None and not volume.by_person:
        volume_is_set(turn, volume)
    tell(turn, seen, hand=hand, wish=lost)
    return bool(lost)


def _holds(turn: Turn, wish: Wish, before: SpeakerState | None) -> bool:
    """Return whether a hand that was seen only now may have come before a person's wish."""
    state = turn.state
    untouched = (
        before is not None
        and before.at >= state.asked_at
        and before.playback is not Playback.UNKNOWN
        and touched(state.desired, before, state.speaker) is None
    )
    return wish.by_person and not untouched and turn.at - state.asked_at < OVERRULES
