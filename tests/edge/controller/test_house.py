"""What the home does with the box: its light, its gestures, a restart."""

from __future__ import annotations

import pytest
from fakes.table import Table, only
from msgspec.structs import replace

from edge.controller import view
from edge.events import (
    MODEL,
    Acknowledge,
    Acknowledged,
    Announce,
    Answer,
    CloseEyes,
    Correction,
    Down,
    EndDaemon,
    Fulfil,
    Gesture,
    GestureTarget,
    InstallUpdate,
    Lamp,
    OrderUpdate,
    Preferences,
    Pressed,
    Release,
    Remember,
    Restart,
    SetLamp,
    SetPreferences,
    Watching,
)

HOME, BOX, BOTH = GestureTarget.HOME, GestureTarget.BOX, GestureTarget.BOTH


def give(table: Table, gesture: Gesture, target: GestureTarget) -> Answer:
    (answer,) = only(table.ask(SetPreferences(gestures={gesture: target})), Answer)
    return answer


def press(table: Table, gesture: Gesture) -> tuple[bool, bool]:
    """Return whether the box itself did something, and whether the home heard of it."""
    commands = table.tell(Pressed(gesture, table.now))
    told = [a for a in only(commands, Announce) if a.event == "gesture"]
    return bool(only(commands, Fulfil) or only(commands, CloseEyes)), bool(told)


@pytest.mark.parametrize("gesture", [Gesture.PRESS, Gesture.DOUBLE])
@pytest.mark.parametrize(
    ("target", "box_does", "home_hears"),
    [(BOX, True, False), (HOME, False, True), (BOTH, True, True)],
)
def test_a_gesture_does_what_the_house_says(
    table: Table, gesture: Gesture, target: GestureTarget, box_does: bool, home_hears: bool
) -> None:
    table.see("happy", 30.0)
    assert give(table, gesture, target).accepted
    assert view(table.state).gestures[gesture] is target
    assert press(table, gesture) == (box_does, home_hears)


def test_gestures_are_given_away_one_by_one(table: Table) -> None:
    give(table, Gesture.DOUBLE, HOME)
    give(table, Gesture.TRIPLE, BOX)
    assert view(table.state).gestures == {Gesture.DOUBLE: HOME, Gesture.TRIPLE: BOX}


def test_a_triple_press_for_the_home_offers_no_moods(table: Table) -> None:
    table.see("happy", 30.0)
    give(table, Gesture.TRIPLE, HOME)
    assert press(table, Gesture.TRIPLE) == (False, True)
    assert view(table.state).offering == ""


def test_a_press_picks_what_the_light_offers_whomever_a_press_is_for(table: Table) -> None:
    table.see("happy", 30.0)
    give(table, Gesture.PRESS, HOME)
    table.tell(Pressed(Gesture.TRIPLE, table.now))
    table.wait(0.5)
    kept = only(table.tell(Pressed(Gesture.PRESS, table.now)), Remember)
    assert any(isinstance(one.record, Correction) for one in kept)


@pytest.mark.parametrize("gesture", [Gesture.HOLD, Gesture.RELEASE, Gesture.LONG_HOLD])
def test_no_home_takes_privacy_and_pairing_from_the_button(table: Table, gesture: Gesture) -> None:
    answer = give(table, gesture, HOME)
    assert not answer.accepted
    assert "privacy and pairing stay the button's; allowed: box, both" in answer.reason
    assert give(table, gesture, BOX).accepted
    table.see("happy", 10.0)
    assert press(table, Gesture.HOLD)[0]


def test_what_is_set_of_the_lamp_stays_until_it_is_given_back(table: Table) -> None:
    table.ask(SetLamp(on=True, brightness=40, colour="#ff0010"))
    table.ask(SetLamp(on=False))
    table.see("sad", 60.0)
    assert view(table.state).lamp == Lamp(on=False, brightness=40, colour="#ff0010")
    table.ask(SetLamp(on=True, colour=""))
    assert view(table.state).lamp == Lamp(on=True, brightness=40)


def test_the_lamp_is_as_it_was_after_a_power_cut(table: Table) -> None:
    (kept,) = only(table.ask(SetLamp(colour="#ff0010")), Remember)
    assert isinstance(kept.record, Preferences)
    assert view(Table(kept.record).state).lamp == Lamp(colour="#ff0010")


def test_a_box_that_nobody_would_start_again_is_not_restarted(table: Table) -> None:
    policy = replace(table.state.policy, supervised=False)
    table.state = replace(table.state, policy=policy)
    commands = table.ask(Restart())
    assert not only(commands, EndDaemon)
    assert "nobody would start it again" in only(commands, Answer)[0].reason


def test_a_model_that_was_not_kept_is_a_problem_until_somebody_has_seen_that(table: Table) -> None:
    words = "model 0123456789ab was not kept: the eyes hung; ba9876543210 is used again"
    table.tell(Down(MODEL, words, table.now))
    table.tell(Watching(table.now, "CPU", "video", "yunet", "ba9876543210"))
    assert view(table.state).problems == {MODEL: words}
    assert only(table.ask(Acknowledge(MODEL)), Acknowledged)
    assert not view(table.state).problems


def test_a_restart_and_an_update_are_handed_on(table: Table) -> None:
    assert only(table.ask(Restart()), EndDaemon)
    (answer,) = only(table.ask(InstallUpdate()), Answer)
    assert "no updates" in answer.reason
    release = Release(table.now, "0.3.0")
    table.tell(release)
    assert only(table.ask(InstallUpdate()), OrderUpdate)
    assert view(table.state).release == release
