"""Sends alerts through Apprise, in a thread of its own."""

from __future__ import annotations

import logging
import sqlite3
import threading
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

import msgspec

from edge import files
from edge.alerts import policy
from edge.alerts.policy import Alert, AlertHistory
from edge.alerts.receiver import Receiver
from edge.errors import Fault
from edge.events import Down, Preferences, Up
from edge.records import Week
from edge.service import Service

log = logging.getLogger(__name__)

FILE = "alerts.json"
"""What was sent, in the state folder."""
GREETING = "Word of what is wrong will come here."
PERIOD = 60.0
"""Seconds between two looks at what has lasted."""


class Alerts(Service):
    """Says what lasts, and how the week was; nothing at all until there is an address."""

    bound = 120.0
    """Seconds; five addresses that do not answer take Apprise eight each."""

    def __init__(
        self,
        state: Path,
        week: Callable[[float], Week],
        clocks: tuple[Callable[[], float], Callable[[], float | None]],
        report: Callable[[Up | Down], None],
        *,
        name: str,
        drift: float,
    ) -> None:
        """Send as `name`; `week` tells how the week before a wall time was.

        `drift` is what passes of it, `clocks` are monotonic and wall; the latter may be unknown.
        """
        super().__init__(policy.OWN, report)
        self._file, self._name, self._drift, self._week = state / FILE, name, drift, week
        self._clock, self._wall = clocks
        self._history = self._read()
        self._receivers: tuple[Receiver, ...] = ()
        """The addresses', as they were at the last step."""
        self._changed = threading.Condition()
        """Guards what follows."""
        self._addresses: tuple[str, ...] = ()
        self._moods = False
        self._problems: Mapping[str, str] = {}
        self._since: dict[str, float] = {}
        self._greet: tuple[str, ...] = ()
        self._look = False
        """Somebody wants it to look at once."""

    # For the other parts, from any thread.

    def use(self, preferences: Preferences, *, greet: bool = True) -> None:
        """Send there from now on; say so to an address that is new, where `greet`."""
        with self._changed:
            fresh = tuple(it for it in preferences.alerts if it not in self._addresses)
            self._addresses, self._moods = preferences.alerts, preferences.alert_moods
            kept = tuple(it for it in self._greet if it in preferences.alerts)
            self._greet = kept + (fresh if greet else ())
            self._look = True
            self._changed.notify()

    def show(self, problems: Mapping[str, str]) -> None:
        """Take the problems that every surface shows, part -> words."""
        with self._changed:
            now = self._clock()
            self._since = {part: self._since.get(part, now) for part in problems}
            self._problems = problems

    # For the thread.

    def step(self) -> None:
        """Send what is due, then wait."""
        with self._changed:
            addresses, greet, moods = self._addresses, self._greet, self._moods
            self._greet, self._look = (), False
        if addresses and (wall := self._wall()) is not None:
            if tuple(it.address for it in self._receivers) != addresses:
                self._receivers = tuple(map(Receiver, addresses))
            fresh = [it for it in self._receivers if it.address in greet]
            faults = _faults(fresh, lambda it: it.send(self._name, GREETING))
            for alert in self._due(wall, moods=moods):
                faults += self._say(alert, wall)
            faults += _faults(self._receivers, Receiver.check)
            if faults:
                raise faults[0]
        with self._changed, self.idle():
            self._changed.wait_for(lambda: self._look or self.stopping, PERIOD)

    def wake(self) -> None:
        """Cut the waiting short."""
        with self._changed:
            self._look = True
            self._changed.notify_all()

    def _due(self, wall: float, *, moods: bool) -> list[Alert]:
        with self._changed:
            problems, since = dict(self._problems), dict(self._since)
        due = policy.lasting(problems, since, self._clock(), wall, self._history, moods=moods)
        if 0 <= wall - self._history.looked < policy.WEEK:
            return due
        try:
            shifted = policy.shifted(self._week(wall), self._drift, moods=moods)
        except sqlite3.Error as error:
            raise Fault(f"the week cannot be looked at: {error}") from error
        if shifted is None:
            self._keep(msgspec.structs.replace(self._history, looked=wall))
        return [*due, shifted] if shifted else due

    def _say(self, alert: Alert, wall: float) -> list[Fault]:
        """Send one; it counts as sent once an address took it. Return the others' faults."""
        faults = _faults(self._receivers, lambda it: it.send(self._name, alert.text))
        if len(faults) < len(self._receivers):
            looked = wall if alert.part == policy.MOODS else self._history.looked
            self._keep(AlertHistory(self._history.sent | {alert.part: wall}, looked))
        return faults

    def _read(self) -> AlertHistory:
        try:
            return msgspec.json.decode(self._file.read_bytes(), type=AlertHistory)
        except FileNotFoundError:
            return AlertHistory()
        except (OSError, msgspec.MsgspecError) as error:
            log.warning("%s: cannot be read, begun anew: %s", self._file, error)
            return AlertHistory()

    def _keep(self, history: AlertHistory) -> None:
        self._history = history
        try:
            files.replace(self._file, msgspec.json.encode(history))
        except OSError as error:
            raise Fault(f"{self._file}: {error.strerror}") from error


def _faults(receivers: Iterable[Receiver], act: Callable[[Receiver], None]) -> list[Fault]:
    """Do it with each, and return what became of those with which it could not be done."""
    faults = []
    for receiver in receivers:
        try:
            act(receiver)
        except Fault as fault:
            faults.append(fault)
    return faults
