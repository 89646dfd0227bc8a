"""The releases on this box: which runs, which is good, which failed. Every step outlives a cut."""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec
from msgspec import Struct

from edge import __version__, files
from edge.errors import MoodboxError
from edge.update.manifest import RELEASE, Release

COMPLETE = "complete"
MOST_FAILURES = 4
"""Releases that are remembered as not to be tried again."""


class Failure(Struct, frozen=True):
    """A release that was not kept."""

    name: str
    version: str
    why: str
    earlier: tuple[Failure, ...] = ()
    """Others before it, the newest first: each channel may have one."""


class Releases:
    """What lies in `folder`; nothing at first."""

    def __init__(self, folder: Path) -> None:
        """Look at `folder`, which is there."""
        self.folder = folder
        self._failed = folder / "failed"

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Keep every other update out; a killed one lets go by itself.

        Raises:
            MoodboxError: another update is at work, or nobody but root may.
        """
        try:
            descriptor = os.open(self.folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        except OSError as error:
            raise MoodboxError(f"{self.folder}: {error.strerror}; nothing to update") from error
        try:
            if not os.access(self.folder, os.W_OK):
                raise MoodboxError(f"{self.folder}: only root may update")
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            yield
        except BlockingIOError as error:
            raise MoodboxError(f"{self.folder}: another update is at work") from error
        finally:
            os.close(descriptor)

    @property
    def current(self) -> str:
        """The name of the release that runs; empty: none was laid down."""
        return self._linked("current")

    @property
    def good(self) -> str:
        """The name of the release that proved itself; where none is named, it is `current`."""
        return self._linked("good") or self.current

    @property
    def failed(self) -> Failure | None:
        """The release that was not kept last."""
        try:
            return msgspec.json.decode(self._failed.read_bytes(), type=Failure)
        except (OSError, msgspec.MsgspecError):
            return None

    def failure(self, name: str, version: str) -> Failure | None:
        """Return why a release is not tried again; None: it is.

        It counts by its version as well: what is published for more boxes is another file.
        """
        last = self.failed
        known = (last, *last.earlier) if last else ()
        return next((it for it in known if name == it.name or version == it.version), None)

    def path(self, name: str) -> Path:
        """Return the folder of a release."""
        return self.folder / "releases" / name

    def complete(self, name: str) -> bool:
        """Whether a release lies there whole."""
        return (self.path(name) / COMPLETE).exists()

    def version(self, name: str) -> str:
        """Return a release's version; empty where none is named."""
        return self.manifest(name).version if name else ""

    def manifest(self, name: str) -> Release:
        """Return what a release says of itself; where it says nothing, it is as old as this one."""
        try:
            return msgspec.json.decode((self.path(name) / RELEASE).read_bytes(), type=Release)
        except (OSError, msgspec.MsgspecError):
            return Release(__version__, (), ())

    def finish(self, name: str) -> None:
        """Call a release complete, once all of it is on the disk."""
        os.sync()  # thousands of files; one by one would take minutes
        files.replace(self.path(name) / COMPLETE, b"", mode=0o444)

    def begin_trial(self, name: str) -> None:
        """Let `current` be the release `name`, and remember what was good, if anything was."""
        if self.current and not self._linked("good"):
            files.relink(self.folder / "good", self.path(self.current))
        files.relink(self.folder / "current", self.path(name))

    def keep(self) -> None:
        """Call the current release good; it and the one before stay, all others go."""
        kept = {self.current, self.good}
        files.relink(self.folder / "good", self.path(self.current))
        for path in self.path("").iterdir():
            if path.name not in kept:
                self.discard(path.name)

    def go_back(self) -> None:
        """Let `current` be what was good before."""
        files.relink(self.folder / "current", self.path(self.good))

    def condemn(self, name: str, version: str, why: str) -> Failure:
        """Remember that a release is not to be tried again."""
        last = self.failed
        known = (last, *last.earlier) if last else ()
        earlier = [msgspec.structs.replace(it, earlier=()) for it in known if it.version != version]
        failed = Failure(name, version, why, tuple(earlier[: MOST_FAILURES - 1]))
        files.replace(self._failed, msgspec.json.encode(failed), mode=0o644)
        return failed

    def forgive(self) -> None:
        """Forget which release failed."""
        files.remove(self._failed)

    def discard(self, name: str) -> None:
        """Delete a release; one that is deleted in part is never called complete."""
        path = self.path(name)
        if path.exists():
            files.remove(path / COMPLETE)
            shutil.rmtree(path)

    def _linked(self, link: str) -> str:
        try:
            return (self.folder / link).readlink().name
        except OSError:
            return ""
