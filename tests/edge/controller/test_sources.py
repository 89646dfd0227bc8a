"""Changing what a mood has to play, one thing at a time."""

from __future__ import annotations

from typing import Any

import pytest
from fakes.table import SOURCES, Table, plays

from edge.controller import Policy, State, begin, decide
from edge.events import (
    AddSource,
    Answer,
    MoveSource,
    Preferences,
    RemoveSource,
    Request,
    SetSources,
    SongsKnown,
    Sounding,
)
from edge.mood.filter import Rules
from edge.records import Taste
from edge.uri import LIKED

A, B = "spotify:playlist:a", "spotify:album:b"


def box(**sources: list[str]) -> State:
    return begin(Policy(Rules()), Preferences(sources=sources), Taste(), boot="b", at=0.0)


def ask(state: State, body: Any) -> tuple[State, Answer]:
    state, commands = decide(state, Request("r", body, "page", state.at + 1))
    (answer,) = [one for one in commands if isinstance(one, Answer)]
    return state, answer


def test_two_browsers_that_change_one_list_lose_nothing() -> None:
    state = box(sad=[A])
    for body in (AddSource("sad", B), AddSource("happy", A), RemoveSource("sad", A)):
        state, answer = ask(state, body)
        assert answer.accepted
    assert state.preferences.sources == {"sad": [B], "happy": [A]}


def test_what_is_there_already_is_refused_however_it_is_written() -> None:
    state, _ = ask(box(), AddSource("sad", "spotify:album:1DFixLWuPkv3KT3TnV35m3"))
    link = "https://open.spotify.com/album/1DFixLWuPkv3KT3TnV35m3?si=x"
    state, answer = ask(state, AddSource("sad", link))
    assert not answer.accepted
    assert "there already" in answer.reason
    assert len(state.preferences.sources["sad"]) == 1


def test_a_thing_is_moved_to_another_place() -> None:
    state, answer = ask(box(sad=[A, B, "rainy songs"]), MoveSource("sad", "rainy songs", 0))
    assert answer.accepted
    assert state.preferences.sources["sad"] == ["rainy songs", A, B]


@pytest.mark.parametrize("body", [RemoveSource("sad", B), MoveSource("sad", B, 0)])
def test_what_is_not_there_any_more_is_said(body: Any) -> None:
    state, answer = ask(box(sad=[A]), body)
    assert "not there any more" in answer.reason
    assert state.preferences.sources == {"sad": [A]}


def test_a_mood_that_has_nothing_left_has_no_list() -> None:
    state, _ = ask(box(sad=[A]), RemoveSource("sad", A))
    assert state.preferences.sources == {}


def test_a_whole_list_holds_each_thing_once() -> None:
    state, _ = ask(box(), SetSources("sad", [A, B, A]))
    assert state.preferences.sources == {"sad": [A, B]}


def test_a_mood_has_room_for_fifty() -> None:
    _, answer = ask(box(sad=[f"words {n}" for n in range(50)]), AddSource("sad", A))
    assert "no room" in answer.reason


def test_a_list_is_played_once_its_songs_are_known(table: Table) -> None:
    table = Table(Preferences(sources={"happy": [LIKED], "sad": [A]}))
    borrowed = plays(table.see("happy", 30))
    assert [it.uri for it in borrowed] == [A]
    table.see("happy", 700)
    songs = tuple(Sounding(f"spotify:track:{n}", "happy" if n < 20 else "sad") for n in range(40))
    (wish,) = plays(table.tell(SongsKnown(table.now, {LIKED: songs})))
    assert wish.uri == LIKED
    assert set(wish.songs) == {f"spotify:track:{n}" for n in range(20)}
    assert not plays(table.tell(SongsKnown(table.now, {LIKED: songs[:30]}))), "it plays already"


def test_songs_of_a_playlist_that_fit_the_mood_are_wished_for(table: Table) -> None:
    happy = SOURCES["happy"][0]
    songs = tuple(Sounding(f"spotify:track:{n}", "happy" if n < 3 else "sad") for n in range(9))
    table.tell(SongsKnown(table.now, {happy: songs}))
    (wish,) = plays(table.see("happy", 30))
    assert set(wish.songs[:3]) == {f"spotify:track:{n}" for n in range(3)}
    assert len(wish.songs) == 9
    (wish,) = plays(table.see("sad", 900))
    assert wish.songs == ()
