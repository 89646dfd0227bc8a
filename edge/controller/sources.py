"""What each mood was given to play. Each change is one of a list, so two people lose nothing."""

from __future__ import annotations

from edge.choose.chooser import parse_source
from edge.controller import corrections, music, preferences
from edge.controller.state import Turn
from edge.errors import MoodboxError, Refused
from edge.events import (
    AddSource,
    MoveSource,
    ProfilePreferences,
    RemoveSource,
    SetSources,
    SongsKnown,
)
from edge.uri import Uri

MOST = 50
"""Things to play that a mood can have."""


def change(turn: Turn, body: AddSource | RemoveSource | MoveSource) -> None:
    """Add, remove or move one thing of one mood; raise Refused where that makes no sense."""
    corrections.check_mood(turn, body.mood)
    given = list(_given(turn, body.profile).get(body.mood, []))
    # What is there may be from before the box got another player.
    source = body.source if body.source in given else _parsed(turn, body.source)
    if isinstance(body, AddSource):
        if source in given:
            raise Refused(f"{_called(turn, source)} is there already")
        if len(given) >= MOST:
            raise Refused(f"{body.mood} has {MOST} things to play, and no room for more")
        _keep(turn, body.profile, body.mood, [*given, source], more=True)
        return
    if source not in given:
        raise Refused(f"{_called(turn, source)} is not there any more")
    given.remove(source)
    if isinstance(body, MoveSource):
        given.insert(body.to, source)
    _keep(turn, body.profile, body.mood, given)


def replace_all(turn: Turn, body: SetSources) -> None:
    """Put a whole list in the place of what a mood had; each thing once."""
    corrections.check_mood(turn, body.mood)
    given = list(dict.fromkeys(_parsed(turn, text) for text in body.sources))
    _keep(turn, body.profile, body.mood, given, more=bool(given))


def learnt(turn: Turn, event: SongsKnown) -> None:
    """Take in the songs of what the moods have; what could not be played before can be now."""
    before = music.offered(turn.state)
    turn.set(songs=event.songs)
    for mood, now in music.offered(turn.state).items():
        if any(Uri.parse(it).is_list and it not in before[mood] for it in now):
            music.given(turn, mood, first=not before[mood])


def _given(turn: Turn, profile: str) -> dict[str, list[str]]:
    """Return what the moods have: a profile's own, or the house's."""
    if not profile:
        return turn.state.preferences.sources
    preferences.check_profile(turn, profile)
    return turn.state.preferences.own.get(profile, ProfilePreferences()).sources


def _keep(turn: Turn, profile: str, mood: str, given: list[str], *, more: bool = False) -> None:
    """Keep what a mood was given; `more`: there is something to play that was not there before."""
    before = turn.state.preferences.in_force().sources.get(mood)
    sources = {k: v for k, v in _given(turn, profile).items() if k != mood}
    sources |= {mood: given} if given else {}
    if profile:
        preferences.keep_own(turn, profile, sources=sources)
    else:
        preferences.prefer(turn, sources=sources)
    if more and profile in ("", turn.state.preferences.profile):
        music.given(turn, mood, first=not before)


def _parsed(turn: Turn, text: str) -> str:
    try:
        return parse_source(text, turn.state.policy.playable).text
    except MoodboxError as error:
        raise Refused(str(error)) from error


def _called(turn: Turn, source: str) -> str:
    return turn.state.titles.get(source, source)
