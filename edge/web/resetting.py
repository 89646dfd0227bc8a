"""The factory reset, over the control socket alone: a browser of the home cannot order it."""

from __future__ import annotations

from starlette.background import BackgroundTask
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from edge.errors import Fault
from edge.web.api import refuse, reply
from edge.web.house import Resources


def resetting(means: Resources) -> list[BaseRoute]:
    """Return the route, where there is anything to reset."""
    reset = means.reset
    if reset is None:
        return []

    async def order(_request: Request) -> Response:
        try:
            await run_in_threadpool(reset.order)
        except Fault as fault:
            return refuse(503, str(fault))
        answer = reply({})
        answer.background = BackgroundTask(reset.end)  # once the answer is out
        return answer

    return [Route("/api/reset", order, methods=["POST"])]
