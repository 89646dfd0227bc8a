"""From frames to a mood that is worth acting on, or to the reason why nothing is known."""

from __future__ import annotations

from msgspec.structs import replace

from edge.controller import music
from edge.controller.state import NEVER, State, Turn
from edge.events import (
    AWAY,
    Announce,
    Emotions,
    MarkFace,
    Mood,
    MoodEnd,
    Nobody,
    Pace,
    Prediction,
    Remember,
    Watching,
)
from edge.mood.filter import advance, begin

YIELDS = 60.0
"""Seconds for which a face has to say something else until a correction gives way to it."""

MOST_EMBEDDINGS = 50
"""Predictions whose embedding is remembered, in case somebody says something of them."""


def opened(turn: Turn, event: Watching) -> None:
    """Begin anew: what was known before the eyes were closed holds no longer."""
    policy = turn.state.policy
    rules = replace(policy.rules, emission=event.emission)
    turn.set(
        policy=replace(policy, rules=rules),
        watching=event,
        pace=0.0,
        mood=begin(turn.at),
        unknown="starting",
        dark_at=NEVER,
        lit_at=NEVER,
    )


def closed(turn: Turn, why: str) -> None:
    """Know nothing any more; `why` is one of UNKNOWN."""
    turn.set(watching=None, pulse=None, unknown=why)


def perceive(turn: Turn, event: Emotions | Nobody) -> None:
    """Let the filter take in one frame; what eyes that are closed still say is not heard."""
    if turn.state.watching is None:
        return
    was = turn.state.mood_name
    dark = isinstance(event, Nobody) and event.dark
    turn.set(**{"dark_at" if dark else "lit_at": turn.at})
    turn.set(mood=advance(turn.state.mood, event, turn.state.policy.rules))
    if isinstance(event, Emotions) and turn.state.preferences.learn:
        turn.set(embedding=event.embedding)
    turn.set(unknown=_unknown(turn.state, was))


def _unknown(state: State, was: str) -> str:
    """Return why nothing is known after a frame; `was` is the mood before it.

    Nobody is there only once eyes that could see have looked for as long as that takes.
    """
    mood, enough = state.mood, state.policy.rules.away_after
    if mood.mood.name != AWAY:
        return ""
    if mood.inner:
        return state.unknown  # somebody has come, and the filter makes up its mind
    if mood.read_at - max(mood.face_at, state.dark_at) >= enough:
        return ""
    if mood.read_at - max(mood.face_at, state.lit_at) >= enough:
        return "dark"
    return state.unknown or ("" if was == AWAY else "dark")


def settle(turn: Turn, before: str) -> None:
    """Draw the consequences where the mood is another than `before`, whatever changed it."""
    _end_correction(turn)
    _predict(turn)
    name = turn.state.mood_name
    if name in (before, ""):
        return
    turn.do(Announce("mood", turn.at, _told(turn.state.felt)))
    if name != AWAY and turn.state.empty:
        music.new_visit(turn)
    turn.set(empty=name == AWAY, unseen=turn.state.unseen and name == AWAY)


def _end_correction(turn: Turn) -> None:
    """End it with the visit, or once the face has clearly said something else for a while."""
    state, read = turn.state, turn.state.mood.mood
    said = state.said
    if said is None:
        return
    another = read.name != said.mood and turn.state.reads_a_mood()
    yields = another and turn.at >= said.until and turn.at - read.since >= YIELDS
    if state.unknown or read.name == AWAY or yields:
        turn.set(said=None)


def _told(mood: Mood | None) -> dict[str, str | float | bool | None]:
    return {"mood": mood.name, "confidence": round(mood.confidence, 3)} if mood else {}


def _predict(turn: Turn) -> None:
    """Keep one prediction for each mood that is read; end it with the mood."""
    state = turn.state
    prediction, mood = state.prediction, state.felt
    if state.said is not None:
        return
    if prediction is not None and (mood is None or mood.name != prediction.mood):
        turn.do(Remember(MoodEnd(prediction.id, turn.at)))
        turn.set(prediction=None)
    if mood is not None and mood.name != AWAY and turn.state.prediction is None:
        predict(turn, mood)


def predict(turn: Turn, mood: Mood) -> Prediction:
    """Make a prediction with an id of its own, which everything that follows from it carries."""
    watching = turn.state.watching
    prediction = Prediction(
        id=turn.new_id(),
        at=turn.at,
        mood=mood.name,
        confidence=mood.confidence,
        probabilities=turn.state.mood.belief,
        model=watching.model if watching else "",
        profile=turn.state.preferences.profile,
    )
    turn.set(prediction=prediction)
    turn.do(Remember(prediction))
    if turn.state.preferences.keep_faces:
        turn.do(MarkFace(prediction.id))
    if turn.state.embedding:
        newest = list(turn.state.embeddings.items())[1 - MOST_EMBEDDINGS :]
        turn.set(embeddings=dict(newest) | {prediction.id: turn.state.embedding})
    return prediction


def set_pace(turn: Turn) -> None:
    """Look more often while a mood is settling; the eyes slow down by themselves when alone."""
    policy = turn.state.policy
    pace = policy.settling_pace if turn.state.mood.settling else policy.settled_pace
    if turn.state.watching is not None and pace != turn.state.pace:
        turn.set(pace=pace)
        turn.do(Pace(pace))
