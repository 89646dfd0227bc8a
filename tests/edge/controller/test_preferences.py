"""What the house may change about itself, and what it is told where that makes no sense."""

from __future__ import annotations

import msgspec
import pytest
from fakes.table import Table, only

from edge.controller import view
from edge.events import (
    EMOTIONS,
    Answer,
    Confirm,
    Confirmation,
    Correct,
    Correction,
    Emotions,
    ForgetTaps,
    Fulfil,
    Ignore,
    KeepFaces,
    Learn,
    Learning,
    Learnt,
    MarkFace,
    Playback,
    Prediction,
    Preferences,
    Remember,
    RequestBody,
    SetIgnored,
    SetPreferences,
    SetProfile,
    SpeakerState,
    Unlearn,
)


def kept(table: Table, body: RequestBody) -> Preferences:
    (record,) = [c.record for c in only(table.ask(body), Remember)]
    assert isinstance(record, Preferences)
    assert record == table.state.preferences
    return record


def refused(table: Table, body: RequestBody) -> str:
    before = table.state.preferences
    (answer,) = table.ask(body)
    assert isinstance(answer, Answer)
    assert not answer.accepted
    assert table.state.preferences == before
    return answer.reason


def test_quiet_hours_are_set_and_taken_away(table: Table) -> None:
    wanted = SetPreferences(quiet_from="22:30", quiet_to="7:00", quiet_volume=15)
    record = kept(table, wanted)
    assert (record.quiet_from, record.quiet_to, record.quiet_volume) == ("22:30", "7:00", 15)
    assert record.sources
    assert kept(table, SetPreferences(quiet_from="", quiet_to="")).quiet_from == ""


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (SetPreferences(quiet_from="25:00", quiet_to="07:00"), "00:00 to 23:59"),
        (SetPreferences(quiet_from="22:00", quiet_to="7h"), "00:00 to 23:59"),
        (SetPreferences(quiet_from="22:00"), "a beginning and an end"),
        (SetPreferences(quiet_from="22:00", quiet_to="22:00"), "never begin"),
        (SetPreferences(profiles=()), "allowed: 1 to 20"),
        (SetPreferences(profiles=tuple(map(str, range(21)))), "allowed: 1 to 20"),
        (SetPreferences(profiles=("home", "home")), "a name that no other has"),
        (SetPreferences(profiles=("home", " ")), "a name that no other has"),
        (SetPreferences(max_volume=50, quiet_from="x", quiet_to="y"), "quiet hours 'x'"),
        (SetProfile("anna"), "allowed: home"),
    ],
)
def test_what_cannot_be_is_refused_in_words_and_changes_nothing(
    table: Table, body: RequestBody, words: str
) -> None:
    assert words in refused(table, body)


@pytest.mark.parametrize(
    "text",
    [
        '{"type":"SetPreferences","volume":101}',
        '{"type":"SetPreferences","quiet_volume":-1}',
        '{"type":"SetPreferences","client_id":"../../etc"}',
        '{"type":"SetPreferences","profiles":["' + "x" * 41 + '"]}',
    ],
)
def test_what_is_out_of_bounds_is_no_request(text: str) -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.json.decode(text, type=RequestBody)


def test_what_is_left_out_stays_and_null_leaves_the_volume_to_the_speaker(table: Table) -> None:
    assert kept(table, SetPreferences(volume=30)).volume == 30
    assert kept(table, SetPreferences(client_id="0123456789abcdef")).volume == 30
    empty = msgspec.json.decode('{"type":"SetPreferences","volume":null}', type=RequestBody)
    assert kept(table, empty).volume is None


def test_a_profile_that_listens_and_goes_leaves_the_word_to_the_first(table: Table) -> None:
    kept(table, SetPreferences(profiles=("home", "anna")))
    kept(table, SetProfile("anna"))
    assert view(table.state).profile == "anna"
    assert kept(table, SetPreferences(profiles=("home",))).profile == "home"


def test_what_is_too_loud_now_is_turned_down(table: Table) -> None:
    table.see("happy", 20)
    table.tell(SpeakerState(table.now, Playback.PLAYING, volume=80))
    (fulfil,) = only(table.ask(SetPreferences(max_volume=40)), Fulfil)
    assert fulfil.wish.volume == 40
    assert not only(table.ask(SetPreferences(max_volume=60)), Fulfil)


def test_faces_are_marked_only_where_somebody_opted_in(table: Table) -> None:
    assert not only(table.see("happy", 20), MarkFace)
    assert only(table.ask(SetPreferences(keep_faces=True)), KeepFaces) == [KeepFaces(on=True)]
    commands = table.see("sad", 60)
    predicted = [c.record.id for c in only(commands, Remember) if isinstance(c.record, Prediction)]
    assert [mark.prediction for mark in only(commands, MarkFace)] == predicted != []
    assert only(table.ask(SetPreferences(keep_faces=False)), KeepFaces) == [KeepFaces(on=False)]


def test_what_taps_teach_with_is_kept_only_where_somebody_opted_in(table: Table) -> None:
    def felt(emotion: str) -> None:
        plain = tuple(0.994 if name == emotion else 0.001 for name in EMOTIONS)
        for _ in range(100):
            seen = Emotions(plain, table.now + 0.2, embedding=b"numbers")  # type: ignore[arg-type]
            table.tell(seen)

    def numbers(body: Correct | Confirm) -> bytes:
        (said,) = [
            c.record
            for c in only(table.ask(body), Remember)
            if isinstance(c.record, Correction | Confirmation)
        ]
        return said.embedding

    felt("happy")
    assert numbers(Confirm()) == b""
    (answer,) = only(table.ask(Unlearn()), Answer)
    assert not answer.accepted
    assert only(table.ask(SetPreferences(learn=True)), Learn) == [Learn(on=True)]
    felt("sad")
    assert numbers(Confirm()) == b"numbers"
    assert numbers(Correct("angry")) == b"numbers"
    learnt = Learnt(table.now, Learning.FEW, 2)
    table.tell(learnt)
    assert view(table.state).learnt == learnt
    assert only(table.ask(Unlearn()), ForgetTaps)
    assert view(table.state).learnt is None
    assert numbers(Correct("fear")) == b""
    assert only(table.ask(SetPreferences(share=True)), Learn) == [Learn(on=True, share=True)]
    assert view(table.state).learnt is None
    assert only(table.ask(SetPreferences(share=False)), Learn) == [Learn(on=True)]
    assert only(table.ask(SetPreferences(learn=False)), Learn) == [Learn(on=False)]
    table.tell(learnt)
    assert view(table.state).learnt is None


TELEVISION = (0.6, 0.1, 0.3, 0.25)


def test_places_to_ignore_are_kept_and_the_eyes_told(table: Table) -> None:
    commands = table.ask(SetIgnored((TELEVISION,)))
    assert only(commands, Ignore) == [Ignore((TELEVISION,))]
    assert table.state.preferences.ignored == (TELEVISION,)
    assert kept(table, SetIgnored(())).ignored == ()


@pytest.mark.parametrize(
    "place", [(0.8, 0.1, 0.3, 0.2), (0.1, 0.1, 0.0, 0.2), (0.1, 0.9, 0.2, 0.2)]
)
def test_a_place_outside_the_picture_is_refused(
    table: Table, place: tuple[float, float, float, float]
) -> None:
    assert "within" in refused(table, SetIgnored((place,)))
