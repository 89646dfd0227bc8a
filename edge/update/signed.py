"""Releases from a folder on the web, signed as The Update Framework (TUF) does it.

TUF is what stands against tampering, rollback, freeze and mix-and-match; here is only its client.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import msgspec
import urllib3
from packaging.version import InvalidVersion, Version
from tuf.api import exceptions as tuf
from tuf.api.metadata import Metadata, Root, TargetFile
from tuf.ngclient import Updater
from tuf.ngclient.urllib3_fetcher import Urllib3Fetcher

from edge.errors import MoodboxError
from edge.settings import Channel
from edge.update.manifest import HEARD, MODELS, PLACES, RELEASE, WHEELS, Release
from edge.update.source import Fetched, Offer, Untrusted
from edge.update.wheels import suitable

PATIENCE = 30
"""Seconds the server may be silent. systemd bounds the whole."""

logging.getLogger("urllib3").setLevel(logging.ERROR)  # else each of its retries is a line


class SignedSource:
    """The folder at `address`, trusted as far as `root` says."""

    def __init__(
        self, address: str, root: Path, folder: Path, channel: Channel = "stable",
        *, patience: int = PATIENCE,
    ) -> None:  # fmt: skip
        """Ask nobody yet.

        Args:
            address: of the folder that `moodbox-convert publish` made.
            root: the root of trust that was installed with the box.
            folder: keeps what was trusted and downloaded last.
            channel: of the releases that this box takes.
            patience: seconds the server may be silent.
        """
        self._address = address.rstrip("/")
        self._cache, self._trust = folder / "cache", folder / "trust"
        self._channel = channel
        try:
            trusted = root.read_bytes()
        except OSError as error:
            raise MoodboxError(f"{root}: no root of trust: {error.strerror}") from error
        self._trust.mkdir(exist_ok=True)
        with self._in_words():
            self._tuf = Updater(
                str(self._trust),
                f"{self._address}/metadata",
                str(self._cache),
                f"{self._address}/targets",
                fetcher=Urllib3Fetcher(patience, app_user_agent="moodbox"),
                bootstrap=trusted,
            )

    def offers(self) -> list[Offer]:
        """Return the newest release of each channel that this box hears, the newest first.

        Raises:
            MoodboxError: one line about why nobody knows.
        """
        with self._in_words():
            self._tuf.refresh()
        places = [PLACES[channel] for channel in HEARD[self._channel]]
        found = [offer for place in places if (offer := self._offer(place)) is not None]
        if not found:
            raise MoodboxError(f"{self._address}: {RELEASE} is not there")
        # Of two alike the stable one, which comes first.
        return sorted(found, key=lambda offer: Version(offer.release.version), reverse=True)

    def _offer(self, place: str) -> Offer | None:
        with self._in_words():
            target = self._tuf.get_targetinfo(place + RELEASE)
        if target is None:
            return None
        content = self._fetch(target, target.path).read_bytes()
        try:
            release = msgspec.json.decode(content, type=Release)
            Version(release.version)
        except (msgspec.MsgspecError, InvalidVersion) as error:
            raise MoodboxError(f"{self._address}: not a release: {error}") from error
        return Offer(target.hashes["sha256"][:12], release, place)

    def trusted_until(self) -> datetime:
        """Return when the newest root of trust ends, and this box's updates with it."""
        with self._in_words():
            root = Metadata[Root].from_file(str(self._trust / "root.json"))
        return root.signed.expires

    def fetch(self, offer: Offer) -> Fetched:
        """Download what of a release is not here yet: the wheels for this box, and the models."""
        place, release = offer.place, offer.release
        wheels = [self._target(place, WHEELS + name) for name in suitable(release.wheels)]
        models = [self._target(place, MODELS + name) for name in release.models]
        return Fetched(
            {path: target.hashes["sha256"] for target, path in wheels},
            [path for _, path in models],
            (self._cache / place / RELEASE).read_bytes(),
        )

    def forget(self, release: Release) -> None:
        """Delete downloads that are not part of `release`; the next one is compared with it."""
        kept = {RELEASE, *release.wheels, *release.models}
        for path in self._cache.rglob("*"):
            if path.is_file() and path.name not in kept:
                path.unlink()

    def _target(self, place: str, name: str) -> tuple[TargetFile, Path]:
        """Return a file of the release at `place`, and where it lies once it is downloaded.

        That is the same place for every channel: what was tried by some is here already.
        """
        with self._in_words():
            target = self._tuf.get_targetinfo(place + name)
        if target is None:
            raise MoodboxError(f"{self._address}: {place}{name} is not there")
        return target, self._fetch(target, name)

    def _fetch(self, target: TargetFile, name: str) -> Path:
        path = self._cache / name
        path.parent.mkdir(parents=True, exist_ok=True)
        with self._in_words():
            if self._tuf.find_cached_target(target, str(path)) is None:
                self._tuf.download_target(target, str(path))
        return path

    @contextmanager
    def _in_words(self) -> Iterator[None]:
        try:
            yield
        except (tuf.RepositoryError, tuf.DownloadError, urllib3.exceptions.HTTPError) as error:
            kind = Untrusted if isinstance(error, NOT_SIGNED) else MoodboxError
            raise kind(f"{self._address}: {_words(error)}; nothing was changed") from error
        except OSError as error:
            raise MoodboxError(f"{self._cache.parent}: {error.strerror or error}") from error


NOT_SIGNED = tuf.RepositoryError, tuf.DownloadLengthMismatchError
WORDS: list[tuple[type[Exception], Callable[[Exception], str]]] = [
    (tuf.ExpiredMetadataError, lambda error: f"its list of releases has expired ({error})"),
    (tuf.BadVersionNumberError, lambda error: f"it offers an older list than before ({error})"),
    (tuf.UnsignedMetadataError, lambda error: f"not signed by whom this box trusts ({error})"),
    (tuf.LengthOrHashMismatchError, lambda error: f"a file is not what was signed ({error})"),
    (tuf.DownloadLengthMismatchError, lambda error: f"a file is not what was signed ({error})"),
    (tuf.RepositoryError, lambda error: f"its list of releases is wrong ({error})"),
    (tuf.SlowRetrievalError, lambda _: "the server does not answer"),
]
"""The first that fits says it."""


def _words(error: Exception) -> str:
    for kind, words in WORDS:
        if isinstance(error, kind):
            return " ".join(words(error).split())
    reason = error.__cause__ or error
    return " ".join(str(getattr(reason, "reason", None) or reason).split())
