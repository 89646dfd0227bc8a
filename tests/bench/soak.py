"""A boxed day at speed: does the daemon stay as large as it was?

    python tests/bench/soak.py [--minutes 60] [--speed 4] [--every 15]

The real daemon watches the sample clip `speed` times as fast as it was taken, is asked, pressed and
looked at without a pause, and is measured. The first quarter is for warming up; after it memory,
descriptors and threads of daemon and eyes must not grow. Prints one JSON object; ends with 1 where
something grew.
"""

from __future__ import annotations

import argparse
import itertools
import json
import statistics
import sys
import tempfile
import time
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path

import psutil

sys.path.insert(0, str(Path(__file__).resolve().parent))

from daemon import SAMPLE, daemon, wait

from edge.client import Control
from edge.errors import MoodboxError, Refused
from edge.events import Next, Pause, RequestBody, Resume, SetVolume, Status

ASKED: tuple[RequestBody, ...] = (SetVolume(20), Next(), SetVolume(30), Pause(), Resume())
PAGES = ("/api/status", "/api/health", "/api/history", "/api/why")
GROWS = {"memory": 4.0, "descriptors": 2.0, "threads": 1.0}
"""What may come in the measured time: MiB, descriptors, threads."""


@dataclass
class Sample:
    """The daemon and its eyes at one moment."""

    at: float
    memory: float
    """MiB of the processes' own making; a file's pages come and go with who else has it open."""
    descriptors: int
    threads: int
    processes: int
    """2 while the eyes are open."""


def anonymous(process: psutil.Process) -> int:
    """Return a process's memory that is no file's, KiB; psutil does not tell it apart."""
    said = Path(f"/proc/{process.pid}/status").read_text(encoding="utf-8")
    return int(said.partition("RssAnon:")[2].split()[0])


def measure(process: psutil.Process, began: float) -> Sample:
    """Add up the daemon and its children."""
    every = [process, *process.children(recursive=True)]
    return Sample(
        round(time.monotonic() - began, 1),
        round(sum(map(anonymous, every)) / 2**10, 2),
        sum(one.num_fds() for one in every),
        sum(one.num_threads() for one in every),
        len(every),
    )


def bother(control: Control, until: float, number: itertools.count[int]) -> int:
    """Ask for one thing after the other; return how many were asked for."""
    asked = 0
    while time.monotonic() < until:
        n = next(number)
        try:
            control.request(ASKED[n % len(ASKED)])
            control.get(PAGES[n % len(PAGES)], object)
        except (Refused, MoodboxError):
            pass  # the speaker may be busy with what was asked before
        asked += 2
        time.sleep(0.05)
    return asked


def growth(samples: list[Sample], of: str) -> float:
    """Return how much more there was in the last quarter than in the second, by their medians."""
    quarter = max(len(samples) // 4, 1)
    values = [float(getattr(sample, of)) for sample in samples]
    return statistics.median(values[-quarter:]) - statistics.median(values[quarter : 2 * quarter])


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--minutes", type=float, default=60.0)
    options.add_argument("--speed", type=float, default=4.0)
    options.add_argument("--every", type=float, default=15.0, help="seconds between two looks")
    asked = options.parse_args()
    samples, questions, number = list[Sample](), 0, itertools.count()
    with (
        tempfile.TemporaryDirectory() as folder,
        daemon(Path(folder), SAMPLE, asked.speed) as (process, control),
    ):
        wait(control, lambda status: status.mood)
        began = time.monotonic()
        while (passed := time.monotonic() - began) < asked.minutes * 60:
            questions += bother(control, began + passed + asked.every, number)
            # Eyes that were opened anew just then are not there to be measured.
            with suppress(psutil.NoSuchProcess, FileNotFoundError):
                samples.append(measure(process, began))
        frames = round(control.get("/api/status", Status).frames_per_second, 1)
    grew = {of: round(growth(samples, of), 2) for of in GROWS}
    broken = [of for of, most in GROWS.items() if grew[of] > most]
    result = {
        "minutes": asked.minutes, "speed": asked.speed, "frames_per_second": frames,
        "questions": questions,
        "first": asdict(samples[0]), "last": asdict(samples[-1]), "grew": grew, "broken": broken,
    }  # fmt: skip
    print(json.dumps(result, indent=1))
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
