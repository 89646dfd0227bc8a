"""Disks that are full, or take no writing: real mounts, for whoever may make them."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest


@contextmanager
def small(folder: Path, kib: int = 16) -> Iterator[None]:
    """Let `folder` be a disk of its own, of so many KiB."""
    folder.mkdir(exist_ok=True)
    _mount("-t", "tmpfs", "-o", f"size={kib}k", "tmpfs", str(folder))
    try:
        yield
    finally:
        _umount(folder)


@contextmanager
def read_only(folder: Path) -> Iterator[None]:
    """Let nothing be written below `folder`, whoever tries: as after a card's first bad block."""
    _mount("--bind", str(folder), str(folder))
    try:
        _mount("-o", "remount,bind,ro", str(folder))
        yield
    finally:
        _umount(folder)


@contextmanager
def names_fixed(folder: Path) -> Iterator[None]:
    """Let no file of `folder` be made or deleted; those that are there can be written."""
    if subprocess.run(["chattr", "+i", str(folder)], capture_output=True, check=False).returncode:
        pytest.skip("no chattr on this file system, or not for this user")
    try:
        yield
    finally:
        subprocess.run(["chattr", "-i", str(folder)], check=True)


def fill(folder: Path) -> None:
    """Leave no room on the disk of `folder`."""
    with (folder / "filler").open("wb", buffering=0) as filler:
        try:
            while filler.write(bytes(4096)):
                pass
        except OSError:
            return


def _mount(*words: str) -> None:
    done = subprocess.run(["mount", *words], capture_output=True, text=True, check=False)
    if done.returncode:
        pytest.skip(f"this user may not mount: {done.stderr.strip()}")


def _umount(folder: Path) -> None:
    subprocess.run(["umount", str(folder)], check=True, timeout=30)
