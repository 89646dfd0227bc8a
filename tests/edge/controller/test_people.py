"""Button, page and home have one path, and each meaning is what the house expects."""

from __future__ import annotations

import msgspec
import pytest
from fakes.table import Table, only

from edge.controller import Policy, begin, decide, view
from edge.events import (
    AWAY,
    EMOTIONS,
    NETWORK,
    Account,
    Announce,
    Answer,
    CloseEyes,
    Command,
    Correct,
    Correction,
    Down,
    Emission,
    Emotions,
    Event,
    Gesture,
    Health,
    Nobody,
    OpenEyes,
    Preferences,
    Pressed,
    Remember,
    RequestBody,
    SetPrivate,
    SetSources,
    Seven,
    Up,
    Watching,
    WrongMood,
)
from edge.mood.filter import Rules
from edge.records import Taste


def press(table: Table, gesture: Gesture, later: float = 0.0) -> list[Command]:
    table.now += later
    return list(table.tell(Pressed(gesture, table.now)))


def test_a_hold_closes_the_eyes_at_once_and_letting_go_does_not_open_them(table: Table) -> None:
    assert only(press(table, Gesture.HOLD), CloseEyes)
    assert not only(press(table, Gesture.RELEASE, 1), OpenEyes)
    assert view(table.state).private


def test_another_hold_opens_the_eyes_when_it_is_let_go(table: Table) -> None:
    press(table, Gesture.HOLD)
    press(table, Gesture.RELEASE, 1)
    assert not only(press(table, Gesture.HOLD, 60), OpenEyes)
    assert only(press(table, Gesture.RELEASE, 1), OpenEyes)
    assert not view(table.state).private


@pytest.mark.parametrize("private", [False, True])
def test_pairing_leaves_privacy_as_it_was_before_the_press(private: bool) -> None:
    table = Table(Preferences(private=private))
    press(table, Gesture.HOLD)
    press(table, Gesture.LONG_HOLD, 8)
    assert view(table.state).private is private
    assert view(table.state).pairing_until is not None


def test_privacy_is_remembered(table: Table) -> None:
    commands = press(table, Gesture.HOLD)
    (kept,) = [c.record for c in only(commands, Remember) if isinstance(c.record, Preferences)]
    assert kept.private


def test_a_late_word_from_closed_eyes_does_not_open_them(table: Table) -> None:
    table.ask(SetPrivate(private=True))
    table.tell(Watching(table.now, "CPU", "video", "yunet", "0123456789ab"))
    assert view(table.state).private
    assert view(table.state).runs_on == ""


@pytest.mark.parametrize("word", [Up("music", 1.0), Account(1.0, signed_in=False)])
@pytest.mark.parametrize("private", [False, True])
def test_a_box_wakes_with_its_eyes_unless_it_is_private_and_with_a_word_of_its_music(
    word: Event, private: bool
) -> None:
    state = begin(Policy(rules=Rules()), Preferences(private=private), Taste(), "boot", 0.0)
    assert view(state).waking
    state, _ = decide(state, word)
    assert view(state).waking is not private
    state, _ = decide(state, Watching(2.0, "CPU", "video", "yunet", "0123456789ab"))
    assert not view(state).waking


@pytest.mark.parametrize(("owed", "mood"), [("sad", "sad"), ("happy", "happy")])
def test_another_model_brings_what_its_readings_are_worth_while_the_box_runs(
    table: Table, owed: str, mood: str
) -> None:
    bias = tuple(3.0 if emotion == owed else 0.0 for emotion in EMOTIONS)
    emission = Emission(bias=msgspec.convert(bias, Seven))
    table.tell(Watching(table.now, "CPU", "video", "yunet", "ba9876543210", emission=emission))
    torn = tuple(0.35 if emotion in {"happy", "sad"} else 0.06 for emotion in EMOTIONS)
    for _ in range(100):
        table.now += 0.2
        table.tell(Emotions(msgspec.convert(torn, Seven), table.now))
    felt = view(table.state).mood
    assert felt is not None
    assert felt.name == mood


