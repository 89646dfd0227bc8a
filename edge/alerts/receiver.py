"""An address that alerts go to, and what Apprise makes of it."""

from __future__ import annotations

import logging
from typing import Any
from urllib.parse import urlsplit

from edge.errors import Fault


class Receiver:
    """Sends to one address; of the address only the scheme is shown: the rest may hold a password.

    Made once for each address: Apprise reads the address, and may look names up, each time.
    """

    def __init__(self, address: str) -> None:
        """Send to `address`; one that Apprise does not know is said by `check`."""
        self.address = address
        self._scheme = urlsplit(address).scheme
        self._plugin, self._problem = _plugin(address)

    def check(self) -> None:
        """Raise Fault where nothing can be sent there, ever."""
        if self._problem:
            raise Fault(self._problem)

    def send(self, title: str, text: str) -> None:
        """Send; raise Fault where it was not taken."""
        self.check()
        if not self._plugin.notify(title=title, body=text):
            raise Fault(f"{self._scheme}://…: the message was not taken")


def _plugin(address: str) -> tuple[Any, str]:
    """Return what sends to an address, or why nothing does."""
    try:
        import apprise  # noqa: PLC0415  whoever has no address needs none
    except ImportError:
        return None, "Apprise is not installed: pip install apprise, or apt install apprise"
    logging.getLogger("apprise").setLevel(logging.CRITICAL)  # its words hold addresses
    plugin = apprise.Apprise.instantiate(address, suppress_exceptions=True)
    if plugin is None:
        scheme = urlsplit(address).scheme
        return None, f"{scheme}://…: no address that Apprise knows; allowed: as ntfy://my-topic"
    return plugin, ""
