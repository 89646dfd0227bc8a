"""A release from a folder on this box, on root's own word: nothing is signed.

    requirements.txt   what the release is made of, the daemon's wheel too, each by its hash
    wheels/            at least one of each, for this Python and processor
    models/            models and their cards

Ansible lays it down so; a person may, too. Only root may update, and neither the page nor the
control socket names a folder.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path

import msgspec
from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import NormalizedName, canonicalize_name

from edge.errors import MoodboxError
from edge.files import sha256
from edge.update.manifest import Release
from edge.update.source import Fetched, Offer
from edge.update.wheels import parse, suitable

LIST = "requirements.txt"


class FolderSource:
    """Offers the one release that lies in a folder."""

    def __init__(self, folder: Path) -> None:
        """Look at `folder`: find the wheels that suit this box, and prove them.

        Raises:
            MoodboxError: one line about what is missing, or is not what its hash says.
        """
        folder = folder.absolute()
        try:
            wheels, version = _wheels(folder)
            models = sorted(path for path in (folder / "models").iterdir() if path.is_file())
            contents = {path.name: digest for path, digest in wheels.items()}
            contents |= {path.name: sha256(path) for path in models}
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
    wanted = {canonicalize_name(it.name): (it, digests) for it, digests in asked(folder / LIST)}
    if (own := canonicalize_name("moodbox")) not in wanted:
        raise MoodboxError(f"{LIST} does not name moodbox")
    there: dict[NormalizedName, list[str]] = {library: [] for library in wanted}
    for path in (folder / "wheels").glob("*.whl"):
        project, version, _ = parse(path.name)
        if project in wanted and wanted[project][0].specifier.contains(version, prereleases=True):
            there[project].append(path.name)
    for project, names in there.items():
        if not names:
            raise MoodboxError(f"there is no wheel of {_words(wanted[project][0])}")
    found = {}
    for name in suitable(name for names in there.values() for name in names):
        path = folder / "wheels" / name
        library, digests = wanted[parse(name)[0]]
        found[path] = sha256(path)
        if found[path] not in digests:
            raise MoodboxError(f"{_words(library)} is not what its hash says")
    [daemon] = [path for path in found if path.name in there[own]]
    return found, str(parse(daemon.name)[1])


def asked(file: Path) -> Iterator[tuple[Requirement, list[str]]]:
    """Yield what a list and those that it names by -r ask of this box, with its wheels' sha256.

    Raises:
        MoodboxError: a line asks for no library, or names no hash.
        OSError: a list cannot be read.
    """
    text = file.read_text(encoding="utf-8", errors="replace").replace("\\\n", " ")
    for line in text.splitlines():
        row = line.partition("#")[0].strip()
        if row.startswith("-r "):
            yield from asked(file.parent / row.removeprefix("-r ").strip())
        elif row:
            words, *digests = (part.strip() for part in row.split("--hash=sha256:"))
            try:
                wanted = Requirement(words)
            except InvalidRequirement as error:
                raise MoodboxError(f"{file.name}: {words!r} asks for no library") from error
            if wanted.marker is None or wanted.marker.evaluate():
                if not digests:
                    raise MoodboxError(f"{_words(wanted)} has no hash")
                yield wanted, digests


def _words(wanted: Requirement) -> str:
    return f"{wanted.name}{wanted.specifier}"
