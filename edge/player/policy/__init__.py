"""What the speaker should be doing, and the next order that brings it there: the player's policy.

step(state, input) -> (state, orders). Pure: no clock, no thread, no I/O. At most one order to the
speaker is under way; its answer is an input, and brings the next. Reports want no answer.

What somebody does by hand is never undone, unless a wish says that a person asked for it.
"""

from __future__ import annotations

import msgspec

from edge.events import Fallback, Playback, SpeakerState, TrackEnded, Wish
from edge.player.policy import fade
from edge.player.policy.fulfil import accept, fulfil, next_try, volume_is_set
from edge.player.policy.hands import Desired
from edge.player.policy.looking import (
    asked,
    changed,
    heard,
    heard_end,
    look,
    put_off,
    saw,
    settle,
)
from edge.player.policy.orders import (
    Changed,
    Closing,
    Failed,
    Found,
    Heard,
    Input,
    Kind,
    LookNow,
    Measure,
    Measured,
    Opened,
    Order,
    Pause,
    Play,
    Previous,
    Read,
    Ready,
    Report,
    Resume,
    Retry,
    Saw,
    Search,
    SetVolume,
    Skip,
    Tick,
    Took,
    ToSpeaker,
    Wished,
)
from edge.player.policy.refusal import Suspicion
from edge.player.policy.state import Attempt, State, Turn
from edge.player.policy.telling import done, ended, failed, lost_sight, trouble

__all__ = [
    "Changed", "Closing", "Desired", "Failed", "Found", "Heard", "Input", "Kind", "LookNow",
    "Measure", "Measured", "Opened", "Order", "Pause", "Play", "Previous", "Read", "Ready",
    "Report", "Resume", "Retry", "Saw", "Search", "SetVolume", "Skip", "State", "Tick", "ToSpeaker",
    "Took", "Wished", "step", "wake_at",
]  # fmt: skip

RETRY_FIRST = 15.0
RETRY_MAX = 900.0
"""Seconds between two tries, doubling: each may cost requests of the day's budget."""
RETRY_OFFLINE = 60.0
"""The most where they cost nothing: the internet behind a router comes back without a word."""
LAZY = 0.05
"""Seconds after a track's end until we ask for it, if it was not told."""


def step(state: State, told: Input) -> tuple[State, tuple[Order, ...]]:
    """Return the state after an input, and what is to be done, in order."""
    turn = Turn(state, told.at)
    _take_in(turn, told)
    now = isinstance(told, Tick | Took | Saw | Found | Measured | Failed)
    if now and turn.state.under_way is None and not turn.state.closed:
        _go_on(turn)
    return turn.state, tuple(turn.orders)


def wake_at(state: State) -> float | None:
    """When time alone makes something due; None: nothing is."""
    times = [state.check_at, state.look_at, state.fade.at, _untold_end(state)]
    if state.pending.open:
        times.append(next_try(state))
    return min((at for at in times if at is not None), default=None)


def _untold_end(state: State) -> float | None:
    """When to ask a speaker of our own for its track's end: some do not tell until asked."""
    seen = state.seen
    if not state.local or seen is None or seen.remaining is None:
        return None
    end = seen.at + seen.remaining + LAZY
    return end if seen.playback is Playback.PLAYING and end > state.at else None


def _take_in(turn: Turn, told: Input) -> None:  # noqa: C901, PLR0912  a line a kind of input
    match told:
        case Opened():
            turn.set(seen=None, under_way=None, attempt=None, retry_at=turn.at, closed=False)
            fade.recover(turn)
        case Closing():
            _close(turn)
        case Wished():
            accept(turn, told.wish)
        case Heard(news=TrackEnded() as track):
            heard_end(turn, track)
        case Heard(news=SpeakerState() as seen):
            heard(turn, seen)
        case Heard(news=Changed() as news):
            changed(turn, news)
        case Heard(news=Fallback() as news):
            turn.report(news)
        case LookNow():
            asked(turn, by_person=told.by_person)
        case Retry():
            _retry(turn)
        case Took():
            _took(turn, told.order)
        case Saw():
            turn.set(under_way=None)
            saw(turn, told.state)
        case Found():
            turn.set(under_way=None, attempt=Attempt(uri=told.uri, looked=True))
        case Measured():
            attempt = turn.state.attempt or Attempt(looked=True)
            attempt = msgspec.structs.replace(attempt, measured=True, volume=told.volume)
            turn.set(under_way=None, attempt=attempt)
        case Failed():
            _failed(turn, told)
        case Tick():
            pass


def _go_on(turn: Turn) -> None:
    """Give the next order that is due, if any."""
    if turn.state.looking:
        turn.order(Read())
    elif turn.state.first is not None:
        turn.order(turn.state.first)
        turn.set(first=None)
    idle = turn.state.under_way is None
    if idle and turn.state.pending.open and turn.at >= next_try(turn.state):
        fulfil(turn)
    if turn.state.under_way is None:
        look(turn)
    at = turn.state.fade.at
    if turn.state.under_way is None and at is not None and turn.at >= at:
        fade.back(turn)  # nothing took it further out


