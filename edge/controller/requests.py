"""What people ask for, by button, page, Home Assistant or command line: one path for all."""

from __future__ import annotations

from edge.choose.chooser import parse_source
from edge.controller import music, preferences, senses
from edge.controller.state import Turn
from edge.errors import MoodboxError, Refused
from edge.events import (
    AWAY,
    EMOTIONS,
    Announce,
    Answer,
    CloseEyes,
    Correct,
    Correction,
    Intent,
    Next,
    OpenEyes,
    Pause,
    Play,
    PlayPause,
    Remember,
    Request,
    RequestBody,
    SetIntent,
    SetMusic,
    SetPreferences,
    SetPrivate,
    SetProfile,
    SetSources,
    SetVolume,
    WrongMood,
)
from edge.mood.filter import believe
from edge.mood.moods import moods


def follow(turn: Turn, request: Request) -> None:
    """Do what is asked and answer, or answer why not and change nothing."""
    before = turn.state
    try:
        act(turn, request.body, request.origin)
    except Refused as error:
        turn.state = before
        turn.commands.clear()
        turn.do(Answer(request.id, accepted=False, reason=str(error)))
    else:
        turn.do(Answer(request.id, accepted=True))


def act(turn: Turn, body: RequestBody, origin: str) -> None:  # noqa: C901, PLR0912  a line a request
    """Carry out one request; raise Refused, in words, where it cannot be."""
    match body:
        case PlayPause():
            (music.pause if turn.state.playing else music.resume)(turn)
        case Pause():
            music.pause(turn)
        case Next():
            music.skip(turn)
        case Play():
            music.play(turn, body.what)
        case SetVolume():
            music.volume(turn, body.volume)
        case SetIntent():
            preferences.prefer(turn, intent=Intent(body.intent))
        case SetMusic():
            preferences.prefer(turn, music=body.on)
        case SetPrivate():
            _private(turn, private=body.private)
        case SetSources():
            _sources(turn, body)
        case SetProfile():
            preferences.choose_profile(turn, body.profile)
        case SetPreferences():
            preferences.change(turn, body)
        case WrongMood():
            turn.set(offering_since=turn.at)
        case Correct():
            _correct(turn, body, origin)


def _private(turn: Turn, *, private: bool) -> None:
    preferences.prefer(turn, private=private)
    if private:
        turn.set(watching=None, pulse=None, prediction=None)
        turn.do(CloseEyes())
    else:
        turn.do(OpenEyes())


def _moods(turn: Turn) -> tuple[str, ...]:
    return tuple(dict.fromkeys((*moods(turn.state.policy.rules.view), *EMOTIONS)))


def check_mood(turn: Turn, name: str) -> None:
    """Refuse a mood that is none of those this box tells apart."""
    if name not in _moods(turn):
        raise Refused(f"mood {name!r}: no such mood; allowed: {', '.join(_moods(turn))}")


def _sources(turn: Turn, body: SetSources) -> None:
    check_mood(turn, body.mood)
    try:
        sources = [parse_source(text).text for text in body.sources]
    except MoodboxError as error:
        raise Refused(str(error)) from error
    kept = {k: v for k, v in turn.state.preferences.sources.items() if k != body.mood}
    preferences.prefer(turn, sources=kept | ({body.mood: sources} if sources else {}))


def _correct(turn: Turn, body: Correct, origin: str) -> None:
    check_mood(turn, body.mood)
    state = turn.state
    newest = state.prediction
    if not body.prediction and newest is None:
        raise Refused("nobody has been seen yet, so there is no mood to correct")
    prediction = body.prediction or (newest.id if newest else "")
    turn.do(Remember(Correction(prediction, turn.at, body.mood, state.preferences.profile)))
    turn.do(Announce("correction", turn.at, {"mood": body.mood, "origin": origin}))
    turn.set(offering_since=None)
    if newest is not None and prediction == newest.id and state.mood_name not in (AWAY, body.mood):
        music.corrected(turn)
        _believe(turn, body.mood)


def _believe(turn: Turn, name: str) -> None:
    """Take the owner's word for the mood of the moment; the filter goes on from there."""
    turn.set(mood=believe(turn.state.mood, name, turn.at, turn.state.policy.rules))
    senses.mood_changed(turn)
