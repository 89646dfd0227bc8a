"""One table a driver of the lamp, and one of the button; pins have their BCM numbers.

A simulated one has the keys of a real one: it is wired to simulated pins.
"""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from edge.settings.table import Driven

Pin = Annotated[int, Meta(ge=0, le=27)]


class AnyLamp(Driven, frozen=True, kw_only=True):
    """What every lamp has. Each driver's own table follows."""


class WiredLamp(AnyLamp, frozen=True, kw_only=True):
    """A mood light of three colours and a small status light, on four pins."""

    red: Pin = 17
    green: Pin = 27
    blue: Pin = 22
    status: Pin = 24
    common_anode: bool = False
    """The LEDs light when their pins are low."""
    brightness: Annotated[float, Meta(gt=0, le=1)] = 1.0


class GpioLampSettings(WiredLamp, frozen=True, kw_only=True, tag="gpio"):
    """LEDs on the pins of this machine, through lgpio."""


class SimulatedLampSettings(WiredLamp, frozen=True, kw_only=True, tag="simulated"):
    """LEDs on gpiozero's mock pins."""


class NoLampSettings(AnyLamp, frozen=True, kw_only=True, tag="none"):
    """A box without lights."""


class AnyButton(Driven, frozen=True, kw_only=True):
    """What every button has. Each driver's own table follows."""


class WiredButton(AnyButton, frozen=True, kw_only=True):
    """A button between a pin and ground."""

    pin: Pin = 23


class GpioButtonSettings(WiredButton, frozen=True, kw_only=True, tag="gpio"):
    """A button on a pin of this machine, through lgpio."""


class SimulatedButtonSettings(WiredButton, frozen=True, kw_only=True, tag="simulated"):
    """A button on one of gpiozero's mock pins."""


class NoButtonSettings(AnyButton, frozen=True, kw_only=True, tag="none"):
    """A box without a button."""


LampSettings = GpioLampSettings | SimulatedLampSettings | NoLampSettings
"""What shows the mood and the status."""
ButtonSettings = GpioButtonSettings | SimulatedButtonSettings | NoButtonSettings
"""What people press."""