def _close(turn: Turn) -> None:
    """Go home from a fade at once, as far as that can be."""
    home = turn.state.desired.fading
    turn.set(closed=True)
    if turn.state.fade.at is not None and home is not None:
        fade.stop(turn)
        turn.order(SetVolume(home))


def _retry(turn: Turn) -> None:
    """Try at once what failed; where nothing is wanted, see whether the trouble is over."""
    turn.set(retry_at=turn.at, failures=0)
    if turn.state.trouble and not turn.state.pending.open and not turn.state.local:
        turn.set(look_at=turn.at)


# --- answers -------------------------------------------------------------------------------------


def _took(turn: Turn, order: ToSpeaker) -> None:
    attempt = turn.state.attempt
    wish = attempt.wish if attempt is not None else None
    turn.set(under_way=None)
    match order:
        case Ready():
            if not turn.state.looking:
                turn.set(attempt=Attempt())
        case SetVolume(level=int() as level):
            fade.stepped(turn, level)
        case SetVolume():
            _volume_set(turn, order.percent, wish)
        case Play():
            _began(turn, order, wish)
        case Skip() | Previous():
            _cut(turn)
            _ordered(turn, wish, asked=True)
        case Resume():
            turn.desire(playing=True)
            _ordered(turn, wish, asked=True)
        case Pause():
            turn.desire(playing=False)
            turn.set(track_end=None, look_at=None, ordered_at=turn.at)
            _ordered(turn, wish, asked=False)
        case Read() | Search() | Measure():
            pass


def _began(turn: Turn, order: Play, wish: Wish | None) -> None:
    """Go on from a play that was taken."""
    turn.desire(uri=order.uri, songs=order.songs, playing=True, wish=wish.id if wish else "")
    turn.set(
        suspicion=Suspicion(),
        played_at=turn.at,
        ordered_at=turn.at,
        track_end=None,
        look_at=None,
        ended=None,
    )
    skip = turn.state.pending.skip
    _ordered(turn, wish, asked=True)
    if skip is not None:
        done(turn, skip.id)


def _cut(turn: Turn) -> None:
    """Say how the track ended that we skipped, where the speaker does not tell by itself."""
    state = turn.state
    track, end = state.seen.track if state.seen else None, state.track_end
    turn.set(track_end=None, look_at=None, ordered_at=turn.at)
    if not state.local and track is not None and end is not None:
        heard_for = max(0.0, track.duration - max(0.0, end - turn.at))
        ended(turn, TrackEnded(track.uri, turn.at, heard_for, skipped=end > turn.at))


def _volume_set(turn: Turn, percent: int, wish: Wish | None) -> None:
    if wish is None:
        return  # a hand's, set again
    turn.at_volume(percent)
    fade.stop(turn)
    if turn.state.local:
        settle(turn, wish, asked=False)
    volume_is_set(turn, wish)


def _ordered(turn: Turn, wish: Wish | None, *, asked: bool) -> None:
    settle(turn, wish, asked=asked)
    if wish is not None:
        done(turn, wish.id)


def _no_volume(turn: Turn, told: Failed, wish: Wish | None) -> None:
    """Play all the same on a speaker without a volume; say so to whoever wanted only a volume."""
    fade.stop(turn)
    if wish is not None and wish.uri:
        volume_is_set(turn, wish)
    elif wish is not None:
        failed(turn, wish.id, told.reason, given_up=True)


def _failed(turn: Turn, told: Failed) -> None:
    """Try again later, or give up, by what kind of failure it is."""
    looking, order, attempt = turn.state.looking, turn.state.under_way, turn.state.attempt
    if isinstance(order, SetVolume) and told.kind is Kind.NEVER:
        turn.set(under_way=None)
        _no_volume(turn, told, attempt.wish if attempt is not None else None)
        return
    turn.set(under_way=None, attempt=None)
    if looking:
        put_off(turn, told.wait)
        if told.kind is not Kind.LIMITED:  # that looks are saved up is said of the account
            trouble(turn, told.reason)
        if told.kind is Kind.AWAY:
            lost_sight(turn)
        return
    if told.kind is Kind.AWAY:
        lost_sight(turn)
    if turn.state.pending.open:
        _try_later(turn, told)


def _try_later(turn: Turn, told: Failed) -> None:
    pending, failures = turn.state.pending, turn.state.failures + 1
    most = RETRY_OFFLINE if told.kind is Kind.OFFLINE else RETRY_MAX
    wait = min(most, RETRY_FIRST * 2.0 ** min(failures - 1, 10))
    if told.wait is not None:
        wait = told.wait if told.kind is Kind.LIMITED else max(wait, told.wait)
    never, seen = told.kind is Kind.NEVER, turn.state.seen
    plays_on = seen is not None and seen.playback is Playback.PLAYING
    # What it did while it took no orders may have gone untold.
    turn.set(failures=failures, retry_at=turn.at + wait, seen=None)
    for wish in pending.open:
        given_up = never or wish.is_step  # somebody may start other music until then
        terminal = given_up or told.kind is Kind.SOMEBODY
        failed(turn, wish.id, told.reason, terminal=terminal, given_up=given_up)
    in_vain = [it for it in pending.open if it.is_step or (never and it.by_person and plays_on)]
    if in_vain != pending.open:
        trouble(turn, told.reason)
