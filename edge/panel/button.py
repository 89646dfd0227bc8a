"""The button, by drivers chosen by name: a contact on a pin, or none."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any, Protocol

from gpiozero import DigitalInputDevice

from edge.panel import pins
from edge.settings import (
    ButtonSettings,
    GpioButtonSettings,
    NoButtonSettings,
    SimulatedButtonSettings,
    WiredButton,
)

OnEdge = Callable[[bool, float], None]
"""Called with whether the button is down and the monotonic time, from a foreign thread."""


class Button(Protocol):
    """What a driver offers."""

    @property
    def down(self) -> bool:
        """Whether it is down now."""

    def open(self, on_edge: OnEdge) -> None:
        """Get hold of it; raise Fault, with the fix, where that cannot be.

        `on_edge` hears of every edge, bounces included.
        """

    def close(self) -> None:
        """Let go of it; also after an open that failed."""


class NoButton:
    """A box without a button."""

    down = False

    def open(self, on_edge: OnEdge) -> None:
        """See Button."""

    def close(self) -> None:
        """See Button."""


class Contact:
    """A contact between a pin of a board and ground."""

    def __init__(self, wiring: WiredButton, board: Callable[[], Any] = pins.real) -> None:
        """Use the pin that `wiring` names on what `board` returns."""
        self._wiring = wiring
        self._board = board
        self._held: list[Any] = []
        """The input, then its board."""

    @property
    def down(self) -> bool:
        """See Button."""
        return bool(self._held and self._held[0].value)

    def open(self, on_edge: OnEdge) -> None:
        """See Button."""
        with pins.claiming("button", self._board) as factory:
            contact = DigitalInputDevice(self._wiring.pin, pull_up=True, pin_factory=factory)
        # The callbacks run in the library's thread: they hand over and do nothing else.
        contact.when_activated = lambda: on_edge(True, time.monotonic())
        contact.when_deactivated = lambda: on_edge(False, time.monotonic())
        self._held = [contact, factory]

    def close(self) -> None:
        """See Button."""
        held, self._held = self._held, []
        for one in held:
            one.close()


class SimulatedButton(Contact):
    """A contact on a simulated pin, for a finger that is a program's."""

    def __init__(self, wiring: WiredButton) -> None:
        """Make a board for it."""
        self.board = pins.simulated()
        super().__init__(wiring, lambda: self.board)

    def drive(self, down: bool) -> None:
        """Press it, or let it go: an edge on its pin, as a finger makes it."""
        pin = self.board.pin(self._wiring.pin)
        (pin.drive_low if down else pin.drive_high)()


def make(table: ButtonSettings) -> Button:
    """Return the button that the settings name, not yet opened."""
    match table:
        case GpioButtonSettings():
            return Contact(table)
        case SimulatedButtonSettings():
            return SimulatedButton(table)
        case NoButtonSettings():
            return NoButton()
