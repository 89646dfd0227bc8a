"""Taking care of the box itself.

GET  /api/troubles      the last faults of its parts, oldest first
POST /api/restart       starts the box's program anew
POST /api/broker/password  keeps the password for a broker that the house chooses
POST /api/broker/test   logs in at the home's broker once, as a client of another name
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from starlette.background import BackgroundTask
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from edge.errors import Fault, Refused
from edge.events import Broker
from edge.web.answers import BrokerPassword
from edge.web.api import body_as, refuse, reply
from edge.web.hub import Hub


class Care(NamedTuple):
    """What can be done to the box; None: it cannot be done here."""

    restart: Callable[[], None] | None = None
    """Ends the program, which whoever supervises it starts again."""
    broker: str = ""
    """The settings', as host:port; empty where they name none."""
    keep_password: Callable[[Broker, str], None] | None = None
    """Raises Fault, in words, where it cannot be kept."""
    try_broker: Callable[[], None] | None = None
    """Raises Refused where none is named; Fault, in words, where it cannot be used."""


class CareRoutes:
    """Carries out what `Care` can."""

    def __init__(self, hub: Hub, care: Care) -> None:
        """Tell of the troubles that `hub` heard of."""
        self._hub, self._care = hub, care

    def routes(self) -> list[BaseRoute]:
        """Return the routes."""
        return [
            Route("/api/troubles", self._troubles),
            Route("/api/restart", self._restart, methods=["POST"]),
            Route("/api/broker/password", self._keep_password, methods=["POST"]),
            Route("/api/broker/test", self._try_broker, methods=["POST"]),
        ]

    async def _troubles(self, _request: Request) -> Response:
        return reply(self._hub.troubles())

    async def _restart(self, _request: Request) -> Response:
        if self._care.restart is None:
            return refuse(409, "nobody would start it again: end it and start it where it runs")
        answer = reply({})
        answer.background = BackgroundTask(self._care.restart)  # once the answer is out
        return answer

    async def _keep_password(self, request: Request) -> Response:
        wanted = await body_as(request, BrokerPassword)
        if self._care.keep_password is None:
            return refuse(409, "no password can be kept here")
        try:
            await run_in_threadpool(self._care.keep_password, wanted.broker, wanted.password)
        except Fault as error:
            return refuse(503, str(error))
        return reply({})

    async def _try_broker(self, _request: Request) -> Response:
        if self._care.try_broker is None:
            return refuse(409, "the settings name no broker")
        try:
            await run_in_threadpool(self._care.try_broker)
        except Refused as error:
            return refuse(409, str(error))
        except (Fault, OSError) as error:
            return refuse(503, str(error))
        return reply({})
