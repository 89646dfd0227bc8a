"""What people say of the mood: wrong, something else, right, or never mind."""

from __future__ import annotations

from edge.controller import music
from edge.controller.state import Said, Turn
from edge.errors import Refused
from edge.events import (
    AWAY,
    EMOTIONS,
    Announce,
    Confirm,
    Confirmation,
    Correct,
    Correction,
    DropFace,
    ForgetTaps,
    KeepFace,
    Remember,
    TakenBack,
)
from edge.mood.moods import moods


def check_mood(turn: Turn, name: str) -> None:
    """Refuse a mood that is none of those this box tells apart."""
    known = tuple(dict.fromkeys((*moods(turn.state.policy.rules.view), *EMOTIONS)))
    if name not in known:
        raise Refused(f"mood {name!r}: no such mood; allowed: {', '.join(known)}")


def correct(turn: Turn, body: Correct, origin: str) -> None:
    """Take somebody's word for the mood; said twice, it is still one correction."""
    check_mood(turn, body.mood)
    state = turn.state
    newest = state.prediction
    prediction = body.prediction or (newest.id if newest else "")
    if not prediction:
        raise Refused("nobody is seen, so there is no mood to correct")
    turn.set(offering_since=None)
    said = state.said
    if said is not None and (said.prediction, said.mood) == (prediction, body.mood):
        return
    seen = state.embeddings.get(prediction, b"")
    record = Correction(prediction, turn.at, body.mood, state.preferences.profile, seen)
    turn.do(Remember(record, chosen=True))
    turn.do(KeepFace(prediction, body.mood))
    turn.do(Announce("correction", turn.at, {"mood": body.mood, "origin": origin}))
    if newest is not None and prediction == newest.id and state.mood_name not in ("", AWAY):
        _believe(turn, prediction, body.mood)


def _believe(turn: Turn, prediction: str, mood: str) -> None:
    """Let it be the mood, learn from it, and let the music follow at once."""
    before = turn.state.said.unlearnt if turn.state.said else turn.state.taste
    if turn.state.said is None and mood != turn.state.mood_name:
        music.corrected(turn)
    turn.set(
        said=Said(
            mood=mood,
            at=turn.at,
            until=turn.at + turn.state.policy.correction_holds,
            prediction=prediction,
            unlearnt=before,
            learnt=turn.state.taste,
        )
    )
    music.follow_person(turn)


def take_back(turn: Turn) -> None:
    """Undo the correction that holds: the record, what was learnt of it, and the music."""
    said = turn.state.said
    if said is None:
        raise Refused("no correction holds now")
    turn.set(said=None)
    if turn.state.taste is said.learnt:
        music.relearn(turn, said.unlearnt)
    turn.do(Remember(TakenBack(said.prediction, turn.at), chosen=True))
    turn.do(DropFace(said.prediction))
    music.follow_person(turn)


def confirm(turn: Turn, body: Confirm) -> None:
    """Keep that a prediction was right; said twice, it is still one confirmation."""
    state = turn.state
    newest = state.prediction
    prediction = body.prediction or (newest.id if newest else "")
    if not prediction:
        raise Refused("nobody is seen, so there is no mood to confirm")
    if state.said is not None and state.said.prediction == prediction:
        raise Refused("the mood is the one that somebody said: take that back first")
    if prediction == state.confirmed:
        return
    turn.set(confirmed=prediction)
    mood = newest.mood if newest and newest.id == prediction else ""
    profile = state.preferences.profile
    seen = state.embeddings.get(prediction, b"")
    turn.do(Remember(Confirmation(prediction, turn.at, mood, profile, seen), chosen=True))


def unlearn(turn: Turn) -> None:
    """Forget what was learnt from the taps, and begin anew."""
    if not turn.state.preferences.learn:
        raise Refused("the box does not learn from what people say: nothing is kept of it")
    turn.set(learnt=None, embedding=b"", embeddings={})
    turn.do(ForgetTaps())
