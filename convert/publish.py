"""Publish a release: a folder for any web server, from which boxes update themselves.

    moodbox-convert keys --out ~/moodbox-keys
    moodbox-convert publish --repository site --keys ~/moodbox-keys --wheels wheels --models models
    moodbox-convert publish ... --channel beta       # for the boxes that hear it
    moodbox-convert publish --repository site --keys ~/moodbox-keys --promote     # now for all

`wheels` holds the daemon's wheel and all its libraries', for every Python and processor of the
boxes. The folder is signed as The Update Framework (TUF) does it. Its newest list of releases is
valid for a month: --refresh, with the timestamp's key alone, signs it anew; after other keys were
made (moodbox-convert keys rotate) it signs all of it anew with these.
"""

from __future__ import annotations

import argparse
import sys
from datetime import UTC, datetime
from pathlib import Path

import msgspec
from packaging.utils import InvalidWheelFilename, parse_wheel_filename
from packaging.version import InvalidVersion, Version
from tuf.api.exceptions import RepositoryError

from convert import champion, sbom, static_check
from convert.changelog import changes
from convert.repository import MONTH, Repository
from edge.errors import ModelError, MoodboxError
from edge.settings import VisionSettings
from edge.update.manifest import MODELS, PLACES, WHEELS, Release
from edge.vision import card as cards
from edge.vision.card import Card
from edge.vision.detector import YUNET
from edge.vision.fetch import fetch


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
    return release, contents | {f"moodbox-{release.version}{sbom.SUFFIX}": parts}


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
        "--notes",
        type=Path,
        metavar="FILE",
        help="what changed: a changelog, whose section of this version is taken",
    )
    parser.add_argument(
        "--channel", choices=PLACES, default="stable", help="whose boxes may take it [stable]"
    )
    parser.add_argument(
        "--promote", action="store_true", help="nothing new; what is beta is stable, for --percent"
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
    """Publish one release, or do something with the newest."""
    now = datetime.now(UTC)
    try:
        repository = Repository(arguments.repository, arguments.keys, now)
        print(f"{arguments.repository}: {_act(repository, arguments, now)}")
        for line in repository.ending():
            print(f"moodbox-convert: {line}", file=sys.stderr)
    except RepositoryError as error:
        raise MoodboxError(f"{arguments.repository}: {error}") from error
    return 0


def _act(repository: Repository, arguments: argparse.Namespace, now: datetime) -> str:
    """Do what the command line asks for; return what came of it."""
    if arguments.refresh:
        repository.refresh()
        return f"valid until {now + MONTH:%Y-%m-%d}"
    if arguments.promote:
        card = promotable(repository, arguments.allow_worse)
        release = repository.promote(arguments.percent, card)
        why = f", although it is worse: {card.allowed_worse}" if card and card.allowed_worse else ""
        return f"{release.version} is stable, for {release.share:.0%} of the boxes{why}"
    if arguments.widen:
        release = repository.widen(arguments.percent, arguments.channel)
        return f"{release.version} for {release.share:.0%} of the boxes"
    return _publish_new(repository, arguments, now)


def promotable(repository: Repository, reason: str | None) -> Card | None:
    """Let the beta's model follow the stable one; return its card, with the reason that it needed.

    None where there is no beta.

    Raises:
        ModelError: it must not.
    """
    tried = repository.card("beta")
    if tried is None:
        return None
    return champion.demand(repository.card(), tried, reason or tried.allowed_worse or None)


def _publish_new(repository: Repository, arguments: argparse.Namespace, now: datetime) -> str:
    if not arguments.without_yunet:
        fetch(arguments.models)
    folders = arguments.wheels, arguments.models
    release, _ = gather(*folders, arguments.version, now, arguments.model)
    before, channel = repository.newest(arguments.channel)
    if before and Version(release.version) <= Version(before.version):
        raise MoodboxError(
            f"{release.version}: not newer than {before.version}; --version names another"
        )
    card = arguments.models / f"{arguments.model}.json"
    demand_fit(repository.card(channel), card, arguments.allow_worse)
    release, contents = gather(*folders, release.version, now, arguments.model)
    notes = changes(arguments.notes, release.version) if arguments.notes else ()
    release = msgspec.structs.replace(release, share=arguments.percent, notes=notes)
    repository.publish(release, contents, arguments.channel)
    return f"{release.version}, {len(contents)} files"
