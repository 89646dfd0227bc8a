"""Two players, one of which has the music: when the second takes over, and gives back. Pure.

step(pair, input) -> (pair, actions). The second takes over only once the first is quiet, as far as
anybody can tell: two pieces of music at once are worse than none. It gives back by saying that the
first can play again; what is chosen then comes at a song's end, as any gentle change.

What cannot be known: a first that we may not ask any more (signed out, its quota used up) plays on
as it was told, and takes no pause either; a list that the mood chose begins anew at its end. It is
taken for quiet a day after the song that was seen last, longer than any quota. Whoever wants music
of the box before that is told what keeps the first from it.
"""

from __future__ import annotations

from math import inf
from typing import Any

import msgspec

from edge.events import Playback, Track
from edge.player.policy.hands import at_start, plays
from edge.player.policy.orders import Kind
from edge.player.policy.pair import (
    Action,
    Began,
    Broke,
    Change,
    Clock,
    Glance,
    Hush,
    Hushed,
    Input,
    Over,
    Pair,
    Pass,
    Probe,
    Saw,
    Say,
    Side,
)
from edge.player.policy.refusal import Suspicion, after_end, after_look, silence

PATIENCE = 20.0
"""Seconds that a hiccup may last: what failed is tried once more before the second takes over."""
FIRST_LOOK, LONGEST = 20.0, 600.0
"""Seconds until it is seen whether the first can play again, doubling: each may cost a request."""
AWAY_LONGEST = 1800.0
"""The same for a speaker that is away: that its service answers does not say that it is back."""
OFFLINE_LONGEST = 60.0
"""The same where not even a connection comes about, which costs nothing."""
FREE_LOOK = 5.0
"""The same where to see that asks nothing, as for a sign-in."""
GLANCE = 60.0
"""Seconds between two glances at a first that is well; these ask nothing."""
LOADED = 300.0
"""Seconds that a speaker without internet plays on after its song, from what it has loaded."""
REFUSED = 3600.0
"""Seconds until one is tried again that answers, but was not allowed to play: to see that it
answers says nothing."""
SILENT = 86_400.0
"""The same after one took everything and played nothing."""
UNSEEN = 86_400.0
"""Seconds that one which cannot be asked may sound: from the start where it was not seen yet, else
from the end of the song that was seen last."""
WATCHED = 25.0
"""Seconds after it took music in which one that has to be asked is suspected of playing nothing."""
SETTLES = 10.0
"""Seconds after a change until what the other says is news, and not the echo of our orders."""


def step(pair: Pair, told: Input) -> tuple[Pair, tuple[Action, ...]]:
    """Return what is known after an input, and what is to be done, in order."""
    match told:
        case Broke():
            return _broke(pair, told)
        case Began():
            return _began(pair, told)
        case Hushed():
            return _go_on(_with(pair, sounds_until=-inf, played_at=-inf), told.at)
        case Saw():
            return _saw(pair, told)
        case Over():
            return _over(pair, told)
        case Clock():
            return _go_on(pair, told.at)


def whose(pair: Pair, *, first: bool, second: bool) -> Side:
    """Return who is to play what the first, the second or both can."""
    if first and second:
        return Side.SECOND if pair.told else Side.FIRST
    return Side.SECOND if second else Side.FIRST


def _with(pair: Pair, **changes: Any) -> Pair:
    return msgspec.structs.replace(pair, **changes)


def _broke(pair: Pair, told: Broke) -> tuple[Pair, tuple[Action, ...]]:
    if told.kind is Kind.NEVER:
        return pair, ()  # that is the music's fault
    longest = {Kind.AWAY: AWAY_LONGEST, Kind.OFFLINE: OFFLINE_LONGEST}.get(told.kind, LONGEST)
    wait = min(longest, FIRST_LOOK * 2.0 ** min(pair.failures, 10))
    if told.wait is not None:
        wait = min(LONGEST, max(told.wait, FIRST_LOOK))
    elif told.free:
        wait = FREE_LOOK
    elif told.kind is Kind.SOMEBODY:
        wait = REFUSED
    hiccup = told.kind in {Kind.AGAIN, Kind.OFFLINE, Kind.AWAY}
    return _with(
        pair,
        cannot=told.reason,
        since=pair.since if pair.cannot else told.at + (PATIENCE if hiccup else 0.0),
        look_at=told.at + wait,
        failures=pair.failures + (not told.free),
        sounds_until=_sounds(pair, told),
        hushed=False,
        barred=told.kind in {Kind.LIMITED, Kind.SOMEBODY},
    ), ()


def _sounds(pair: Pair, told: Broke) -> float:
    """Return until when the first may sound though it does not answer."""
    unseen = pair.sounds_until < inf and pair.ends == -inf
    if told.kind is Kind.AWAY or (told.kind is Kind.SOMEBODY and unseen):
        return -inf
    if told.offline and not pair.local:
        return min(pair.sounds_until, max(told.at, pair.ends) + LOADED)
    return pair.sounds_until


