"""What the speaker was seen or heard to do: tracks that end, music that ends, hands, refusals.

A speaker that has to be asked is looked at soon after an order, and when the track that is on
should have ended; what happened between two looks is worked out from both.
"""

from __future__ import annotations

import msgspec

from edge.events import Hand, MusicEnded, Playback, PlayFailed, SpeakerState, TrackEnded, Wish
from edge.player.policy import fade
from edge.player.policy.fulfil import by_hand
from edge.player.policy.hands import adopted, at_start, from_list, plays, position, touched
from edge.player.policy.orders import Changed, Pause, Ready, SetVolume
from edge.player.policy.refusal import AT_ONCE, SKIPS, after_end, after_look, silence
from edge.player.policy.state import FRESH, Turn
from edge.player.policy.telling import ended, tell, trouble, well
from edge.uri import Kind, Uri, is_spotifys

SETTLE = 10.0
"""Seconds after an order until the speaker is held to it."""
SOON = 3.0
"""Seconds after a person's order until the speaker is asked what came of it."""
LATE = 2.0
"""Seconds after a track should have ended until the speaker is asked what plays now."""
LEAST = 20.0
"""Seconds between two such looks, at least: each costs a request of the day's budget."""
LATER, LATEST = 300.0, 1800.0
"""Seconds until a look that failed is tried again, at first and at most; it doubles each time."""
MISSED = 15.0
"""The same of a speaker of our own that nobody hears of: to ask it costs nothing."""
SOONEST = 0.2
"""Of these, the share that has to go by even where Spotify asks for less."""
CUT = 5.0
"""A track that was over so many seconds early was skipped."""
ON_TIME = (-1.0, 1.5)
STATION_STARTS = (-2.0, 5.0)
"""Seconds after our last track's end in which other music was not picked by hand, but follows by
itself: whatever it is, and a station of Spotify's."""

# --- looks that are due --------------------------------------------------------------------------


def settle(turn: Turn, wish: Wish | None, *, asked: bool) -> None:
    """Hold the speaker to our order soon, but one that has to be asked only where `asked`."""
    at = turn.at
    turn.set(fresh_until=at, settled_at=at + SETTLE)
    if turn.state.local or asked:
        soon = not turn.state.local and wish is not None and wish.by_person
        turn.set(check_at=at + (SOON if soon else SETTLE))


def look(turn: Turn) -> None:
    """Look at the speaker where that is due."""
    state = turn.state
    if state.check_at is not None and turn.at >= state.check_at:
        if state.local and state.seen is not None:
            turn.set(check_at=None)
            judge(turn, state.seen)
        else:
            turn.set(looking=True)
            turn.order(Ready())
    elif state.look_at is not None and turn.at >= state.look_at:
        turn.set(looking=True)
        turn.order(Ready(by_person=state.look_asked, optional=not state.look_asked))


def asked(turn: Turn, *, by_person: bool) -> None:
    """Somebody wants to see what the speaker does now."""
    state = turn.state
    if not state.local and turn.at >= state.fresh_until:
        turn.set(look_at=turn.at, look_asked=turn.state.look_asked or by_person)
    elif state.seen is not None:
        tell(turn, state.seen)


def put_off(turn: Turn, wait: float | None) -> None:
    """A look could not be had: what plays is not known from the end of its track on."""
    state = turn.state
    turn.set(looking=False, look_asked=False, check_at=None)
    if state.local:
        turn.set(look_at=turn.at + MISSED if _is_missed(state.seen) else None)
        return
    later = min(LATEST, LATER * 2.0 ** min(state.looks_failed, 10))
    later = max(later * SOONEST, min(wait or later, later))
    turn.set(looks_failed=state.looks_failed + 1, look_at=turn.at + later)
    shown, end = state.shown, state.track_end
    if shown is not None and shown.track is not None and end is not None and turn.at >= end:
        unknown = msgspec.structs.replace(shown, at=turn.at, track=None, remaining=None, hand=None)
        turn.set(shown=unknown)
        turn.report(unknown)


# --- what was read -------------------------------------------------------------------------------


def saw(turn: Turn, seen: SpeakerState) -> None:
    """Take in what the speaker was read to do."""
    state = turn.state
    seen = at_home(turn, seen)
    attempt = state.attempt
    turn.set(
        seen=seen,
        fresh_until=turn.at + FRESH,
        looks_failed=0,
        attempt=attempt and msgspec.structs.replace(attempt, looked=True),
    )
    if state.local:
        turn.set(look_at=None)
    skipped = False if state.local else _follow(turn, state.seen, seen)
    if touched(turn.state.desired, seen, state.speaker) is None:
        tell(turn, seen, hand=Hand.SKIP if skipped else None)
    if state.looking:
        _answers(turn)
        checking = state.check_at is not None and turn.at >= state.check_at
        turn.set(looking=False, look_asked=False, check_at=None if checking else state.check_at)
        judge(turn, seen)


