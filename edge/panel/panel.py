"""The part that shows the status and reports what the button says; it alone drives the LEDs."""

from __future__ import annotations

import queue
import time
from collections import Counter
from collections.abc import Callable

from msgspec.structs import replace

from edge.errors import SettingsError
from edge.events import Down, Pressed, Status, Up
from edge.panel import button, display, lamp
from edge.panel.display import Display
from edge.panel.gestures import Edge, advance, due, start
from edge.panel.patterns import STARTING, draw
from edge.service import Service
from edge.settings import ButtonSettings, LampSettings, WiredButton, WiredLamp

LONGEST = 5.0
"""Seconds a step waits at most."""


class Panel(Service):
    """Both lights and the button.

    The thread sleeps until something is due: an edge, a status that looks different, a gesture
    decided by time, the next level of a pattern.
    """

    bound = 10.0

    def __init__(
        self,
        lamp_settings: LampSettings,
        button_settings: ButtonSettings,
        report: Callable[[Pressed | Up | Down], None],
    ) -> None:
        """Make the part; `report` hears of each gesture. Raise SettingsError for a doubled pin."""
        super().__init__("panel", report)
        _refuse_doubled_pins(lamp_settings, button_settings)
        self.lamp = lamp.make(lamp_settings)
        self.button = button.make(button_settings)
        self._tell = report
        self._inbox: queue.SimpleQueue[Edge | None] = queue.SimpleQueue()
        self._wanted = STARTING

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

    def wake(self) -> None:
        """Cut the wait short."""
        self._inbox.put(None)

    # The thread.

    def open(self) -> None:
        """Get hold of lamp and button."""
        now = time.monotonic()
        self._inbox = queue.SimpleQueue()  # what was pressed while it was away is too old
        self.lamp.open()
        self.button.open(self.touch)
        self._finger = start(self.button.down, now)
        self._display = Display(since=now, since_status=now)

    def step(self) -> None:
        """Light the lights as they have to be, then wait for what is due and take it."""
        now = time.monotonic()
        self._display = display.turn(self._display, self._wanted, now)
        self.lamp.light(display.levels(self._display, now))
        rest = min(display.rests(self._display, now), due(self._finger) - now, LONGEST)
        try:
            edge = self._inbox.get(timeout=max(0.0, rest))
        except queue.Empty:
            edge = None
        self._feel(edge)

    def close(self) -> None:
        """Switch the lights off."""
        self.button.close()
        self.lamp.close()

    def _feel(self, edge: Edge | None) -> None:
        now = time.monotonic()
        self._finger, decided = advance(self._finger, now, edge)
        self._display = replace(self._display, down=self._finger.down)
        for one in decided:
            self._display = display.answer(self._display, one.gesture, now)
            self._tell(Pressed(one.gesture, one.at, one.began))


def _refuse_doubled_pins(lamp: LampSettings, button: ButtonSettings) -> None:
    pins: list[int] = []
    if isinstance(lamp, WiredLamp):
        pins += lamp.red, lamp.green, lamp.blue, lamp.status
    if isinstance(button, WiredButton):
        pins.append(button.pin)
    twice = [pin for pin, times in Counter(pins).items() if times > 1]
    if twice:
        raise SettingsError(
            f"lamp, button: pin {twice[0]} is named twice; each needs one of its own"
        )
