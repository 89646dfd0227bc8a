"""The request budget: pure policy, and a file that outlives the process."""

from __future__ import annotations

import itertools
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.errors import Limited
from edge.spotify.budget import (
    DAY,
    Budget,
    Ledger,
    may_ask_at,
    on_time,
    spent,
    told_to_wait,
)

NOW = 1_795_000_000.0


class Clock:
    now = NOW

    def __call__(self) -> float:
        return self.now


def test_an_empty_ledger_lets_everything_through() -> None:
    assert may_ask_at(Ledger(), NOW, 300, 1) == NOW


def test_a_full_day_waits_for_its_oldest_request_to_pass() -> None:
    ledger = Ledger()
    for n in range(10):
        ledger = spent(ledger, NOW + n)
    assert may_ask_at(ledger, NOW + 20, 10, 1) == NOW + DAY
    assert may_ask_at(ledger, NOW + 20, 10, 3) == NOW + DAY + 2
    assert may_ask_at(ledger, NOW + DAY + 2.5, 10, 3) == NOW + DAY + 2.5


def test_more_than_a_day_has_is_never_there_now() -> None:
    assert may_ask_at(Ledger(), NOW, 10, 11) > NOW


@given(
    gaps=st.lists(st.floats(0, 5000), max_size=200),
    limit=st.integers(1, 30),
    waits=st.lists(st.tuples(st.integers(0, 199), st.floats(0, 50_000)), max_size=5),
)
def test_no_day_ever_has_more_than_its_limit_and_no_wait_is_broken(
    gaps: list[float], limit: int, waits: list[tuple[int, float]]
) -> None:
    ledger, made, pauses, now = Ledger(), [], [], NOW
    told = dict(waits)
    for n, gap in enumerate(gaps):
        now += gap
        if may_ask_at(ledger, now, limit, 1) <= now:
            ledger = spent(ledger, now)
            made.append(now)
        if n in told:
            ledger = told_to_wait(ledger, now, told[n])
            pauses.append((now, now + told[n]))
    for at in made:
        assert sum(at <= other < at + DAY for other in made) <= limit
    for at, (start, end) in itertools.product(made, pauses):
        assert not start < at < end


def test_a_clock_that_was_set_back_does_not_lock_the_box() -> None:
    ledger = told_to_wait(spent(Ledger(), NOW), NOW, 600)
    mended = on_time(ledger, NOW - 30 * DAY)
    assert mended.made == (NOW - 30 * DAY,)
    assert mended.not_before == NOW - 30 * DAY + 600


def test_both_are_kept_across_a_restart(tmp_path: Path) -> None:
    clock = Clock()
    budget = Budget(tmp_path / "b", 100, clock)
    for _ in range(3):
        budget.spend()
    budget.wait(3600)
    again = Budget(tmp_path / "b", 100, clock)
    assert again.left == 97
    assert again.limited_until == NOW + 3600
    with pytest.raises(Limited, match="limited until") as limited:
        again.check(by_person=True)
    assert limited.value.retry_after == 3600
    clock.now += 3601
    again.check(by_person=True)
    assert again.limited_until is None


def test_the_mood_leaves_some_for_people(tmp_path: Path) -> None:
    budget = Budget(tmp_path / "b", 300, Clock())
    for _ in range(233):
        budget.check(by_person=False)
        budget.spend()
    with pytest.raises(Limited, match="kept for people"):
        budget.check(by_person=False)
    assert budget.left == 67
    budget.check(by_person=True)


def test_a_broken_file_begins_anew_and_says_so(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "b").write_bytes(b"{")
    assert Budget(tmp_path / "b", 100, Clock()).left == 100
    assert "unreadable" in caplog.text


def test_a_state_folder_that_is_gone_is_said_and_survived(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    budget = Budget(tmp_path / "gone" / "b", 100, Clock())
    budget.spend()
    assert budget.left == 99
    assert "not kept" in caplog.text
