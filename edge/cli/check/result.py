"""What a look at a part found, and what the running daemon says of itself."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from msgspec import Struct

from edge.client import Control
from edge.errors import NotRunning
from edge.events import Status
from edge.settings import Settings

State = Literal["ok", "warn", "fail", "skipped"]


class Result(Struct, frozen=True):
    """What one look found."""

    part: str
    state: State
    words: str
    fix: str = ""
    """What to do about it; empty while nothing is wrong."""


def asked(settings: Settings) -> Status | None:
    """Return what the running daemon says of itself, or None where none runs.

    Raises:
        MoodboxError: it does not answer, or not to this user.
    """
    try:
        return Control(Path(settings.box.runtime)).get("/api/status", Status)
    except NotRunning:
        return None
