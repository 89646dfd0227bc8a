from __future__ import annotations

import itertools
from collections import Counter

import pytest

from edge.vision.pacing import (
    BUSY_SHARE,
    DARK,
    FASTEST,
    IDLE,
    IDLE_SHARE,
    LINGER,
    NOTICED,
    SURE_EVERY,
    WHOLE_EVERY,
    FramePacer,
)
from edge.vision.search import Look

DESKTOP = {
    Look.NOT: 0.001,
    Look.AROUND: 0.003,
    Look.QUICK: 0.004,
    Look.WHOLE: 0.013,
    Look.CLOSELY: 0.016,
}
SLOW = {how: 5 * cost for how, cost in DESKTOP.items()}
"""A Raspberry Pi 4, or the like."""
VERY_SLOW = {how: 40 * cost for how, cost in DESKTOP.items()}
LARGE_PICTURES = {how: 0.03 + cost for how, cost in SLOW.items()}
"""The same, with a camera whose every picture takes its time to be decoded."""


def saw(pacer: FramePacer, *, face: bool = False, dark: bool = False, at: float) -> None:
    pacer.looked(Look.WHOLE, face=face, dark=dark, at=at, cost=0.0)


def alone(costs: dict[Look, float], seconds: float, *, changing: bool) -> list[tuple[float, Look]]:
    """Look into a room without anybody, and return when it was looked at how."""
    pacer = FramePacer()
    now, looks = 0.0, []
    while now < seconds:
        how = pacer.how(changed=changing, now=now)
        pacer.looked(how, face=False, dark=False, at=now, cost=costs[how])
        looks.append((now, how))
        now += pacer.interval(now)
    return looks


def test_it_looks_slowly_while_nobody_is_there_and_slower_in_the_dark() -> None:
    pacer = FramePacer()
    assert pacer.interval(0.0) == 1 / IDLE
    saw(pacer, dark=True, at=1.0)
    assert pacer.interval(1.0) == 1 / DARK


def test_it_keeps_the_daemons_pace_while_somebody_is_there() -> None:
    pacer = FramePacer()
    pacer.set_pace(10)
    saw(pacer, face=True, at=5.0)
    assert pacer.interval(5.0) == 1 / 10
    pacer.set_pace(4)
    assert pacer.interval(5.1) == 1 / 4


def test_a_face_missed_for_a_moment_does_not_slow_it() -> None:
    pacer = FramePacer()
    pacer.set_pace(10)
    saw(pacer, face=True, at=5.0)
    saw(pacer, at=5.1)
    assert pacer.interval(5.0 + LINGER * 0.9) == 1 / 10
    assert pacer.interval(5.0 + LINGER) == 1 / IDLE


def test_no_pace_stops_it_or_makes_it_race() -> None:
    pacer = FramePacer()
    saw(pacer, face=True, at=0.0)
    pacer.set_pace(0)
    assert pacer.interval(0.0) == 1 / IDLE
    pacer.set_pace(1e9)
    assert pacer.interval(0.0) == 1 / FASTEST


def test_the_first_look_is_at_the_whole() -> None:
    assert FramePacer().how(changed=True, now=100.0) is Look.WHOLE


def test_a_known_face_is_followed_and_the_whole_looked_at_now_and_then() -> None:
    pacer = FramePacer()
    saw(pacer, face=True, at=5.0)
    assert pacer.how(changed=True, now=5.2) is Look.AROUND
    assert pacer.how(changed=False, now=5.0 + WHOLE_EVERY) is Look.WHOLE


def test_a_slow_processor_follows_a_face_less_often() -> None:
    pacer = FramePacer()
    pacer.set_pace(10)
    saw(pacer, face=True, at=0.0)
    for _ in range(40):
        pacer.looked(Look.AROUND, face=True, dark=False, at=0.0, cost=0.2)
    assert pacer.interval(0.0) == pytest.approx(0.2 / BUSY_SHARE, rel=0.01)


@pytest.mark.parametrize("costs", [DESKTOP, SLOW])
@pytest.mark.parametrize("changing", [True, False])
def test_an_empty_room_costs_its_share_of_a_core_at_most(
    costs: dict[Look, float], *, changing: bool
) -> None:
    looks = alone(costs, 600, changing=changing)
    spent = sum(costs[how] for _, how in looks)
    assert spent <= 600 * IDLE_SHARE * 1.05


@pytest.mark.parametrize("costs", [DESKTOP, SLOW, VERY_SLOW, LARGE_PICTURES])
@pytest.mark.parametrize("changing", [True, False])
def test_who_comes_in_is_noticed_in_time_however_slow_the_processor(
    costs: dict[Look, float], *, changing: bool
) -> None:
    looks = alone(costs, 600, changing=changing)
    whole = [at for at, how in looks if how is Look.WHOLE]
    assert max(b - a for a, b in itertools.pairwise([*whole, 600])) <= NOTICED + 1 / IDLE
    spent = sum(costs[how] for _, how in looks)
    assert spent <= 600 * (2 * IDLE_SHARE + costs[Look.WHOLE] / NOTICED), "and not much oftener"


def test_in_a_still_room_there_is_time_to_look_closely_every_few_seconds() -> None:
    looks = alone(DESKTOP, 60, changing=False)
    closely = [at for at, how in looks if how is Look.CLOSELY]
    assert len(closely) >= 4 * 60 / 12, "the four parts of a frame within twelve seconds"
    whole = [at for at, how in looks if how is Look.WHOLE]
    assert max(b - a for a, b in itertools.pairwise(whole)) < 2 * SURE_EVERY


def test_what_changes_is_looked_at_soon() -> None:
    looks = alone(DESKTOP, 60, changing=True)
    whole = [at for at, how in looks if how is Look.WHOLE]
    assert max(b - a for a, b in itertools.pairwise(whole)) < 1.5


def test_a_slower_processor_takes_quick_looks_between_those_at_the_whole() -> None:
    slower = {how: 2 * cost for how, cost in DESKTOP.items()}
    counted = Counter(how for _, how in alone(slower, 60, changing=True))
    assert counted[Look.WHOLE] >= 60 / 4
    assert counted[Look.QUICK] >= 5
    assert not counted[Look.CLOSELY]
