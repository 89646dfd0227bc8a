"""Make the keys that sign releases. Keep the folder out of any repository, and root.pem offline.

    moodbox-convert keys --out ~/moodbox-keys

root.json goes onto every box: whom it trusts. root.pem signs the next root.json, targets.pem the
releases, timestamp.pem only that they are still the newest.
"""

from __future__ import annotations

import argparse
from datetime import UTC, datetime, timedelta
from pathlib import Path

from securesystemslib.signer import CryptoSigner
from tuf.api.metadata import Metadata, Root

from edge import files
from edge.errors import MoodboxError

KEYS = ("root", "targets", "timestamp")
SIGNS = {"root": "root", "targets": "targets", "snapshot": "targets", "timestamp": "timestamp"}
"""Role of TUF -> the key that signs it."""
ROOT_VALID = timedelta(days=5 * 365)


def make(folder: Path, now: datetime) -> None:
    """Write three keys and the root of trust into a new folder."""
    try:
        folder.mkdir(mode=0o700, parents=True)
    except FileExistsError as error:
        raise MoodboxError(f"{folder}: is there already, and keys are never replaced") from error
    signers = {key: CryptoSigner.generate_ed25519() for key in KEYS}
    for key, made in signers.items():
        files.replace(folder / f"{key}.pem", made.private_bytes)
    root = Root(expires=(now + ROOT_VALID).replace(microsecond=0), consistent_snapshot=True)
    for role, key in SIGNS.items():
        root.add_key(signers[key].public_key, role)
    metadata = Metadata(root)
    metadata.sign(signers["root"])
    files.replace(folder / "root.json", metadata.to_bytes(), mode=0o644)


def signer(folder: Path, role: str) -> CryptoSigner:
    """Return what signs for a role of TUF, by the key in `folder`."""
    root = Metadata[Root].from_file(str(folder / "root.json")).signed
    (keyid,) = root.roles[role].keyids
    key = folder / f"{SIGNS[role]}.pem"
    if not key.exists():
        raise MoodboxError(f"{key}: the key that signs this is not there")
    return CryptoSigner.from_priv_key_uri(f"file2:{key.absolute()}", root.keys[keyid])


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command line."""
    parser.add_argument("--out", type=Path, required=True, help="a folder that is not there yet")


def run(arguments: argparse.Namespace) -> int:
    """Make the keys."""
    make(arguments.out, datetime.now(UTC))
    print(f"{arguments.out}: put root.json onto the boxes (moodbox_update_root), root.pem away")
    return 0
