"""Lays a release down beside the others, and asks it whether it fits this box."""

from __future__ import annotations

import shutil
import subprocess
import venv
from pathlib import Path

from edge.errors import MoodboxError
from edge.machine import health
from edge.update.manifest import RELEASE
from edge.update.releases import Releases
from edge.update.source import Fetched, Unfit
from edge.update.wheels import unpack

UNPACKED = 4
"""A release on the disk is at most so many times as large as its wheels."""
WITHIN = 600.0
"""Seconds that a release may take to say whether it fits."""


def install(releases: Releases, name: str, fetched: Fetched) -> None:
    """Lay the release `name` down; half of one, from a power cut, goes first.

    Raises:
        MoodboxError: it could not be laid down; nothing of it is left.
    """
    folder = releases.path(name)
    releases.discard(name)
    _demand_room(releases.folder, fetched)
    try:
        # picamera2, lgpio and systemd come from apt.
        venv.create(folder, system_site_packages=True, symlinks=True)
        unpack(fetched.wheels, folder)
        (folder / "models").mkdir()
        for path in fetched.models:
            shutil.copy(path, folder / "models")
        (folder / RELEASE).write_bytes(fetched.manifest)
        releases.finish(name)
    except (OSError, MoodboxError) as error:
        releases.discard(name)
        reason = getattr(error, "strerror", None) or error
        raise MoodboxError(f"{folder}: cannot be laid down: {reason}") from error


def fits(folder: Path, settings: Path) -> None:
    """Let the release in `folder` read the settings, and run its model once.

    Raises:
        Unfit: with its own words about why not.
    """
    moodbox, models = folder / "bin" / "moodbox", folder / "models"
    try:
        _run(moodbox, "config", "--config", settings)
        # On the CPU: what is plugged in today is no fault of a release.
        _run(moodbox, "check", "--config", settings, "--models", models, "model")
    except MoodboxError as error:
        words = str(error).removeprefix("moodbox: ").removeprefix("✗ ")
        raise Unfit(" ".join(words.split())) from error


def _run(*words: str | Path) -> None:
    """Run a program; what it said last is why it failed."""
    try:
        done = subprocess.run(  # noqa: S603
            list(map(str, words)), capture_output=True, text=True, check=False, timeout=WITHIN
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise MoodboxError(str(error)) from error
    if done.returncode != 0:
        said = (done.stderr.strip() or done.stdout.strip()).splitlines()
        raise MoodboxError(said[-1] if said else f"exit status {done.returncode}")


def _demand_room(folder: Path, fetched: Fetched) -> None:
    size = sum(path.stat().st_size for path in [*fetched.wheels, *fetched.models]) / 2**20
    free = health.disk_free(folder)
    if free is not None and free < UNPACKED * size:
        raise MoodboxError(f"{folder}: needs {UNPACKED * size:.0f} MiB, {free:.0f} MiB are free")
