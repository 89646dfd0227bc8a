"""The whole daemon as a process of its own, with nothing attached."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest

from edge.client import Control
from edge.errors import MoodboxError
from edge.events import Answer, RequestBody, Status

PATIENCE = 60.0
"""Seconds a test waits for something that has to come; a busy machine may be slow."""


class Daemon:
    """One box on this machine."""

    def __init__(
        self,
        folder: Path,
        root: Path,
        camera: str,
        more: str,
        *,
        player: str = 'driver = "simulated"',
        button: str = 'driver = "simulated"',
        under: tuple[str, ...] = (),
    ) -> None:
        self.folder, self.under = folder, under
        self.config = folder / "moodbox.toml"
        self.config.write_text(
            f"""
[box]
state = "{folder}/state"
runtime = "{folder}/run"
[camera]
{camera}
[vision]
device = "cpu"
models = "{root}/models"
[mood]
away_after = 3.0
[player]
{player}
[lamp]
driver = "simulated"
[button]
{button}
[web]
enabled = false
[defaults.sources]
happy = ["spotify:playlist:happy"]
neutral = ["spotify:playlist:neutral"]
{more}
""",
            encoding="utf-8",
        )
        self.control = Control(folder / "run")
        self.start()

    def start(self) -> None:
        with (self.folder / "log").open("a") as log:
            self.process = subprocess.Popen(
                [*self.under, sys.executable, "-m", "edge", "run", "--config", str(self.config)],
                cwd=self.folder,
                stderr=log,
            )

    @property
    def log(self) -> str:
        return (self.folder / "log").read_text()

    def status(self) -> Status:
        return self.control.get("/api/status", Status)

    def ask(self, body: RequestBody) -> Answer:
        return self.control.request(body)

    def until(self, holds: Callable[[Status], object]) -> Status:
        """Wait until the status is as it has to be, and return it."""
        end, last = time.monotonic() + PATIENCE, "no status"
        while time.monotonic() < end:
            assert self.process.poll() is None, f"the daemon ended:\n{self.log}"
            try:
                status = self.status()
            except MoodboxError as error:
                last = str(error)
            else:
                if holds(status):
                    return status
                last = repr(status)
            time.sleep(0.05)
        raise AssertionError(f"it did not come about in {PATIENCE} s: {last}\n{self.log}")

    def eyes(self) -> list[psutil.Process]:
        """Return the eyes' processes: one, or none."""
        try:
            children = psutil.Process(self.process.pid).children(recursive=True)
        except psutil.NoSuchProcess:
            return []
        return [child for child in children if child.status() != psutil.STATUS_ZOMBIE]

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()

    def terminate(self) -> float:
        """Ask it to end; return the seconds it took."""
        began = time.monotonic()
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(PATIENCE)
        return time.monotonic() - began


@pytest.fixture
def box(tmp_path: Path, root: Path) -> Iterator[Callable[..., Daemon]]:
    """Start a daemon that watches the sample clip, or another camera."""
    started: list[Daemon] = []
    sample = root / "edge" / "sample.mp4"

    def start(camera: str = "", more: str = "", **others: Any) -> Daemon:
        camera = camera or f'driver = "video"\nsource = "{sample}"\nspeed = 1.0\nloop = true'
        daemon = Daemon(tmp_path, root, camera, more, **others)
        started.append(daemon)
        return daemon

    yield start
    for daemon in started:
        if daemon.process.poll() is None:
            daemon.kill()
