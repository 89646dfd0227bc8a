"""What stands between the home's network and the API: who asks, from where, and how often."""

from __future__ import annotations

import ipaddress
import time
from collections.abc import Callable, Collection, Mapping
from http.cookies import CookieError, SimpleCookie
from typing import Any
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import HTMLResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from edge.covers import FOLDER
from edge.web.api import refuse
from edge.web.limit import Limit
from edge.web.operations import Who, paths
from edge.web.pairing import COOKIE, hashed

HOME_SUFFIXES = (
    ".local",
    ".lan",
    ".home",
    ".localdomain",
    ".home.arpa",
    ".internal",
    ".fritz.box",
    ".ts.net",
)
"""Names that no stranger can own, and so cannot point at the box (DNS rebinding)."""

OPEN = paths(Who.ANYBODY) | {"/pair"}
"""All that an unpaired browser may have, besides the static files: they tell nothing of a home."""
GUESTS = paths(Who.GUEST) | {"/"}
"""What guests may look at besides the static files, where the settings let them.

The page shows them nothing that leads elsewhere: what has the class "owners" is not for them.
"""

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; "
    "img-src 'self' data:; connect-src 'self'; manifest-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors "
)
HEADERS = {
    "content-security-policy": f"{POLICY}'none'",
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), microphone=(), geolocation=()",
}


FOREIGN = 421
NOT_MY_NAME = """<!doctype html><html lang="en"><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1"><title>moodbox</title>
<h1>This box does not know that name</h1>
<p>It answers only to names of the home, so that no page of the internet can reach it by a trick.
Open it by its address (as http://192.168.1.20:8080) or as http://moodbox.local:8080.
To use this name, add it to the box's settings: <code>[web] names = ["…"]</code>.</p>
<div lang="de"><h2>Diesen Namen kennt das Gerät nicht</h2>
<p>Es antwortet nur auf Namen des Hauses, damit keine Seite des Internets es mit einem Trick
erreicht. Öffne es über seine Adresse (wie http://192.168.1.20:8080) oder als
http://moodbox.local:8080. Soll dieser Name gelten, dann gehört er in die Einstellungen:
<code>[web] names = ["…"]</code>.</p></div></html>
"""


class Guard:
    """Lets paired browsers through to `application`, and everybody else to the pairing page."""

    def __init__(
        self,
        application: ASGIApp,
        paired: Callable[[str], bool],
        *,
        guests: bool,
        names: tuple[str, ...] = (),
        frames: tuple[str, ...] = (),
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Ask `paired` about the hash of a browser's token.

        `names` are others by which the box is called; pages at `frames` may show its page in
        theirs; `clock` gives seconds.
        """
        self._application = application
        self._paired = paired
        self._guests = guests
        self._names = frozenset(name.lower() for name in names)
        ancestors = " ".join(frames) or "'none'"
        self._headers = HEADERS | {"content-security-policy": f"{POLICY}{ancestors}"}
        self._limit = Limit(rate=20.0, burst=100.0)
        self._clock = clock

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, or pass on."""
        headers = Headers(scope=scope)
        refusal = self._refusal(scope, headers)
        answers = _adding(scope["path"], self._headers, send)
        if refusal is None:
            await self._application(scope, receive, answers)
            return
        status, reason = refusal
        if status == FOREIGN and "text/html" in headers.get("accept", ""):
            await HTMLResponse(NOT_MY_NAME, status)(scope, receive, answers)
        else:
            await refuse(status, reason)(scope, receive, answers)

    def _refusal(self, scope: Scope, headers: Headers) -> tuple[int, str] | None:
        client = scope.get("client") or ("", 0)
        if not self._limit.allows(client[0], self._clock()):
            return 429, "too many requests"
        host = headers.get("host", "")
        if not at_home(host, self._names):
            return FOREIGN, "not called by a name of this home"
        if scope["method"] not in ("GET", "HEAD") and not same_site(headers, host, self._names):
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


def at_home(host: str, names: Collection[str] = ()) -> bool:
    """Whether the Host header names this box as nobody outside could make a browser name it.

    `names` are others that the household owns.
    """
    try:
        name = urlsplit(f"//{host}").hostname or ""
    except ValueError:
        return False
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return bool(name) and (
            "." not in name or name.endswith(HOME_SUFFIXES) or name.lower() in names
        )
    return True


def same_site(headers: Headers, host: str, names: Collection[str] = ()) -> bool:
    """Whether a page of this very address asks, and asks in JSON (no form can).

    A proxy of the household may call the box otherwise than the browser does: by one of `names`.
    """
    origin = urlsplit(headers.get("origin", ""))
    is_json = headers.get("content-type", "").partition(";")[0].strip() == "application/json"
    ours = origin.netloc == host or (origin.hostname or "") in names
    return is_json and origin.scheme in ("http", "https") and ours


def _adding(path: str, added: Mapping[str, str], send: Send) -> Send:
    # The files change with an update alone, and their tags tell; all else is of the moment.
    cache = "no-cache" if path.startswith("/static/") else "no-store"

    async def adding(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers: Any = MutableHeaders(scope=message)
            for name, value in added.items():
                headers.setdefault(name, value)
            headers.setdefault("cache-control", cache)
        await send(message)

    return adding
