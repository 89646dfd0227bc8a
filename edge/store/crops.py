"""Faces that corrections belong to: small files in folders named after what was felt.

`moodbox-convert data` reads such a folder. Each file is named after its prediction's id. Few are
kept, and not for long; a clock that was set late only makes them go sooner.
"""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import time
from pathlib import Path

from edge.errors import Refused
from edge.events import EMOTIONS
from edge.files import replace, sync_folder
from edge.store.store import DAY, KEEP_DAYS

MOST = 500
"""At 48x48 pixels some two megabytes."""
ID = re.compile(r"[0-9A-Za-z-]{1,40}")
"""What a prediction's id looks like; nothing else becomes part of a path."""


class Crops:
    """The faces in one folder."""

    def __init__(self, folder: Path, most: int = MOST, keep_days: float = KEEP_DAYS) -> None:
        """Keep at most so many in `folder`, which is made with the first one."""
        self._folder = folder
        self._most = most
        self._keep = keep_days * DAY

    def keep(self, prediction: str, mood: str, png: bytes) -> None:
        """Keep a face, in place of what was kept under this id; the oldest one goes for it.

        Raises:
            Refused: the id cannot be one, or no model is trained on such a mood.
            OSError: it cannot be written.
        """
        if not ID.fullmatch(prediction) or mood not in EMOTIONS:
            raise Refused(f"no face is kept for {prediction!r} as {mood!r}")
        for old in self._of(prediction):
            old.unlink(missing_ok=True)
        folder = self._folder / mood
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        replace(folder / f"{prediction}.png", png)
        self.purge()

    def drop(self, prediction: str) -> None:
        """Delete the face kept under this id, if there is one."""
        for path in self._of(prediction):
            path.unlink(missing_ok=True)

    def get(self, prediction: str) -> bytes:
        """Return the face kept under this id as a PNG; empty where there is none."""
        found = self._of(prediction)
        return found[0].read_bytes() if found else b""

    def files(self) -> list[Path]:
        """Return all files, oldest first."""
        return [path for _, path in self._dated()]

    def _dated(self) -> list[tuple[float, Path]]:
        """Return all files, each with its time; what is deleted meanwhile is not among them."""
        found = []
        for folder, _, names in os.walk(self._folder):
            for path in (Path(folder, name) for name in names if name.endswith(".png")):
                with contextlib.suppress(FileNotFoundError):
                    found.append((path.stat().st_mtime, path))
        return sorted(found)

    def purge(self) -> None:
        """Delete what is too old or too many."""
        files = self._dated()
        oldest = time.time() - self._keep
        for number, (at, path) in enumerate(files, start=1):
            if len(files) - number >= self._most or at < oldest:
                path.unlink(missing_ok=True)

    def erase(self) -> None:
        """Delete every one, for good; raise OSError where that is impossible."""
        if self._folder.exists():
            shutil.rmtree(self._folder)
            sync_folder(self._folder.parent)

    def _of(self, prediction: str) -> list[Path]:
        if not ID.fullmatch(prediction):
            return []
        return list(self._folder.glob(f"*/{prediction}.png"))
