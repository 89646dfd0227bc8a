"""What kill -9 cannot show, since the page cache survives it: the order of the system calls."""

from __future__ import annotations

import itertools
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

WRITER = """
import sys, threading
from pathlib import Path
from edge.events import Correction
from edge.store import Store

store = Store(Path(sys.argv[1]), lambda event: None)
store.start()
store.flush()
for number in range(5):
    done = threading.Event()
    def confirm(why):
        sys.stdout.write("confirmed" + why)
        sys.stdout.flush()
        done.set()
    store.remember(Correction(f"p{number}", 1.0, "sad", "home"), confirm)
    done.wait(30)
store.stop(30)
"""


@pytest.mark.skipif(not shutil.which("strace"), reason="needs strace (apt)")
def test_each_correction_is_synced_before_it_is_confirmed(tmp_path: Path) -> None:
    trace = tmp_path / "trace"
    wanted = "trace=pwrite64,write,fdatasync,fsync"
    command = ["strace", "-f", "-y", "-s", "20", "-e", wanted, "-o", str(trace), sys.executable]
    subprocess.run(
        [*command, "-c", WRITER, str(tmp_path / "moodbox.db")],
        check=True,
        timeout=100,
        capture_output=True,
    )
    calls = [call for call in map(kind, trace.read_text().splitlines()) if call]
    assert calls.count("confirm") == 5
    for before, call in itertools.pairwise(calls):
        if call == "confirm":
            assert before == "sync"


def kind(line: str) -> str:
    if "confirmed" in line:
        return "confirm"
    if re.search(r"pwrite64\(.*moodbox\.db-wal", line):
        return "write"
    if re.search(r"f(data)?sync\(.*moodbox\.db-wal", line):
        return "sync"
    return ""
