"""Simulated parts, drawn on the page: a lamp that can be seen and a button that can be pressed.

GET  /api/simulated/lights   server-sent: the levels of red, green, blue and status, as they change
POST /api/simulated/button   {"down": true}: an edge at the button's pin
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable

import msgspec
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import BaseRoute, Route

from edge.web.answers import ButtonLevel
from edge.web.api import body_as, reply

LOOK = 0.04
"""Seconds between two looks at the lights."""
KEEP_ALIVE = 10.0

Levels = tuple[float, float, float, float]
"""Red, green, blue and status, 0 to 1, linear in light."""


class Simulated:
    """What a page may do with parts that are made up."""

    def __init__(
        self,
        parts: tuple[str, ...],
        lights: Callable[[], Levels],
        touch: Callable[[bool], None],
    ) -> None:
        """Name the made-up `parts`; `lights` reads the lamp, `touch` makes an edge."""
        self.parts = parts
        self._lights = lights
        self._touch = touch

    def routes(self) -> list[BaseRoute]:
        """Return the routes."""
        return [
            Route("/api/simulated/lights", self._watch),
            Route("/api/simulated/button", self._press, methods=["POST"]),
        ]

    async def _watch(self, _request: Request) -> Response:
        headers = {"cache-control": "no-store"}
        return StreamingResponse(self._stream(), 200, headers, "text/event-stream")

    async def _stream(self) -> AsyncIterator[bytes]:
        shown: Levels | None = None
        spoke = 0.0
        while True:
            levels = self._lights()
            now = time.monotonic()
            if levels != shown or now - spoke > KEEP_ALIVE:
                shown, spoke = levels, now
                yield b"event: lights\ndata: " + msgspec.json.encode(levels) + b"\n\n"
            await asyncio.sleep(LOOK)

    async def _press(self, request: Request) -> Response:
        self._touch((await body_as(request, ButtonLevel)).down)
        return reply({})
