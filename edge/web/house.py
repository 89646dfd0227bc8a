"""What the people of the house may look up and manage besides the moment."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any, NamedTuple

from starlette.concurrency import run_in_threadpool
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from edge.errors import Fault, Refused
from edge.events import Preferences, SetPreferences
from edge.records import Expected
from edge.reset import Reset
from edge.web.answers import (
    About,
    Between,
    Browser,
    Days,
    FaceOf,
    HeardSong,
    LoginBegin,
    LoginFinish,
    LoginStep,
    Revoke,
    told_to,
)
from edge.web.api import body_as, query_as, refuse, reply, times
from edge.web.care import Care, CareRoutes
from edge.web.covers import Covers
from edge.web.feed import Feed
from edge.web.guard import cookie
from edge.web.hub import Hub
from edge.web.licences import Work
from edge.web.live import LivePicture
from edge.web.login import Login
from edge.web.models import ModelRoutes, Models
from edge.web.music import MusicRoutes
from edge.web.pairing import Invitations, hashed
from edge.web.simulated import Simulated
from edge.web.songs import MusicLookup, SongRoutes
from edge.web.storage import CorrectionStore, Store

OK = 200


class Resources(NamedTuple):
    """What the addresses need besides the hub."""

    about: About
    store: Store
    login: Login | None
    """None for players that need no sign-in."""
    covers: Covers
    invitations: Invitations
    """What pairs a browser without the light."""
    works: Callable[[], list[Work]] = list
    """Tells whose work this box runs on."""
    sound: MusicLookup = MusicLookup()
    correction_store: CorrectionStore | None = None
    picture: LivePicture | None = None
    """None: there are no eyes to look through."""
    reset: Reset | None = None
    care: Care = Care()
    simulated: Simulated = Simulated()
    models: Models | None = None
    """None: there are no eyes that could use one."""
    expected: Callable[[], Expected] = Expected
    """Tells what the card of the model that is used says of its faces."""


class House:
    """Preferences, devices, sign-in, the mood report, export and erasure."""

    def __init__(
        self, hub: Hub, resources: Resources, feed: Feed, revoked: Callable[[], None]
    ) -> None:
        """Manage `resources`; streams end with those of `feed`, and `revoked` hears of browsers."""
        self._hub = hub
        self._about, self._store, self._login = resources[:3]
        self._correction_store, self._works = resources.correction_store, resources.works
        self._expected = resources.expected
        self._songs = SongRoutes(hub, self._store, resources.sound, self._about.moods)
        self._music = MusicRoutes(hub, self._store, resources.covers, resources.sound)
        self._care = CareRoutes(hub, resources.care)
        self._models = ModelRoutes(resources.models)
        self._simulated = resources.simulated.routes(feed)
        self._revoked = revoked

    def routes(self) -> list[BaseRoute]:
        """Return the routes."""
        return [
            *self._songs.routes(),
            *self._music.routes(),
            *self._care.routes(),
            *self._models.routes(),
            *self._simulated,
            Route("/api/about", self._tell),
            Route("/api/licences", self._licences),
            Route("/api/face", self._face),
            Route("/api/preferences", self._preferences),
            # Two weeks of songs are half a megabyte, and a tenth of it packed.
            Route(
                "/api/heard", self._heard, middleware=[Middleware(GZipMiddleware, compresslevel=5)]
            ),
            Route("/api/report", self._report),
            Route("/api/week", self._week),
            Route("/api/export", self._export),
            Route("/api/erase", self._erase, methods=["POST"]),
            Route("/api/browsers", self._browsers),
            Route("/api/browsers/revoke", self._revoke, methods=["POST"]),
            Route("/api/login/begin", self._begin, methods=["POST"]),
            Route("/api/login/finish", self._finish, methods=["POST"]),
            Route("/api/login/forget", self._sign_out, methods=["POST"]),
        ]

    async def _tell(self, request: Request) -> Response:
        guest = bool(request.scope.get("guest"))
        return reply(told_to(self._about, guest=guest))

    def _licences(self, _request: Request) -> Response:
        return reply(self._works())

    def _face(self, request: Request) -> Response:
        """One that is kept, or that a correction could still keep."""
        png = (
            self._correction_store.get(query_as(request, FaceOf).of)
            if self._correction_store
            else b""
        )
        return Response(png, media_type="image/png") if png else refuse(404, "no face is kept")

    def _preferences(self, _request: Request) -> Response:
        return reply(self._hub.preferences or self._store.preferences() or Preferences())

    def _heard(self, request: Request) -> Response:
        songs = self._store.read.heard(*times(query_as(request, Between), time.time()))
        return reply([HeardSong.of(song) for song in songs])

    def _report(self, request: Request) -> Response:
        days = query_as(request, Days).days
        return reply(self._store.mood_report(days, time.time(), self._expected().frequency))

    def _week(self, _request: Request) -> Response:
        return reply(self._store.week(time.time(), self._expected()))

    def _export(self, _request: Request) -> Response:
        headers = {"content-disposition": 'attachment; filename="moodbox.zip"'}
        faces = self._correction_store.files() if self._correction_store else []
        return Response(self._store.export(faces), 200, headers, "application/zip")

    async def _erase(self, _request: Request) -> Response:
        return await _done(self._forget)

    def _forget(self) -> None:
        if self._correction_store is not None:
            self._correction_store.forget()
        self._store.erase()

    def _browsers(self, request: Request) -> Response:
        read = self._store.read
        mine = read.number_of(hashed(token)) if (token := cookie(request.headers)) else None
        return reply(
            [Browser(it.number, it.name, it.at, this=it.number == mine) for it in read.devices()]
        )

    async def _revoke(self, request: Request) -> Response:
        wanted = await body_as(request, Revoke)
        response = await _done(self._store.revoke_token, wanted.number)
        self._revoked()
        return response

    async def _begin(self, request: Request) -> Response:
        wanted = await body_as(request, LoginBegin)
        if self._login is None:
            return refuse(409, "this player needs no sign-in")
        try:
            return reply(LoginStep(url := self._login.begin(wanted.client_id), _qr(url)))
        except Refused as error:
            return refuse(409, str(error))

    async def _finish(self, request: Request) -> Response:
        wanted = await body_as(request, LoginFinish)
        if self._login is None:
            return refuse(409, "this player needs no sign-in")
        response = await _done(self._login.finish, wanted.address)
        if response.status_code == OK:
            self._hub.ask(SetPreferences(client_id=self._login.client_id), "page")
        return response

    async def _sign_out(self, _request: Request) -> Response:
        if self._login is None:
            return refuse(409, "this player needs no sign-in")
        return await _done(self._login.forget)


async def _done(act: Callable[..., None], *values: Any) -> Response:
    """Act on a thread of its own, and tell how it went."""
    try:
        await run_in_threadpool(act, *values)
    except Refused as error:
        return refuse(409, str(error))
    except (Fault, OSError) as error:
        return refuse(503, str(error))
    return reply({})


def _qr(text: str) -> str:
    """Return a QR code as an address of an SVG picture."""
    import segno  # noqa: PLC0415  needed once in six months

    return str(segno.make(text, error="l").svg_data_uri(scale=4, border=2))
