"""Whether the box may look, as the disk has it: private is what holds where nothing is written.

A folder says that the box has been told once, a file in it that it may look. So a disk that is
full, or a store that is damaged, can close the eyes and never open them.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from pathlib import Path

from edge import files
from edge.events import Down, Up

log = logging.getLogger(__name__)

PART = "privacy"


class Privacy:
    """The file that lets the box look."""

    def __init__(self, state: Path, report: Callable[[Up | Down], None]) -> None:
        """Keep it in the folder `state`; `report` hears where it cannot be written."""
        self._folder = state / "looking"
        self._file = self._folder / "allowed"
        self._report = report
        self._trouble = False

    @property
    def is_told(self) -> bool:
        """Whether this box was ever told; else it is its first start, or that of this release."""
        return self._folder.exists()

    @property
    def may_look(self) -> bool:
        """Whether the disk lets the box look."""
        return self._file.exists()

    def begin(self, *, private: bool) -> None:
        """Write down what holds from a box's first start on."""
        try:
            self._folder.mkdir(mode=0o700, exist_ok=True)
            files.sync_folder(self._folder.parent)
        except OSError as error:
            self._say(f"{self._folder}: {error.strerror}; the box stays private")
            return
        if not private:
            self.allow()

    def allow(self) -> None:
        """Let the box look after the next start too."""
        try:
            self._folder.mkdir(mode=0o700, exist_ok=True)
            files.replace(self._file, b"")
        except OSError as error:
            self._say(f"{self._file}: {error.strerror}; private after the next start")
        else:
            self._well()

    def forbid(self) -> None:
        """Let the box be private after the next start too."""
        try:
            if self._folder.exists():
                files.remove(self._file)
        except OSError as error:
            self._say(f"{self._file}: {error.strerror}; after the next start it may look again")
        else:
            self._well()

    def _say(self, words: str) -> None:
        log.warning("%s: %s", PART, words)
        self._trouble = True
        self._report(Down(PART, words, time.monotonic()))

    def _well(self) -> None:
        if self._trouble:
            self._report(Up(PART, time.monotonic()))
        self._trouble = False
