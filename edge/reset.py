"""The factory reset: an order that outlives a power cut, carried out before anything is opened.

All of the state folder goes, so nothing that a later version keeps there can be forgotten: the
store with its preferences, history and paired browsers, the sign-in, kept faces. The settings and
the models are the installer's and stay.
"""

from __future__ import annotations

import logging
import shutil
from collections.abc import Callable
from pathlib import Path

from edge import files
from edge.errors import Fault

log = logging.getLogger(__name__)

ORDER = "factory-reset"
"""Name of the order in the state folder; it is the last thing to go."""


class Reset:
    """What a running box does about it: it takes the order, and ends to begin anew."""

    def __init__(self, state: Path, end: Callable[[], None]) -> None:
        """Reset the folder `state`; `end` ends the box, and systemd starts it again."""
        self._state = state
        self.end = end

    def order(self) -> None:
        """Have all forgotten at the next start; raise Fault where that cannot be written."""
        order(self._state)


def order(state: Path) -> None:
    """Have all of `state` forgotten at the next start; raise Fault where that is impossible."""
    try:
        files.replace(state / ORDER, b"")
    except OSError as error:
        raise Fault(f"{state}: nothing can be erased there: {error.strerror}") from error


def carry_out(state: Path) -> None:
    """Empty `state` where that was ordered; what a power cut interrupted is done again.

    Raises:
        Fault: something could not be deleted.
    """
    ordered = state / ORDER
    if not ordered.exists():
        return
    try:
        for path in state.iterdir():
            if path == ordered:
                continue
            if path.is_dir() and not path.is_symlink():
                shutil.rmtree(path)
            else:
                path.unlink()
        files.sync_folder(state)
        files.remove(ordered)
    except OSError as error:
        raise Fault(f"{error.filename}: cannot be erased: {error.strerror}") from error
    log.warning("%s: all was erased, as ordered", state)
