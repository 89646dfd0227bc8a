"""A million inputs that nobody means well by: `python tests/bench/fuzz.py [HOW MANY] [SEED]`.

Each parser of tests/fakes/fuzz.py gets its share of inputs that were right once and are spoilt at
random; most of the parsing is msgspec's C, which coverage of Python cannot lead anybody through.
Prints one JSON object; what is raised is a mistake of ours, and its input is in the note.
"""

from __future__ import annotations

import json
import random
import sys
import time
from pathlib import Path

import psutil

sys.path.insert(0, str(Path(__file__).parents[1]))  # tests/fakes

from fakes.fuzz import TARGETS, share, thrown

MANY = 1_000_000


def main() -> None:
    """Throw, count and print."""
    many = int(sys.argv[1]) if len(sys.argv) > 1 else MANY
    seed = int(sys.argv[2]) if len(sys.argv) > 2 else time.time_ns()
    process, began = psutil.Process(), time.monotonic()
    thrown("settings", 200, random.Random(seed))  # warm
    before = process.memory_info().rss
    counts = {
        name: thrown(name, share(many, name), random.Random(f"{seed} {name}")) for name in TARGETS
    }
    growth = (process.memory_info().rss - before) // 1024
    seconds = round(time.monotonic() - began, 1)
    print(json.dumps(counts | {"seed": seed, "growth, KiB": growth, "seconds": seconds}))


if __name__ == "__main__":
    main()
