"""`moodbox check`: looks at each part, and names the fix.

What a running daemon holds, it is asked about; all else is looked at here, without it.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from edge.cli.check.around import broker, clock, disk, gpio, heat, player, power, sign_in, updates
from edge.cli.check.board import boot_camera, pcie_coral, swap, time_kept, usb_power
from edge.cli.check.result import Result
from edge.cli.check.seeing import camera, detector, edge_tpu, interpreter, model
from edge.cli.check.speaker import sound
from edge.errors import MoodboxError
from edge.settings import Settings

Check = Callable[[Settings], Result]

CHECKS: dict[str, Check] = {
    "camera": camera,
    "camera boot": boot_camera,
    "edge tpu": edge_tpu,
    "pcie coral": pcie_coral,
    "usb power": usb_power,
    "interpreter": interpreter,
    "model": model,
    "detector": detector,
    "gpio": gpio,
    "sound": sound,
    "player": player,
    "spotify": sign_in,
    "broker": broker,
    "updates": updates,
    "clock": clock,
    "time kept": time_kept,
    "disk": disk,
    "swap": swap,
    "temperature": heat,
    "power": power,
}


def results(settings: Settings, parts: Sequence[str] = ()) -> Iterator[Result]:
    """Look at `parts`, or at all; one that cannot even be looked at fails, the rest go on.

    Raises:
        MoodboxError: there is no such part.
    """
    if unknown := set(parts) - CHECKS.keys():
        raise MoodboxError(f"{min(unknown)}: no such part; there are {', '.join(CHECKS)}")
    for part, check in CHECKS.items():
        if parts and part not in parts:
            continue
        try:
            with _quiet():
                result = check(settings)
        except MoodboxError as error:
            result = Result(part, "fail", str(error))
        except Exception as error:  # noqa: BLE001  a check of a broken machine may meet anything
            result = Result(part, "fail", f"{type(error).__name__}: {error}")
        yield result


@contextmanager
def _quiet() -> Iterator[None]:
    """Keep the libraries' own chatter from between the ticks."""
    saved = os.dup(2)
    null = os.open(os.devnull, os.O_WRONLY)
    os.dup2(null, 2)
    try:
        yield
    finally:
        os.dup2(saved, 2)
        os.close(saved)
        os.close(null)
