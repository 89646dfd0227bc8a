"""What the control socket alone may order, and no browser of the home: reset, invite."""

from __future__ import annotations

from collections.abc import Callable

from starlette.background import BackgroundTask
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from edge.errors import Fault, Refused
from edge.reset import Reset
from edge.web.answers import Invitation
from edge.web.api import refuse, reply
from edge.web.pairing import INVITED_FOR


class ControlRoutes:
    """The routes of whoever may open the control socket."""

    def __init__(self, reset: Reset | None, invite: Callable[[], str]) -> None:
        """Carry out `reset` where there is one; `invite` makes a one-time address of the page."""
        self._reset = reset
        self._invite = invite

    def routes(self) -> list[BaseRoute]:
        """Return the routes."""
        routes: list[BaseRoute] = [Route("/api/invite", self._invited, methods=["POST"])]
        if self._reset is not None:
            routes.append(Route("/api/reset", self._ordered, methods=["POST"]))
        return routes

    async def _invited(self, _request: Request) -> Response:
        try:
            return reply(Invitation(self._invite(), INVITED_FOR))
        except Refused as error:
            return refuse(409, str(error))

    async def _ordered(self, _request: Request) -> Response:
        assert self._reset is not None  # noqa: S101  else there is no such route
        try:
            await run_in_threadpool(self._reset.order)
        except Fault as fault:
            return refuse(503, str(fault))
        answer = reply({})
        answer.background = BackgroundTask(self._reset.end)  # once the answer is out
        return answer
