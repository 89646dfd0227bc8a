"""`moodbox check` beside a running daemon, which holds the camera and the broker's password."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from edge.events import SetPrivate

Box = Callable[..., Any]


def results(daemon: Any) -> dict[str, Any]:
    done = subprocess.run(
        [sys.executable, "-m", "edge", "check", "--json", "--config", str(daemon.config)],
        cwd=daemon.folder, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    return {row["part"]: row for row in map(json.loads, done.stdout.splitlines())}


def test_the_daemon_is_asked_about_what_it_holds(box: Box, root: Path, tmp_path: Path) -> None:
    orders = tmp_path / "orders"
    orders.write_text("")
    sample = root / "edge" / "sample.mp4"
    daemon = box(
        f'driver = "simulated"\nsource = "{sample}"\nloop = true\norders = "{orders}"',
        '[mqtt]\nhost = "127.0.0.1"\nport = 1',
    )
    daemon.until(lambda status: status.runs_on and "mqtt" in status.problems)
    found = results(daemon)
    assert found["camera"]["state"] == "ok"
    assert found["interpreter"]["state"] == "ok"
    assert "ms a face on the CPU, says the running daemon" in found["interpreter"]["words"]
    assert found["broker"]["state"] == "fail"
    assert "no broker at 127.0.0.1:1" in found["broker"]["words"]

    orders.write_text("unplug")
    daemon.until(lambda status: "eyes" in status.problems)
    assert "unplugged" in results(daemon)["camera"]["words"]

    daemon.ask(SetPrivate(private=True))
    daemon.until(lambda status: status.private)
    assert results(daemon)["camera"]["state"] == "skipped"
