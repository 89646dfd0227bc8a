"""A box tells nobody anything that it was not told to tell."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from edge.events import Next

Box = Callable[..., Any]


@pytest.mark.skipif(not shutil.which("strace"), reason="needs strace (apt)")
@pytest.mark.parametrize("player", ["simulated", "spotify"])
def test_a_box_without_an_account_or_a_broker_speaks_to_no_network(
    box: Box, tmp_path: Path, player: str
) -> None:
    trace = tmp_path / "trace"
    calls = "trace=socket,connect,sendto,sendmsg,sendmmsg"
    # -D: strace is the child, so that the daemon is ours to end.
    under = ("strace", "-D", "-f", "-qq", "-e", calls, "-o", str(trace))
    daemon = box(player=f'driver = "{player}"', under=under)
    daemon.until(lambda status: status.mood and not status.waking)
    daemon.control.request(Next())
    daemon.terminate()
    traced = trace.read_text().splitlines()
    assert [line for line in traced if "AF_UNIX" in line], "nothing was traced"
    assert [line for line in traced if "sa_family=AF_INET" in line] == []
