"""How often one address may ask: a token bucket each. Pure; time is passed in."""

from __future__ import annotations

from collections import OrderedDict

MOST_CLIENTS = 1000


class Limit:
    """Allows `burst` requests at once, and `rate` a second in the long run, per client."""

    def __init__(self, rate: float, burst: float) -> None:
        """LoginBegin with every bucket full."""
        self._rate = rate
        self._burst = burst
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def allows(self, client: str, now: float) -> bool:
        """Whether `client` may ask at monotonic time `now`."""
        left, since = self._buckets.pop(client, (self._burst, now))
        left = min(self._burst, left + (now - since) * self._rate)
        allowed = left >= 1.0
        self._buckets[client] = (left - 1.0 if allowed else left, now)
        if len(self._buckets) > MOST_CLIENTS:
            self._buckets.popitem(last=False)
        return allowed
