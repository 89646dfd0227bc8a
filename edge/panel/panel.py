"""The part that shows the status and reports what the button says; it alone drives the LEDs."""

from __future__ import annotations

import queue
import time
from collections import Counter
from collections.abc import Callable

from gpiozero.pins.mock import MockFactory
from msgspec.structs import replace

from edge import settings
from edge.errors import Refused, SettingsError
from edge.events import Down, Pressed, Status, Up
from edge.panel import pins, stage
from edge.panel.gestures import Edge, advance, due, start
from edge.panel.patterns import STARTING, draw
from edge.panel.stage import Stage
from edge.service import Service

LONGEST = 5.0
"""Seconds a step waits at most."""


class Panel(Service):
    """Both lights and the button.

    The thread sleeps until something is due: an edge, a status that looks different, a gesture
    decided by time, the next level of a rhythm.
    """

    bound = 10.0

    def __init__(
        self, panel: settings.PanelSettings, report: Callable[[Pressed | Up | Down], None]
    ) -> None:
        """Make the part; `report` hears of each gesture. Raise SettingsError for a doubled pin."""
        super().__init__("panel", report)
        names = ("red", "green", "blue", "status", "button")
        twice = [pin for pin, n in Counter(getattr(panel, k) for k in names).items() if n > 1]
        if twice:
            raise SettingsError(f"panel: pin {twice[0]} is named twice; each needs one of its own")
        self._settings = panel
        self._tell = report
        self.board: MockFactory | None = pins.simulated() if panel.driver == "simulated" else None
        """The simulated board, which remembers; None for any other driver."""
        self._inbox: queue.SimpleQueue[Edge | None] = queue.SimpleQueue()
        self._wanted = STARTING
        self._pins: pins.Pins = pins.NoPins()

    # From other threads.

    def show(self, status: Status) -> None:
        """Show `status`; where it looks the same nothing is woken."""
        lights = draw(status)
        if lights != self._wanted:
            self._wanted = lights
            self._inbox.put(None)

    def touch(self, down: bool, at: float) -> None:
        """Hand over an edge of the button, bouncing or not; also for a keyboard's key."""
        self._inbox.put(Edge(down, at))

    def levels(self) -> tuple[float, float, float, float]:
        """Return how strongly the simulated LEDs are driven: red, green, blue, status, 0 to 1."""
        if self.board is None:
            return 0.0, 0.0, 0.0, 0.0
        panel = self._settings
        pins = (panel.red, panel.green, panel.blue, panel.status)
        red, green, blue, status = (round(float(self.board.pin(pin).state), 3) for pin in pins)
        if panel.common_anode:
            return 1 - red, 1 - green, 1 - blue, 1 - status
        return red, green, blue, status

    def drive(self, down: bool) -> None:
        """Press the simulated button, or let it go: an edge on its pin, as a finger makes it.

        Raises:
            Refused: the button is a real one, or there is none.
        """
        if self.board is None:
            driver = self._settings.driver
            raise Refused(f"the panel's driver is {driver}; only a simulated button is pressed so")
        pin = self.board.pin(self._settings.button)
        (pin.drive_low if down else pin.drive_high)()

    def wake(self) -> None:
        """Cut the wait short."""
        self._inbox.put(None)

    # The thread.

    def open(self) -> None:
        """Claim the pins."""
        now = time.monotonic()
        self._inbox = queue.SimpleQueue()  # what was pressed while it was away is too old
        self._pins = pins.claim(self._settings, self.board, self.touch)
        self._finger = start(self._pins.down, now)
        self._stage = Stage(since=now, since_status=now)

    def step(self) -> None:
        """Light the lights as they have to be, then wait for what is due and take it."""
        now = time.monotonic()
        self._stage = stage.turn(self._stage, self._wanted, now)
        self._pins.light(stage.levels(self._stage, now))
        rest = min(stage.rests(self._stage, now), due(self._finger) - now, LONGEST)
        try:
            edge = self._inbox.get(timeout=max(0.0, rest))
        except queue.Empty:
            edge = None
        self._feel(edge)

    def close(self) -> None:
        """Switch the lights off."""
        self._pins.close()
        self._pins = pins.NoPins()

    def _feel(self, edge: Edge | None) -> None:
        now = time.monotonic()
        self._finger, decided = advance(self._finger, now, edge)
        self._stage = replace(self._stage, down=self._finger.down)
        for one in decided:
            self._stage = stage.answer(self._stage, one.gesture, now)
            self._tell(Pressed(one.gesture, one.at, one.began))
