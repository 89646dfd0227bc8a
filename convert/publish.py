"""Publish a release: a folder for any web server, from which boxes update themselves.

    moodbox-convert keys --out ~/moodbox-keys
    moodbox-convert publish --repository site --keys ~/moodbox-keys --wheels wheels --models models

`wheels` holds the daemon's wheel and all its libraries', for every Python and processor of the
boxes. The folder is signed as The Update Framework (TUF) does it. Its newest list of releases is
valid for a month: --refresh, with the timestamp's key alone, signs it anew.
"""

from __future__ import annotations

import argparse
import hashlib
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TypeVar

import msgspec
from packaging.utils import InvalidWheelFilename, parse_wheel_filename
from packaging.version import InvalidVersion, Version
from tuf.api.exceptions import RepositoryError
from tuf.api.metadata import Metadata, MetaFile, Root, Snapshot, TargetFile, Targets, Timestamp

from convert import champion, sbom, static_check
from convert.keys import signer
from edge import files
from edge.errors import ModelError, MoodboxError
from edge.settings import VisionSettings
from edge.update.manifest import MODELS, RELEASE, WHEELS, Release
from edge.vision import card as cards
from edge.vision.card import Card
from edge.vision.detector import YUNET
from edge.vision.fetch import fetch

T = TypeVar("T", Targets, Snapshot, Timestamp)
YEAR, MONTH = timedelta(days=365), timedelta(days=30)


class Repository:
    """The folder to publish, with keys that may sign it."""

    def __init__(self, folder: Path, keys: Path, now: datetime) -> None:
        """Open `folder`, or begin it; what is signed is valid from `now`."""
        self._metadata, self._targets = folder / "metadata", folder / "targets"
        self._keys, self._now = keys, now
        for path in (self._metadata, self._targets):
            path.mkdir(parents=True, exist_ok=True)
        root = keys / "root.json"
        if not root.exists():
            raise MoodboxError(f"{root}: not there; moodbox-convert keys makes it")
        version = Metadata[Root].from_file(str(root)).signed.version
        files.replace(self._metadata / f"{version}.root.json", root.read_bytes(), mode=0o644)

    def published(self) -> Release | None:
        """Return the newest release; None before the first."""
        target = self._load("targets", Targets()).signed.targets.get(RELEASE)
        if target is None:
            return None
        path = self._targets / f"{target.hashes['sha256']}.{RELEASE}"
        return msgspec.json.decode(path.read_bytes(), type=Release)

    def card(self) -> Card | None:
        """Return the card of the newest release's model; None before the first.

        Raises:
            ModelError: it is no card.
        """
        for name, target in self._load("targets", Targets()).signed.targets.items():
            if name.startswith(MODELS) and name.endswith(".json"):
                file = f"{target.hashes['sha256']}.{name.removeprefix(MODELS)}"
                return cards.read(self._targets / MODELS / file)
        return None

    def publish(self, release: Release, contents: dict[str, bytes]) -> None:
        """Let `release` be the newest, and `contents` (target -> bytes) its files.

        Boxes see all of it or nothing: the timestamp is written last.
        """
        contents = contents | {RELEASE: msgspec.json.encode(release)}
        targets = self._load("targets", Targets())
        targets.signed.targets = {}
        for name, content in contents.items():
            self._add(targets.signed, name, content)
        self._publish(targets)

    def _add(self, targets: Targets, name: str, content: bytes) -> None:
        """Lay a file down, and name it in `targets`."""
        targets.targets[name] = TargetFile.from_data(name, content, ["sha256"])
        path = self._targets / name
        path = path.with_name(f"{hashlib.sha256(content).hexdigest()}.{path.name}")
        path.parent.mkdir(exist_ok=True)
        if not path.exists():
            files.replace(path, content, mode=0o644, durable=False)

    def _publish(self, targets: Metadata[Targets]) -> None:
        snapshot = self._load("snapshot", Snapshot())
        snapshot.signed.meta = {"targets.json": MetaFile(self._sign("targets", targets))}
        self.refresh(self._sign("snapshot", snapshot))

    def widen(self, share: float) -> Release:
        """Give the newest release to another share of the boxes; nothing else of it changes.

        Raises:
            MoodboxError: nothing was published yet.
        """
        before = self.published()
        if before is None:
            raise MoodboxError(f"{self._metadata}: nothing was published yet")
        release = msgspec.structs.replace(before, share=share)
        targets = self._load("targets", Targets())
        self._add(targets.signed, RELEASE, msgspec.json.encode(release))
        self._publish(targets)
        return release

    def refresh(self, snapshot: int = 0) -> None:
        """Sign the timestamp anew, of the newest snapshot or of `snapshot`."""
        timestamp = self._load("timestamp", Timestamp())
        if snapshot:
            timestamp.signed.snapshot_meta = MetaFile(snapshot)
        elif not self._path("timestamp", 0).exists():
            raise MoodboxError(f"{self._metadata}: nothing was published yet")
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
        metadata.sign(signer(self._keys, role))
        version: int = metadata.signed.version
        path = self._path(role, 0 if role == "timestamp" else version)
        files.replace(path, metadata.to_bytes(), mode=0o644)
        return version

    def _path(self, role: str, version: int) -> Path:
        return self._metadata / (f"{version}.{role}.json" if version else f"{role}.json")


