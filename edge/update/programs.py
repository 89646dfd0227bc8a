"""Runs other programs for an update; where one fails, its own words say why, in one line."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

from edge.errors import MoodboxError

WITHIN = 1800.0
"""Seconds that a slow card may take to unpack."""
PIP = "-I -m pip --isolated --quiet --disable-pip-version-check"
ONLY = "--ignore-installed --no-index --no-deps --require-hashes --no-cache-dir"
"""Nothing comes from PyPI; what apt has installed too is no part of a release: it may go."""
TAMPERED = re.compile(r"PACKAGES DO NOT MATCH THE HASHES.*\n\s+(\S+)")


def run(*words: str | Path) -> None:
    """Run a program; what it said last is why it failed."""
    done = _run(*words)
    if done.returncode != 0:
        said = (done.stderr.strip() or done.stdout.strip()).splitlines()
        raise MoodboxError(said[-1] if said else f"exit status {done.returncode}")


def pip_install(*words: str | Path, into: Path | None = None) -> str:
    """Have pip install wheels, each by its hash, into the virtual environment `into`, or say what.

    Returns:
        What it printed.

    Raises:
        MoodboxError: a wheel is missing, or is not what its hash says.
    """
    where: list[str | Path] = ["--python", into / "bin" / "python"] if into else []
    done = _run(sys.executable, *PIP.split(), *where, "install", *ONLY.split(), *words)
    if done.returncode != 0:
        raise MoodboxError(_complaint(done.stderr))
    return done.stdout


def _complaint(said: str) -> str:
    if tampered := TAMPERED.search(said):
        return f"{tampered[1]} is not what its hash says"
    lines = said.strip().splitlines() or ["pip failed, and does not say why"]
    last = [line for line in lines if line.startswith("ERROR: ")] or lines
    return last[-1].removeprefix("ERROR: ").partition(". ")[0]


def _run(*words: str | Path) -> subprocess.CompletedProcess[str]:
    try:
        return subprocess.run(  # noqa: S603
            list(map(str, words)), capture_output=True, text=True, check=False, timeout=WITHIN
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise MoodboxError(str(error)) from error
