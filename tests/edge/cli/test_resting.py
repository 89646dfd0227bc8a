"""Whether a restart would disturb nobody: what the timer asks before it reboots a box."""

from __future__ import annotations

import time

import pytest

from edge.controller.volume import is_quiet, night_from
from edge.events import Preferences


def at(hour: int, minute: int = 0) -> float:
    return time.mktime((2026, 11, 27, hour, minute, 0, 0, 0, -1))


@pytest.mark.parametrize(
    ("quiet", "wall", "rests"),
    [
        (("22:30", "07:00"), at(23), True),
        (("22:30", "07:00"), at(4, 45), True),
        (("22:30", "07:00"), at(12), False),
        (("13:00", "15:00"), at(4, 45), False),
        (("", ""), at(4, 45), True),
        (("", ""), at(5, 29), True),
        (("", ""), at(5, 30), False),
        (("", ""), at(23), False),
    ],
)
def test_a_box_rests_in_the_quiet_hours_or_an_hour_of_the_night_where_there_are_none(
    quiet: tuple[str, str], wall: float, rests: bool
) -> None:
    preferences = Preferences(quiet_from=quiet[0], quiet_to=quiet[1])
    assert is_quiet(night_from(preferences, "04:30"), wall) is rests


def test_an_hour_of_the_night_may_go_past_midnight() -> None:
    hours = night_from(Preferences(), "23:30")
    assert is_quiet(hours, at(0, 29))
    assert not is_quiet(hours, at(0, 30))
