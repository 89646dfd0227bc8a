"""One update, from asking to keeping or going back; safe to be cut off anywhere, and run again."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Literal

import msgspec
from msgspec import Struct
from packaging.version import Version

from edge import files
from edge.errors import MoodboxError
from edge.update.install import fits, install
from edge.update.releases import Failure, Releases
from edge.update.source import Offer, ReleaseSource, Unfit
from edge.update.trial import OWN, SILENT, Daemon

BEFORE = "before.json"
"""In a release's folder: which parts were down before it came."""

ANYTHING = OWN | {SILENT}
"""What was down where nobody knows: no release is blamed for it."""

Watch = Callable[[Daemon, frozenset[str]], str]
"""Watches the daemon for the time of a trial; returns why it is not to be kept."""


class UpdateResult(Struct, frozen=True):
    """What came of it."""

    state: Literal["current", "offered", "kept", "back", "refused"]
    version: str
    """Of the release that runs now; empty: none."""
    words: str


class Update:
    """Updates one box."""

    def __init__(
        self, releases: Releases, daemon: Daemon, watch: Watch, settings: Path, machine: str = ""
    ) -> None:
        """Update what lies in `releases`.

        Args:
            releases: the releases on this box; the caller keeps others out of them.
            daemon: what runs them.
            watch: holds a trial.
            settings: the box's file of settings, which a release must be able to read.
            machine: names this box among many, for a release that not all may take yet.
        """
        self._releases = releases
        self._daemon = daemon
        self._watch = watch
        self._settings = settings
        self._machine = machine

    def resume(self) -> UpdateResult | None:
        """Finish a trial, or going back, that was cut off; None where neither was."""
        releases = self._releases
        failed = releases.failed
        if failed and releases.path(failed.name).exists():
            return self._go_back(failed)
        if releases.current == releases.good:
            return None
        return self._try(self._before())

    def check(self, source: ReleaseSource) -> tuple[Offer | None, UpdateResult]:
        """Ask for releases; return the newest that is to be installed, and say so.

        Where none is, what is said is of the newest of all.
        """
        judged = [self._judge(offer) for offer in source.offers()]
        return next((it for it in judged if it[0] is not None), judged[0])

    def _judge(self, offer: Offer) -> tuple[Offer | None, UpdateResult]:
        releases = self._releases
        runs, offered = releases.version(releases.current), offer.release.version
        if offer.name == releases.current or not _wanted(offer, runs):
            why = f"{runs} runs already" if offer.chosen else f"{runs} is the newest release"
            return None, UpdateResult("current", runs, why)
        if failed := releases.failure(offer.name, offered):
            why = f"{offered} is not tried again: {failed.why}; --retry does"
            return None, UpdateResult("refused", runs, why)
        if not (offer.chosen or offer.release.is_for(self._machine)):
            why = f"{offered} is for some boxes first; this one keeps {runs or 'nothing'} till then"
            return None, UpdateResult("current", runs, why)
        words = f"{offered} can be installed; {runs or 'nothing'} runs"
        return offer, UpdateResult("offered", runs, words)

    def install(self, source: ReleaseSource, offer: Offer) -> UpdateResult:
        """Download a release, lay it down, switch to it, and keep it or go back."""
        releases, name, version = self._releases, offer.name, offer.release.version
        if not releases.complete(name):
            install(releases, name, source.fetch(offer))
        try:
            fits(releases.path(name), self._settings)
        except Unfit as error:
            releases.condemn(name, version, str(error))
            releases.discard(name)
            raise Unfit(f"{version} does not fit this box: {error}") from error
        look = self._daemon.look()
        before = look.troubles if look.active else ANYTHING
        files.replace(releases.path(name) / BEFORE, msgspec.json.encode(sorted(before)))
        releases.begin_trial(name)
        outcome = self._try(before)
        if outcome.state == "kept":
            source.forget(offer.release)
        return outcome

    def _try(self, before: frozenset[str]) -> UpdateResult:
        releases = self._releases
        version = releases.version(releases.current)
        # Also where the trial only goes on: nobody knows whether it is this release that runs.
        self._daemon.restart()
        if why := self._watch(self._daemon, before):
            if releases.good == releases.current:
                raise MoodboxError(f"{version}, the first release here, does not run well: {why}")
            return self._go_back(releases.condemn(releases.current, version, why))
        releases.keep()
        return UpdateResult("kept", version, f"{version} was installed, and runs well")

    def _go_back(self, failed: Failure) -> UpdateResult:
        """Let run again what was good; as long as the failed release is there, this is not done."""
        releases = self._releases
        releases.go_back()
        self._daemon.restart()
        releases.discard(failed.name)
        version = releases.version(releases.current)
        words = f"{failed.version} was not kept: {failed.why}; {version} runs again"
        return UpdateResult("back", version, words)

    def _before(self) -> frozenset[str]:
        path = self._releases.path(self._releases.current) / BEFORE
        try:
            return msgspec.json.decode(path.read_bytes(), type=frozenset[str])
        except (OSError, msgspec.MsgspecError):
            return ANYTHING


def _wanted(offer: Offer, runs: str) -> bool:
    return offer.chosen or not runs or Version(offer.release.version) > Version(runs)
