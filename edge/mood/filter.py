"""The mood filter: a hidden-Markov forward filter in continuous time, and a careful decision.

The belief is over the moods of the view. It begins with how often each comes at home and drifts
back to that, because moods end: after dt seconds a mood still holds with probability
exp(-dt / dwell), else any other has come. Each face multiplies it by how well each mood explains
the face (Rabiner 1989; `emission` says how well).

A face counts once, at its latest sight. While it stays, it adds nothing; gone and come again, it
takes the place of its earlier sight. So a face that is held for an hour is judged as one picture of
it, by what it tells and by how common each mood is. What counts anew is another face. How long a
face stays tells moods apart that differ in how they change: who is joyful keeps smiling, who is
content smiles now and then. An expression ends at the rate 1 / expression and is then drawn anew
from the mood's shares, so one that shows in a share s of the time stays for t seconds with
probability exp(-t * (1 - s) / expression), as in a semi-Markov chain (Yu 2010, "Hidden semi-Markov
models"); this is held against the mood that shows it most.

A mood is declared when its belief passes a threshold, which for a Markov change is the quickest
rule at a given rate of false alarms (Shiryaev 1963), and kept until another one passes it.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from math import dist, exp

import msgspec

from edge.events import AWAY, UNSURE, Emission, Emotions, Mood, Nobody, Tick
from edge.mood.emission import LEAST, Segment, evidence, grown, is_of, reading
from edge.mood.moods import ViewName, moods, shares, usual

Belief = tuple[float, ...]

LONGEST = 10.0
"""So many times its usual length, and how long an expression stays tells no more."""
TELLS = 0.05
"""How far, in total variation, a belief must be from what is usual to declare anything."""


class Rules(msgspec.Struct, frozen=True):
    """How careful the filter is. Times are seconds."""

    view: ViewName = "seven"
    away_after: float = 20.0
    """Without a face for so long: away."""
    emission: Emission = Emission()
    """What the model's card says of it."""
    dwell: float = 20.0
    """How long a mood holds: shorter is quicker, and wrong more often."""
    recent: float = 6.0
    """So far back goes the mean of a face's readings."""
    doubt: float = 2.0
    """So many views tell half of what a face can tell: one frame alone never makes a mood."""
    expression: float = 6.0
    """How long an expression holds within a mood that has several."""
    memory: int = 6
    """So many faces are known again when they come back."""
    enter: float = 0.4
    """Belief at which another mood is declared."""
    rare: float = 0.5
    """The same for a mood that comes more seldom than if all came alike: it must be right more
    often than not."""
    leave: float = 0.3
    """Belief under which a declared mood stands out no more."""
    sure: float = 0.8
    """Belief in the mood under which a change may be under way."""
    unsure_after: float = 10.0
    """Nothing stands out for so long: unsure."""
    shortest: float = 5.0
    """A mood is kept at least so long before another one is declared."""
    arrival: float = 3.0
    """So long somebody must be there before the first mood is declared, and a mood must last
    before it ends being unsure: whoever comes in looks down first, or around."""


class Known(msgspec.Struct, frozen=True):
    """What was believed at some time."""

    belief: Belief
    at: float


class MoodState(msgspec.Struct, frozen=True):
    """All the filter knows."""

    mood: Mood
    belief: Belief = ()
    """How likely each of EMOTIONS is; empty while nobody is there."""
    settling: bool = False
    """A change of mood may be under way."""
    faces: int = 0
    """How many were in the newest frame."""
    face: Segment | None = None
    """The face that is seen now."""
    earlier: tuple[Segment, ...] = ()
    """Faces that were seen before it, the latest last."""
    forgotten: Known | None = None
    """Belief in each of the view's moods before all of them; None: as usual."""
    before: Known | None = None
    """The same before the face that is seen now."""
    inner: Belief = ()
    """The same with that face; empty while nobody is there."""
    read_at: float = 0.0
    """When the newest frame was taken, with a face or without."""
    told_at: float = 0.0
    """When a face last could be read."""
    face_at: float = 0.0
    """When the newest face was seen."""
    came_at: float = 0.0
    """When somebody came after nobody had been there."""
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
        state = (_see if event.readable else _glimpse)(state, event, rules)
    elif isinstance(event, Nobody):
        state = msgspec.structs.replace(state, faces=0, read_at=event.at)
    state = _decide(_leave(state, rules), rules)
    return msgspec.structs.replace(state, settling=_settling(state, rules))


def _settling(state: MoodState, rules: Rules) -> bool:
    """Return whether more looking would tell more: of a face that stays, it has all been told."""
    if state.face is None or state.face.seen - state.face.began >= rules.recent:
        return False
    return _believed(state, rules).get(state.mood.name, 0.0) < rules.sure


def _believed(state: MoodState, rules: Rules) -> dict[str, float]:
    """Return the belief in each of the view's moods, by name."""
    return dict(zip(moods(rules.view), state.inner, strict=False))


def _see(state: MoodState, seen: Emotions, rules: Rules) -> MoodState:
    """Take one frame's reading into the belief."""
    came = not state.inner or (state.mood.name == AWAY and seen.at - state.face_at > rules.arrival)
    state, face = _look(state, seen, rules)
    inner = _with(state.before, face, rules).belief
    return msgspec.structs.replace(
        state,
        belief=_shown(inner, rules),
        faces=seen.faces,
        face=face,
        inner=inner,
        read_at=seen.at,
        face_at=seen.at,
        told_at=seen.at,
        came_at=seen.at if came else state.came_at,
        clear_at=state.clear_at if state.inner else seen.at,
    )


