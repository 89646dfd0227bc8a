"""The mood filter: a hidden-Markov forward filter in continuous time, and a careful decision.

The belief is over the moods of the view. Between frames it drifts, because moods end: after dt
seconds a mood still holds with probability exp(-dt / dwell), else any other has come. Each frame
multiplies it by how well each mood explains the frame (Rabiner 1989; `emission` says how well).
A mood is declared when its belief passes a threshold, which for a Markov change is the quickest
rule for a given rate of false alarms (Shiryaev 1963), and kept until another one passes it.
"""

from __future__ import annotations

from collections.abc import Iterable
from math import exp

import msgspec

from edge.events import AWAY, EMOTIONS, UNSURE, Emotions, Mood, Nobody, Tick
from edge.mood.emission import Emission, likelihood, logs, shipped
from edge.mood.views import ViewName, moods, shares


class Rules(msgspec.Struct, frozen=True):
    """How careful the filter is. Times are seconds."""

    emission: Emission = msgspec.field(default_factory=shipped)
    view: ViewName = "seven"
    away_after: float = 20.0
    """Without a face for so long: away."""
    dwell: float = 60.0
    """How long a mood holds, on average."""
    enter: float = 0.9
    """Belief at which another mood is declared."""
    leave: float = 0.4
    """Belief under which a declared mood stands out no more."""
    unsure_after: float = 10.0
    """Nothing stands out for so long: unsure."""
    shortest: float = 2.0
    """No mood is declared sooner than this after the last one."""


class MoodState(msgspec.Struct, frozen=True):
    """All the filter knows."""

    mood: Mood
    belief: tuple[float, ...] = ()
    """How likely each of EMOTIONS is; empty while nobody is there."""
    settling: bool = False
    """A change of mood is under way."""
    faces: int = 0
    inner: tuple[float, ...] = ()
    """Belief in each of the view's moods."""
    last: tuple[float, ...] = ()
    """The last face's reading (logs)."""
    read_at: float = 0.0
    """When the newest frame was taken, with a face or without."""
    face_at: float = 0.0
    """When the newest face was seen."""
    clear_at: float = 0.0
    """When a mood last stood out."""
    now: float = 0.0
    """The latest time heard of."""


def begin(at: float) -> MoodState:
    """Return the state in which nobody has been seen yet."""
    return MoodState(Mood(AWAY, 1.0, at), read_at=at, face_at=at, clear_at=at, now=at)


def advance(state: MoodState, event: Emotions | Nobody | Tick, rules: Rules) -> MoodState:
    """Return the state after `event`. A frame older than the last one changes nothing."""
    if isinstance(event, Tick):
        return _decide(_at(state, event.at), rules)
    if event.at <= state.read_at:
        return state
    state = _at(state, event.at)
    if isinstance(event, Nobody):
        state = msgspec.structs.replace(state, faces=0, read_at=event.at)
    else:
        state = _see(state, event, rules)
    return _decide(state, rules)


def _at(state: MoodState, at: float) -> MoodState:
    return msgspec.structs.replace(state, now=max(at, state.now))


def _see(state: MoodState, seen: Emotions, rules: Rules) -> MoodState:
    """Take one frame's reading into the belief."""
    rows = shares(rules.view)
    elapsed = seen.at - state.face_at
    told = likelihood(seen.probabilities, state.last, elapsed, seen.confidence, rules.emission)
    known = _drift(state.inner or (1 / len(rows),) * len(rows), elapsed, rules.dwell)
    fits = (sum(s * t for s, t in zip(row, told, strict=True)) for row in rows)
    inner = _normal(k * f for k, f in zip(known, fits, strict=True))
    arrived = not state.inner
    return msgspec.structs.replace(
        state,
        belief=_normal(
            sum(b * row[e] for b, row in zip(inner, rows, strict=True))
            for e in range(len(EMOTIONS))
        ),
        inner=inner,
        faces=seen.faces,
        last=logs(seen.probabilities),
        read_at=seen.at,
        face_at=seen.at,
        clear_at=seen.at if arrived else state.clear_at,
    )


def _drift(belief: tuple[float, ...], elapsed: float, dwell: float) -> tuple[float, ...]:
    """Return the belief `elapsed` seconds later, unseen."""
    ended = 1 - exp(-elapsed / dwell)
    others = len(belief) - 1
    return tuple(b * (1 - ended) + (1 - b) * ended / others for b in belief)


def _normal(weights: Iterable[float]) -> tuple[float, ...]:
    values = tuple(weights)
    total = sum(values)
    return tuple(value / total for value in values)


def _decide(state: MoodState, rules: Rules) -> MoodState:
    """Declare what the belief and the time without a face call for."""
    if state.inner and state.now - state.face_at >= rules.away_after:
        state = msgspec.structs.replace(state, inner=(), belief=(), last=(), faces=0)
    if not state.inner:
        return _declare(msgspec.structs.replace(state, settling=False), AWAY, 1.0, rules)
    names = moods(rules.view)
    best = max(range(len(names)), key=state.inner.__getitem__)
    held = dict(zip(names, state.inner, strict=True)).get(state.mood.name, 0.0)
    if held >= rules.leave or state.inner[best] >= rules.enter:
        state = msgspec.structs.replace(state, clear_at=state.face_at)
    settling = names[best] != state.mood.name or held < rules.leave
    state = msgspec.structs.replace(state, settling=settling)
    if state.inner[best] >= rules.enter:
        return _declare(state, names[best], state.inner[best], rules)
    if state.face_at - state.clear_at >= rules.unsure_after:
        return _declare(state, UNSURE, 1 - state.inner[best], rules)
    if held:
        return _declare(state, state.mood.name, held, rules)
    return state


def _declare(state: MoodState, name: str, confidence: float, rules: Rules) -> MoodState:
    """Make `name` the mood, unless the last one is too young; refresh it where it is the mood."""
    confidence = min(1.0, max(0.0, confidence))
    if name == state.mood.name:
        mood = Mood(name, confidence, state.mood.since)
        return msgspec.structs.replace(state, mood=mood)
    if state.now - state.mood.since < rules.shortest:
        return state
    mood = Mood(name, confidence, state.now)
    settling = name == UNSURE
    return msgspec.structs.replace(state, mood=mood, settling=settling)
