"""What each mood was given to play. Each change is one of a list, so two people lose nothing."""

from __future__ import annotations

from edge.choose.chooser import parse_source
from edge.controller import corrections, music, preferences
from edge.controller.state import Turn
from edge.errors import MoodboxError, Refused
from edge.events import AddSource, MoveSource, RemoveSource, SetSources

MOST = 50
"""Things to play that a mood can have."""


def change(turn: Turn, body: AddSource | RemoveSource | MoveSource) -> None:
    """Add, remove or move one thing of one mood; raise Refused where that makes no sense."""
    corrections.check_mood(turn, body.mood)
    source = _parsed(body.source)
    given = list(turn.state.preferences.sources.get(body.mood, []))
    if isinstance(body, AddSource):
        if source in given:
            raise Refused(f"{_called(turn, source)} is there already")
        if len(given) >= MOST:
            raise Refused(f"{body.mood} has {MOST} things to play, and no room for more")
        first = _keep(turn, body.mood, [*given, source])
        music.given(turn, body.mood, first=first)
        return
    if source not in given:
        raise Refused(f"{_called(turn, source)} is not there any more")
    given.remove(source)
    if isinstance(body, MoveSource):
        given.insert(body.to, source)
    _keep(turn, body.mood, given)


def replace_all(turn: Turn, body: SetSources) -> None:
    """Put a whole list in the place of what a mood had; each thing once."""
    corrections.check_mood(turn, body.mood)
    given = list(dict.fromkeys(_parsed(text) for text in body.sources))
    first = _keep(turn, body.mood, given)
    if given:
        music.given(turn, body.mood, first=first)


def _keep(turn: Turn, mood: str, given: list[str]) -> bool:
    """Keep what a mood was given; return whether it had nothing before."""
    before = turn.state.preferences.sources
    others = {k: v for k, v in before.items() if k != mood}
    preferences.prefer(turn, sources=others | ({mood: given} if given else {}))
    return not before.get(mood)


def _parsed(text: str) -> str:
    try:
        return parse_source(text).text
    except MoodboxError as error:
        raise Refused(str(error)) from error


def _called(turn: Turn, source: str) -> str:
    return turn.state.titles.get(source, source)
