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
from edge.web.api import body_as, refuse, reply
from edge.web.feed import Feed

LOOK = 0.04
"""Seconds between two looks at the lights."""
KEEP_ALIVE = 10.0

Levels = tuple[float, float, float, float]
"""Red, green, blue and status, 0 to 1, linear in light."""


class Simulated:
    """What page and command line may do with parts that are made up."""

    def __init__(
        self,
        lights: Callable[[], Levels] | None = None,
        touch: Callable[[bool], None] | None = None,
        *others: str,
    ) -> None:
        """Read the lamp with `lights` and make an edge with `touch`, where these are simulated.

        `others` are made up, too, and are but named.
        """
        lamp, button = ("lamp",) * (lights is not None), ("button",) * (touch is not None)
        self.parts = (*lamp, *button, *others)
        self._lights = lights
        self._touch = touch

    def routes(self, feed: Feed) -> list[BaseRoute]:
        """Return the routes; the streams of `feed` and these end together."""

        async def watch(_request: Request) -> Response:
            if self._lights is None:
                return refuse(409, "no simulated lamp: a real one is looked at")
            headers = {"cache-control": "no-store"}
            shown = _stream(self._lights, feed.closing)
            return StreamingResponse(shown, 200, headers, "text/event-stream")

        return [
            Route("/api/simulated/lights", watch),
            Route("/api/simulated/button", self._press, methods=["POST"]),
        ]

    async def _press(self, request: Request) -> Response:
        if self._touch is None:
            return refuse(409, "no simulated button: a real one is pressed by hand")
        self._touch((await body_as(request, ButtonLevel)).down)
        return reply({})


async def _stream(lights: Callable[[], Levels], closing: asyncio.Event) -> AsyncIterator[bytes]:
    shown: Levels | None = None
    spoke = 0.0
    while not closing.is_set():
        levels = lights()
        now = time.monotonic()
        if levels != shown or now - spoke > KEEP_ALIVE:
            shown, spoke = levels, now
            yield b"event: lights\ndata: " + msgspec.json.encode(levels) + b"\n\n"
        await asyncio.sleep(LOOK)
