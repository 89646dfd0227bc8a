"""Which songs were heard, and how each ended."""

from __future__ import annotations

from typing import Any

from edge.controller import Policy, State, begin, decide
from edge.events import (
    Event,
    Playback,
    Preferences,
    Remember,
    SongEnd,
    SongStart,
    SpeakerState,
    Track,
    TrackEnded,
)
from edge.mood.filter import Rules
from edge.records import Taste

ONE, TWO = (
    Track(f"spotify:track:{name}", name, "A Band", duration=200.0, context="spotify:playlist:p")
    for name in ("one", "two")
)


def heard(*events: Event) -> list[Any]:
    """Return the songs that are remembered after `events`."""
    state: State = begin(Policy(Rules()), Preferences(), Taste(), boot="b", at=0.0)
    records = []
    for event in events:
        state, commands = decide(state, event)
        records += [it.record for it in commands if isinstance(it, Remember)]
    return [it for it in records if isinstance(it, SongStart | SongEnd)]


def plays(track: Track | None, at: float, playback: Playback = Playback.PLAYING) -> SpeakerState:
    return SpeakerState(at, playback, track, speaker="box")


def test_a_song_is_noted_once_however_often_the_speaker_tells_of_it() -> None:
    (song,) = heard(plays(ONE, 1.0), plays(ONE, 5.0), plays(ONE, 9.0, Playback.PAUSED))
    assert song.track == ONE


def test_a_song_that_was_heard_out_and_the_next() -> None:
    first, end, second = heard(
        plays(ONE, 1.0), TrackEnded(ONE.uri, 201.0, 200.0), plays(TWO, 201.1)
    )
    assert end == SongEnd(first.id, 201.0, "finished", 200.0)
    assert second.track == TWO


def test_a_song_that_was_skipped_is_told_of_after_the_next_began() -> None:
    """As the Web API does: the history comes a minute late."""
    first, gave_way, _second, end = heard(
        plays(ONE, 1.0), plays(TWO, 31.0), TrackEnded(ONE.uri, 90.0, 30.0, skipped=True)
    )
    assert gave_way == SongEnd(first.id, 31.0, "replaced", 30.0)
    assert end == SongEnd(first.id, 90.0, "skipped", 30.0)


def test_the_end_of_the_music_ends_the_song() -> None:
    first, end = heard(plays(ONE, 1.0), plays(None, 61.0, Playback.IDLE))
    assert end == SongEnd(first.id, 61.0, "stopped", 60.0)


def test_what_is_paused_when_it_is_first_heard_of_was_not_heard() -> None:
    assert heard(plays(ONE, 1.0, Playback.PAUSED)) == []


def test_a_song_that_is_played_again_is_another_one() -> None:
    songs = heard(plays(ONE, 1.0), TrackEnded(ONE.uri, 201.0, 200.0), plays(ONE, 201.1))
    assert [type(it) for it in songs] == [SongStart, SongEnd, SongStart]
    assert songs[0].id != songs[2].id
