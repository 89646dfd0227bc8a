"""A running box is given away."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

from edge.client import Control
from edge.events import Preferences, SetPreferences
from edge.store import schema

Box = Callable[..., Any]


def test_a_box_that_runs_ends_and_begins_anew(box: Box) -> None:
    daemon = box()
    daemon.until(lambda status: not status.waking)
    daemon.ask(SetPreferences(client_id="b" * 32))
    state = daemon.folder / "state"
    (state / "spotify-sign-in.json").write_text("secret")
    command = [sys.executable, "-m", "edge", "reset", "--yes", "--config", str(daemon.config)]
    subprocess.run(command, check=True, timeout=60, cwd=daemon.folder)
    assert daemon.process.wait(60) == 0
    daemon.start()
    daemon.until(lambda status: not status.waking)
    assert not (state / "spotify-sign-in.json").exists()
    kept = Control(daemon.folder / "run").get("/api/preferences", Preferences)
    assert kept.client_id == ""
    assert kept.sources, "the installer's defaults are there again"


def test_the_installers_defaults_are_told_before_the_disk_has_them(
    box: Box, tmp_path: Path
) -> None:
    (tmp_path / "state").mkdir()
    with closing(schema.connect(tmp_path / "state" / "moodbox.db")) as other:
        other.execute("BEGIN IMMEDIATE")
        daemon = box()
        daemon.until(lambda status: not status.waking)
        assert daemon.control.get("/api/preferences", Preferences).sources
