"""Whether the box may look, as the disk has it: private is what holds where nothing is written.

A folder says that the box has been told once, a file in it that it may look. So a disk that is
full, or a store that is damaged, can close the eyes and never open them. A disk that takes no
writing at all would keep that file: so each start writes it anew before it believes it, and what
could not be taken back is noted where the machine, not the disk, remembers.
"""

from __future__ import annotations

import logging
import os
import time
from collections.abc import Callable
from pathlib import Path

from edge import files
from edge.events import PRIVACY, Down, Up

log = logging.getLogger(__name__)

ALLOWED, TAKEN_BACK = b"allowed", b"private"
"""What the file says; of one length, so that either is written over the other in one block."""
BEFORE = b""
"""What it said in releases that only looked whether it was there."""


class Privacy:
    """The file that lets the box look."""

    def __init__(self, state: Path, runtime: Path, report: Callable[[Up | Down], None]) -> None:
        """Keep it in the folder `state`; `report` hears where that is not possible.

        `runtime`: a folder that outlives the daemon, not the machine's restart.
        """
        self._folder = state / "looking"
        self._file = self._folder / "allowed"
        self._note = runtime / "private"
        self._report = report
        self._trouble = ""

    @property
    def is_told(self) -> bool:
        """Whether this box was ever told; else it is its first start, or that of this release."""
        try:
            self._folder.lstat()
        except FileNotFoundError:
            return False
        except OSError:
            pass  # nobody can tell; may_look says so
        return True

    def begin(self, *, private: bool) -> None:
        """Write down what holds from a box's first start on."""
        try:
            self._make()
        except OSError as error:
            self._say(f"{self._folder}: {error.strerror}; the box stays private")
            return
        if not private:
            self.allow()

    def may_look(self) -> bool:
        """Return whether the box may look from this start on.

        It may not where that cannot be read, or where the disk would not take it back.
        """
        try:
            if self._file.read_bytes() not in (ALLOWED, BEFORE):
                return False
            if not self._note.exists():
                _overwrite(self._file, ALLOWED)
                return True
        except FileNotFoundError:
            return False
        except OSError as error:
            self._say(f"{self._file}: {error.strerror}; private until it can be written again")
            return False
        self.forbid()
        return False

    def allow(self) -> None:
        """Let the box look after the next start too."""
        try:
            self._make()
            files.replace(self._file, ALLOWED)
            self._note.unlink(missing_ok=True)
        except OSError as error:
            self._say(f"{error.filename}: {error.strerror}; private after the next start")
        else:
            self._well()

    def forbid(self) -> None:
        """Let the box be private after the next start too."""
        try:
            self._take_back()
            self._note.unlink(missing_ok=True)
        except OSError as error:
            self._say(f"{self._file}: {error.strerror}; {self._noted()}")
        else:
            self._well()

    def _take_back(self) -> None:
        """Delete the file, or where its folder does not allow that, have it say something else."""
        try:
            self._make()
            files.remove(self._file)
        except OSError:
            _overwrite(self._file, TAKEN_BACK)

    def _noted(self) -> str:
        """Note in the machine's memory what the disk does not take; return what holds then."""
        try:
            self._note.touch(mode=0o600)
        except OSError:
            return "it may look again after the next start: cover the camera, and mend the card"
        return (
            "private until this machine restarts; then it may look again if the card takes writing "
            "by then: cover the camera, and mend the card"
        )

    def _make(self) -> None:
        if not self._folder.is_dir():
            self._folder.mkdir(mode=0o700)
            files.sync_folder(self._folder.parent)

    def _say(self, words: str) -> None:
        if words == self._trouble:
            return
        log.warning("%s: %s", PRIVACY, words)
        self._trouble = words
        self._report(Down(PRIVACY, words, time.monotonic()))

    def _well(self) -> None:
        if self._trouble:
            self._report(Up(PRIVACY, time.monotonic()))
        self._trouble = ""


def _overwrite(path: Path, data: bytes) -> None:
    """Put `data` where the file has as much already, durably; it takes no room and no new name."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CLOEXEC)
    try:
        os.write(descriptor, data)
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
