"""Two weeks that nobody lived, so that every view of a demo has something in it.

The page says that they are made up. The same weeks each time: chance comes from a fixed seed.
"""

from __future__ import annotations

import random
import secrets
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from edge.events import (
    EMOTIONS,
    Confirmation,
    Correction,
    MoodEnd,
    PlayEnd,
    PlayRecord,
    Prediction,
    Preferences,
    Record,
    SongEnd,
    SongStart,
)
from edge.mood.moods import MOODS
from edge.player import catalogue
from edge.records import PlaylistSnapshot
from edge.store import Store

DAYS = 14
DAY = 86400.0
VISITS = ((7.0, 9.2), (12.2, 13.6), (17.5, 22.7))
"""Hours of the day in which somebody is at home."""
PROFILE = "home"
JUDGED, RIGHT = 0.3, 0.8
"""How often a mood is judged, and how often it is right then."""


class Moment(NamedTuple):
    """A mood of these weeks."""

    mood: str
    at: float
    until: float


def given(moods: Sequence[str]) -> dict[str, list[str]]:
    """Return the made-up playlist of each mood."""
    return {mood: [f"{catalogue.PREFIX}{mood}"] for mood in moods}


def live_through(state: Path, moods: Sequence[str], preferences: Preferences) -> None:
    """Put two weeks, and the songs of the made-up playlists, into a new store in `state`."""
    state.mkdir(parents=True, exist_ok=True)
    store = Store(state / "moodbox.db", lambda _event: None)
    store.start()
    try:
        _fill(store, moods, preferences)
    finally:
        store.stop(10.0)


def _fill(store: Store, moods: Sequence[str], preferences: Preferences) -> None:
    wall, now = time.time(), time.monotonic()
    store.clock_is(wall - now)
    store.remember(preferences)
    # Else the box would offer to pair somebody, with both its lights.
    store.add_token(secrets.token_hex(32), "Safari, iPhone (made up)", wall - DAYS * DAY)
    for mood in moods:
        uri = f"{catalogue.PREFIX}{mood}"
        playlist = PlaylistSnapshot(uri, catalogue.LISTS[uri].name, "made up", wall)
        store.keep_playlist(playlist, catalogue.kept(uri))
    for record in records(moods, wall, now - wall):
        store.remember(record)
    store.flush()


def records(moods: Sequence[str], wall: float, offset: float) -> Iterator[Record]:
    """Yield what happened in the two weeks before `wall`; `offset` is monotonic minus wall time."""
    rng = random.Random("two weeks")
    for number, moment in enumerate(_moments(moods, wall, rng)):
        at, prediction = moment.at + offset, f"made-up-{number}"
        sure = rng.uniform(0.38, 0.93)
        yield Prediction(
            prediction, at, moment.mood, sure, _shares(moment.mood, sure, rng), "made up", PROFILE
        )
        yield MoodEnd(prediction, moment.until + offset)
        yield from _judged(prediction, moment, at + 60, moods, rng)
        yield from _played(prediction, moment, offset, rng)


def _moments(moods: Sequence[str], wall: float, rng: random.Random) -> Iterator[Moment]:
    weights = [max(MOODS[mood].usual.values()) for mood in moods]
    local = time.localtime(wall)
    midnight = wall - local.tm_hour * 3600 - local.tm_min * 60 - local.tm_sec
    for day in range(DAYS, -1, -1):
        for begin, end in VISITS:
            at = midnight - day * DAY + begin * 3600 + rng.uniform(0, 1500)
            over = min(midnight - day * DAY + end * 3600, wall - 120)
            while at < over:
                until = min(over, at + rng.uniform(12, 55) * 60)
                yield Moment(rng.choices(moods, weights)[0], at, until)
                at = until


def _shares(mood: str, sure: float, rng: random.Random) -> tuple[float, ...]:
    rest = [rng.random() for _ in EMOTIONS]
    if mood in EMOTIONS:
        rest[EMOTIONS.index(mood)] = 0.0
    scale = (1 - sure) / sum(rest)
    return tuple(
        round(sure if name == mood else share * scale, 4)
        for name, share in zip(EMOTIONS, rest, strict=True)
    )


def _judged(
    prediction: str, moment: Moment, at: float, moods: Sequence[str], rng: random.Random
) -> Iterator[Record]:
    if rng.random() > JUDGED:
        return
    if rng.random() < RIGHT:
        yield Confirmation(prediction, at, moment.mood, PROFILE)
    else:
        others = [mood for mood in moods if mood != moment.mood]
        yield Correction(prediction, at, rng.choice(others[:4]), PROFILE)


def _played(prediction: str, moment: Moment, offset: float, rng: random.Random) -> Iterator[Record]:
    uri, play = f"{catalogue.PREFIX}{moment.mood}", f"play-{prediction}"
    songs = catalogue.songs(uri)
    rng.shuffle(songs)
    at, outcome = moment.at + 20, "finished"
    why = f"you like this when {moment.mood}: {catalogue.LISTS[uri].name}"
    yield PlayRecord(play, at + offset, uri, why, moment.mood, prediction, PROFILE)
    for number, track in enumerate(songs):
        left = moment.until - at
        if left <= 5:
            break
        skipped = rng.random() < 0.12
        listened = min(left, track.duration * (rng.uniform(0.1, 0.5) if skipped else 1))
        outcome = "skipped" if skipped else "finished" if listened < left else "replaced"
        yield SongStart(f"{play}-{number}", at + offset, track, moment.mood, PROFILE)
        yield SongEnd(f"{play}-{number}", at + listened + offset, outcome, listened)
        at += listened
    yield PlayEnd(play, at + offset, outcome, at - moment.at)
