"""What changed in a version, from a changelog as keepachangelog.com describes it."""

from __future__ import annotations

import re
from pathlib import Path

import msgspec

from edge.errors import MoodboxError
from edge.update.manifest import Release

_MARKS = re.compile(r"`|\*\*|\[([^\]]+)\]\([^)]*\)")
"""Markdown that a sentence can do without; of a link its words stay."""


def changes(path: Path, version: str) -> tuple[str, ...]:
    """Return the changes of `version`, each as plain words in one line.

    Raises:
        MoodboxError: the file cannot be read, says nothing of the version, or says too much.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise MoodboxError(f"{path}: {getattr(error, 'strerror', None) or error}") from error
    found = tuple(_plain(item) for item in _items(_section(text, version)))
    if not found:
        raise MoodboxError(f'{path}: no changes under a heading "## {version}"')
    try:
        msgspec.convert({"version": "0", "wheels": (), "models": (), "notes": found}, Release)
    except msgspec.ValidationError as error:
        raise MoodboxError(f"{path}: {version}: {error}") from error
    return found


def _section(text: str, version: str) -> str:
    """Return what stands under the heading of `version`, which may be followed by a date."""
    heading = rf"^## \[?{re.escape(version)}\]?(?![\w.]).*\n((?:(?!## ).*(?:\n|$))*)"
    found = re.search(heading, text, re.MULTILINE)
    return found[1] if found else ""


def _items(section: str) -> list[str]:
    return re.findall(r"^[-*] (.+(?:\n {2,}.+)*)", section, re.MULTILINE)


def _plain(item: str) -> str:
    return " ".join(_MARKS.sub(lambda found: found[1] or "", item).split())