def _answers(turn: Turn) -> None:
    """Take what kept the music away for over, where nothing waits that would find it out."""
    if not turn.state.pending.open and not turn.state.trouble.startswith(SKIPS):
        well(turn)


def judge(turn: Turn, seen: SpeakerState) -> None:
    """Hold the speaker to our last order."""
    state = turn.state
    hand = touched(state.desired, seen, state.speaker)
    if hand is not None and turn.at < state.settled_at:
        turn.set(check_at=state.settled_at)
    elif hand is not None:
        by_hand(turn, seen, hand)
    elif not state.local and state.desired.playing and turn.at < state.settled_at + 3 * FRESH:
        _suspect(turn, seen)


def _suspect(turn: Turn, seen: SpeakerState) -> None:
    """Find out whether it only seems to play what it was told to play."""
    suspicion = after_look(turn.state.suspicion, seen, turn.at - turn.state.played_at)
    if suspicion is None:
        return
    turn.set(suspicion=suspicion)
    if suspicion.certain:
        silent(turn)
    else:
        turn.set(check_at=turn.at + FRESH)


def silent(turn: Turn) -> None:
    """Say that the speaker accepts everything and plays nothing, and let it rest."""
    words = silence(turn.state.desired.uri)
    turn.set(first=Pause())
    turn.report(PlayFailed(turn.state.desired.wish, words, turn.at, terminal=True))
    trouble(turn, words)


# --- between two looks ---------------------------------------------------------------------------


def _follow(turn: Turn, before: SpeakerState | None, seen: SpeakerState) -> bool:
    """Work out what ended since the last look; return whether somebody skipped."""
    skipped = False
    track, end = before.track if before else None, turn.state.track_end
    if track is not None and end is not None:
        began = seen.at - (position(seen) or 0.0)
        on = seen.playback is Playback.PLAYING
        same = seen.track is not None and seen.track.uri == track.uri and began < end - CUT
        standing = seen.playback is Playback.PAUSED and not at_start(seen)
        if (on or standing) and not same and seen.track is not None:
            skipped = began < end - CUT
            heard = max(0.0, track.duration - max(0.0, end - began))
            at = min(began, end)
            ended(turn, TrackEnded(track.uri, at, heard, skipped=skipped))
        elif not on and not standing and turn.at >= end - CUT:
            ended(turn, TrackEnded(track.uri, end, track.duration))
        if _is_over(turn, before, seen, began - end):
            music_ended(turn)
    _expect_end(turn, seen)
    return skipped


def _is_over(turn: Turn, before: SpeakerState | None, seen: SpeakerState, late: float) -> bool:
    """Return whether our music ended; what plays began `late` seconds after its last track."""
    desired = turn.state.desired
    if not desired.playing or not desired.wish or before is None:
        return False
    if before.is_elsewhere(turn.state.speaker) or not plays(desired.uri, before.track):
        return False
    if seen.playback is Playback.PLAYING:
        elsewhere = seen.is_elsewhere(turn.state.speaker)
        return not elsewhere and not plays(desired.uri, seen.track) and _by_itself(turn, seen, late)
    end = turn.state.track_end
    stands = seen.playback is Playback.IDLE or at_start(seen)
    return stands and end is not None and turn.at >= end - CUT


def _by_itself(turn: Turn, seen: SpeakerState, late: float) -> bool:
    """Whether music that is not ours follows our last track without a hand."""
    context = seen.track.context if seen.track else ""
    if is_spotifys(context, Kind.STATION):
        return True
    first, last = ON_TIME if context else STATION_STARTS
    return not Uri.parse(turn.state.desired.uri).is_mix and first <= late <= last


def music_ended(turn: Turn) -> None:
    """Say that what was asked for is over; what plays now, if anything, is nobody's."""
    desired = turn.state.desired
    turn.report(MusicEnded(desired.uri, turn.at, desired.wish))
    turn.desire(uri="", songs=(), playing=False, wish="")


def _expect_end(turn: Turn, seen: SpeakerState) -> None:
    """Plan to look when the track that is on should have ended."""
    here = not seen.is_elsewhere(turn.state.speaker)
    if seen.playback is Playback.PLAYING and seen.remaining is not None and here:
        end = seen.at + seen.remaining
        turn.set(track_end=end, look_at=max(end + LATE, turn.at + LEAST))
    else:
        turn.set(track_end=None, look_at=None)


# --- what a speaker tells by itself --------------------------------------------------------------


