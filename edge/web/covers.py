"""Cover pictures, fetched by the box itself: no browser of the house asks a stranger for them."""

from __future__ import annotations

import http.client
import logging
import re
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from typing import NamedTuple
from urllib.parse import unquote_to_bytes, urlsplit
from urllib.request import HTTPRedirectHandler, build_opener

log = logging.getLogger(__name__)

HOSTS = (".scdn.co", ".spotifycdn.com")
"""Where Spotify keeps its covers; nothing else is ever asked."""
KINDS = ("image/jpeg", "image/png", "image/webp")
SVG = "image/svg+xml"
DRAWN = f"data:{SVG},"
"""Begins what a simulated speaker draws itself; the page's policy lets no picture run a script."""
OF_PLAYER = "mpd-cover:"
"""Begins what only the player can read."""
BEGIN = {
    "image/jpeg": re.compile(rb"\xff\xd8\xff"),
    "image/png": re.compile(rb"\x89PNG"),
    "image/webp": re.compile(rb"RIFF....WEBP", re.DOTALL),
}
"""What a picture of each kind begins with."""
LARGEST_OWN = 3_000_000
"""Bytes of one of these; it costs no stranger's time."""
TIMEOUT = 5.0
LARGEST = 500_000
"""Bytes; a cover of 640 pixels has about 100,000."""
MOST = 300
"""Covers kept in memory."""
MOST_BYTES = 6_000_000
"""Of these together; a small one has about 10,000."""
AGAIN_AFTER = 60.0
"""Seconds until one that could not be had is tried again."""


class Cover(NamedTuple):
    """A picture and its media type; no picture where it could not be had."""

    content: bytes
    kind: str
    at: float


class _NoRedirect(HTTPRedirectHandler):
    """A redirect could lead anywhere."""

    def redirect_request(self, *_arguments: object) -> None:
        return None


class Covers:
    """The covers of what played last. Any thread may ask; one fetches at a time."""

    def __init__(
        self,
        hosts: tuple[str, ...] = HOSTS,
        scheme: str = "https",
        own: Callable[[str], bytes] | None = None,
    ) -> None:
        """Fetch from hosts whose names end in one of `hosts`; `own` reads those of the player."""
        self._own = own
        self._hosts = hosts
        self._scheme = scheme
        self._kept: OrderedDict[str, Cover] = OrderedDict()
        self._lock = threading.Lock()
        self._opener = build_opener(_NoRedirect)

    def get(self, address: str) -> Cover | None:
        """Return the cover at `address`, or None where it cannot be had; waits some seconds."""
        with self._lock:
            cover = self._kept.get(address)
            if cover is None or (not cover.content and time.monotonic() - cover.at > AGAIN_AFTER):
                cover = self._fetch(address)
                self._kept[address] = cover
            self._kept.move_to_end(address)
            while sum(len(it.content) for it in self._kept.values()) > MOST_BYTES:
                self._kept.popitem(last=False)
            while len(self._kept) > MOST:
                self._kept.popitem(last=False)
        return cover if cover.content else None

    def _fetch(self, address: str) -> Cover:
        nothing = Cover(b"", "", time.monotonic())
        if address.startswith(DRAWN):
            return Cover(unquote_to_bytes(address.removeprefix(DRAWN)), SVG, nothing.at)
        if address.startswith(OF_PLAYER):
            return self._of_player(address, nothing)
        parts = urlsplit(address)
        if parts.scheme != self._scheme or not (parts.hostname or "").endswith(self._hosts):
            return nothing
        try:
            with self._opener.open(address, timeout=TIMEOUT) as answer:
                kind = answer.headers.get_content_type()
                content = answer.read(LARGEST + 1)
        except (OSError, http.client.HTTPException) as error:
            log.info("no cover from %s: %s", parts.hostname, error)
            return nothing
        fits = kind in KINDS and len(content) <= LARGEST
        return Cover(content, kind, nothing.at) if fits else nothing

    def _of_player(self, address: str, nothing: Cover) -> Cover:
        content = self._own(address) if self._own is not None else b""
        kind = next((kind for kind, begin in BEGIN.items() if begin.match(content)), "")
        fits = kind and len(content) <= LARGEST_OWN
        return Cover(content, kind, nothing.at) if fits else nothing
