"""Whatever hangs on time alone happens by ticks alone, and each has its end."""

from __future__ import annotations

import time

from fakes.table import SOURCES, Table, only

from edge.controller import view
from edge.controller.hands import OLD
from edge.controller.speaker import FORGET, LOOK_AGAIN, LOOK_EVERY, LOOK_WITHIN
from edge.controller.view import WAKING
from edge.events import (
    Correct,
    Fulfil,
    Hand,
    HandsOff,
    LookAtSpeaker,
    OpenPairing,
    Pause,
    Play,
    Playback,
    PlayPause,
    Preferences,
    ReadSpeaker,
    Remember,
    Request,
    SetPrivate,
    SpeakerState,
    Tick,
    Watching,
)

EVENING = time.mktime(time.strptime("2026-12-01 21:59", "%Y-%m-%d %H:%M"))


def clock(table: Table, seconds: float, wall: float | None = EVENING) -> None:
    """Let time pass by ticks of half a second, as the box does."""
    for _ in range(int(seconds * 2)):
        table.tell(Tick(table.now + 0.5, None if wall is None else wall + table.now + 0.5))


def test_quiet_hours_begin_and_turn_down_what_plays() -> None:
    table = Table(
        Preferences(sources=SOURCES, quiet_from="22:00", quiet_to="22:02", quiet_volume=20)
    )
    table.see("happy", 10)
    table.tell(SpeakerState(table.now, Playback.PLAYING, volume=60))
    clock(table, 20)
    assert not view(table.state).quiet
    before = len(table.commands)
    clock(table, 60)
    assert view(table.state).quiet
    assert [c.wish.volume for c in only(table.commands[before:], Fulfil)] == [20]
    clock(table, 120)
    assert not view(table.state).quiet


def test_a_clock_that_is_set_late_is_taken_over(table: Table) -> None:
    clock(table, 5, wall=None)
    assert table.state.clock is None
    clock(table, 5, wall=EVENING - 86_400)
    clock(table, 5, wall=EVENING)
    assert table.state.clock == EVENING + table.now


def test_hands_off_ends_by_itself_and_is_kept_by_the_clock(table: Table) -> None:
    clock(table, 1)
    table.ask(Play("spotify:album:mine"))
    (kept,) = [c.record for c in only(table.commands, Remember) if isinstance(c.record, HandsOff)]
    end = table.now + table.state.policy.hands_off
    assert kept.picked_until == round(end + EVENING)
    assert view(table.state).hands_off_until == end
    table.wait(table.state.policy.hands_off + 1)
    assert view(table.state).hands_off_until is None


def test_the_pairing_window_closes(table: Table) -> None:
    table.tell(Request("r", OpenPairing(), "command line", table.now))
    clock(table, table.state.policy.pairing_window + 1)
    assert view(table.state).pairing_until is None


def test_a_press_does_not_wait_for_a_speaker_that_is_not_heard_of(table: Table) -> None:
    table.see("happy", 10)
    clock(table, OLD + 1)
    table.mute = True
    assert only(table.ask(PlayPause()), ReadSpeaker) == [ReadSpeaker(by_person=True)]
    assert view(table.state).doing == "looking at the speaker…"
    before = len(table.commands)
    clock(table, LOOK_WITHIN + 1)
    assert [c.wish.playing for c in only(table.commands[before:], Fulfil)] == [False]


def test_many_glances_are_one_look(table: Table) -> None:
    assert len(only([c for _ in range(9) for c in table.ask(LookAtSpeaker())], ReadSpeaker)) == 1
    clock(table, LOOK_EVERY)
    assert only(table.ask(LookAtSpeaker()), ReadSpeaker) == [ReadSpeaker(by_person=False)]


def test_a_day_of_glances_is_a_look_in_half_a_minute_at_most(table: Table) -> None:
    looks = 0
    for _ in range(3600):
        looks += len(only(table.ask(LookAtSpeaker()), ReadSpeaker))
        table.wait(1.0)
    assert looks == 3600 / LOOK_EVERY


def test_a_glance_is_a_look_again_where_somebody_did_something_since(table: Table) -> None:
    assert only(table.ask(LookAtSpeaker()), ReadSpeaker)
    clock(table, LOOK_AGAIN)
    assert not only(table.ask(LookAtSpeaker()), ReadSpeaker)
    table.ask(Pause())
    assert only(table.ask(LookAtSpeaker()), ReadSpeaker)
    table.tell(SpeakerState(table.now, Playback.PLAYING, hand=Hand.RESUME))
    assert not only(table.ask(LookAtSpeaker()), ReadSpeaker)
    clock(table, LOOK_AGAIN)
    assert only(table.ask(LookAtSpeaker()), ReadSpeaker)


def test_what_nobody_hears_of_again_is_not_under_way_for_ever(table: Table) -> None:
    table.answers = False
    table.ask(Pause())
    assert view(table.state).doing == "pausing…"
    clock(table, FORGET + 1)
    assert view(table.state).doing == ""


def test_a_correction_ends_once_the_face_says_something_else(table: Table) -> None:
    table.see("happy", 10)
    table.ask(Correct("sad"))
    holds = table.state.policy.correction_holds
    table.see("happy", holds - 5)
    assert view(table.state).corrected == "sad"
    table.see("happy", 70)
    assert view(table.state).corrected == ""


def test_no_tick_makes_anybody_away(table: Table) -> None:
    table.see("happy", 10)
    clock(table, 300)
    assert view(table.state).mood.name == "happy"  # type: ignore[union-attr]
    table.ask(SetPrivate(private=True))
    table.ask(SetPrivate(private=False))
    table.tell(Watching(table.now, "CPU", "video", "yunet", "0123456789ab"))
    clock(table, 300)
    assert view(table.state).unknown == "starting"


def test_it_wakes_even_where_no_speaker_speaks(table: Table) -> None:
    assert view(table.state).waking
    clock(table, WAKING + 1)
    assert not view(table.state).waking
