"""The watchdog is fed while the loop turns and nothing is stuck; what is away does not matter."""

from __future__ import annotations

import pytest

from edge.daemon.supervisor import Supervisor
from edge.errors import Fault
from edge.service import Service


class Part(Service):
    stuck = 0.0

    def stuck_for(self, now: float) -> float:
        return self.stuck


def test_the_watchdog_is_fed_only_while_nothing_is_stuck() -> None:
    said: list[str] = []
    part = Part("camera", lambda _: None)
    supervisor = Supervisor([part], said.append)
    supervisor.turned(1.0, "calm")
    assert said == ["WATCHDOG=1\nSTATUS=calm"]
    part.stuck = 3.0
    supervisor.turned(2.0, "calm")
    assert said[1:] == ["STATUS=stuck: camera"]
    part.stuck = 0.0
    supervisor.turned(3.0, "calm")
    assert said[2:] == ["WATCHDOG=1\nSTATUS=calm"]


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_part_whose_thread_died_is_stuck_for_ever_and_one_that_was_stopped_is_not() -> None:
    class Dying(Service):
        """Cannot even say what is wrong."""

        def __init__(self) -> None:
            super().__init__("store", self._choke)

        def _choke(self, _event: object) -> None:
            raise SystemExit

        def step(self) -> None:
            raise Fault("unplugged")

    said: list[str] = []
    part = Dying()
    supervisor = Supervisor([part], said.append)
    part.start()
    assert part._thread
    part._thread.join(20)
    supervisor.turned(1.0, "calm")
    assert said == ["STATUS=stuck: store"]
    part.stop(1)
    supervisor.turned(2.0, "calm")
    assert said[1:] == ["WATCHDOG=1\nSTATUS=calm"]


def test_readiness_is_told_once_the_loop_can_turn() -> None:
    said: list[str] = []
    supervisor = Supervisor([], said.append)
    supervisor.ready()
    supervisor.stopping()
    assert said == ["READY=1", "STOPPING=1"]
