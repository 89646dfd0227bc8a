"""The folder that is published: what The Update Framework (TUF) signs, and the files it names."""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta
from pathlib import Path
from typing import TypeVar

import msgspec
from packaging.version import Version
from tuf.api.exceptions import UnsignedMetadataError
from tuf.api.metadata import Metadata, MetaFile, Snapshot, TargetFile, Targets, Timestamp

from convert import sbom, trust
from edge import files
from edge.errors import MoodboxError
from edge.settings import Channel
from edge.update.manifest import HEARD, MODELS, PLACES, RELEASE, Release
from edge.vision import card as cards
from edge.vision.card import Card

T = TypeVar("T", Targets, Snapshot, Timestamp)
YEAR, MONTH = timedelta(days=365), timedelta(days=30)
SOON = timedelta(days=60)
"""Before the list of releases ends, whoever signs it is told."""


class Repository:
    """The folder to publish, with keys that may sign it."""

    def __init__(self, folder: Path, keys_folder: Path, now: datetime) -> None:
        """Open `folder`, or begin it; what is signed is valid from `now`."""
        self._metadata, self._targets = folder / "metadata", folder / "targets"
        self._keys, self._now = keys_folder, now
        self.root = trust.read_root(keys_folder).signed
        for path in (self._metadata, self._targets):
            path.mkdir(parents=True, exist_ok=True)
        # All of them: a box goes from the one that it knows to the newest, one after the other.
        newest = f"{self.root.version}.root.json"
        roots = {path.name: path for path in keys_folder.glob("*.root.json")}
        for name, path in (roots | {newest: keys_folder / "root.json"}).items():
            files.replace(self._metadata / name, path.read_bytes(), mode=0o644)

    def published(self, channel: Channel = "stable") -> Release | None:
        """Return the newest release of a channel; None before the first."""
        content = self._content(PLACES[channel] + RELEASE)
        return None if content is None else msgspec.json.decode(content, type=Release)

    def newest(self, channel: Channel) -> tuple[Release | None, Channel]:
        """Return the newest release that the boxes of a channel hear of, and where it lies."""
        found = {heard: self.published(heard) for heard in HEARD[channel]}
        there = {heard: release for heard, release in found.items() if release is not None}
        if not there:
            return None, channel
        best = max(there, key=lambda heard: Version(there[heard].version))
        return there[best], best

    def card(self, channel: Channel = "stable") -> Card | None:
        """Return the card of the model that a channel's newest release has; None before the first.

        Raises:
            ModelError: it is no card.
        """
        name = self._card_name(channel)
        if not name:
            return None
        return cards.read(self._path_of(name, self._listed()[name].hashes["sha256"]))

    def _card_name(self, channel: Channel) -> str:
        place = PLACES[channel] + MODELS
        names = (it for it in self._listed() if it.startswith(place) and it.endswith(".json"))
        return next(names, "")

    def publish(
        self, release: Release, contents: dict[str, bytes], channel: Channel = "stable"
    ) -> None:
        """Let `release` be a channel's newest, and `contents` (target -> bytes) its files.

        Boxes see all of it or nothing: the timestamp is written last.
        """
        contents = contents | {RELEASE: msgspec.json.encode(release)}
        targets = self._load("targets", Targets())
        listed = targets.signed.targets
        targets.signed.targets = {k: v for k, v in listed.items() if _channel(k) != channel}
        for name, content in contents.items():
            self._add(targets.signed, PLACES[channel] + name, content)
        self._publish(targets)

    def promote(self, share: float, card: Card | None = None) -> Release:
        """Give what is beta to a share of all boxes: the very files that were tried.

        But the model's `card`, if it says something else than the one that was tried: why the model
        may be worse.

        Raises:
            MoodboxError: there is none, or what is stable is as new.
        """
        tried, stable = self.published("beta"), self.published()
        if tried is None:
            raise MoodboxError(f"{self._metadata}: no beta was published yet")
        if stable and Version(tried.version) <= Version(stable.version):
            raise MoodboxError(f"{tried.version}: not newer than {stable.version}, which is stable")
        place = PLACES["beta"]
        contents = {
            name.removeprefix(place): self._path_of(name, target.hashes["sha256"]).read_bytes()
            for name, target in self._listed().items()
            if name.startswith(place)
        }
        if card is not None and card != self.card("beta"):
            name = self._card_name("beta").removeprefix(place)
            contents[name] = cards.written(card)
            file = name.removeprefix(MODELS)
            for parts in [it for it in contents if it.endswith(sbom.SUFFIX)]:
                contents[parts] = sbom.with_file(contents[parts], file, contents[name])
        release = msgspec.structs.replace(tried, share=share)
        self.publish(release, contents)
        return release

    def _listed(self) -> dict[str, TargetFile]:
        return self._load("targets", Targets()).signed.targets

    def _content(self, name: str) -> bytes | None:
        target = self._listed().get(name)
        return None if target is None else self._path_of(name, target.hashes["sha256"]).read_bytes()

    def _path_of(self, name: str, digest: str) -> Path:
        path = self._targets / name
        return path.with_name(f"{digest}.{path.name}")

    def _add(self, targets: Targets, name: str, content: bytes) -> None:
        """Lay a file down, and name it in `targets`."""
        targets.targets[name] = TargetFile.from_data(name, content, ["sha256"])
        path = self._path_of(name, hashlib.sha256(content).hexdigest())
        path.parent.mkdir(parents=True, exist_ok=True)
        if not path.exists():
            files.replace(path, content, mode=0o644, durable=False)

    def _publish(self, targets: Metadata[Targets]) -> None:
        snapshot = self._load("snapshot", Snapshot())
        snapshot.signed.meta = {"targets.json": MetaFile(self._sign("targets", targets))}
        self._stamp(self._sign("snapshot", snapshot))

    def widen(self, share: float, channel: Channel = "stable") -> Release:
        """Give a channel's newest release to another share of the boxes; nothing else changes.

        Raises:
            MoodboxError: nothing was published yet.
        """
        before = self.published(channel)
        if before is None:
            raise MoodboxError(f"{self._metadata}: nothing was published yet")
        release = msgspec.structs.replace(before, share=share)
        targets = self._load("targets", Targets())
        self._add(targets.signed, PLACES[channel] + RELEASE, msgspec.json.encode(release))
        self._publish(targets)
        return release

    def refresh(self) -> None:
        """Sign the timestamp anew; all of it where other keys were made since.

        Raises:
            MoodboxError: nothing was published yet, or a key is not there.
        """
        if not self._path("timestamp", 0).exists():
            raise MoodboxError(f"{self._metadata}: nothing was published yet")
        targets = self._load("targets", Targets())
        try:
            self.root.verify_delegate("targets", targets.signed_bytes, targets.signatures)
        except UnsignedMetadataError:
            self._publish(targets)
        else:
            self._stamp()

    def ending(self) -> list[str]:
        """Return in a line each what of the signatures ends before long."""
        said = [trust.ending(self.root, self._now)]
        if (ends := self._load("targets", Targets()).signed.expires) - self._now < SOON:
            said.append(f"the list of releases ends on {ends:%Y-%m-%d}: publish, or --widen, anew")
        return [line for line in said if line]

    def _stamp(self, snapshot: int = 0) -> None:
        """Sign the timestamp, of `snapshot` or of the one before."""
        timestamp = self._load("timestamp", Timestamp())
        if snapshot:
            timestamp.signed.snapshot_meta = MetaFile(snapshot)
        self._sign("timestamp", timestamp, MONTH)

    def _load(self, role: str, fresh: T) -> Metadata[T]:
        """Return what was signed last, or what is to be signed first."""
        if self._path("timestamp", 0).exists():
            version = self._newest(role)
            return Metadata.from_file(str(self._path(role, version)))
        fresh.version = 0
        return Metadata(fresh)

    def _newest(self, role: str) -> int:
        if role == "timestamp":
            return 0
        timestamp = Metadata[Timestamp].from_file(str(self._path("timestamp", 0))).signed
        snapshot = timestamp.snapshot_meta.version
        if role == "snapshot":
            return snapshot
        signed = Metadata[Snapshot].from_file(str(self._path("snapshot", snapshot))).signed
        return signed.meta["targets.json"].version

    def _sign(self, role: str, metadata: Metadata[T], valid: timedelta = YEAR) -> int:
        """Write the next version of a role's metadata, and return its number."""
        metadata.signed.version += 1
        metadata.signed.expires = (self._now + valid).replace(microsecond=0)
        metadata.signatures.clear()
        metadata.sign(trust.signer(self._keys, role))
        version: int = metadata.signed.version
        path = self._path(role, 0 if role == "timestamp" else version)
        files.replace(path, metadata.to_bytes(), mode=0o644)
        return version

    def _path(self, role: str, version: int) -> Path:
        return self._metadata / (f"{version}.{role}.json" if version else f"{role}.json")


def _channel(target: str) -> Channel:
    return "beta" if target.startswith(PLACES["beta"]) else "stable"
