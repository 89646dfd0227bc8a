"""Takes a model back that the house's own word finds to read worse than the one before it.

A trial shows whether a model runs; how it reads, only people can tell, over weeks.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable

import msgspec

from edge.errors import Fault
from edge.events import Down, Up
from edge.records import Successor, Week
from edge.service import Service
from edge.vision.versions import ModelVersions

WEEK = 7 * 86400.0
PERIOD = 60.0
"""Seconds until it is seen again whether a week is over."""


class ModelMonitor(Service):
    """Looks once a week: who looks daily goes back for nothing more often (docs/training.md)."""

    def __init__(
        self,
        versions: ModelVersions,
        successor: Callable[[float], Successor | None],
        wall: Callable[[], float | None],
        renew: Callable[[], None],
        report: Callable[[Up | Down], None],
    ) -> None:
        """Look at what `successor` tells of the model in use at a wall time.

        `renew` has the eyes opened anew, and says what is to be said; `wall` may be unknown.
        """
        super().__init__("models", report)
        self._versions, self._successor = versions, successor
        self._wall, self._renew = wall, renew

    def to_alert(self, week: Week) -> Week:
        """Return the week without a model that may be gone back from: that is told by itself."""
        it = week.successor
        if it is not None and self._versions.may_go_back(it.model, it.before):
            return msgspec.structs.replace(week, successor=None)
        return week

    def step(self) -> None:
        """Look, if a week is over; then wait."""
        wall = self._wall()
        if wall is not None and self._versions.look_due(wall, WEEK):
            self.look(wall)
            self._versions.looked(wall)
        self.pause(PERIOD)

    def look(self, wall: float) -> None:
        """Go back if the model in use is surely right less often than the one before it."""
        try:
            it = self._successor(wall)
        except sqlite3.Error as error:
            raise Fault(f"the week cannot be looked at: {error}") from error
        if (
            it is not None
            and it.is_worse
            and self._versions.take_back(
                it.model,
                it.before,
                f"{it.right} of {it.judged} readings that somebody judged here were right, and"
                f" {it.right_before} of {it.judged_before} with {it.before}",
            )
        ):
            self._renew()
