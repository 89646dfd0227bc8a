"""The LEDs and the button, by drivers chosen by name, through gpiozero.

The pin factory is always named, never gpiozero's default: that one falls back silently, and obeys
$GPIOZERO_PIN_FACTORY. gpiozero's own blinking, pulsing and bounce_time stay unused: they start
threads, and bounce_time loses presses.
"""

from __future__ import annotations

import os
import tempfile
import time
from collections import deque
from collections.abc import Callable
from typing import Any, Protocol

from gpiozero import PWMLED, DigitalInputDevice, GPIOZeroError
from gpiozero.pins.mock import MockFactory, MockPWMPin

from edge import settings
from edge.errors import Fault
from edge.panel.render import Levels

OnEdge = Callable[[bool, float], None]
"""Called with whether the button is down and the monotonic time, from a foreign thread."""
REMEMBERED = 1000
"""Levels that a simulated pin remembers."""


class Pins(Protocol):
    """What a driver offers."""

    @property
    def down(self) -> bool:
        """Whether the button is down now."""

    def light(self, levels: Levels) -> None:
        """Drive the LEDs."""

    def close(self) -> None:
        """Switch the LEDs off and let go of the pins."""


class NoPins:
    """A box without a panel."""

    down = False

    def light(self, levels: Levels) -> None:
        """Do nothing."""

    def close(self) -> None:
        """Do nothing."""


class GpioPins:
    """Pins of a gpiozero factory."""

    def __init__(self, panel: settings.PanelSettings, factory: Any, on_edge: OnEdge) -> None:
        """Claim the pins; raise gpiozero's or lgpio's errors where that fails."""
        self._factory = factory
        self._leds: list[Any] = []
        self._brightness = panel.brightness
        self._shown: tuple[float, ...] = ()
        for pin in (panel.red, panel.green, panel.blue, panel.status):
            led = PWMLED(pin, active_high=not panel.common_anode, pin_factory=factory)
            self._leds.append(led)
        self._button = DigitalInputDevice(panel.button, pull_up=True, pin_factory=factory)
        # The callbacks run in the library's thread: they hand over and do nothing else.
        self._button.when_activated = lambda: on_edge(True, time.monotonic())
        self._button.when_deactivated = lambda: on_edge(False, time.monotonic())

    @property
    def down(self) -> bool:
        """Whether the button is down now."""
        return bool(self._button.value)

    def light(self, levels: Levels) -> None:
        """Drive the LEDs that change."""
        wanted = (levels.red, levels.green, levels.blue, levels.status)
        for index, (led, value) in enumerate(zip(self._leds, wanted, strict=True)):
            if not self._shown or value != self._shown[index]:
                led.value = min(1.0, value * self._brightness)
        self._shown = wanted

    def close(self) -> None:
        """Switch the LEDs off and let go of the pins."""
        for device in (*self._leds, self._button):
            device.close()
        self._factory.close()


class SimulatedPin(MockPWMPin):
    """gpiozero's mock pin, with a memory that does not grow for ever."""

    def clear_states(self) -> None:
        """Forget the levels this pin had."""
        super().clear_states()
        self.states: Any = deque(self.states, maxlen=REMEMBERED)


def simulated() -> MockFactory:
    """Return a board of simulated pins: `factory.pin(23).drive_low()` presses the button."""
    return MockFactory(pin_class=SimulatedPin)


def claim(panel: settings.PanelSettings, factory: MockFactory | None, on_edge: OnEdge) -> Pins:
    """Return the driver that `panel` names; raise Fault, with the fix, where it cannot work.

    `factory` is the simulated board, needed by the driver of that name only; `on_edge` hears of
    every edge of the button, bounces included.
    """
    if panel.driver == "none":
        return NoPins()
    try:
        return _on(factory or _lgpio(), panel, on_edge)
    except ImportError as error:
        raise Fault(
            "the lights and the button need lgpio, which is not installed here "
            '(apt install python3-lgpio); without a panel, set [panel] driver = "none"',
            retry_after=60,
        ) from error
    except GPIOZeroError as error:
        raise Fault(
            f"the lights and the button cannot be used: {error}; "
            'on a machine that is no Raspberry Pi, set [panel] driver = "none"',
            retry_after=60,
        ) from error
    except Exception as error:
        # lgpio.error derives from Exception alone, and its module may be absent.
        if type(error).__module__ != "lgpio":
            raise
        raise Fault(
            f"GPIO says {error}: another program uses these pins, or the user is not in the "
            "group gpio"
        ) from error


def _on(factory: Any, panel: settings.PanelSettings, on_edge: OnEdge) -> GpioPins:
    try:
        return GpioPins(panel, factory, on_edge)
    except Exception:
        factory.close()  # else each try would keep the chip open once more
        raise


def _lgpio() -> Any:
    # lgpio puts a FIFO into its working folder when it is imported, and fails where it may not.
    runtime = os.environ.get("RUNTIME_DIRECTORY", tempfile.gettempdir()).split(":")[0]
    os.environ.setdefault("LG_WD", runtime)
    from gpiozero.pins.lgpio import LGPIOFactory  # noqa: PLC0415  only where it is needed

    return LGPIOFactory()
