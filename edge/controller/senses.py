"""From frames to a mood that is worth acting on."""

from __future__ import annotations

from edge.controller import music
from edge.controller.state import Turn
from edge.events import (
    AWAY,
    Announce,
    Emotions,
    MarkFace,
    Mood,
    Nobody,
    Pace,
    Prediction,
    Remember,
    Tick,
)
from edge.mood.filter import advance


def perceive(turn: Turn, event: Emotions | Nobody | Tick) -> None:
    """Let the filter take in one frame, or the passing of time."""
    before = turn.state.mood.mood
    turn.set(mood=advance(turn.state.mood, event, turn.state.policy.rules))
    if turn.state.mood_name != before.name:
        if before.name == AWAY:
            music.new_visit(turn)
        mood_changed(turn)


def tick(turn: Turn, event: Tick) -> None:
    """Let time pass. Without eyes nothing is known of who is there, so the mood stays."""
    if event.wall is not None:
        turn.set(wall=event.wall - event.at)
    if turn.state.watching is not None:
        perceive(turn, event)
    if (turn.state.pairing_until or turn.at) < turn.at:
        turn.set(pairing_until=None, pairing_code=())


def mood_changed(turn: Turn) -> None:
    """Make one prediction of it, and tell the home."""
    mood = turn.state.mood.mood
    if mood.name != AWAY:
        predict(turn, mood)
    else:
        turn.set(prediction=None)
    turn.do(Announce("mood", turn.at, {"mood": mood.name, "confidence": round(mood.confidence, 3)}))


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
    return prediction


def set_pace(turn: Turn) -> None:
    """Look more often while a mood is settling; the eyes slow down by themselves when alone."""
    policy = turn.state.policy
    pace = policy.settling_pace if turn.state.mood.settling else policy.settled_pace
    if turn.state.watching is not None and pace != turn.state.pace:
        turn.set(pace=pace)
        turn.do(Pace(pace))
