"""What a finger means, by made-up times."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from edge.events import Gesture
from edge.panel.gestures import (
    GAP,
    HOLD,
    LONG_HOLD,
    SETTLE,
    Decided,
    Edge,
    advance,
    due,
    start,
)

PRESS = ((0.0, True), (0.1, False))


def feel(edges: list[tuple[float, bool]], end: float = 100.0, ticks: int = 0) -> list[Decided]:
    """Return what is decided of edges (seconds, down), with so many extra looks in between."""
    finger, last = start(False, -1.0), 0.0
    decided: list[Decided] = []
    for at, down in edges:
        for tick in range(ticks):
            finger, more = advance(finger, last + (at - last) * tick / ticks)
            decided += more
        finger, more = advance(finger, at, Edge(down, at))
        decided += more
        last = at
    return decided + list(advance(finger, end)[1])


def gestures(edges: list[tuple[float, bool]], end: float = 100.0) -> list[Gesture]:
    return [one.gesture for one in feel(edges, end)]


def presses(n: int, every: float = 0.25) -> list[tuple[float, bool]]:
    return [(k * every + at, down) for k in range(n) for at, down in PRESS]


def test_a_press_is_decided_after_the_gap() -> None:
    assert feel(presses(1)) == [Decided(Gesture.PRESS, 0.1 + GAP, 0.0)]


def test_nothing_is_decided_while_another_press_may_come() -> None:
    assert gestures(presses(1), end=0.1 + GAP - 0.01) == []


def test_two_and_three_presses() -> None:
    assert gestures(presses(2)) == [Gesture.DOUBLE]
    assert gestures(presses(3)) == [Gesture.TRIPLE]


def test_a_triple_press_needs_no_gap() -> None:
    (triple,) = feel(presses(3))
    assert triple.at <= 0.6 + SETTLE + 1e-9
    assert triple.began == 0.0


def test_a_child_at_the_button_says_triple_once() -> None:
    assert gestures(presses(9)) == [Gesture.TRIPLE]


def test_presses_far_apart_are_presses() -> None:
    assert gestures(presses(3, every=1.0)) == [Gesture.PRESS] * 3


def test_a_hold_is_decided_while_the_finger_is_down() -> None:
    assert feel([(0.0, True)], end=HOLD) == [Decided(Gesture.HOLD, HOLD, 0.0)]


def test_letting_go_after_a_hold_is_a_release() -> None:
    assert gestures([(0.0, True), (5.0, False)]) == [Gesture.HOLD, Gesture.RELEASE]


def test_a_long_hold_is_told_at_ten_seconds_and_not_released() -> None:
    decided = feel([(0.0, True), (12.0, False)])
    assert [(one.gesture, one.at) for one in decided] == [
        (Gesture.HOLD, HOLD),
        (Gesture.LONG_HOLD, LONG_HOLD),
    ]


def test_a_slow_press_is_a_press() -> None:
    assert gestures([(0.0, True), (HOLD - 0.05, False)]) == [Gesture.PRESS]


def test_a_hold_wins_over_the_press_before_it() -> None:
    assert gestures([*presses(1), (0.3, True), (3.0, False)]) == [Gesture.HOLD, Gesture.RELEASE]


def test_letting_go_just_before_two_seconds_is_no_hold() -> None:
    assert gestures([(0.0, True), (HOLD - SETTLE / 2, False)]) == [Gesture.PRESS]


def test_bounces_are_not_presses() -> None:
    chatter = [(k * 0.002, k % 2 == 0) for k in range(7)]
    edges = chatter + [(0.2 + at, not down) for at, down in chatter]
    assert gestures(edges) == [Gesture.PRESS]


def test_a_spike_on_the_wire_is_nothing() -> None:
    assert gestures([(0.0, True), (0.004, False)]) == []


def test_a_spike_while_holding_does_not_end_the_hold() -> None:
    edges = [(0.0, True), (1.999, False), (2.004, True), (4.0, False)]
    assert gestures(edges) == [Gesture.HOLD, Gesture.RELEASE]


def test_a_button_that_is_down_at_the_start_says_nothing_until_it_is_let_go() -> None:
    finger = start(True, 0.0)
    assert due(finger) == float("inf")
    finger, decided = advance(finger, 20.0, Edge(False, 20.0))
    assert decided == ()
    finger, decided = advance(finger, 30.0, Edge(True, 30.0))
    finger, decided = advance(finger, 32.0)
    assert [one.gesture for one in decided] == [Gesture.HOLD]


times = st.lists(st.floats(0.001, 12.0), min_size=1, max_size=30)


@given(times, st.integers(1, 7))
def test_looking_more_often_changes_nothing(waits: list[float], ticks: int) -> None:
    at, edges = 0.0, []
    for index, wait in enumerate(waits):
        edges.append((at, index % 2 == 0))
        at += wait
    assert feel(edges, at + 20) == feel(edges, at + 20, ticks)


@given(times)
def test_meanings_come_in_order_and_a_hold_before_its_end(waits: list[float]) -> None:
    at, edges = 0.0, []
    for index, wait in enumerate(waits):
        edges.append((at, index % 2 == 0))
        at += wait
    decided = feel(edges, at + 20)
    assert all(a.at <= b.at for a, b in pairwise(decided))
    meant = [one.gesture for one in decided]
    for before, gesture in pairwise([None, *meant]):
        if gesture in {Gesture.RELEASE, Gesture.LONG_HOLD}:
            assert before is Gesture.HOLD
