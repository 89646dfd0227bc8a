"""What to play for a mood: `choose(taste, ask, rng) -> Choice | None`, and what to learn from it.

Pure. The owner's own sources come first; where none of them is near, a stopgap is played. The way
from the listener's mood to where the intent wants to be is walked by steps (see circumplex); at
each step the source that this profile likes best for that mood is found out by trying (see bandit).
"""

from __future__ import annotations

import math
import random
from collections.abc import Mapping, Sequence
from types import MappingProxyType

from msgspec import Struct

from edge.choose.bandit import best, saw
from edge.choose.circumplex import along, nearest, steps
from edge.choose.fitting import fitting, how_many_fit
from edge.choose.sources import parse_source
from edge.events import Intent, Sounding
from edge.mood.moods import place
from edge.records import Belief, Taste
from edge.uri import EVERYTHING, Scheme, Uri

__all__ = ["Ask", "Choice", "Outcome", "choose", "learn", "parse_source"]

VERDICTS: Mapping[str, tuple[float, float]] = MappingProxyType({
    "finished": (1.0, 0.0),
    "replayed": (2.0, 0.0),
    "skipped": (0.0, 1.0),
    "not this": (0.0, 2.0),
    # Somebody picked other music, or said that the mood was wrong: the music fitted badly, but
    # that may not be its own fault.
    "replaced": (0.0, 0.5),
    "corrected": (0.0, 0.5),
})  # fmt: skip
"""How much each outcome says for and against a source. Any other says nothing."""


FAR = 1.0
"""A mood further off on the circumplex than from neutral to any other is not near."""


class Ask(Struct, frozen=True):
    """What the choice depends on."""

    mood: str
    """The listener's."""
    intent: Intent
    """Steady chooses as match does; that it leaves the music alone is the caller's part."""
    sources: Mapping[str, list[str]]
    """For each mood, what the owner gave it."""
    profile: str = "home"
    last: str = ""
    """The source that was played last."""
    step: int = 0
    """How many steps the music has taken since this mood began: 0 begins where the listener is."""
    titles: Mapping[str, str] = {}
    """Names for sources, where they are known."""
    songs: Mapping[str, Sequence[Sounding]] = {}
    """For each source, its songs, where they and how they sound are known."""
    stopgaps: Mapping[str, Sequence[str]] = {}
    """For each mood, what there is for a house that has given nothing near it."""


class Choice(Struct, frozen=True):
    """What to play."""

    uri: str
    """A URI, or words to search for."""
    why: str
    """One sentence for a person."""
    songs: tuple[str, ...] = ()
    """Of it, what to play, in order; empty: as it is."""
    mood: str = ""
    """The mood whose source it is."""
    arrived: bool = True
    """The music is where the intent wants it; False: there are more steps to take."""
    stopgap: bool = False
    """It is not the owner's own, and teaches nothing."""


class Outcome(Struct, frozen=True):
    """What became of a choice."""

    profile: str
    mood: str
    """The one that the source belongs to, which the listener was in."""
    source: str
    what: str
    """One of VERDICTS; anything else teaches nothing."""


def choose(taste: Taste, ask: Ask, rng: random.Random) -> Choice | None:
    """Return what to play next; None where there is nothing to play for any mood.

    What was played last is left out only where the mood has something else.
    """
    offered = {mood: theirs for mood, theirs in ask.sources.items() if theirs}
    here = along(ask.mood, ask.intent, ask.step)
    mood = nearest(here, offered) if offered else ""
    if ask.stopgaps and (not offered or math.dist(here, place(mood)) > FAR):
        return _stopgap(ask, nearest(here, ask.stopgaps), rng)
    if not offered:
        return None
    beliefs = taste.of(ask.profile, mood)
    source = best(beliefs, _but(ask.last, offered[mood]), rng)
    return Choice(
        uri=source,
        songs=fitting(source, ask.songs.get(source, ()), mood, rng),
        why=_why(ask, source, mood, beliefs.get(source, Belief())),
        mood=mood,
        arrived=ask.step >= steps(ask.mood, ask.intent),
    )


def _stopgap(ask: Ask, mood: str, rng: random.Random) -> Choice:
    own = ask.stopgaps[mood]
    words = rng.choice(_but(ask.last, own))
    return Choice(
        uri=words,
        why=f"nothing of yours for {mood} yet: playing {_called(words)}{_rest(ask, words, mood)}",
        songs=fitting(words, ask.songs.get(words, ()), mood, rng),
        mood=mood,
        arrived=ask.step >= steps(ask.mood, ask.intent),
        stopgap=True,
    )


def learn(taste: Taste, outcome: Outcome) -> Taste:
    """Return the taste after an outcome."""
    verdict = VERDICTS.get(outcome.what)
    if verdict is None:
        return taste
    beliefs = saw(taste.of(outcome.profile, outcome.mood), outcome.source, *verdict)
    moods = {**taste.profiles.get(outcome.profile, {}), outcome.mood: beliefs}
    return Taste({**taste.profiles, outcome.profile: moods})


def _but(last: str, sources: Sequence[str]) -> Sequence[str]:
    """Return the sources without the last one played, unless it is the only one."""
    return [source for source in sources if source != last] or sources


def _why(ask: Ask, source: str, mood: str, belief: Belief) -> str:
    name = ask.titles.get(source) or _name(source, mood)
    if belief.times:
        known = f"you let it play {belief.good} of {belief.times} times when {mood}"
    else:
        known = f"not tried yet when {mood}"
    return f"played {name}: {known}{_rest(ask, source, mood)}"


def _rest(ask: Ask, source: str, mood: str) -> str:
    few = how_many_fit(ask.songs.get(source, ()), mood)
    return (f"; {few}" if few else "") + _way(ask, mood)


def _way(ask: Ask, mood: str) -> str:
    length = steps(ask.mood, ask.intent)
    if ask.step and length:
        return f"; step {min(ask.step, length)} of {length} to {ask.intent} the mood"
    if mood != ask.mood:
        return f"; {ask.mood} has nothing else to play, and {mood} is nearest to it"
    return f"; it begins where you are, to {ask.intent} the mood" if length else ""


def _name(source: str, mood: str) -> str:
    uri = Uri.parse(source)
    named = uri.words or uri.scheme is Scheme.MPD
    return _called(source) if named else f"your {uri.kind} for {mood}"


def _called(source: str) -> str:
    uri = Uri.parse(source)
    if uri.text == EVERYTHING:
        return "all that there is"
    return f'the {uri.kind} "{uri.id}"'
