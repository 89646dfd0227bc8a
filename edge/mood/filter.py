"""The mood filter: a hidden-Markov forward filter in continuous time, and a careful decision.

The belief is over the moods of the view. Between frames it drifts, because moods end: after dt
seconds a mood still holds with probability exp(-dt / dwell), else any other has come. Each face
multiplies it by how well each mood explains the face (Rabiner 1989; `emission` says how well).
A mood is declared when its belief passes a threshold, which for a Markov change is the quickest
rule at a given rate of false alarms (Shiryaev 1963), and kept until another one passes it.
"""

from __future__ import annotations

from collections.abc import Iterable
from math import exp

import msgspec

from edge.events import AWAY, UNSURE, Emotions, Mood, Nobody, Tick
from edge.mood.emission import Emission, Face, evidence, look, shipped
from edge.mood.moods import ViewName, moods, shares

Belief = tuple[float, ...]


class Rules(msgspec.Struct, frozen=True):
    """How careful the filter is. Times are seconds."""

    view: ViewName = "seven"
    away_after: float = 20.0
    """Without a face for so long: away."""
    emission: Emission = msgspec.field(default_factory=shipped)
    dwell: float = 20.0
    """How long a mood holds: shorter is quicker, and wrong more often."""
    enter: float = 0.5
    """Belief at which another mood is declared."""
    leave: float = 0.3
    """Belief under which a declared mood stands out no more."""
    sure: float = 0.8
    """Belief in the mood under which a change may be under way."""
    unsure_after: float = 10.0
    """Nothing stands out for so long: unsure."""
    shortest: float = 5.0
    """A mood is kept at least so long before another one is declared."""
    arrival: float = 3.0
    """The same for having been away, or unsure: whoever comes in looks down first, or around."""


class MoodState(msgspec.Struct, frozen=True):
    """All the filter knows."""

    mood: Mood
    belief: Belief = ()
    """How likely each of EMOTIONS is; empty while nobody is there."""
    settling: bool = False
    """A change of mood is under way."""
    faces: int = 0
    """How many were in the newest frame."""
    face: Face | None = None
    """The face that is being counted."""
    before: Belief = ()
    """Belief in each of the view's moods without that face."""
    inner: Belief = ()
    """The same with that face; empty while nobody is there."""
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
    """Return the state after `event`. A frame no newer than the last one changes nothing."""
    if not isinstance(event, Tick) and event.at <= state.read_at:
        return state
    state = msgspec.structs.replace(state, now=max(event.at, state.now))
    if isinstance(event, Emotions):
        state = _see(state, event, rules)
    elif isinstance(event, Nobody):
        state = msgspec.structs.replace(state, faces=0, read_at=event.at)
    state = _decide(_leave(state, rules), rules)
    believed = _believed(state, rules).get(state.mood.name, 0.0)
    settling = bool(state.inner) and believed < rules.sure
    return msgspec.structs.replace(state, settling=settling)


def _believed(state: MoodState, rules: Rules) -> dict[str, float]:
    """Return the belief in each of the view's moods, by name."""
    return dict(zip(moods(rules.view), state.inner, strict=False))


def believe(state: MoodState, name: str, at: float, rules: Rules) -> MoodState:
    """Return the state after a person said what the mood is; the filter goes on from there."""
    names = moods(rules.view)
    state = msgspec.structs.replace(state, mood=Mood(name, 1.0, at), settling=False)
    if name not in names or not state.inner:
        return state
    inner = _normal(0.99 if other == name else 0.01 / (len(names) - 1) for other in names)
    return msgspec.structs.replace(
        state, before=inner, inner=inner, belief=_shown(inner, rules), face=None, clear_at=at
    )


def _see(state: MoodState, seen: Emotions, rules: Rules) -> MoodState:
    """Take one frame's reading into the belief."""
    rows = shares(rules.view)
    face, fresh = look(state.face, seen.probabilities, seen.at, seen.confidence, rules.emission)
    before = state.inner if fresh else state.before
    usual = _usual(rules)
    before = _drift(before or usual, usual, seen.at - state.face_at, rules.dwell)
    told = evidence(face, rules.emission)
    fits = (sum(s * t for s, t in zip(row, told, strict=True)) for row in rows)
    inner = _normal(b * f for b, f in zip(before, fits, strict=True))
    return msgspec.structs.replace(
        state,
        belief=_shown(inner, rules),
        faces=seen.faces,
        face=face,
        before=before,
        inner=inner,
        read_at=seen.at,
        face_at=seen.at,
        clear_at=state.clear_at if state.inner else seen.at,
    )


def _shown(inner: Belief, rules: Rules) -> Belief:
    """Return a belief in the view's moods as one in EMOTIONS."""
    return _normal(
        sum(b * share for b, share in zip(inner, column, strict=True))
        for column in zip(*shares(rules.view), strict=True)
    )


def _drift(belief: Belief, usual: Belief, elapsed: float, dwell: float) -> Belief:
    """Return the belief `elapsed` seconds later, unseen: a mood that ended gave way to any."""
    ended = 1 - exp(-elapsed / dwell)
    return tuple(b * (1 - ended) + u * ended for b, u in zip(belief, usual, strict=True))


def _usual(rules: Rules) -> Belief:
    """Return how often each of the view's moods is expected, before anything is seen."""
    often = rules.emission.often
    return _normal(
        sum(s * o for s, o in zip(row, often, strict=True)) for row in shares(rules.view)
    )


def _normal(weights: Iterable[float]) -> Belief:
    values = tuple(weights)
    total = sum(values)
    return tuple(value / total for value in values)


def _leave(state: MoodState, rules: Rules) -> MoodState:
    """Forget who was there, once nobody has been seen for long."""
    if not state.inner or state.now - state.face_at < rules.away_after:
        return state
    return MoodState(
        state.mood,
        read_at=state.read_at,
        face_at=state.face_at,
        clear_at=state.clear_at,
        now=state.now,
    )


def _decide(state: MoodState, rules: Rules) -> MoodState:
    """Declare what the belief and the time without a face call for."""
    if not state.inner:
        return _declare(state, AWAY, 1.0, rules)
    beliefs = _believed(state, rules)
    best = max(beliefs, key=beliefs.__getitem__)
    held = beliefs.get(state.mood.name, 0.0)
    entered = beliefs[best] >= rules.enter
    clear = entered or held >= rules.leave
    if clear:
        state = msgspec.structs.replace(state, clear_at=state.face_at)
    if entered:
        return _declare(state, best, beliefs[best], rules)
    if not clear and state.face_at - state.clear_at >= rules.unsure_after:
        return _declare(state, UNSURE, 1 - beliefs[best], rules)
    if held:
        return _declare(state, state.mood.name, held, rules)
    return state


def _declare(state: MoodState, name: str, confidence: float, rules: Rules) -> MoodState:
    """Make `name` the mood, unless the last one is too young; renew it where it is the mood."""
    confidence = min(1.0, confidence)
    if name == state.mood.name:
        return msgspec.structs.replace(state, mood=Mood(name, confidence, state.mood.since))
    felt = state.mood.name not in (AWAY, UNSURE)
    if state.now - state.mood.since < (rules.shortest if felt else rules.arrival):
        return state
    return msgspec.structs.replace(state, mood=Mood(name, confidence, state.now))
