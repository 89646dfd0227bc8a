"""The one way a file that must survive a power cut is written, and what any file is known by."""

from __future__ import annotations

import hashlib
import os
import threading
from pathlib import Path

_one_at_a_time = threading.Lock()


def replace(path: Path, data: bytes, *, mode: int = 0o600, durable: bool = True) -> None:
    """Put `data` in the place of `path`: a reader sees the old content or the new, never a part.

    A process killed in the middle leaves one `.NAME.new` behind, which the next write takes over.
    A file is to be written by one process only; its threads wait for each other.

    Args:
        path: the file; its folder must be there.
        data: all of the new content.
        mode: permissions, which hold from the file's first moment.
        durable: wait for the disk, so that the new content outlives a power cut. Without it a
            power cut may bring the old content back; a killed process never does.

    Raises:
        OSError: it cannot be written; the old content is untouched.
    """
    new = path.with_name(f".{path.name}.new")
    with _one_at_a_time:
        try:
            descriptor = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, mode)
            with os.fdopen(descriptor, "wb") as file:
                os.fchmod(file.fileno(), mode)
                file.write(data)
                file.flush()
                if durable:
                    os.fsync(file.fileno())
            new.replace(path)
        except BaseException:
            new.unlink(missing_ok=True)
            raise
        if durable:
            sync_folder(path.parent)


def relink(link: Path, target: Path) -> None:
    """Let the symbolic link `link` lead to `target`, durably; it is never away, and never half."""
    new = link.with_name(f".{link.name}.new")
    with _one_at_a_time:
        new.unlink(missing_ok=True)
        new.symlink_to(target)
        new.replace(link)
        sync_folder(link.parent)


def remove(path: Path) -> None:
    """Delete `path` for good; it need not be there."""
    path.unlink(missing_ok=True)
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Wait until the names in `folder` are on the disk."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def sha256(path: Path) -> str:
    """Return a file's sha256 in hexadecimal digits."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
