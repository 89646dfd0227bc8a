"""The live view: pictures from the eyes to whoever looks, and to nobody's disk."""

from __future__ import annotations

import asyncio
import base64
from collections.abc import AsyncIterator, Callable

import msgspec
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from edge.vision.messages import Picture
from edge.web.feed import Feed
from edge.web.hub import Hub

PACE = 0.1
"""Seconds between two pictures to one browser."""
PATIENCE = 2.0
"""Seconds a picture may be waited for."""

LivePicture = Callable[[float, float], Picture | None]
"""Returns the first picture taken after a time, within some seconds; None: there is none."""


class Live:
    """One picture at a time is fetched for all who look, on one thread; each takes what it can."""

    def __init__(self, hub: Hub, feed: Feed, picture: LivePicture) -> None:
        """Show what `picture` returns, while `hub` does not say that the box is private.

        The streams of `feed` and these end together.
        """
        self._hub = hub
        self._feed = feed
        self._picture = picture
        self._newest = 0.0
        self._message = b""
        self._fetching: asyncio.Task[None] | None = None

    def routes(self) -> list[Route]:
        """Return the route; it is no guest's."""
        return [Route("/api/live", self._live)]

    async def _live(self, _request: Request) -> Response:
        headers = {"cache-control": "no-store"}
        return StreamingResponse(self._stream(), 200, headers, "text/event-stream")

    async def _stream(self) -> AsyncIterator[bytes]:
        closing, seen, due = self._feed.closing, 0.0, 0.0
        yield b"retry: 2000\n\n"
        while not (closing.is_set() or self._private):
            if self._newest <= seen:
                await self._next()
            if self._newest > seen and not self._private:
                seen = self._newest
                yield self._message
            else:
                yield b": nothing to see\n\n"
            now = asyncio.get_running_loop().time()
            due = max(due + PACE, now)
            await asyncio.sleep(due - now)
        self._message = b""

    async def _next(self) -> None:
        """Wait for the next picture, together with all others who do."""
        if self._fetching is None or self._fetching.done():
            self._fetching = asyncio.create_task(self._fetch())
        await asyncio.shield(self._fetching)

    async def _fetch(self) -> None:
        picture = await run_in_threadpool(self._picture, self._newest, PATIENCE)
        if picture is not None:
            self._newest, self._message = picture.at, _event(picture)

    @property
    def _private(self) -> bool:
        return self._hub.status is None or self._hub.status.private


def _event(picture: Picture) -> bytes:
    data = msgspec.json.encode(
        {
            "jpeg": base64.b64encode(picture.jpeg).decode(),
            "box": picture.box,
            "label": picture.label,
        }
    )
    return b"event: picture\ndata: " + data + b"\n\n"
