"""A box that is private stays private, whatever the disk does; what cannot be kept is said."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import pytest
from fakes.mounts import full, names_fixed, read_only, small

from edge.events import Down, Up
from edge.privacy import ALLOWED, Privacy


class Disk:
    """A state folder, the machine's memory, and what was said of them."""

    def __init__(self, folder: Path) -> None:
        self.state, self.runtime = folder / "state", folder / "run"
        for made in (self.state, self.runtime):
            made.mkdir()
        self.file = self.state / "looking" / "allowed"
        self.said: list[Up | Down] = []
        self.privacy = self.start()

    def start(self) -> Privacy:
        """Start the daemon anew."""
        self.privacy = Privacy(self.state, self.runtime, self.said.append)
        return self.privacy

    def machine_restarts(self) -> None:
        for noted in self.runtime.iterdir():
            noted.unlink()

    @property
    def problem(self) -> str:
        last = self.said[-1] if self.said else None
        return last.reason if isinstance(last, Down) else ""


@pytest.fixture
def disk(tmp_path: Path) -> Disk:
    return Disk(tmp_path)


@pytest.fixture
def looking(disk: Disk) -> Disk:
    disk.privacy.begin(private=False)
    assert disk.start().may_look()
    assert not disk.said
    return disk


def test_nothing_written_means_private(disk: Disk) -> None:
    assert not disk.privacy.is_told
    assert not disk.privacy.may_look()
    disk.privacy.begin(private=True)
    assert disk.start().is_told
    assert not disk.privacy.may_look()
    assert not disk.said


def test_what_was_chosen_outlives_a_start(looking: Disk) -> None:
    looking.privacy.forbid()
    assert not looking.start().may_look()
    looking.privacy.allow()
    assert looking.start().may_look()
    assert not looking.said


def test_a_box_of_a_release_before_looks_on(looking: Disk) -> None:
    looking.file.write_bytes(b"")
    assert looking.start().may_look()
    assert looking.file.read_bytes() == ALLOWED


@pytest.mark.parametrize("content", [b"allow", b"private", b"\0\0\0\0\0\0\0", b"allowedallowed"])
def test_a_file_that_says_anything_else_means_private(looking: Disk, content: bytes) -> None:
    looking.file.write_bytes(content)
    assert not looking.start().may_look()


def test_private_on_a_disk_that_takes_no_writing_holds_at_the_next_start(looking: Disk) -> None:
    with read_only(looking.file.parent) as refused:
        looking.privacy.forbid()
        assert f"{refused}; private until this machine restarts" in looking.problem
        assert not looking.start().may_look()
    # By now the disk takes it, and the daemon starts anew: the file from before counts no more.
    assert looking.file.exists()
    assert not looking.start().may_look()
    assert not looking.file.exists()
    looking.machine_restarts()
    assert not looking.start().may_look()


def test_a_start_on_a_disk_that_takes_no_writing_is_private(looking: Disk) -> None:
    with read_only(looking.file.parent) as refused:
        looking.privacy.forbid()
        looking.machine_restarts()
        looking.said.clear()
        assert not looking.start().may_look()
        assert f"{refused}; private" in looking.problem


def test_a_disk_that_takes_writing_again_makes_it_well(looking: Disk) -> None:
    with read_only(looking.file.parent):
        looking.privacy.forbid()
        looking.privacy.forbid()
        assert len(looking.said) == 1
    looking.privacy.forbid()
    assert isinstance(looking.said[-1], Up)
    looking.machine_restarts()
    assert not looking.start().may_look()


def test_looking_that_a_full_disk_does_not_keep_is_private_after_the_next_start(
    looking: Disk,
) -> None:
    looking.privacy.forbid()
    with small(looking.file.parent), full(looking.file.parent) as refused:
        looking.privacy.allow()
        assert f"{refused}; private after the next start" in looking.problem
        assert not looking.start().may_look()


def test_a_full_disk_keeps_the_eyes_neither_open_nor_closed(looking: Disk) -> None:
    looking.privacy.forbid()
    with small(looking.file.parent):
        looking.privacy.allow()
        with full(looking.file.parent):
            assert looking.start().may_look()
            looking.privacy.forbid()
            looking.machine_restarts()
            assert not looking.start().may_look()
            assert not looking.said


def test_a_name_that_cannot_be_deleted_is_written_over(looking: Disk) -> None:
    with names_fixed(looking.file.parent):
        looking.privacy.forbid()
        assert looking.file.exists()
        looking.machine_restarts()
        assert not looking.start().may_look()
        assert not looking.said


def test_a_first_start_on_a_disk_that_takes_no_writing_is_private(disk: Disk) -> None:
    with read_only(disk.state):
        disk.privacy.begin(private=False)
        assert "the box stays private" in disk.problem
        assert not disk.start().may_look()


def loop(file: Path) -> None:
    file.unlink()
    file.symlink_to(file)


def folder(file: Path) -> None:
    file.unlink()
    file.mkdir()


@pytest.mark.parametrize("spoil", [loop, folder])
def test_what_cannot_be_read_means_private_and_is_said(
    looking: Disk, spoil: Callable[[Path], None]
) -> None:
    spoil(looking.file)
    assert not looking.start().may_look()
    assert str(looking.file) in looking.problem
    looking.privacy.forbid()
    assert not looking.start().may_look()


def test_a_machine_that_can_keep_nothing_says_that_it_may_look_again(looking: Disk) -> None:
    both: list[AbstractContextManager[str]] = [
        read_only(looking.file.parent),
        read_only(looking.runtime),
    ]
    with both[0], both[1]:
        looking.privacy.forbid()
        assert "it may look again after the next start: cover the camera" in looking.problem
