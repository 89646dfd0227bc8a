from __future__ import annotations

from edge.vision.rhythm import DARK, FASTEST, IDLE, LINGER, Rhythm


def test_it_looks_slowly_while_nobody_is_there_and_slower_in_the_dark() -> None:
    rhythm = Rhythm()
    assert rhythm.interval(0.0) == 1 / IDLE
    rhythm.saw(face=False, dark=True, at=1.0)
    assert rhythm.interval(1.0) == 1 / DARK


def test_it_keeps_the_daemons_pace_while_somebody_is_there() -> None:
    rhythm = Rhythm()
    rhythm.set_pace(10)
    rhythm.saw(face=True, dark=False, at=5.0)
    assert rhythm.interval(5.0) == 1 / 10
    rhythm.set_pace(4)
    assert rhythm.interval(5.1) == 1 / 4


def test_a_face_missed_for_a_moment_does_not_slow_it() -> None:
    rhythm = Rhythm()
    rhythm.set_pace(10)
    rhythm.saw(face=True, dark=False, at=5.0)
    rhythm.saw(face=False, dark=False, at=5.1)
    assert rhythm.interval(5.0 + LINGER * 0.9) == 1 / 10
    assert rhythm.interval(5.0 + LINGER) == 1 / IDLE


def test_no_pace_stops_it_or_makes_it_race() -> None:
    rhythm = Rhythm()
    rhythm.saw(face=True, dark=False, at=0.0)
    rhythm.set_pace(0)
    assert rhythm.interval(0.0) == 1 / IDLE
    rhythm.set_pace(1e9)
    assert rhythm.interval(0.0) == 1 / FASTEST