def test_how_many_are_there_never_contradicts_whether_somebody_is(table: Table) -> None:
    table.see("happy", 10)
    table.tell(Nobody(table.now + 0.2))
    status = view(table.state)
    assert (status.mood and status.mood.name, status.faces) == ("happy", 1), "missed for a moment"
    table.tell(Nobody(table.now + 30))
    table.tell(Emotions(msgspec.convert((1 / 7,) * 7, Seven), table.now + 0.1))
    status = view(table.state)
    assert (status.mood and status.mood.name, status.faces) == (AWAY, 0), "not there yet"


def test_a_correction_is_tied_to_the_newest_prediction(table: Table) -> None:
    table.see("happy", 10)
    commands = table.ask(Correct("sad"))
    (correction,) = [c.record for c in only(commands, Remember) if isinstance(c.record, Correction)]
    assert correction.mood == "sad"
    assert correction.prediction.startswith("boot-")
    mood = view(table.state).mood
    assert mood
    assert mood.name == "sad"


def test_a_triple_press_offers_moods_and_a_press_picks_one(table: Table) -> None:
    table.see("happy", 10)
    press(table, Gesture.TRIPLE)
    offered = view(table.state).offering
    assert offered
    commands = press(table, Gesture.PRESS, 0.5)
    corrections = [c.record for c in only(commands, Remember) if isinstance(c.record, Correction)]
    assert [c.mood for c in corrections] == [offered]
    assert view(table.state).offering == ""


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (Correct("grumpy"), "mood 'grumpy': no such mood; allowed: angry, disgust"),
        (SetSources("grumpy", ["spotify:playlist:x"]), "no such mood"),
        (SetSources("happy", ["https://example.org/x"]), "example.org"),
    ],
)
def test_what_cannot_be_is_answered_in_words_and_changes_nothing(
    table: Table, body: RequestBody, reason: str
) -> None:
    table.see("happy", 10)
    before = table.state
    (answer,) = table.ask(body)
    assert isinstance(answer, Answer)
    assert not answer.accepted
    assert reason in answer.reason
    assert table.state == before


def test_nobody_seen_yet_means_nothing_to_correct(table: Table) -> None:
    (answer,) = only(table.ask(Correct("sad")), Answer)
    assert "nobody is seen" in answer.reason


def test_wrong_mood_from_afar_offers_moods_too(table: Table) -> None:
    table.ask(WrongMood())
    assert view(table.state).offering


def test_every_gesture_is_told_to_the_home(table: Table) -> None:
    for gesture in Gesture:
        told = only(press(table, gesture, 1), Announce)
        assert {"gesture": gesture.value} in [announce.data for announce in told]


def test_a_box_says_that_it_has_no_network_until_it_has_one(
    table: Table,
) -> None:
    table.tell(Health(table.now, online=False))
    assert NETWORK in view(table.state).problems
    table.tell(Health(table.now, online=None))
    assert NETWORK not in view(table.state).problems
    table.tell(Health(table.now, online=False))
    table.tell(Health(table.now, online=True))
    assert not view(table.state).problems


def test_a_fall_back_of_the_eyes_is_said_until_they_close(table: Table) -> None:
    note = "without YuNet, faces are found by Haar"
    table.tell(Watching(table.now, "CPU", "video", "haar", "0123456789ab", note))
    assert view(table.state).eyes_note == note
    table.tell(Down("eyes", "gone", table.now))
    assert view(table.state).eyes_note == ""


def test_what_is_wrong_with_the_machine_is_told_with_what_to_do(table: Table) -> None:
    table.tell(Health(table.now, temperature=84.0, disk_free=12.0, online=True))
    words = "84 °C: give it air; only 12 MiB of disk left: make room, or take a larger card"
    assert view(table.state).problems["system"] == words
    table.tell(Health(table.now, temperature=50.0, disk_free=900.0, online=True))
    assert "system" not in view(table.state).problems
