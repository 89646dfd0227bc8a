"""Where releases come from: the contract of a source. One file a source: signed.py, folder.py."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Protocol

from msgspec import Struct

from edge.errors import MoodboxError
from edge.update.manifest import Release


class Untrusted(MoodboxError):
    """What a source has is not what its maker signed, or no longer; nothing was changed."""


class Unfit(MoodboxError):
    """A release that does not fit this box, for a reason that will not go away by itself."""


class Offer(Struct, frozen=True):
    """A release that a source has."""

    name: str
    """Of its folder on the box: twelve hex digits of a sha256 of what is in it."""
    release: Release
    place: str = ""
    """Where its files lie at the source."""
    chosen: bool = False
    """Root names this one: it is installed whatever its version is, an older one, too."""


class Fetched(Struct, frozen=True):
    """A release's files on this box."""

    wheels: dict[Path, str]
    """Each with its sha256."""
    models: list[Path]
    manifest: bytes
    """The Release, as JSON."""


class ReleaseSource(Protocol):
    """Offers releases, and brings them onto this box; each method raises MoodboxError."""

    def offers(self) -> list[Offer]:
        """Return the releases that this box hears of, the newest first: one at least."""

    def trusted_until(self) -> datetime | None:
        """Return when this box stops trusting the source; None: nothing is signed."""

    def fetch(self, offer: Offer) -> Fetched:
        """Return the files of a release that this box needs."""

    def forget(self, release: Release) -> None:
        """Tidy away what was kept of other releases."""
