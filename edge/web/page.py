"""The application of the home's network: the page, its pairing, and the API behind the guard."""

from __future__ import annotations

import asyncio
import logging
import sqlite3
import time
from functools import partial
from importlib import resources
from pathlib import Path

import msgspec
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from edge.errors import Fault
from edge.panel.patterns import CODE
from edge.store import Store
from edge.web import pairing
from edge.web.answers import Colours, PairingState
from edge.web.api import Api, body_of, refuse, reply
from edge.web.feed import Feed
from edge.web.guard import Guard
from edge.web.house import House, Resources
from edge.web.hub import Hub
from edge.web.live import Live
from edge.web.resetting import resetting

log = logging.getLogger(__name__)

STATIC = Path(str(resources.files("edge.web"))) / "static"


class Page:
    """The page's own addresses."""

    def __init__(self, hub: Hub, store: Store) -> None:
        """Pair browsers into `store`, by the code that `hub` knows."""
        self._hub = hub
        self._store = store
        self._window = pairing.Window()
        self._one_at_a_time = asyncio.Lock()

    def routes(self) -> list[Route | Mount]:
        """Return the page's routes."""
        return [
            Route("/", partial(_file, name="index.html")),
            Route("/pair", partial(_file, name="pair.html")),
            Route("/api/pair", self._state, methods=["GET"]),
            Route("/api/pair", self._pair, methods=["POST"]),
            Mount("/static", StaticFiles(directory=STATIC)),
        ]

    def paired(self, hashed: str) -> bool:
        """Whether a token's hash is a paired browser's."""
        try:
            return self._store.read.knows_token(hashed)
        except sqlite3.Error as error:
            log.warning("page: nobody is let in: %s", error)
            return False

    async def _state(self, _request: Request) -> Response:
        self._window = pairing.seen(self._window, self._hub.code)
        is_open = bool(self._window.code) and self._window.left > 0
        return reply(PairingState(is_open, self._window.left if is_open else 0, list(CODE)))

    async def _pair(self, request: Request) -> Response:
        try:
            tapped = msgspec.json.decode(await body_of(request) or b"", type=Colours)
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            return refuse(400, str(error))
        async with self._one_at_a_time:
            self._window = pairing.seen(self._window, self._hub.code)
            if not self._window.code or self._window.left <= 0:
                return refuse(403, "the pairing window is closed: hold the button for 10 seconds")
            self._window, right = pairing.attempt(self._window, tapped.colours)
            if self._window.left <= 0:
                self._hub.pairing_is_over()
            if not right:
                return refuse(403, f"not the colours of the light; {self._window.left} tries left")
            return await self._let_in(tapped.name)

    async def _let_in(self, name: str) -> Response:
        token = pairing.new_token()
        try:
            await run_in_threadpool(
                self._store.add_token, pairing.hashed(token), name or "a browser", time.time()
            )
        except Fault as fault:
            return refuse(503, str(fault))
        response = reply(PairingState(open=False, left=0, colours=[]))
        response.set_cookie(
            pairing.COOKIE,
            token,
            max_age=pairing.LIFETIME,
            httponly=True,
            samesite="strict",
        )
        return response


async def _file(_request: Request, name: str) -> Response:
    return FileResponse(STATIC / name)


def control_app(hub: Hub, means: Resources) -> Api:
    """Return the application of the control socket: whoever may open it, may do everything."""
    feed = Feed(hub)
    house = House(hub, means, revoked=lambda: None)
    return Api(
        hub, means.store.read, feed, "command line", more=[*house.routes(), *resetting(means)]
    )


def page_app(hub: Hub, means: Resources, *, guests: bool) -> Api:
    """Return the application of the home's network, for paired browsers alone."""
    feed = Feed(hub)
    page = Page(hub, means.store)
    house = House(hub, means, revoked=feed.close)
    live = Live(hub, feed, means.look).routes() if means.look else []
    routes = [*page.routes(), *house.routes(), *live]
    guard = partial(Guard, paired=page.paired, guests=guests)
    return Api(hub, means.store.read, feed, "page", more=routes, guard=guard)
