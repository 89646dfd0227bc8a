"""The application of the home's network: the page, its pairing, and the API behind the guard."""

from __future__ import annotations

import asyncio
import logging
import sqlite3
import time
from collections.abc import Callable
from functools import cache, partial
from importlib import resources
from pathlib import Path

import msgspec
from starlette.concurrency import run_in_threadpool
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Mount, Route

from edge.errors import Fault
from edge.events import CODE_COLOURS
from edge.web import pairing
from edge.web.answers import About, Begun, Pair, PairingState, told_to
from edge.web.api import Api, body_as, refuse, reply
from edge.web.assets import Assets
from edge.web.control import ControlRoutes
from edge.web.feed import Feed, hello
from edge.web.guard import Guard, cookie
from edge.web.house import House, Resources
from edge.web.hub import Hub
from edge.web.limit import Limit
from edge.web.live import Live
from edge.web.pairing import Invitations
from edge.web.storage import Store

log = logging.getLogger(__name__)

STATIC = Path(str(resources.files("edge.web"))) / "static"
BEGUN = '<script id="begun" type="application/json">{}</script>'
LANGUAGES = ("en", "de")
"""Of the page's words; the first where a browser wants none of them."""


@cache
def _shipped() -> Assets:
    """Return the page's files, read once: they change with a release, which is another process."""
    return Assets(STATIC)


class Page:
    """The page's own addresses."""

    def __init__(self, hub: Hub, about: About, store: Store, invitations: Invitations) -> None:
        """Pair browsers into `store`, by the code that `hub` knows or by `invitations`."""
        self._hub = hub
        self._about = about
        self._assets = _shipped()
        self._store = store
        self._invitations = invitations
        self._window = pairing.Window()
        self._tries = Limit(rate=1 / pairing.TRY_AGAIN, burst=pairing.TRIES)
        self._one_at_a_time = asyncio.Lock()

    def routes(self) -> list[Route | Mount]:
        """Return the page's routes."""
        return [
            Route("/", self._page, middleware=[Middleware(GZipMiddleware)]),
            Route("/pair", self._pairing_page),
            Route("/api/pair", self._state, methods=["GET"]),
            Route("/api/pair", self._pair, methods=["POST"]),
            Route("/api/logout", self._logout, methods=["POST"]),
            Mount("/static", self._assets),
        ]

    def paired(self, hashed: str) -> bool:
        """Whether a token's hash is a paired browser's."""
        try:
            return self._store.read.knows_token(hashed)
        except sqlite3.Error as error:
            log.warning("page: nobody is let in: %s", error)
            return False

    async def _page(self, request: Request) -> Response:
        """The page, with what it would ask for first and be told first: far away, each costs."""
        about = told_to(self._about, guest=bool(request.scope.get("guest")))
        begun = msgspec.json.encode(Begun(about, hello(), self._hub.status)).decode()
        page = self._assets.page("index.html")
        page = page.replace("words/en.js", f"words/{_language(request)}.js")
        begun = begun.replace("<", "\\u003c")  # nothing in it may end the script it stands in
        return HTMLResponse(page.replace(BEGUN.format(""), BEGUN.format(begun)))

    async def _pairing_page(self, _request: Request) -> Response:
        return HTMLResponse(self._assets.page("pair.html"))

    async def _state(self, _request: Request) -> Response:
        self._window = pairing.seen(self._window, self._hub.code)
        is_open = self._window.is_open
        return reply(PairingState(is_open, len(self._window.code) * is_open, dict(CODE_COLOURS)))

    async def _pair(self, request: Request) -> Response:
        asked = await body_as(request, Pair)
        host = request.client.host if request.client else ""
        if not self._tries.allows(host, time.monotonic()):
            return refuse(429, "too many tries from here: wait a minute")
        async with self._one_at_a_time:
            # Whoever hung up takes no turn: many who do would keep the owner waiting for minutes.
            if await request.is_disconnected():
                return refuse(400, "gone")
            refusal = self._judge(asked)
            if refusal:
                await asyncio.sleep(pairing.WRONG_COSTS)
                return refuse(403, refusal)
            return await self._let_in(asked.name)

    def _judge(self, asked: Pair) -> str:
        """Return why a browser is not let in; empty: it is."""
        if asked.invitation:
            if not self._invitations.redeem(asked.invitation, time.monotonic()):
                return "this address was used, or is too old: make another"
            self._window = pairing.seen(self._window, self._hub.code)
            if self._window.is_open:  # for whoever has come in now: the light may show the mood
                self._window = self._window._replace(used=True)
                self._hub.show_code(())
            return ""
        before = pairing.seen(self._window, self._hub.code)
        if not before.is_open:
            return "the pairing window is closed: hold the button for 10 seconds"
        self._window, right = pairing.attempt(before, asked.colours, tuple(CODE_COLOURS))
        if right:
            self._hub.show_code(())
            return ""
        if self._window.code == before.code:
            return "not the colours of the light"
        self._hub.show_code(self._window.code)
        return "not the colours of the light, which now shows one more: look again"

    async def _let_in(self, name: str) -> Response:
        token = pairing.new_token()
        try:
            await run_in_threadpool(
                self._store.add_token, pairing.hashed(token), name or "a browser", time.time()
            )
        except Fault as fault:
            return refuse(503, str(fault))
        response = reply(PairingState(open=False, length=0, colours={}))
        response.set_cookie(
            pairing.COOKIE,
            token,
            max_age=pairing.LIFETIME,
            httponly=True,
            samesite="strict",
        )
        return response

    async def _logout(self, request: Request) -> Response:
        """Sign out the browser that asks; its token is good for nothing any more."""
        hashed = pairing.hashed(cookie(request.headers))
        try:
            await run_in_threadpool(self._store.forget_token, hashed)
        except Fault as fault:
            return refuse(503, str(fault))
        response = reply({})
        response.delete_cookie(pairing.COOKIE)
        return response


def _language(request: Request) -> str:
    """Return the language that the page will most likely choose (words.js)."""
    wanted = [request.query_params.get("lang", "")]
    wanted += request.headers.get("accept-language", "").split(",")
    codes = [code.strip()[:2].lower() for code in wanted]
    return next((code for code in codes if code in LANGUAGES), LANGUAGES[0])


def control_app(hub: Hub, resources: Resources, invite: Callable[[], str]) -> Api:
    """Return the application of the control socket: whoever may open it, may do everything.

    `invite` returns a one-time address of the page.
    """
    feed = Feed(hub)
    house = House(hub, resources, feed, revoked=lambda: None)
    more = [*house.routes(), *ControlRoutes(resources.reset, invite).routes()]
    return Api(
        hub, resources.store.read, feed, "command line", more=more, check=resources.sound.check
    )


def page_app(
    hub: Hub,
    resources: Resources,
    *,
    guests: bool,
    names: tuple[str, ...] = (),
    frames: tuple[str, ...] = (),
) -> Api:
    """Return the application of the home's network, for paired browsers alone."""
    feed = Feed(hub)
    page = Page(hub, resources.about, resources.store, resources.invitations)
    house = House(hub, resources, feed, revoked=feed.close)
    live = Live(hub, feed, resources.picture).routes() if resources.picture else []
    routes = [*page.routes(), *house.routes(), *live]
    guard = partial(Guard, paired=page.paired, guests=guests, names=names, frames=frames)
    return Api(
        hub,
        resources.store.read,
        feed,
        "page",
        more=routes,
        guard=guard,
        check=resources.sound.check,
    )
