"""The mood light and the status light, by drivers chosen by name: LEDs on pins, or none."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

from gpiozero import PWMLED

from edge.panel import pins
from edge.panel.render import Levels
from edge.settings import (
    GpioLampSettings,
    LampSettings,
    NoLampSettings,
    SimulatedLampSettings,
    WiredLamp,
)


class Lamp(Protocol):
    """What a driver offers; all calls come from the panel's thread."""

    def open(self) -> None:
        """Get hold of the LEDs; raise Fault, with the fix, where that cannot be."""

    def light(self, levels: Levels) -> None:
        """Drive the LEDs."""

    def close(self) -> None:
        """Switch the LEDs off and let go of them; also after an open that failed."""


class NoLamp:
    """A box without lights."""

    def open(self) -> None:
        """See Lamp."""

    def light(self, levels: Levels) -> None:
        """See Lamp."""

    def close(self) -> None:
        """See Lamp."""


class WiredLeds:
    """LEDs on the pins of a board."""

    def __init__(self, wiring: WiredLamp, board: Callable[[], Any] = pins.real) -> None:
        """Use the pins that `wiring` names on what `board` returns."""
        self._wiring = wiring
        self._board = board
        self._held: list[Any] = []
        """The LEDs, then their board."""
        self._shown: tuple[float, ...] = ()

    def open(self) -> None:
        """See Lamp."""
        lit = not self._wiring.common_anode
        with pins.claiming("lamp", self._board) as factory:
            leds = [PWMLED(pin, active_high=lit, pin_factory=factory) for pin in self.pins]
        self._held = [*leds, factory]
        self._shown = ()

    @property
    def pins(self) -> tuple[int, int, int, int]:
        """The numbers of red, green, blue and status."""
        return self._wiring.red, self._wiring.green, self._wiring.blue, self._wiring.status

    def light(self, levels: Levels) -> None:
        """See Lamp; only what changes is driven."""
        wanted = (levels.red, levels.green, levels.blue, levels.status)
        for index, value in enumerate(wanted):
            if not self._shown or value != self._shown[index]:
                self._held[index].value = min(1.0, value * self._wiring.brightness)
        self._shown = wanted

    def close(self) -> None:
        """See Lamp."""
        held, self._held = self._held, []
        for one in held:
            one.close()


class SimulatedLamp(WiredLeds):
    """LEDs on simulated pins, which remember what was done to them."""

    def __init__(self, wiring: WiredLamp) -> None:
        """Make a board for them."""
        self.board = pins.simulated()
        super().__init__(wiring, lambda: self.board)

    def levels(self) -> tuple[float, float, float, float]:
        """Return how strongly the LEDs are driven: red, green, blue, status, 0 to 1."""
        red, green, blue, status = (float(self.board.pin(pin).state) for pin in self.pins)
        if self._wiring.common_anode:
            red, green, blue, status = 1 - red, 1 - green, 1 - blue, 1 - status
        return round(red, 3), round(green, 3), round(blue, 3), round(status, 3)


def make(table: LampSettings) -> Lamp:
    """Return the lamp that the settings name, not yet opened."""
    match table:
        case GpioLampSettings():
            return WiredLeds(table)
        case SimulatedLampSettings():
            return SimulatedLamp(table)
        case NoLampSettings():
            return NoLamp()
