"""The keys that sign releases, and the root of trust that names them, in a folder of their own."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

from cryptography.hazmat.primitives.serialization import load_pem_private_key
from securesystemslib.signer import CryptoSigner
from tuf.api.metadata import Metadata, Root

from edge import files
from edge.errors import MoodboxError
from edge.update.news import WARNED

ONLINE = ("targets", "timestamp")
SIGNS = {"targets": "targets", "snapshot": "targets", "timestamp": "timestamp"}
"""Role of TUF -> the key that signs it, the root itself apart."""
ROOT_VALID = timedelta(days=5 * 365)
ROOT_KEYS, THRESHOLD = 3, 2
"""One may be lost, and one stolen."""
MOST_KEYS = 9


def make(
    folder: Path, now: datetime, root_keys: int = ROOT_KEYS, threshold: int = THRESHOLD
) -> None:
    """Write new keys and the root of trust into a new folder."""
    demand_threshold(root_keys, threshold)
    try:
        folder.mkdir(mode=0o700, parents=True)
    except FileExistsError as error:
        raise MoodboxError(f"{folder}: is there already, and keys are never replaced") from error
    root = Root(expires=until(now), consistent_snapshot=True)
    signers = new_root_keys(folder, root, root_keys, threshold)
    for key in ONLINE:
        new_online_key(folder, root, key)
    metadata = Metadata(root)
    for one in signers:
        metadata.sign(one, append=True)
    files.replace(folder / "root.json", metadata.to_bytes(), mode=0o644)


def new_root_keys(folder: Path, root: Root, count: int, threshold: int) -> list[CryptoSigner]:
    """Let `root` be signed by keys that are new, and lie in `folder`; return these."""
    signers = [CryptoSigner.generate_ed25519() for _ in range(count)]
    for number, one in enumerate(signers, 1):
        files.replace(folder / f"root-{number}.pem", one.private_bytes)
    for keyid in list(root.roles["root"].keyids):
        root.revoke_key(keyid, "root")
    for one in signers:
        root.add_key(one.public_key, "root")
    root.roles["root"].threshold = threshold
    return signers


def new_online_key(folder: Path, root: Root, key: str) -> None:
    """Let what `key` signs be signed by a new one, which lies in `folder`."""
    made = CryptoSigner.generate_ed25519()
    files.replace(folder / f"{key}.pem", made.private_bytes)
    for role in (role for role, by in SIGNS.items() if by == key):
        for keyid in list(root.roles[role].keyids):
            root.revoke_key(keyid, role)
        root.add_key(made.public_key, role)


def until(now: datetime) -> datetime:
    """Return when a root of trust ends that is signed `now`."""
    return (now + ROOT_VALID).replace(microsecond=0)


def demand_threshold(keys: int, threshold: int) -> None:
    """Refuse a number of root keys, or of signatures, that cannot be."""
    if not 1 <= threshold <= keys <= MOST_KEYS:
        raise MoodboxError(
            f"{threshold} of {keys} root keys; allowed: 1 to {MOST_KEYS}, and no more signatures"
        )


def read_root(folder: Path) -> Metadata[Root]:
    """Return the root of trust in a folder of keys."""
    path = folder / "root.json"
    if not path.exists():
        raise MoodboxError(f"{path}: not there; moodbox-convert keys makes it")
    return Metadata[Root].from_file(str(path))


def read_key(path: Path) -> CryptoSigner:
    """Return what signs by the private key in a file."""
    try:
        return CryptoSigner(load_pem_private_key(path.read_bytes(), None))
    except FileNotFoundError as error:
        raise MoodboxError(f"{path}: the key that signs this is not there") from error
    except (ValueError, TypeError) as error:
        raise MoodboxError(f"{path}: no private key without a password in PEM") from error


def signer(folder: Path, role: str) -> CryptoSigner:
    """Return what signs for a role of TUF, by the key in `folder`."""
    made = read_key(folder / f"{SIGNS[role]}.pem")
    if made.public_key.keyid not in read_root(folder).signed.roles[role].keyids:
        raise MoodboxError(f"{folder / SIGNS[role]}.pem: not the key that root.json names")
    return made


def ending(root: Root, now: datetime) -> str:
    """Return what is to be done about a root of trust that ends within a year; empty: nothing."""
    if root.expires - now > WARNED:
        return ""
    return (
        f"root.json ends on {root.expires:%Y-%m-%d}, and every box's updates with it:"
        " moodbox-convert keys rotate renews it"
    )