def _in_vain(pair: Pair, at: float) -> float:
    """Return until when the first may sound where it does not even take the pause of this moment.

    One that only does not answer will do so before long, and take it then.
    """
    if not pair.barred:
        return pair.sounds_until
    return min(pair.sounds_until, max(at, pair.ends) + UNSEEN)


def _began(pair: Pair, told: Began) -> tuple[Pair, tuple[Action, ...]]:
    changed = {"changed_at": told.at} if told.side is not pair.on else {}
    after = _with(pair, on=told.side, **changed)
    if told.side is Side.SECOND:
        return after, ()
    return _with(
        after,
        cannot="",
        told="",
        failures=0,
        look_at=told.at + GLANCE,
        sounds_until=inf,
        ends=told.at + LOADED,
        left=told.uri,
        songs=told.songs,
        suspicion=Suspicion(),
        played_at=told.at,
    ), (Say(""),) if pair.told else ()


def _saw(pair: Pair, told: Saw) -> tuple[Pair, tuple[Action, ...]]:
    here = told.state.playback is Playback.PLAYING and not told.state.is_elsewhere(pair.speaker)
    after = pair
    if told.side is Side.FIRST:
        left = told.state.remaining or 0.0
        after = _with(
            pair, sounds_until=inf if here else -inf, ends=told.state.at + left if here else -inf
        )
        lost = told.state.playback is Playback.UNKNOWN
        if told.asked and not lost:
            after = _looked(_with(after, cannot="", look_at=told.at + GLANCE), told)
        elif lost and not pair.cannot:
            after = _with(after, look_at=min(pair.look_at, told.at + SETTLES))
    if told.side is pair.on:
        return after, () if told.asked else (Pass(told.state),)
    if not here or told.state.track is None or told.at < pair.changed_at + SETTLES:
        return _go_on(after, told.at) if told.asked else (after, ())
    track = told.state.track
    if told.side is Side.FIRST and _ours(pair, track):
        return after, (Hush(),)  # ours, of before
    # Somebody chose music at the other one.
    can = {"cannot": ""} if told.side is Side.FIRST else {}
    changed = _with(after, on=told.side, changed_at=told.at, **can)
    return changed, (Change(told.side, picked=True), Pass(told.state, picked=True))


def _ours(pair: Pair, track: Track | None) -> bool:
    return plays(pair.left, track) or (track is not None and track.uri in pair.songs)


def _looked(pair: Pair, told: Saw) -> Pair:
    """Judge a first that has to be asked; what a hand did there says nothing.

    One that knows of no track any more was off and on again.
    """
    seen, elapsed = told.state, told.at - pair.played_at
    by_itself = seen.playback in {Playback.PLAYING, Playback.IDLE} or at_start(seen)
    ours = seen.track is not None and _ours(pair, seen.track)
    here = by_itself and ours and not seen.is_elsewhere(pair.speaker)
    if pair.local or pair.on is Side.SECOND or elapsed > WATCHED or not here:
        return pair
    return _suspected(pair, after_look(pair.suspicion, seen, elapsed), told.at)


def _over(pair: Pair, told: Over) -> tuple[Pair, tuple[Action, ...]]:
    return _suspected(pair, after_end(pair.suspicion, told.track), told.at), ()


def _suspected(pair: Pair, suspicion: Suspicion | None, at: float) -> Pair:
    """Return what is known where the first may take everything and play nothing."""
    if suspicion is None:
        return pair
    if not suspicion.certain:
        return _with(pair, suspicion=suspicion)
    return _with(
        pair,
        cannot=silence(pair.left),
        since=at,
        look_at=at + SILENT,
        hushed=False,
        failures=pair.failures + 1,
        suspicion=Suspicion(),
    )


def _go_on(pair: Pair, at: float) -> tuple[Pair, tuple[Action, ...]]:
    if at >= pair.look_at:
        later = _with(pair, look_at=at + GLANCE)
        # One that is well is asked by whoever wants to see it.
        asks = pair.cannot or (pair.local and pair.on is Side.FIRST)
        return later, (Probe() if asks else Glance(),)
    if pair.told and not pair.cannot:
        return _with(pair, told=""), (Say(""),)
    if not pair.cannot or pair.cannot == pair.told or at < pair.since:
        return pair, ()
    after = _with(pair, told=pair.cannot, on=Side.SECOND)
    if pair.on is Side.SECOND:
        return after, (Say(pair.cannot),)
    if at < pair.sounds_until:
        told = _with(pair, hushed=True, sounds_until=_in_vain(pair, at))
        return (pair, ()) if pair.hushed else (told, (Hush(),))
    return _with(after, changed_at=at), (Change(Side.SECOND), Say(pair.cannot))
