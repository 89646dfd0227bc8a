"""A profile has music, volume and quiet hours of its own, and the house's for all the rest."""

from __future__ import annotations

import pytest
from fakes.table import SOURCES, Table, only, plays

from edge.controller import view
from edge.events import (
    AddSource,
    Answer,
    Fulfil,
    Playback,
    Preferences,
    ProfilePreferences,
    QuietHours,
    RemoveSource,
    RequestBody,
    SetPreferences,
    SetProfile,
    SetProfilePreferences,
    SetSources,
    SpeakerState,
    Tick,
)
from edge.spotify.reading import wanted

LOUD = "spotify:playlist:loud"
NOON = 1_800_000_000.0


@pytest.fixture
def table() -> Table:
    return Table(Preferences(sources=SOURCES, profiles=("home", "anna")))


def refused(table: Table, body: RequestBody) -> str:
    (answer,) = only(table.ask(body), Answer)
    assert not answer.accepted
    return answer.reason


def test_who_listens_hears_what_is_theirs_and_the_houses_where_they_have_nothing(
    table: Table,
) -> None:
    table.ask(AddSource("happy", LOUD, profile="anna"))
    assert table.state.preferences.sources == SOURCES
    assert plays(table.see("happy", 30))[-1].uri == SOURCES["happy"][0]
    commands = table.ask(SetProfile("anna"))
    (next_one,) = plays(commands)
    assert (next_one.uri, next_one.gentle) == (LOUD, True), "hers, when this song is over"
    assert [answer.note for answer in only(commands, Answer)] == ["at the end of this song"]
    table.now += 1200
    assert plays(table.see("sad", 60))[-1].uri == SOURCES["sad"][0]


def test_what_is_given_to_somebody_else_changes_nothing_now(table: Table) -> None:
    table.see("happy", 30)
    assert not plays(table.ask(AddSource("happy", LOUD, profile="anna")))
    assert not plays(table.see("happy", 30))


def test_a_profiles_list_is_changed_like_the_houses(table: Table) -> None:
    table.ask(SetSources("sad", [LOUD, LOUD, "rain"], profile="anna"))
    assert table.state.preferences.own["anna"].sources == {"sad": [LOUD, "rain"]}
    assert "there already" in refused(table, AddSource("sad", "rain", profile="anna"))
    table.ask(RemoveSource("sad", LOUD, profile="anna"))
    table.ask(RemoveSource("sad", "rain", profile="anna"))
    assert table.state.preferences.own == {}, "nothing of one's own is nothing kept"


def test_the_names_of_everybodys_playlists_are_learnt(table: Table) -> None:
    table.ask(AddSource("happy", LOUD, profile="anna"))
    assert LOUD in wanted(table.state.preferences)


def test_a_profiles_own_volume_begins_its_music(table: Table) -> None:
    table.ask(SetPreferences(volume=50))
    table.ask(SetProfilePreferences("anna", volume=30))
    table.speaker = SpeakerState(table.now, Playback.IDLE, volume=70)
    table.tell(table.speaker)
    table.ask(SetProfile("anna"))
    assert plays(table.see("happy", 30))[-1].volume == 30


def test_a_profiles_quiet_hours_turn_down_when_it_begins_to_listen(table: Table) -> None:
    table.tell(Tick(table.now, wall=NOON))
    table.see("happy", 30)
    table.tell(SpeakerState(table.now, Playback.PLAYING, volume=80))
    all_day = QuietHours("00:00", "23:59", volume=15)
    assert not only(table.ask(SetProfilePreferences("anna", quiet=all_day)), Fulfil)
    assert not view(table.state).quiet
    (turned,) = [f.wish for f in only(table.ask(SetProfile("anna")), Fulfil) if f.wish.volume]
    assert turned.volume == 15
    assert (view(table.state).quiet, view(table.state).loudest) == (True, 15)
    table.ask(SetProfilePreferences("anna", quiet=None))
    assert (view(table.state).quiet, view(table.state).loudest) == (False, 100)


def test_a_profile_may_have_no_quiet_hours_where_the_house_has_some(table: Table) -> None:
    table.tell(Tick(table.now, wall=NOON))
    table.ask(SetPreferences(quiet_from="00:00", quiet_to="23:59"))
    table.ask(SetProfilePreferences("anna", quiet=QuietHours()))
    assert view(table.state).quiet
    table.ask(SetProfile("anna"))
    assert not view(table.state).quiet


def test_a_profile_that_goes_takes_what_is_its_own_along(table: Table) -> None:
    table.ask(SetProfilePreferences("anna", volume=30))
    table.ask(SetPreferences(profiles=("home", "ben")))
    assert table.state.preferences.own == {}


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (AddSource("happy", LOUD, profile="ben"), "no such profile; allowed: home, anna"),
        (SetProfilePreferences("ben", volume=30), "no such profile; allowed: home, anna"),
        (SetProfilePreferences("anna", quiet=QuietHours("22:00", "25:00")), "00:00 to 23:59"),
        (SetProfilePreferences("anna", quiet=QuietHours("22:00")), "a beginning and an end"),
    ],
)
def test_what_makes_no_sense_is_refused_and_changes_nothing(
    table: Table, body: RequestBody, words: str
) -> None:
    before = table.state.preferences
    assert words in refused(table, body)
    assert table.state.preferences == before


def test_nothing_of_ones_own_is_the_houses() -> None:
    house = Preferences(sources=SOURCES, volume=40, own={"anna": ProfilePreferences(volume=20)})
    assert house.in_force() is house
    assert house.all_sources() == SOURCES
