"""Pins through gpiozero: this machine's own, or simulated ones.

The pin factory is always named, never gpiozero's default: that one falls back silently, and obeys
$GPIOZERO_PIN_FACTORY. gpiozero's own blinking, pulsing and bounce_time stay unused: they start
threads, and bounce_time loses presses.
"""

from __future__ import annotations

import os
import tempfile
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

from gpiozero import GPIOZeroError
from gpiozero.pins.mock import MockFactory, MockPWMPin

from edge.errors import Fault

REMEMBERED = 1000
"""Levels that a simulated pin remembers."""


class SimulatedPin(MockPWMPin):
    """gpiozero's mock pin, with a memory that does not grow for ever."""

    def clear_states(self) -> None:
        """Forget the levels this pin had."""
        super().clear_states()
        self.states: Any = deque(self.states, maxlen=REMEMBERED)


def simulated() -> MockFactory:
    """Return a board of simulated pins: `factory.pin(23).drive_low()` presses a button."""
    return MockFactory(pin_class=SimulatedPin)


def real() -> Any:
    """Return this machine's pins; raise ImportError, or gpiozero's or lgpio's errors."""
    # lgpio puts a FIFO into its working folder when it is imported, and fails where it may not.
    runtime = os.environ.get("RUNTIME_DIRECTORY", tempfile.gettempdir()).split(":")[0]
    os.environ.setdefault("LG_WD", runtime)
    from gpiozero.pins.lgpio import LGPIOFactory  # noqa: PLC0415  only where it is needed

    return LGPIOFactory()


@contextmanager
def claiming(part: str, board: Callable[[], Any]) -> Iterator[Any]:
    """Give the pins of `board` to be claimed for `part`; they are let go where that fails.

    Raises:
        Fault: with the fix, where they cannot be had.
    """
    with ExitStack() as undo, _said_as_a_fault(part):
        factory = board()
        undo.callback(factory.close)  # else each try would keep the chip open once more
        yield factory
        undo.pop_all()


@contextmanager
def _said_as_a_fault(part: str) -> Iterator[None]:
    try:
        yield
    except ImportError as error:
        raise Fault(
            f"the {part} needs lgpio, which is not installed here (apt install python3-lgpio); "
            f'on a box without one, set [{part}] driver = "none"',
            retry_after=60,
        ) from error
    except GPIOZeroError as error:
        raise Fault(
            f"the {part} cannot be used: {error}; "
            f'on a machine that is no Raspberry Pi, set [{part}] driver = "none"',
            retry_after=60,
        ) from error
    except Exception as error:
        # lgpio.error derives from Exception alone, and its module may be absent.
        if type(error).__module__ != "lgpio":
            raise
        raise Fault(
            f"GPIO says {error}: another program uses the pins of the {part}, or the user is not "
            "in the group gpio"
        ) from error
