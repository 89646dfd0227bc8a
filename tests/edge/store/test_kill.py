"""A store that is killed at random moments; $MOODBOX_KILLS says how often."""

from __future__ import annotations

import os
import random
import subprocess
import sys
from pathlib import Path

import pytest

from edge.store import Reader
from edge.store.reader import ALL

ROUNDS = int(os.environ.get("MOODBOX_KILLS", "20"))

WRITER = """
import sys, time
from pathlib import Path
from edge.events import Correction, Prediction
from edge.store import Store

store = Store(Path(sys.argv[1]), lambda event: None)
store.start()
for number in range(int(sys.argv[2]), 10**9):
    name = f"p{number}"
    store.remember(Prediction(name, time.monotonic(), "happy", 0.9, (0.1,) * 7, "m", "home"))
    store.remember(
        Correction(name, time.monotonic(), "sad", "home"),
        lambda why, name=name: print(name, why, flush=True),
    )
    time.sleep(0.0005)
"""


@pytest.mark.timeout(3600)
def test_no_confirmed_correction_is_lost_by_kill_9(tmp_path: Path) -> None:
    path = tmp_path / "moodbox.db"
    chance = random.Random(3)
    confirmed: list[str] = []
    for number in range(ROUNDS):
        confirmed += killed_after(path, number * 10_000, chance.randrange(1, 40))
    kept = Reader(path).corrections(most=ALL)
    assert {name.strip() for name in confirmed} <= {row.prediction for row in kept}
    assert all(row.predicted == "happy" for row in kept)
    assert len(confirmed) >= ROUNDS


def killed_after(path: Path, first: int, lines: int) -> list[str]:
    """Return the confirmations of a writer that is killed once it has printed so many."""
    command = [sys.executable, "-c", WRITER, str(path), str(first)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as writer:
        assert writer.stdout is not None
        seen = [writer.stdout.readline() for _ in range(lines)]
        writer.kill()
        rest = writer.stdout.read().splitlines(keepends=True)
    return [line for line in [*seen, *rest] if line.endswith("\n")]
