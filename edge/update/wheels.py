"""Wheels: which of them suit this Python and processor, and how they are laid down."""

from __future__ import annotations

import compileall
import sysconfig
import warnings
from collections.abc import Iterable
from pathlib import Path
from zipfile import BadZipFile

import installer
from installer.destinations import SchemeDictionaryDestination
from installer.exceptions import InstallerError
from installer.sources import WheelFile
from packaging.tags import Tag, sys_tags
from packaging.utils import InvalidWheelFilename, NormalizedName, parse_wheel_filename
from packaging.version import Version

from edge.errors import MoodboxError
from edge.files import sha256
from edge.update.source import Unfit


def suitable(wheels: Iterable[str]) -> list[str]:
    """Return of each library the wheel that suits this Python and processor best.

    Raises:
        Unfit: there is none of some library.
    """
    rank = {tag: place for place, tag in enumerate(sys_tags())}
    worst = len(rank)
    best: dict[str, tuple[int, str]] = {}
    for wheel in wheels:
        project, _, tags = parse(wheel)
        place = min(rank.get(tag, worst) for tag in tags)
        best[project] = min(best.get(project, (worst, "")), (place, wheel))
    for library, (place, _) in best.items():
        if place == worst:
            raise Unfit(f"the release has no {library} for this Python and processor")
    return [wheel for _, wheel in best.values()]


def parse(wheel: str) -> tuple[NormalizedName, Version, frozenset[Tag]]:
    """Return the library that a wheel's name names, its version, and what it is for.

    Raises:
        MoodboxError: it is no name of a wheel.
    """
    try:
        project, version, _, tags = parse_wheel_filename(wheel)
    except InvalidWheelFilename as error:
        raise MoodboxError(f"{wheel}: not the name of a wheel") from error
    return project, version, tags


def unpack(wheels: dict[Path, str], folder: Path) -> None:
    """Lay wheels down in the virtual environment `folder`, and compile what they hold.

    Args:
        wheels: each with its sha256; what it is not is not laid down.
        folder: of the Python that runs this.

    Raises:
        MoodboxError: one is not what its sha256 says, or no wheel.
        OSError: the disk is full, or broken.
    """
    places = sysconfig.get_paths("venv", vars={"base": str(folder), "platbase": str(folder)})
    places["headers"] = str(folder / "include")  # the scheme's own are the system's
    python = str(folder / "bin" / "python")
    here = SchemeDictionaryDestination(places, python, "posix", overwrite_existing=True)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # what somebody's library is told is no news of the box
        for path, digest in wheels.items():
            if sha256(path) != digest:
                raise MoodboxError(f"{path.name} is not what its hash says")
            try:
                with WheelFile.open(path) as wheel:
                    installer.install(wheel, here, {"INSTALLER": b"moodbox\n"})
            except (InstallerError, BadZipFile, ValueError, KeyError) as error:
                raise MoodboxError(f"{path.name} is no wheel: {error}") from error
        compileall.compile_dir(places["purelib"], quiet=2)
