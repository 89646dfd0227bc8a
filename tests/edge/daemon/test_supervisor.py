"""The watchdog is fed while the loop turns and nothing is stuck; what is away does not matter."""

from __future__ import annotations

from edge.daemon.supervisor import Supervisor
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


def test_readiness_is_told_once_the_loop_can_turn() -> None:
    said: list[str] = []
    supervisor = Supervisor([], said.append)
    supervisor.ready()
    supervisor.stopping()
    assert said == ["READY=1", "STOPPING=1"]
