"""`moodbox press`: the simulated button's edges, for developers and tests."""

from __future__ import annotations

import argparse
import time

from edge.client import Control
from edge.errors import Refused
from edge.web.answers import ButtonLevel

SHORT = 0.1
"""Seconds down, and up again, of one press; a gesture's presses are less than 0.35 s apart."""
LONGEST = 60.0


def press(control: Control, arguments: argparse.Namespace) -> int:
    """Press and let go, once or more."""
    seconds = SHORT if arguments.seconds is None else arguments.seconds
    if not 0 < seconds <= LONGEST:
        raise Refused(f"--for {seconds:g}: allowed: more than 0, up to {LONGEST:g} seconds")
    for number in range(arguments.times or 1):
        time.sleep(SHORT if number else 0.0)
        control.post("/api/simulated/button", ButtonLevel(down=True), dict)
        try:
            time.sleep(seconds)
        finally:
            control.post("/api/simulated/button", ButtonLevel(down=False), dict)
    return 0
