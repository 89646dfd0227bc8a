"""Disks that are full, or take no writing: real mounts, or modes and limits for who may make none.

Each gives the words that the system then refuses with.
"""

from __future__ import annotations

import ctypes
import errno
import os
import resource
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path


@contextmanager
def small(folder: Path, kib: int = 16) -> Iterator[None]:
    """Let `folder` be a disk of its own, of so many KiB, where this user may mount."""
    folder.mkdir(exist_ok=True)
    mounted = _mounts("-t", "tmpfs", "-o", f"size={kib}k", "tmpfs", str(folder))
    try:
        yield
    finally:
        if mounted:
            _umount(folder)


@contextmanager
def read_only(folder: Path) -> Iterator[str]:
    """Let nothing be written below `folder`, whoever tries: as after a card's first bad block."""
    with ExitStack() as stack:
        if _mounts("--bind", str(folder), str(folder)):
            stack.callback(_umount, folder)
            subprocess.run(["mount", "-o", "remount,bind,ro", str(folder)], check=True)
            yield os.strerror(errno.EROFS)
        else:
            yield stack.enter_context(_forbidden(folder, *folder.rglob("*")))


@contextmanager
def names_fixed(folder: Path) -> Iterator[str]:
    """Let no file of `folder` be made or deleted; those that are there can be written."""
    if subprocess.run(["chattr", "+i", str(folder)], capture_output=True, check=False).returncode:
        with _forbidden(folder) as words:
            yield words
        return
    try:
        yield os.strerror(errno.EPERM)
    finally:
        subprocess.run(["chattr", "-i", str(folder)], check=True)


@contextmanager
def full(folder: Path) -> Iterator[str]:
    """Leave no room on the small disk of `folder`."""
    if os.path.ismount(folder):
        with (folder / "filler").open("wb", buffering=0) as filler, suppress(OSError):
            while filler.write(bytes(4096)):
                pass
        yield os.strerror(errno.ENOSPC)
        return
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    largest = max((path.stat().st_size for path in folder.iterdir()), default=0)
    resource.setrlimit(resource.RLIMIT_FSIZE, (largest, before[1]))  # what is there can be changed
    try:
        yield os.strerror(errno.EFBIG)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


@contextmanager
def _forbidden(*paths: Path) -> Iterator[str]:
    modes = {path: path.stat().st_mode for path in paths}
    for path, mode in modes.items():
        path.chmod(mode & ~0o222)
    try:
        with _as_anybody():
            yield os.strerror(errno.EACCES)
    finally:
        for path, mode in modes.items():
            path.chmod(mode)


@contextmanager
def _as_anybody() -> Iterator[None]:
    """Let modes bind this thread, root's as well: see capabilities(7)."""
    system = ctypes.CDLL(None, use_errno=True)
    header = (ctypes.c_uint32 * 2)(0x20080522, 0)
    held = (ctypes.c_uint32 * 6)()
    assert not system.capget(header, held), os.strerror(ctypes.get_errno())
    fewer = type(held)(*held)
    fewer[0] &= ~0b1110  # in effect: CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH, CAP_FOWNER
    assert not system.capset(header, fewer), os.strerror(ctypes.get_errno())
    try:
        yield
    finally:
        assert not system.capset(header, held), os.strerror(ctypes.get_errno())


def _mounts(*words: str) -> bool:
    return not subprocess.run(["mount", *words], capture_output=True, check=False).returncode


def _umount(folder: Path) -> None:
    subprocess.run(["umount", str(folder)], check=True, timeout=30)
