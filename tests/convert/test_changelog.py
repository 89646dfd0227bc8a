from __future__ import annotations

from pathlib import Path

import pytest

from convert.changelog import changes
from edge.errors import MoodboxError

LOG = """\
# Changelog

## Unreleased

- Not yet.

## 0.3.0 (2026-12-01)

Words about it all.

### Added

- The page says `what` **changed**, in
  [plain words](docs/owner.md).
- A lamp.

### Fixed

* A fault.

## 0.3

- Another.
"""


@pytest.fixture
def log(tmp_path: Path) -> Path:
    path = tmp_path / "CHANGELOG.md"
    path.write_text(LOG)
    return path


def test_the_changes_of_a_version_are_plain_words_a_line_each(log: Path) -> None:
    said = ("The page says what changed, in plain words.", "A lamp.", "A fault.")
    assert changes(log, "0.3.0") == said
    assert changes(log, "0.3") == ("Another.",)


@pytest.mark.parametrize("version", ["0.3.1", "3.0", "0"])
def test_a_version_of_which_nothing_is_said_is_one_line(log: Path, version: str) -> None:
    with pytest.raises(MoodboxError, match=f'no changes under a heading "## {version}"'):
        changes(log, version)


def test_a_file_that_cannot_be_read_is_one_line(tmp_path: Path) -> None:
    with pytest.raises(MoodboxError, match=r"none\.md: No such file"):
        changes(tmp_path / "none.md", "1")


def test_a_change_that_is_a_chapter_is_refused(log: Path) -> None:
    log.write_text("## 1\n\n- " + "long " * 101)
    with pytest.raises(MoodboxError, match="length <= 500"):
        changes(log, "1")


def test_our_own_changelog_can_be_published(root: Path) -> None:
    assert len(changes(root / "CHANGELOG.md", "0.2.0")) > 5
