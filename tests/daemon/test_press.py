"""A finger on the simulated button, from the command line to what the box does."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from typing import Any

Box = Callable[..., Any]


def press(daemon: Any, *words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "edge", "press", *words, "--config", str(daemon.config)]
    return subprocess.run(
        command, check=False, timeout=60, cwd=daemon.folder, capture_output=True, text=True
    )


def test_a_hold_closes_the_eyes_and_three_presses_offer_moods(box: Box) -> None:
    daemon = box()
    daemon.until(lambda status: not status.waking)
    assert press(daemon, "--triple").returncode == 0
    daemon.until(lambda status: status.offering)
    assert press(daemon, "--for", "2.5").returncode == 0
    daemon.until(lambda status: status.private)
    # Held again while private, it opens them when it is let go.
    assert press(daemon, "--for", "2.5").returncode == 0
    daemon.until(lambda status: not status.private)
    assert "allowed: more than 0" in press(daemon, "--for", "0").stderr


def test_a_button_that_is_not_simulated_is_not_pressed_so(box: Box) -> None:
    daemon = box(button='driver = "none"')
    daemon.until(lambda status: bool(status.at))
    refused = press(daemon)
    assert (refused.returncode, refused.stderr.count("\n")) == (1, 1)
    assert "no simulated button" in refused.stderr
