"""Connections that are lost as soon as they stand: somebody else has the same name. Pure.

A broker lets in whoever comes last and throws the other out, who comes again. One of MQTT 5 may say
so ("Session taken over"); Debian's mosquitto 2.0.11 closes without a reason, so that only the
pattern tells.
"""

from __future__ import annotations

from math import inf

from msgspec import Struct

HOLD = 15.0
"""Seconds that a connection has to hold; one that is lost sooner is suspicious."""
MANY = 3
"""So many of them, one after the other, are no accident."""
FIRST, LONGEST = 30.0, 600.0
"""Seconds to stay away, doubled with each further loss: the other box is to be heard meanwhile."""


class Losses(Struct, frozen=True):
    """The connections that were lost lately."""

    since: float = -inf
    """When the newest connection began."""
    quick: int = 0
    """How many in a row did not hold."""

    @property
    def suspicious(self) -> bool:
        """Whether somebody else seems to have the same name."""
        return self.quick >= MANY

    def connected(self, at: float) -> Losses:
        """Note that a connection stands."""
        return Losses(at, self.quick)

    def lost(self, at: float) -> Losses:
        """Note that it is lost."""
        return Losses(self.since, self.quick + 1 if at - self.since < HOLD else 0)


def wait(losses: Losses, jitter: float) -> float:
    """Return for how many seconds to stay away; `jitter` is in 0..1."""
    ceiling = min(LONGEST, FIRST * 2.0 ** (losses.quick - MANY))
    return ceiling * (0.5 + 0.5 * jitter)
