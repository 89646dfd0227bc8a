"""The JSON API: what is, what was, and what somebody wants.

GET  /api/status    the Status that lights and MQTT show too; 503 while there is none
GET  /api/events    server-sent: hello, then status and announce as they come
GET  /api/history   ?since=&until= in seconds since 1970: moods, plays, corrections
GET  /api/why       why this is playing
GET  /api/health    part -> what is wrong with it
POST /api/request   a RequestBody as {"type": "SetVolume", "volume": 30}; 200, or 409 with the
                    reason, or 400 where it is none, or 504 where nobody answers

What the people of the house manage is in house.py, songs in songs.py, the live view in live.py,
pairing in page.py. Errors are {"error": …}.
"""

from __future__ import annotations

import asyncio
import sqlite3
import time
from collections.abc import Callable, Sequence
from typing import Any

import msgspec
from starlette.applications import Starlette
from starlette.requests import ClientDisconnect
from starlette.requests import Request as HttpRequest
from starlette.responses import Response, StreamingResponse
from starlette.routing import BaseRoute, Route

from edge.events import Answer, RequestBody
from edge.web.answers import Error, History, Why
from edge.web.feed import Feed
from edge.web.hub import Hub
from edge.web.storage import Reader

ANSWER_WITHIN = 5.0
"""Seconds a request may wait for its answer."""
LARGEST_BODY = 64 * 1024
"""Bytes; a mood's fifty longest sources fit."""


def reply(value: Any, status: int = 200) -> Response:
    """Return `value`, one of our structs, as JSON."""
    body = msgspec.json.encode(value)
    return Response(body, status, media_type="application/json")


def refuse(status: int, reason: str) -> Response:
    """Return an error of one line."""
    return reply(Error(reason), status)


async def body_of(request: HttpRequest) -> bytes | None:
    """Return the request's body, or None where it is longer than LARGEST_BODY."""
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > LARGEST_BODY:
            return None
    return body


class Api:
    """The application; whoever reaches it may do everything, so a guard stands before it."""

    def __init__(
        self,
        hub: Hub,
        reader: Reader,
        feed: Feed,
        origin: str,
        *,
        more: Sequence[BaseRoute] = (),
        guard: Callable[[Any], Any] = lambda application: application,
    ) -> None:
        """Serve `hub`, `reader` and `feed`; requests are of `origin`; `more` routes come first."""
        self._hub = hub
        self._reader = reader
        self._origin = origin
        self._feed = feed
        routes = [
            *more,
            Route("/api/status", self._status),
            Route("/api/events", self._events),
            Route("/api/request", self._request, methods=["POST"]),
            Route("/api/history", self._history),
            Route("/api/health", self._health),
            Route("/api/why", self._why),
        ]
        self.asgi = guard(Starlette(routes=routes, exception_handlers=TROUBLE))

    def close(self) -> None:
        """End every stream; whoever still may begins another one."""
        self._feed.close()

    async def _status(self, _request: HttpRequest) -> Response:
        status = self._hub.status
        return refuse(503, "moodbox is still waking") if status is None else reply(status)

    async def _events(self, _request: HttpRequest) -> Response:
        headers = {"cache-control": "no-store"}
        return StreamingResponse(self._feed.stream(), 200, headers, "text/event-stream")

    async def _request(self, request: HttpRequest) -> Response:
        body = await body_of(request)
        if body is None:
            return refuse(413, f"longer than {LARGEST_BODY} bytes")
        try:
            wanted = msgspec.json.decode(body, type=RequestBody)
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            return refuse(400, str(error))
        return await self.ask(wanted)

    async def ask(self, wanted: RequestBody) -> Response:
        """Hand a request to the controller and return its answer."""
        future = asyncio.wrap_future(self._hub.ask(wanted, self._origin))
        try:
            answer: Answer = await asyncio.wait_for(future, ANSWER_WITHIN)
        except TimeoutError:
            return refuse(504, f"no answer within {ANSWER_WITHIN:.0f} s")
        return reply(answer, 200 if answer.accepted else 409)

    def _history(self, request: HttpRequest) -> Response:
        now = time.time()
        try:
            since = float(request.query_params.get("since", now - 86400.0))
            until = float(request.query_params.get("until", now + 1.0))
        except ValueError:
            return refuse(400, "since and until are seconds since 1970")
        moods = self._reader.moods(since, until)
        plays = self._reader.plays(since, until)
        corrections = self._reader.corrections(since, until)
        return reply(History(since, until, moods, plays, corrections))

    async def _health(self, _request: HttpRequest) -> Response:
        status = self._hub.status
        problems = {"daemon": "still waking"} if status is None else status.problems
        return reply(problems)

    async def _why(self, _request: HttpRequest) -> Response:
        status = self._hub.status
        if status is None:
            return refuse(503, "moodbox is still waking")
        title, uri = (status.track.title, status.track.uri) if status.track else ("", "")
        return reply(Why(status.mood.name if status.mood else "", title, uri, status.why))


async def _missing(_request: HttpRequest, _error: Exception) -> Response:
    return refuse(404, "no such address")


async def _not_so(_request: HttpRequest, _error: Exception) -> Response:
    return refuse(405, "not in this way")


async def _gone(_request: HttpRequest, _error: Exception) -> Response:
    return refuse(400, "the request ended too early")


async def _no_store(_request: HttpRequest, error: Exception) -> Response:
    return refuse(503, f"the store cannot be read: {error}")


TROUBLE: dict[Any, Callable[[HttpRequest, Exception], Any]] = {
    404: _missing,
    405: _not_so,
    ClientDisconnect: _gone,
    sqlite3.Error: _no_store,
}
