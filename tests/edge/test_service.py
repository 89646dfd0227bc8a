"""One lifecycle for every part: down is said once, up is said once, a stop always ends it."""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.errors import Fault
from edge.events import Down, Up
from edge.service import BACKOFF_MAX, Service, backoff


class Part(Service):
    """A part whose open and step do what the test says."""

    def __init__(self, report: Callable[[Up | Down], None]) -> None:
        super().__init__("part", report)
        self.faults: list[BaseException] = []
        self.calls: list[str] = []

    def open(self) -> None:
        self.calls.append("open")
        if self.faults:
            raise self.faults.pop(0)

    def step(self) -> None:
        self.calls.append("step")
        self._stopping.wait(0.01)

    def close(self) -> None:
        self.calls.append("close")


@pytest.fixture
def reports() -> queue.Queue[Up | Down]:
    return queue.Queue()


def test_a_fault_is_said_once_and_so_is_the_return(reports: queue.Queue[Up | Down]) -> None:
    part = Part(reports.put)
    part.faults = [Fault("unplugged"), Fault("unplugged")]
    part.start()
    down, up = reports.get(timeout=20), reports.get(timeout=20)
    assert isinstance(down, Down)
    assert (down.part, down.reason) == ("part", "unplugged")
    assert isinstance(up, Up)
    assert part.stop(5)
    assert reports.empty()
    assert part.calls.count("open") == part.calls.count("close") == 3


@pytest.mark.parametrize("bug", [ZeroDivisionError("a bug"), SystemExit(1)])
def test_a_bug_takes_the_same_path(
    reports: queue.Queue[Up | Down], caplog: pytest.LogCaptureFixture, bug: BaseException
) -> None:
    part = Part(reports.put)
    part.faults = [bug]
    part.start()
    assert isinstance(reports.get(timeout=20), Down)
    assert isinstance(reports.get(timeout=20), Up)
    assert part.stop(5)
    assert "Traceback" in caplog.text


def test_bugs_that_do_not_end_end_the_process(reports: queue.Queue[Up | Down]) -> None:
    part, ended = Part(reports.put), threading.Event()
    part.on_bugs = lambda _name: ended.set()
    part.faults = [ZeroDivisionError("a bug") for _ in range(9)]
    part.pause = lambda seconds: False  # type: ignore[method-assign]  # no need to wait here
    part.start()
    assert ended.wait(20)
    assert part.stop(5)


def test_a_step_that_does_not_come_back_counts_as_stuck() -> None:
    part, let_go = Part(lambda _: None), threading.Event()
    part.step = let_go.wait  # type: ignore[method-assign,assignment]
    part.bound = 1.0
    part.start()
    deadline = time.monotonic() + 10
    while part._busy_since is None and time.monotonic() < deadline:
        time.sleep(0.01)
    now = time.monotonic()
    assert part.stuck_for(now) == 0
    assert part.stuck_for(now + 5) > 3
    assert not part.stop(0.1)
    let_go.set()
    assert part.stop(5)


def test_a_part_that_has_nothing_to_do_for_a_while_is_not_stuck() -> None:
    part, paused, went_on = Part(lambda _: None), threading.Event(), threading.Event()

    def step() -> None:
        paused.set()
        part.pause(60)
        went_on.wait(5)

    part.step = step  # type: ignore[method-assign]
    part.start()
    assert paused.wait(10)
    deadline = time.monotonic() + 10
    while part._busy_since is not None and time.monotonic() < deadline:
        time.sleep(0.01)
    assert part.stuck_for(time.monotonic() + 59) == 0
    part._stopping.set()  # cuts the pause short; what follows counts again
    while part._busy_since is None and time.monotonic() < deadline:
        time.sleep(0.01)
    assert part.stuck_for(time.monotonic() + part.bound + 1) > 0
    went_on.set()
    assert part.stop(5)


@given(st.integers(1, 1000), st.floats(0, 1))
def test_back_off_grows_to_a_minute_and_no_further(failures: int, jitter: float) -> None:
    wait = backoff(failures, jitter)
    assert 0.5 <= wait <= BACKOFF_MAX
    assert backoff(failures + 1, jitter) >= wait
