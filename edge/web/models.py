"""The models of the box: which there are, another one put beside them, going back.

GET  /api/models        every version, and how it stands
POST /api/models        lays one down; it is used at once, on trial
POST /api/models/use    goes to a version that is there
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from edge.errors import Fault, Refused
from edge.vision.versions import LARGEST, ModelVersions
from edge.web.answers import ModelLaidDown, PutModel, UseModel
from edge.web.api import body_as, refuse, reply

NO_EYES = "this box has no eyes"


class Models(NamedTuple):
    """What manages the models."""

    versions: ModelVersions
    renew: Callable[[], None]
    """Has the eyes opened anew."""


class ModelRoutes:
    """Carries out what is asked of `Models`."""

    def __init__(self, models: Models | None) -> None:
        """Manage `models`; None: there are no eyes."""
        self._models = models

    def routes(self) -> list[BaseRoute]:
        """Return the routes."""
        return [
            Route("/api/models", self._list, methods=["GET"]),
            Route("/api/models", self._put, methods=["POST"]),
            Route("/api/models/use", self._use, methods=["POST"]),
        ]

    def _list(self, _request: Request) -> Response:
        return reply(self._models.versions.listed() if self._models else [])

    async def _put(self, request: Request) -> Response:
        # In base64 four bytes stand for three; the rest is room for the card.
        sent = await body_as(request, PutModel, 2 * LARGEST)
        return await run_in_threadpool(self._lay_down, sent)

    def _lay_down(self, sent: PutModel) -> Response:
        if self._models is None:
            return refuse(409, NO_EYES)
        try:
            version = self._models.versions.put(sent.card, sent.model, sent.head)
        except Refused as error:
            return refuse(409, str(error))
        except Fault as error:
            return refuse(503, str(error))
        self._models.renew()
        return reply(ModelLaidDown(version))

    async def _use(self, request: Request) -> Response:
        return await run_in_threadpool(self._go_to, await body_as(request, UseModel))

    def _go_to(self, wanted: UseModel) -> Response:
        if self._models is None:
            return refuse(409, NO_EYES)
        try:
            self._models.versions.use(wanted.version)
        except Refused as error:
            return refuse(409, str(error))
        except Fault as error:
            return refuse(503, str(error))
        self._models.renew()
        return reply(ModelLaidDown(wanted.version))