def gather(
    wheels: Path, models: Path, version: str, now: datetime, model: str = VisionSettings().model
) -> tuple[Release, dict[str, bytes]]:
    """Return the release made of two folders, and its files by target, with its parts list.

    Of the models it takes the one named `model`, and the face detector: all that a box looks with.

    Raises:
        MoodboxError: the daemon's wheel or the model is not there, or a name is wrong.
    """
    found = sorted(wheels.glob("*.whl"))
    card, file = models / f"{model}.json", models / f"{model}.tflite"
    more = models / f"{model}_edgetpu.tflite", models / f"{model}_head.npz", models / YUNET.file
    named = [card, file, *(path for path in more if path.exists())]
    versions = {name: v for name, v in (_project(path) for path in found) if name == "moodbox"}
    if not versions or not card.exists() or not file.exists():
        raise MoodboxError(f"{wheels}, {models}: want moodbox-*.whl, and {file.name} with its card")
    try:
        release = Release(
            str(Version(version or versions["moodbox"])),
            tuple(path.name for path in found),
            tuple(path.name for path in named),
        )
        msgspec.convert(msgspec.to_builtins(release), Release)
    except (InvalidVersion, msgspec.ValidationError) as error:
        raise MoodboxError(f"not a release: {error}") from error
    contents = {WHEELS + path.name: path.read_bytes() for path in found}
    contents |= {MODELS + path.name: path.read_bytes() for path in named}
    parts = sbom.of_release(release.version, found, named, now)
    return release, contents | {f"moodbox-{release.version}.cdx.json": parts}


def demand_fit(before: Card | None, path: Path, reason: str | None) -> None:
    """Let the model whose card lies at `path` follow the one `before`.

    Where it needs a `reason` to, that is written into its card.

    Raises:
        ModelError: it must not.
    """
    card = cards.load(path)
    model = path.parent / card.model.file
    broken = static_check.violations(model.read_bytes())
    if broken:
        raise ModelError(f"{model}: breaks the static gate: {'; '.join(broken)}")
    checked = champion.demand(before, card, reason)
    if checked.allowed_worse:
        cards.save(checked, path)


def _project(wheel: Path) -> tuple[str, str]:
    try:
        name, version, _, _ = parse_wheel_filename(wheel.name)
    except InvalidWheelFilename as error:
        raise MoodboxError(f"{wheel}: not the name of a wheel") from error
    return name, str(version)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command line."""
    parser.add_argument("--repository", type=Path, required=True, help="the folder to publish")
    parser.add_argument("--keys", type=Path, required=True, help="folder that `keys` made")
    parser.add_argument("--wheels", type=Path, default=Path("wheels"), help="folder of wheels")
    parser.add_argument("--models", type=Path, default=Path("models"), help="folder of models")
    parser.add_argument(
        "--model", default=VisionSettings().model, help="the one that the boxes run"
    )
    champion.add_argument(parser)
    parser.add_argument("--version", default="", help="of the release; default: the daemon's")
    parser.add_argument(
        "--without-yunet",
        action="store_true",
        help="without the face detector YuNet, which is downloaded by its hash; Haar looks",
    )
    parser.add_argument(
        "--percent", type=_percent, default=1.0, metavar="N", help="of the boxes may take it [100]"
    )
    parser.add_argument(
        "--widen", action="store_true", help="nothing new; the newest release for --percent"
    )
    parser.add_argument(
        "--refresh", action="store_true", help="publish nothing new; sign the timestamp anew"
    )


def _percent(text: str) -> float:
    try:
        share = float(text) / 100
    except ValueError:
        share = -1.0
    if not 0 <= share <= 1:
        raise argparse.ArgumentTypeError(f"{text}: a number from 0 to 100")
    return share


def run(arguments: argparse.Namespace) -> int:
    """Publish one release, or refresh the newest."""
    now = datetime.now(UTC)
    try:
        repository = Repository(arguments.repository, arguments.keys, now)
        if arguments.refresh:
            repository.refresh()
            print(f"{arguments.repository}: valid until {now + MONTH:%Y-%m-%d}")
            return 0
        if arguments.widen:
            release = repository.widen(arguments.percent)
            print(f"{arguments.repository}: {release.version} for {release.share:.0%} of the boxes")
            return 0
        if not arguments.without_yunet:
            fetch(arguments.models)
        folders = arguments.wheels, arguments.models
        release, _ = gather(*folders, arguments.version, now, arguments.model)
        before = repository.published()
        if before and Version(release.version) <= Version(before.version):
            raise MoodboxError(
                f"{release.version}: not newer than {before.version}; --version names another"
            )
        card = arguments.models / f"{arguments.model}.json"
        demand_fit(repository.card(), card, arguments.allow_worse)
        release, contents = gather(*folders, release.version, now, arguments.model)
        release = msgspec.structs.replace(release, share=arguments.percent)
        repository.publish(release, contents)
    except RepositoryError as error:
        raise MoodboxError(f"{arguments.repository}: {error}") from error
    print(f"{arguments.repository}: {release.version}, {len(contents)} files")
    return 0
