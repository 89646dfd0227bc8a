"""What this box left on the broker, so that it can be taken away when the box is called otherwise.

Retained messages outlive whoever sent them: a changed id, a changed prefix or an entity that is no
more would stay in the home for ever.
"""

from __future__ import annotations

import logging
from collections.abc import Collection
from pathlib import Path

import msgspec

from edge import files

log = logging.getLogger(__name__)

NAME = "on-broker.json"
"""In the state folder."""


class Leftovers:
    """The topics that hold something of ours, kept in a file of the state folder."""

    def __init__(self, state: Path) -> None:
        """Read what earlier starts left; a file that is not there, or spoiled, names nothing."""
        self._path = state / NAME
        try:
            self.topics = msgspec.json.decode(self._path.read_bytes(), type=frozenset[str])
        except (OSError, msgspec.MsgspecError):
            self.topics = frozenset()

    def keep(self, topics: Collection[str]) -> None:
        """Remember that just `topics` hold something; a folder that is not there keeps nothing."""
        if frozenset(topics) == self.topics:
            return
        self.topics = frozenset(topics)
        try:
            files.replace(self._path, msgspec.json.encode(sorted(self.topics)))
        except OSError as error:
            log.warning("%s cannot be written: %s", self._path, error.strerror)
