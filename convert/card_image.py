"""What an image for a card is made of: its packages, its bill of materials, and how to write it.

Called by ansible/image/build.sh:

    python -m convert.card_image --tree TREE --image FILE.img --wheels FOLDER --models FOLDER
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from convert import sbom
from edge.errors import MoodboxError
from edge.files import sha256

ICON = "icons/cat_raspberry_pi_os.png"
"""One that Imager has itself."""
BOARDS = ["pi3-64bit", "pi4-64bit", "pi5-64bit"]
"""Raspberry Pi Imager's names of what it may offer the image for."""


@dataclass(frozen=True)
class Manifest:
    """What an image is."""

    name: str
    version: str
    built: str
    """Date, of the source's last change."""
    system: str
    kernel: str
    packages: list[sbom.DebianPackage]
    extract_size: int
    """Bytes of the image once unpacked."""
    extract_sha256: str
    download_size: int
    """Bytes of the .xz."""
    download_sha256: str


def packages(tree: Path) -> list[sbom.DebianPackage]:
    """Return what dpkg has installed in `tree`, by name.

    Raises:
        MoodboxError: there is no dpkg, or nothing installed.
    """
    words = "${db:Status-Status} ${Package} ${Version} ${Architecture}\n"
    try:
        listed = subprocess.run(  # noqa: S603  words of our own
            ["/usr/bin/dpkg-query", f"--admindir={tree}/var/lib/dpkg", "-W", f"-f={words}"],
            check=True, capture_output=True, text=True,
        ).stdout  # fmt: skip
    except (OSError, subprocess.CalledProcessError) as error:
        raise MoodboxError(f"{tree}: dpkg does not list its packages: {error}") from error
    rows = [line.split() for line in listed.splitlines()]
    found = [sbom.DebianPackage(*row[1:]) for row in rows if row[0] == "installed"]
    if not found:
        raise MoodboxError(f"{tree}: nothing is installed there")
    return sorted(found, key=lambda package: package.name)


def describe(tree: Path, image: Path, version: str, now: datetime) -> Manifest:
    """Return the manifest of `image`, which was made of `tree` and lies beside its .xz."""
    packed = image.with_name(f"{image.name}.xz")
    kernels = sorted(path.name for path in (tree / "lib" / "modules").iterdir())
    return Manifest(
        name=image.stem,
        version=version,
        built=f"{now:%Y-%m-%d}",
        system=_release(tree).get("PRETTY_NAME", "unknown"),
        kernel=" ".join(kernels),
        packages=packages(tree),
        extract_size=image.stat().st_size,
        extract_sha256=sha256(image),
        download_size=packed.stat().st_size,
        download_sha256=sha256(packed),
    )


def imager(manifest: Manifest, address: str) -> dict[str, object]:
    """Return Raspberry Pi Imager's list of one image, at `address`.

    Without it Imager cannot know that cloud-init takes its answers (`rpi-imager --repo FILE`).
    """
    return {
        "os_list": [
            {
                "name": f"moodbox {manifest.version}",
                "description": "A speaker box that feels the mood of the room",
                "icon": ICON,
                "url": address,
                "extract_size": manifest.extract_size,
                "extract_sha256": manifest.extract_sha256,
                "image_download_size": manifest.download_size,
                "image_download_sha256": manifest.download_sha256,
                "release_date": manifest.built,
                "init_format": "cloudinit",
                "devices": BOARDS,
            }
        ]
    }


def _release(tree: Path) -> dict[str, str]:
    lines = (tree / "etc" / "os-release").read_text(encoding="utf-8").splitlines()
    return {key: value.strip('"') for key, _, value in (line.partition("=") for line in lines)}


def _written(arguments: argparse.Namespace) -> Iterator[Path]:
    now = datetime.fromtimestamp(int(os.environ["SOURCE_DATE_EPOCH"]), UTC)
    image: Path = arguments.image
    wheels = sorted(arguments.wheels.glob("*.whl"))
    models = sorted(path for path in arguments.models.iterdir() if path.is_file())
    version = next((w.name.split("-")[1] for w in wheels if w.name.startswith("moodbox-")), "")
    if not version:
        raise MoodboxError(f"{arguments.wheels}: no moodbox-*.whl")
    manifest = describe(arguments.tree, image, version, now)
    parts = sbom.of_release(version, wheels, models, now, manifest.packages)
    listed = imager(manifest, arguments.address or f"{image.name}.xz")
    for end, content in {
        "manifest.json": json.dumps(asdict(manifest), indent=1).encode(),
        "cdx.json": parts,
        "imager.json": json.dumps(listed, indent=1).encode(),
    }.items():
        path = image.with_suffix(f".{end}")
        path.write_bytes(content)
        yield path


def main(argv: Sequence[str] | None = None) -> int:
    """Write manifest, bill of materials and Imager's list beside the image; return 0, or 1."""
    parser = argparse.ArgumentParser(prog="convert.card_image", description=__doc__)
    parser.add_argument("--tree", type=Path, required=True)
    parser.add_argument("--image", type=Path, required=True)
    parser.add_argument("--wheels", type=Path, required=True)
    parser.add_argument("--models", type=Path, required=True)
    parser.add_argument("--address", default="", help="where the .xz will be found")
    try:
        for path in _written(parser.parse_args(argv)):
            print(path)
    except (MoodboxError, OSError) as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
