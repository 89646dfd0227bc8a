"""Files that survive."""

from __future__ import annotations

import stat
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
