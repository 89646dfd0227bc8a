from __future__ import annotations

import time

import pytest

from edge.controller.volume import is_quiet, loudest, start_volume
from edge.errors import MoodboxError
from edge.events import Preferences

NIGHT = Preferences(quiet_from="22:30", quiet_to="07:00", quiet_volume=20, max_volume=80, volume=50)


def at(clock: str) -> float:
    return time.mktime(time.strptime(f"2026-11-20 {clock}", "%Y-%m-%d %H:%M"))


@pytest.mark.parametrize(
    ("clock", "quiet"),
    [("22:29", False), ("22:30", True), ("03:00", True), ("06:59", True), ("07:00", False)],
)
def test_quiet_hours_may_go_over_midnight(clock: str, quiet: bool) -> None:
    assert is_quiet(NIGHT, at(clock)) is quiet


def test_quiet_hours_within_a_day() -> None:
    nap = Preferences(quiet_from="13:00", quiet_to="14:30")
    assert [is_quiet(nap, at(c)) for c in ("12:59", "13:00", "14:30")] == [False, True, False]


def test_without_hours_or_without_a_clock_nothing_is_quiet() -> None:
    assert not is_quiet(Preferences(), at("03:00"))
    assert not is_quiet(NIGHT, None)


def test_the_loudest_is_the_houses_and_less_at_night() -> None:
    assert loudest(NIGHT, at("12:00")) == 80
    assert loudest(NIGHT, at("23:00")) == 20


@pytest.mark.parametrize(
    ("clock", "playing", "wanted"),
    [
        ("12:00", False, (50, False)),  # begins at the start volume
        ("12:00", True, (80, True)),  # what plays keeps its volume, unless it is too loud
        ("23:00", False, (20, False)),
        ("23:00", True, (20, True)),
    ],
)
def test_music_begins_no_louder_than_allowed(
    clock: str, playing: bool, wanted: tuple[int, bool]
) -> None:
    assert start_volume(NIGHT, at(clock), playing=playing, used=playing) == wanted


def test_where_nobody_said_how_loud_music_begins_at_half_at_most_and_is_then_anybodys() -> None:
    assert start_volume(Preferences(), None, playing=False, used=False) == (50, True)
    assert start_volume(Preferences(), None, playing=True, used=True) == (None, True)
    assert start_volume(Preferences(), None, playing=False, used=True) == (None, True)
    assert start_volume(Preferences(max_volume=80), None, playing=False, used=False) == (50, True)
    assert start_volume(Preferences(max_volume=30), None, playing=False, used=False) == (30, True)
    assert start_volume(Preferences(volume=90), None, playing=False, used=False) == (90, False)


def test_a_time_that_is_none_is_said_in_words() -> None:
    with pytest.raises(MoodboxError, match="quiet hours '25:00': no time of day"):
        is_quiet(Preferences(quiet_from="25:00", quiet_to="07:00"), at("12:00"))
