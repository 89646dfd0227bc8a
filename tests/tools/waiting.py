"""What waits for other programs."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable


def wait_for(what: str, met: Callable[[], bool], within: float) -> None:
    """Wait until `met()`, or end with a line about it after so many seconds."""
    until = time.monotonic() + within
    while not met():
        if time.monotonic() > until:
            sys.exit(f"no {what} within {within:g} s")
        time.sleep(0.2)
