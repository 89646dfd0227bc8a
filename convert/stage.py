"""Run one command as a stage of the pipeline, and write down its time and memory.

moodbox-convert stage build/stages/data.json data fer2013.npz --out build/faces.npz
moodbox-convert stages build/stages
"""

from __future__ import annotations

import argparse
import resource
import sys
import time
from pathlib import Path

import msgspec
from msgspec import Struct

from edge.errors import MoodboxError


class Cost(Struct, frozen=True):
    """What a stage took."""

    seconds: float
    cpu_seconds: float
    """Of the process and its workers."""
    peak_mib: float
    """Most memory that it, or the largest of its workers, held."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command line of `stage`."""
    parser.add_argument("into", type=Path, metavar="COST.json", help="where the cost goes")
    parser.add_argument("words", nargs=argparse.REMAINDER, metavar="COMMAND", help="what to run")


def run(arguments: argparse.Namespace) -> int:
    """Run the command in this process; its cost is written only where it went well."""
    from convert.__main__ import main  # noqa: PLC0415  it imports this module in its turn

    began = time.monotonic()
    code = main(arguments.words)
    if code == 0:
        arguments.into.parent.mkdir(parents=True, exist_ok=True)
        cost = msgspec.json.encode(cost_since(began))
        arguments.into.write_bytes(msgspec.json.format(cost, indent=2) + b"\n")
    return code


def cost_since(began: float) -> Cost:
    """Return what this process took since a monotonic time."""
    unit = 2**20 if sys.platform == "darwin" else 2**10
    who = resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN
    ours, workers = (resource.getrusage(it) for it in who)
    spent = sum(it.ru_utime + it.ru_stime for it in (ours, workers))
    peak = max(ours.ru_maxrss, workers.ru_maxrss) / unit
    return Cost(round(time.monotonic() - began, 2), round(spent, 2), round(peak, 1))


def table(folder: Path) -> str:
    """Return the costs of all stages in a folder, the longest first."""
    found: dict[str, Cost] = {}
    for path in folder.glob("*.json"):
        try:
            found[path.stem] = msgspec.json.decode(path.read_bytes(), type=Cost)
        except msgspec.MsgspecError as error:
            raise MoodboxError(f"{path}: not what a stage took: {error}") from error
    if not found:
        raise MoodboxError(f"{folder}: no stage has run; `dvc repro` runs them")
    lines = [f"{'stage':12}{'seconds':>10}{'CPU':>10}{'MiB':>9}"]
    for name, it in sorted(found.items(), key=lambda row: -row[1].seconds):
        lines.append(f"{name:12}{it.seconds:10.1f}{it.cpu_seconds:10.1f}{it.peak_mib:9.0f}")
    return "\n".join(lines)
