"""What stands between the home's network and the API: who asks, from where, and how often."""

from __future__ import annotations

import ipaddress
import time
from collections.abc import Callable
from http.cookies import CookieError, SimpleCookie
from typing import Any
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from edge.covers import FOLDER
from edge.web.api import refuse
from edge.web.limit import Limit
from edge.web.operations import Who, paths
from edge.web.pairing import COOKIE, hashed

HOME_SUFFIXES = (".local", ".lan", ".home.arpa", ".internal", ".fritz.box")
"""Names that no stranger can own, and so cannot point at the box (DNS rebinding)."""

OPEN = paths(Who.ANYBODY) | {"/pair"}
"""All that an unpaired browser may have, besides the static files: they tell nothing of a home."""
GUESTS = paths(Who.GUEST) | {"/"}
"""What guests may look at besides the static files, where the settings let them.

The page shows them nothing that leads elsewhere: what has the class "owners" is not for them.
"""

HEADERS = {
    "content-security-policy": "default-src 'none'; script-src 'self'; style-src 'self'; "
    "img-src 'self' data:; connect-src 'self'; manifest-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), microphone=(), geolocation=()",
}


class Guard:
    """Lets paired browsers through to `application`, and everybody else to the pairing page."""

    def __init__(
        self, application: ASGIApp, paired: Callable[[str], bool], *, guests: bool
    ) -> None:
        """Ask `paired` about the hash of a browser's token."""
        self._application = application
        self._paired = paired
        self._guests = guests
        self._limit = Limit(rate=20.0, burst=100.0)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, or pass on."""
        headers = Headers(scope=scope)
        refusal = self._refusal(scope, headers)
        if refusal is None:
            await self._application(scope, receive, _adding(scope["path"], send))
        else:
            status, reason = refusal
            await refuse(status, reason)(scope, receive, _adding(scope["path"], send))

    def _refusal(self, scope: Scope, headers: Headers) -> tuple[int, str] | None:
        client = scope.get("client") or ("", 0)
        if not self._limit.allows(client[0], time.monotonic()):
            return 429, "too many requests"
        host = headers.get("host", "")
        if not at_home(host):
            return 421, "not called by a name of this home"
        if scope["method"] not in ("GET", "HEAD") and not same_site(headers, host):
            return 403, "not asked by this box's own page"
        path = scope["path"]
        token = cookie(headers)
        of_the_house = bool(token) and self._paired(hashed(token))
        scope["guest"] = not of_the_house
        known = path in OPEN or path.startswith(FOLDER)  # whoever knows a cover's path may have it
        if of_the_house or known or self._may_look(scope["method"], path):
            return None
        if path != "/":
            return 401, "pair this browser first"
        scope["path"] = "/pair"
        scope.pop("raw_path", None)
        return None

    def _may_look(self, method: str, path: str) -> bool:
        if method not in ("GET", "HEAD"):
            return False
        return path.startswith("/static/") or (self._guests and path in GUESTS)


def cookie(headers: Headers) -> str:
    """Return the browser's token; empty where it has none."""
    try:
        morsel = SimpleCookie(headers.get("cookie", "")).get(COOKIE)
    except CookieError:
        return ""
    return morsel.value if morsel else ""


def at_home(host: str) -> bool:
    """Whether the Host header names this box as nobody outside could make a browser name it."""
    try:
        name = urlsplit(f"//{host}").hostname or ""
    except ValueError:
        return False
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return bool(name) and ("." not in name or name.endswith(HOME_SUFFIXES))
    return True


def same_site(headers: Headers, host: str) -> bool:
    """Whether a page of this very address asks, and asks in JSON (no form can)."""
    origin = urlsplit(headers.get("origin", ""))
    is_json = headers.get("content-type", "").partition(";")[0].strip() == "application/json"
    return is_json and origin.scheme in ("http", "https") and origin.netloc == host


def _adding(path: str, send: Send) -> Send:
    # The files change with an update alone, and their tags tell; all else is of the moment.
    cache = "no-cache" if path.startswith("/static/") else "no-store"

    async def adding(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers: Any = MutableHeaders(scope=message)
            for name, value in HEADERS.items():
                headers.setdefault(name, value)
            headers.setdefault("cache-control", cache)
        await send(message)

    return adding