def heard(turn: Turn, seen: SpeakerState) -> None:
    """Take in what a speaker says it does."""
    turned = fade.turned(turn, seen.volume)
    if turned:
        fade.stop(turn)
        # A step of ours may have crossed it.
        turn.set(first=SetVolume(seen.volume or 0))
    before = turn.state.seen
    seen = at_home(turn, seen)
    turn.set(seen=seen)
    if _is_missed(seen):
        turn.set(look_at=turn.at + SOON)  # unless it is back by then: it may only have restarted
    elif _is_missed(before):
        turn.set(look_at=None)
        _answers(turn)
    state = turn.state
    if state.ended is not None and _was_last(turn, before, seen):
        music_ended(turn)
    hand = Hand.VOLUME if turned else touched(turn.state.desired, seen, state.speaker)
    if hand is Hand.PICK and _goes_on(turn, seen):
        turn.set(desired=adopted(seen, turn.state.desired))
        hand = None
    # Right after an order a difference may be its echo. An emptied queue is none, and is told once.
    echoes = state.check_at is not None and seen.hand is not Hand.PAUSE
    if not turned and (echoes or hand is None):
        tell(turn, seen, hand=_skipped(turn))
        return
    if hand is not Hand.VOLUME:
        turn.set(ended=None)  # what was cut short by that was not skipped besides
    lost = _postponed(turn) if turned else ""
    by_hand(turn, seen, hand or Hand.PICK, lost, before)


def _goes_on(turn: Turn, seen: SpeakerState) -> bool:
    """Whether a song that somebody picked was heard out, and the next of theirs follows by itself.

    Of what others put into a queue only its songs are known: none of them is picked anew.
    """
    track, desired = turn.state.ended, turn.state.desired
    if track is None or track.skipped or desired.wish or track.uri != desired.uri:
        return False
    return seen.hand is None and seen.at - track.at <= CUT


def _is_missed(seen: SpeakerState | None) -> bool:
    """Whether a speaker that tells by itself told last that nobody hears of it any more."""
    return seen is not None and seen.playback is Playback.UNKNOWN


def changed(turn: Turn, news: Changed) -> None:
    """Another speaker has the music: nothing is known of it yet, and no step of a fade is its."""
    home = turn.state.desired.fading
    if home is not None:
        fade.stop(turn)
        turn.set(first=SetVolume(home))  # where the fade was to end
    turn.set(local=news.local, seen=None, ended=None, track_end=None, look_at=None)
    turn.set(fresh_until=turn.at)
    if not news.ordered:
        turn.desire(uri="", songs=(), playing=False, wish="")
        turn.set(check_at=None)


def heard_end(turn: Turn, track: TrackEnded) -> None:
    """Take in that a track ended."""
    ended(turn, track)
    turn.set(ended=track)
    if turn.state.due is not None:
        turn.set(due=min(turn.state.due, track.at))
    turn.set(suspicion=after_end(turn.state.suspicion, track))
    if turn.state.suspicion.certain:
        silent(turn)


def at_home(turn: Turn, seen: SpeakerState) -> SpeakerState:
    """Return `seen` as people see it.

    That is with the list that its song is from, and while it is being faded with the volume to come
    back to.
    """
    seen = from_list(turn.state.desired, seen)
    home = turn.state.desired.fading
    return seen if home is None else msgspec.structs.replace(seen, volume=home)


def _postponed(turn: Turn) -> str:
    """Somebody holds the knob while the music fades: what it fades for is for the track's end.

    Returns the wish that is given up instead: somebody is there, so no need to be quiet.
    """
    music = turn.state.pending.music
    if music is None or music.by_person:
        return ""
    if music.playing and music.uri:
        turn.set(due=None)
        return ""
    turn.set(pending=turn.state.pending.without(music.id))
    return music.id


def _skipped(turn: Turn) -> Hand | None:
    """Whether the last track was cut short by somebody else than us; said once."""
    track = turn.state.ended
    turn.set(ended=None)
    ours = track is not None and track.at < turn.state.ordered_at + SOON
    return Hand.SKIP if track is not None and track.skipped and not ours else None


def _was_last(turn: Turn, before: SpeakerState | None, seen: SpeakerState) -> bool:
    """Return whether the track that just ended was played out, and was the last of ours."""
    state = turn.state
    track, desired = state.ended, state.desired
    if track is None or track.skipped or track.listened < AT_ONCE or seen.hand is not None:
        return False
    if not desired.playing or not desired.wish or seen.at - track.at > CUT:
        return False
    if seen.playback is Playback.PLAYING:
        length = before.track.duration if before is not None and before.track else 0.0
        out = track.listened >= length - 1.0
        return (
            out
            and not plays(desired.uri, seen.track)
            and _by_itself(turn, seen, seen.at - track.at)
        )
    return seen.playback is Playback.IDLE
