"""What a release is made of, as a CycloneDX software bill of materials."""

from __future__ import annotations

import hashlib
import json
import re
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from email.parser import Parser
from pathlib import Path

from cyclonedx.contrib.license.factories import LicenseFactory
from cyclonedx.model import HashAlgorithm, HashType
from cyclonedx.model.bom import Bom
from cyclonedx.model.component import Component, ComponentType
from cyclonedx.model.license import License
from cyclonedx.output import make_outputter
from cyclonedx.schema import OutputFormat, SchemaVersion
from packageurl import PackageURL
from packaging.utils import parse_wheel_filename

from edge.errors import MoodboxError
from edge.files import sha256

SUFFIX = ".cdx.json"
METADATA = r"[^/]+\.dist-info/METADATA"


@dataclass(frozen=True)
class DebianPackage:
    """A package of the operating system, as dpkg names it."""

    name: str
    version: str
    architecture: str


def of_release(
    version: str,
    wheels: list[Path],
    models: list[Path],
    now: datetime,
    packages: Sequence[DebianPackage] = (),
) -> bytes:
    """Return the bill of materials (JSON) of a release of moodbox, with the hash of every file.

    An image for a card has the `packages` of an operating system as well.
    """
    parts = [*map(_library, wheels), *map(_model, models), *map(_package, packages)]
    whole = Component(
        name="moodbox", version=version, type=ComponentType.APPLICATION, bom_ref="moodbox"
    )
    bom = Bom(components=parts)
    bom.metadata.timestamp, bom.metadata.component = now, whole
    bom.register_dependency(whole, parts)
    return (
        make_outputter(bom, OutputFormat.JSON, SchemaVersion.V1_6)
        .output_as_string(indent=1)
        .encode()
    )


def with_file(bill: bytes, name: str, content: bytes) -> bytes:
    """Return a bill of materials in which the file `name` has this `content`."""
    whole = json.loads(bill)
    for part in whole["components"]:
        if part["bom-ref"] == name:
            part["hashes"] = [{"alg": "SHA-256", "content": hashlib.sha256(content).hexdigest()}]
    return json.dumps(whole, indent=1).encode()


def _library(wheel: Path) -> Component:
    name, version, _, _ = parse_wheel_filename(wheel.name)
    return Component(
        name=name,
        version=str(version),
        type=ComponentType.LIBRARY,
        bom_ref=wheel.name,
        purl=PackageURL("pypi", name=name, version=str(version)),
        licenses=_licences(wheel),
        hashes=[_sha256(wheel)],
    )


def _model(path: Path) -> Component:
    kind = ComponentType.DATA if path.suffix == ".json" else ComponentType.MACHINE_LEARNING_MODEL
    return Component(name=path.name, type=kind, bom_ref=path.name, hashes=[_sha256(path)])


def _package(package: DebianPackage) -> Component:
    purl = PackageURL(
        "deb", "debian", package.name, package.version, {"arch": package.architecture}
    )
    return Component(
        name=package.name,
        version=package.version,
        type=ComponentType.LIBRARY,
        bom_ref=str(purl),
        purl=purl,
    )


def _licences(wheel: Path) -> list[License]:
    """Return the licence that a wheel itself names, where it does so in a short expression."""
    try:
        with zipfile.ZipFile(wheel) as archive:
            # Some wheels carry others; their own is at the top.
            (name,) = (n for n in archive.namelist() if re.fullmatch(METADATA, n))
            metadata = Parser().parsestr(archive.read(name).decode(), headersonly=True)
    except (ValueError, zipfile.BadZipFile) as error:
        raise MoodboxError(f"{wheel}: not a wheel") from error
    words = metadata["License-Expression"] or metadata["License"] or ""
    return [LicenseFactory().make_from_string(words)] if 0 < len(words) < 100 else []


def _sha256(path: Path) -> HashType:
    return HashType(alg=HashAlgorithm.SHA_256, content=sha256(path))
