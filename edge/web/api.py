"""The JSON API: what is, what was, and what somebody wants; see operations.py for all of it."""

from __future__ import annotations

import asyncio
import sqlite3
import time
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

import msgspec
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect
from starlette.requests import Request as HttpRequest
from starlette.responses import Response, StreamingResponse
from starlette.routing import BaseRoute, Route

from edge import asked
from edge.errors import Refused, one_line
from edge.events import AddSource, Answer, RequestBody, SetSources
from edge.web.answers import Between, Error, History, Why
from edge.web.feed import Feed
from edge.web.hub import Hub
from edge.web.openapi import document
from edge.web.storage import Reader

T = TypeVar("T")
DAY = 86400.0
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
    return reply(Error(one_line(reason)), status)


async def body_of(request: HttpRequest, most: int = LARGEST_BODY) -> bytes | None:
    """Return the request's body, or None where it is longer than `most` bytes."""
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > most:
            return None
    return bytes(body)


class BadRequest(Exception):
    """What was sent makes no sense, or is too long; a status, and a line."""

    def __init__(self, status: int, reason: str) -> None:
        """Say why."""
        super().__init__(reason)
        self.status = status


async def body_as(request: HttpRequest, kind: Any, most: int = LARGEST_BODY) -> Any:
    """Return the request's JSON as a value of `kind`; raise BadRequest where it is none."""
    body = await body_of(request, most)
    if body is None:
        raise BadRequest(413, f"longer than {most} bytes")
    try:
        return asked.decode(body, kind)
    except Refused as error:
        raise BadRequest(400, str(error)) from error


def query_as(request: HttpRequest, kind: type[T]) -> T:
    """Return the request's parameters as a value of `kind`; raise BadRequest where they are none.

    Those that `kind` does not know are let be.
    """
    try:
        return msgspec.convert(dict(request.query_params), kind, strict=False)
    except msgspec.ValidationError as error:
        raise BadRequest(400, asked.in_words(error)) from error


def times(asked: Between, now: float) -> tuple[float, float]:
    """Return the two wall times that are meant; without, those of the day that ends now."""
    since = now - DAY if asked.since is None else asked.since
    return since, now + 1.0 if asked.until is None else asked.until


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
        check: Callable[[RequestBody, Reader], None] = lambda _wanted, _reader: None,
    ) -> None:
        """Serve `hub`, `reader` and `feed`; requests are of `origin`; `more` routes come first.

        `check` takes a request, and raises Refused where the outside world says that it cannot be;
        it may wait for that.
        """
        self._hub = hub
        self._reader = reader
        self._origin = origin
        self._feed = feed
        self._check = check
        routes = [
            *more,
            Route("/api/status", self._status),
            Route("/api/events", self._events),
            Route("/api/request", self._request, methods=["POST"]),
            Route("/api/history", self._history),
            Route("/api/health", self._health),
            Route("/api/why", self._why),
            Route("/api/openapi.json", self._document),
        ]
        self.routes = routes
        """All of them."""
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
        wanted = await body_as(request, RequestBody)
        try:
            if isinstance(wanted, AddSource | SetSources):
                await run_in_threadpool(self._check, wanted, self._reader)
        except Refused as error:
            return reply(Answer("", accepted=False, reason=str(error)), 409)
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
        since, until = times(query_as(request, Between), time.time())
        moods = self._reader.moods(since, until)
        plays = self._reader.plays(since, until)
        corrections = self._reader.corrections(since, until)
        return reply(History(since, until, moods, plays, corrections))

    async def _document(self, _request: HttpRequest) -> Response:
        return reply(document())

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


async def _bad(_request: HttpRequest, error: Exception) -> Response:
    return refuse(getattr(error, "status", 400), str(error))


async def _gone(_request: HttpRequest, _error: Exception) -> Response:
    return refuse(400, "the request ended too early")


async def _no_store(_request: HttpRequest, error: Exception) -> Response:
    return refuse(503, f"the store cannot be read: {error}")


TROUBLE: dict[Any, Callable[[HttpRequest, Exception], Any]] = {
    404: _missing,
    405: _not_so,
    BadRequest: _bad,
    ClientDisconnect: _gone,
    sqlite3.Error: _no_store,
}
