"""A release from a folder on this box, on root's own word: nothing is signed.

    requirements.txt   what the release is made of, the daemon's wheel too, each by its hash
    wheels/            at least one of each, for this Python and processor
    models/            models and their cards

Ansible lays it down so; a person may, too. Only root may update, and neither the page nor the
control socket names a folder.
"""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import msgspec

from edge.errors import MoodboxError
from edge.update.manifest import Release
from edge.update.programs import pip_install
from edge.update.source import Fetched, Offer


class FolderSource:
    """Offers the one release that lies in a folder."""

    def __init__(self, folder: Path) -> None:
        """Look at `folder`: pip finds the wheels that suit this box, and proves them.

        Raises:
            MoodboxError: one line about what is missing, or is not what its hash says.
        """
        folder = folder.absolute()
        try:
            wheels, version = _wheels(folder)
            models = sorted(path for path in (folder / "models").iterdir() if path.is_file())
            contents = {path.name: digest for path, digest in wheels.items()}
            contents |= {path.name: _sha256(path) for path in models}
        except (OSError, MoodboxError) as error:
            reason = getattr(error, "strerror", None) or error
            file = getattr(error, "filename", None) or folder
            raise MoodboxError(f"{file}: not a whole release: {reason}") from error
        names = tuple(sorted(path.name for path in wheels))
        release = Release(version, names, tuple(path.name for path in models))
        name = hashlib.sha256(msgspec.json.encode([release, sorted(contents.items())])).hexdigest()
        self._offer = Offer(name[:12], release, chosen=True)
        self._fetched = Fetched(wheels, models, msgspec.json.encode(release))

    def offers(self) -> list[Offer]:
        """Return the release."""
        return [self._offer]

    def trusted_until(self) -> None:
        """Return that root's word does not end."""

    def fetch(self, offer: Offer) -> Fetched:  # noqa: ARG002  there is only one
        """Return its files, where they lie."""
        return self._fetched

    def forget(self, release: Release) -> None:
        """Leave the folder as it is: it belongs to whoever made it."""


def _wheels(folder: Path) -> tuple[dict[Path, str], str]:
    """Return the wheels for this box, each with its sha256, and the daemon's version."""
    links = "--only-binary", ":all:", "--find-links", folder / "wheels"
    wanted = folder / "requirements.txt"
    said = pip_install("--dry-run", "--report", "-", *links, "-r", wanted)
    found: list[dict[str, Any]] = msgspec.json.decode(said)["install"]
    wheels, version = {}, ""
    for one in found:
        path = Path(unquote(urlsplit(one["download_info"]["url"]).path))
        wheels[path] = digest(one["download_info"]["archive_info"])
        if one["metadata"]["name"] == "moodbox":
            version = one["metadata"]["version"]
    if not version:
        raise MoodboxError("requirements.txt does not name moodbox")
    return wheels, version


def digest(archive: dict[str, Any]) -> str:
    """Return a wheel's sha256 as pip reports it; Bookworm's, which is 23.0, has no `hashes`."""
    new: dict[str, str] = archive.get("hashes", {})
    old: str = archive.get("hash", "")
    return new.get("sha256") or old.removeprefix("sha256=")


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
