"""How often one address may ask: a token bucket each. Pure; time is passed in."""

from __future__ import annotations

import ipaddress
from collections import OrderedDict

MOST_CLIENTS = 1000


def peer(host: str) -> str:
    """Return who counts as one: the address, IPv4 written as such in either socket.

    Not the IPv6 network: all devices of a home share it.
    """
    try:
        address = ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return host  # a Unix socket's
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped is not None:
        return str(address.ipv4_mapped)
    return str(address)


class Limit:
    """Allows `burst` requests at once, and `rate` a second in the long run, per client."""

    def __init__(self, rate: float, burst: float) -> None:
        """Begin with every bucket full."""
        self._rate = rate
        self._burst = burst
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def allows(self, client: str, now: float) -> bool:
        """Whether `client`, an address, may ask at monotonic time `now`."""
        client = peer(client)
        left, since = self._buckets.pop(client, (self._burst, now))
        left = min(self._burst, left + (now - since) * self._rate)
        allowed = left >= 1.0
        self._buckets[client] = (left - 1.0 if allowed else left, now)
        if len(self._buckets) > MOST_CLIENTS:
            self._buckets.popitem(last=False)
        return allowed
