"""Files that survive."""

from __future__ import annotations

import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from edge import files


def test_the_new_content_takes_the_place_of_the_old(tmp_path: Path) -> None:
    path = tmp_path / "a"
    files.replace(path, b"old")
    files.replace(path, b"new")
    assert path.read_bytes() == b"new"
    assert [p.name for p in tmp_path.iterdir()] == ["a"]


def test_nobody_else_may_read_it_unless_told_so(tmp_path: Path) -> None:
    files.replace(tmp_path / "a", b"secret")
    assert stat.S_IMODE((tmp_path / "a").stat().st_mode) == 0o600
    files.replace(tmp_path / "b", b"public", mode=0o644)
    assert stat.S_IMODE((tmp_path / "b").stat().st_mode) == 0o644


def test_a_write_that_fails_leaves_the_old_content_and_no_litter(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.mkdir()
    with pytest.raises(OSError, match="a"):
        files.replace(path, b"new")
    assert [p.name for p in tmp_path.iterdir()] == ["a"]


def test_what_is_not_there_can_be_removed(tmp_path: Path) -> None:
    files.replace(tmp_path / "a", b"x")
    files.remove(tmp_path / "a")
    files.remove(tmp_path / "a")
    assert not list(tmp_path.iterdir())


def test_what_a_killed_writer_left_behind_is_taken_over(tmp_path: Path) -> None:
    left = tmp_path / ".a.new"
    left.write_bytes(b"half, and far too long")
    left.chmod(0o644)
    files.replace(tmp_path / "a", b"new")
    assert (tmp_path / "a").read_bytes() == b"new"
    assert stat.S_IMODE((tmp_path / "a").stat().st_mode) == 0o600
    assert [p.name for p in tmp_path.iterdir()] == ["a"]


def test_two_threads_never_mix_what_they_write(tmp_path: Path) -> None:
    path = tmp_path / "a"

    def write(letter: bytes) -> None:
        for _ in range(30):
            files.replace(path, letter * 5000, durable=False)
            assert len(set(path.read_bytes())) == 1

    with ThreadPoolExecutor() as pool:
        list(pool.map(write, [b"x", b"y", b"z"]))
    assert len(path.read_bytes()) == 5000
