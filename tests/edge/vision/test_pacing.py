from __future__ import annotations

from edge.vision.pacing import DARK, FASTEST, IDLE, LINGER, FramePacer


def test_it_looks_slowly_while_nobody_is_there_and_slower_in_the_dark() -> None:
    pacer = FramePacer()
    assert pacer.interval(0.0) == 1 / IDLE
    pacer.saw(face=False, dark=True, at=1.0)
    assert pacer.interval(1.0) == 1 / DARK


def test_it_keeps_the_daemons_pace_while_somebody_is_there() -> None:
    pacer = FramePacer()
    pacer.set_pace(10)
    pacer.saw(face=True, dark=False, at=5.0)
    assert pacer.interval(5.0) == 1 / 10
    pacer.set_pace(4)
    assert pacer.interval(5.1) == 1 / 4


def test_a_face_missed_for_a_moment_does_not_slow_it() -> None:
    pacer = FramePacer()
    pacer.set_pace(10)
    pacer.saw(face=True, dark=False, at=5.0)
    pacer.saw(face=False, dark=False, at=5.1)
    assert pacer.interval(5.0 + LINGER * 0.9) == 1 / 10
    assert pacer.interval(5.0 + LINGER) == 1 / IDLE


def test_no_pace_stops_it_or_makes_it_race() -> None:
    pacer = FramePacer()
    pacer.saw(face=True, dark=False, at=0.0)
    pacer.set_pace(0)
    assert pacer.interval(0.0) == 1 / IDLE
    pacer.set_pace(1e9)
    assert pacer.interval(0.0) == 1 / FASTEST
