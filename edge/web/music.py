"""Picking music: the house's own playlists, what a search finds, and pictures of both.

GET /api/music/own      the playlists of the account
GET /api/music/search   ?q=: what these words find; of a link or URI, what it names
GET /api/cover          ?of=URI: the picture of a song or a list that the box knows; without, the
                        newest track's, which is all that a guest may see
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable

from starlette.requests import Request
from starlette.responses import RedirectResponse as Redirect
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from edge.choose.sources import NoSource, parse_source
from edge.covers import FOLDER, NO_PICTURE, path_of
from edge.errors import Fault, MoodboxError
from edge.spotify.finder import Pick
from edge.web.answers import Choice, CoverOf, SearchFor
from edge.web.api import query_as, refuse, reply
from edge.web.covers import Covers
from edge.web.hub import Hub
from edge.web.songs import MusicLookup
from edge.web.storage import Store

MOST_SEEN = 2000
"""Addresses of pictures that are remembered."""
KEEP_COVER = "private, max-age=86400"


class MusicRoutes:
    """Answers with what there is to pick from, and with pictures; asks as little as it can."""

    def __init__(self, hub: Hub, store: Store, covers: Covers, sound: MusicLookup) -> None:
        """Ask the finder of `sound`; get pictures through `covers`."""
        self._hub, self._store, self._covers = hub, store, covers
        self._finder, self._playable = sound.finder, sound.playable
        self._seen: OrderedDict[str, str] = OrderedDict()

    def routes(self) -> list[BaseRoute]:
        """Return the routes."""
        return [
            Route("/api/music/own", self._own),
            Route("/api/music/search", self._search),
            Route("/api/cover", self._cover),
            Route(FOLDER + "{name}", self._cover_by_name),
        ]

    def _own(self, _request: Request) -> Response:
        finder = self._finder
        return reply([]) if finder is None else self._tell(finder.own)

    def _search(self, request: Request) -> Response:
        try:
            wanted = parse_source(query_as(request, SearchFor).q, self._playable)
        except NoSource as error:
            return refuse(400, str(error))
        if not wanted.words:
            return reply([Choice(wanted.text, wanted.kind, "", "", 0, cover=False, exact=True)])
        finder = self._finder
        return reply([]) if finder is None else self._tell(lambda: finder.search(wanted.words))

    def _tell(self, ask: Callable[[], list[Pick]]) -> Response:
        try:
            found = ask()
        except Fault as error:
            return refuse(503, str(error))
        except MoodboxError as error:
            return refuse(409, str(error))
        for it in found:
            self._seen[it.uri] = it.cover
            self._seen.move_to_end(it.uri)
        while len(self._seen) > MOST_SEEN:
            self._seen.popitem(last=False)
        return reply(
            [
                Choice(it.uri, it.kind, it.name, it.by, it.songs, cover=bool(it.cover))
                for it in found
            ]
        )

    def _cover(self, request: Request) -> Response:
        """Only what the box came across itself: a browser cannot name an address."""
        wanted = query_as(request, CoverOf).of
        address = self._address(wanted, guest=bool(request.scope.get("guest")))
        cover = self._covers.get(address) if address else None
        if cover is None:
            return refuse(404, "no cover")
        headers = {"cache-control": KEEP_COVER} if wanted else None
        return Response(cover.content, 200, headers, media_type=cover.kind)

    def _cover_by_name(self, request: Request) -> Response:
        """The newest track's, for the home: its path tells who asks that it was told of it."""
        status = self._hub.status
        address = status.track.cover if status and status.track else ""
        cover = self._covers.get(address) if address else None
        if request.url.path != path_of(address):
            return refuse(404, "no cover")
        # Of most files it is known only once the server is asked whether there is a picture.
        return Response(cover.content, media_type=cover.kind) if cover else Redirect(NO_PICTURE)

    def _address(self, wanted: str, *, guest: bool) -> str:
        track = self._hub.status.track if self._hub.status else None
        if track is not None and (guest or wanted in ("", track.uri)):
            return track.cover
        if guest or not wanted:
            return ""
        return self._store.read.cover(wanted) or self._seen.get(wanted, "")