def _glimpse(state: MoodState, seen: Emotions, rules: Rules) -> MoodState:
    """Take in that somebody is there who cannot be read; after a while nothing else is known."""
    common = usual(rules.view)
    state = msgspec.structs.replace(
        state,
        faces=seen.faces,
        read_at=seen.at,
        face_at=seen.at,
        told_at=state.told_at if state.inner else seen.at,
        inner=state.inner or common,
    )
    if seen.at - state.told_at < rules.unsure_after:
        return state
    return msgspec.structs.replace(
        state, belief=_shown(common, rules), before=None, inner=common, face=None, earlier=()
    )


def _look(state: MoodState, seen: Emotions, rules: Rules) -> tuple[MoodState, Segment]:
    """Return the face that is seen, with one more view, and what goes before it."""
    logs, weight = reading(seen.probabilities), max(seen.confidence, LEAST)
    face = state.face
    if face is not None and is_of(face, logs, rules.emission):
        return state, grown(face, logs, seen.at, weight, rules.recent)
    earlier = [*state.earlier, *([face] if face else [])]
    again = min(
        (old for old in earlier if is_of(old, logs, rules.emission)),
        key=lambda old: dist(old.mean, logs),
        default=None,
    )
    if again is not None:
        earlier.remove(again)
        again = msgspec.structs.replace(again, began=seen.at)
        face = grown(again, logs, seen.at, weight, rules.recent)
    else:
        face = Segment(logs, weight, seen.at, seen.at)
    forgotten = state.forgotten
    while len(earlier) > rules.memory:
        forgotten = _with(forgotten, earlier.pop(0), rules)
    before = forgotten
    for old in earlier:
        before = _with(before, old, rules)
    state = msgspec.structs.replace(
        state, earlier=tuple(earlier), forgotten=forgotten, before=before
    )
    return state, face


def _with(before: Known | None, face: Segment, rules: Rules) -> Known:
    """Return what is believed when a face was last seen, of what was believed before it."""
    common = usual(rules.view)
    belief = common if before is None else _drift(before, common, face.seen, rules.dwell)
    fits = _fits(face, rules)
    return Known(_normal(b * f for b, f in zip(belief, fits, strict=True)), face.seen)


def _fits(face: Segment, rules: Rules) -> Belief:
    """Return how well each of the view's moods explains a face, and that it stayed."""
    told = evidence(face, rules.emission, rules.doubt)
    ends = min((face.seen - face.began) / rules.expression, LONGEST)
    return tuple(
        sum([s * t * exp(ends * less) for (s, less), t in zip(row, told, strict=True)])
        for row in _ranked(rules.view)
    )


@cache
def _ranked(view: ViewName) -> tuple[tuple[tuple[float, float], ...], ...]:
    """Return for each mood each emotion's share, and that share less the largest in any mood."""
    most = [max(column) for column in _columns(view)]
    return tuple(tuple((s, s - m) for s, m in zip(row, most, strict=True)) for row in shares(view))


@cache
def _columns(view: ViewName) -> tuple[tuple[float, ...], ...]:
    """Return for each emotion its share in each mood."""
    return tuple(zip(*shares(view), strict=True))


def _shown(inner: Belief, rules: Rules) -> Belief:
    """Return a belief in the view's moods as one in EMOTIONS."""
    return _normal(
        sum([b * share for b, share in zip(inner, column, strict=True)])
        for column in _columns(rules.view)
    )


def _drift(before: Known, common: Belief, at: float, dwell: float) -> Belief:
    """Return the belief at a later time, unseen: a mood that ended gave way to any."""
    held = exp((before.at - at) / dwell)
    return tuple(b * held + c * (1 - held) for b, c in zip(before.belief, common, strict=True))


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
        came_at=state.came_at,
        clear_at=state.clear_at,
        now=state.now,
    )


def _decide(state: MoodState, rules: Rules) -> MoodState:
    """Declare what the belief and the time without a face call for."""
    if not state.inner:
        return _declare(state, AWAY, 1.0, rules)
    if state.face_at - state.told_at >= rules.unsure_after:
        return _declare(state, UNSURE, 1.0, rules)
    beliefs = _believed(state, rules)
    best = max(beliefs, key=beliefs.__getitem__)
    held = beliefs.get(state.mood.name, 0.0)
    entered = _stands_out(best, state, rules)
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


def _stands_out(name: str, state: MoodState, rules: Rules) -> bool:
    """Return whether a mood is believed in enough to be declared."""
    common = usual(rules.view)
    share = common[moods(rules.view).index(name)]
    needed = rules.rare if share * len(common) < 1 else rules.enter
    told = sum(abs(b - c) for b, c in zip(state.inner, common, strict=True)) / 2
    return told >= TELLS and _believed(state, rules)[name] >= needed


def _declare(state: MoodState, name: str, confidence: float, rules: Rules) -> MoodState:
    """Make `name` the mood, unless the last one is too young; renew it where it is the mood."""
    confidence = min(1.0, confidence)
    if name == state.mood.name:
        return msgspec.structs.replace(state, mood=Mood(name, confidence, state.mood.since))
    if state.mood.name == AWAY:
        young = state.face_at - state.came_at < rules.arrival
    else:
        kept = rules.arrival if state.mood.name == UNSURE else rules.shortest
        young = state.now - state.mood.since < kept
    if young:
        return state
    return msgspec.structs.replace(state, mood=Mood(name, confidence, state.now))
