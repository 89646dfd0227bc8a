"""What there is to pick from: the account's own playlists, and what a search finds.

Both are for somebody who waits, so they may use the requests that are kept back for people. What
was found is good for some minutes: a search that is typed again costs nothing.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any, Protocol

from msgspec import Struct

from edge.spotify.web_api import WebApi, parsed
from edge.uri import LIKED, SPOTIFY, TOP, Uri

if TYPE_CHECKING:
    import spotipy

PAGE, PAGES = 50, 4
"""Of the account's own playlists."""
EACH = 6
"""Of each kind in what a search finds; Spotify gives ten at most."""
GOOD_FOR = 300.0
"""Seconds."""
MOST_KEPT = 30
OWN = (LIKED, TOP)


class Pick(Struct, frozen=True):
    """Something that a mood could be given."""

    uri: str
    kind: str
    """One of the kinds that a mood can be given."""
    name: str
    """A list of the account's own has one only as its kind, which the page says in its language."""
    by: str = ""
    """Who made it."""
    songs: int = 0
    """How many it has; 0 where that is not told."""
    cover: str = ""
    """Address of its picture; empty where there is none."""


class Finder(Protocol):
    """Who can be asked what there is to pick from."""

    def own(self) -> list[Pick]:
        """Return the playlists of the house."""

    def search(self, words: str) -> list[Pick]:
        """Return what `words` find, best first."""


class _Image(Struct):
    url: str = ""


class _Owner(Struct):
    display_name: str | None = None
    name: str = ""


class _Count(Struct):
    total: int = 0


class _Album(Struct):
    images: list[_Image] | None = None


class _Found(Struct):
    """Of any kind: each has some of these fields."""

    uri: str = ""
    type: str = ""
    name: str = ""
    images: list[_Image] | None = None
    owner: _Owner | None = None
    artists: list[_Owner] = []
    album: _Album | None = None
    items: _Count | None = None
    total_tracks: int = 0


class _Page(Struct):
    items: list[_Found | None] = []
    total: int = 0


class SpotifyFinder:
    """Asks Spotify; raises what WebApi.call does."""

    def __init__(
        self, api: WebApi, clock: Callable[[], float] = time.monotonic, *, lists: bool = False
    ) -> None:
        """Ask through `api`; `clock` gives seconds; `lists`: offer the account's own, too."""
        self._api = api
        self._lists = [Pick(it, Uri.parse(it).kind, "") for it in OWN if lists]
        self._clock = clock
        self._kept: dict[str, tuple[float, list[Pick]]] = {}

    def own(self) -> list[Pick]:
        """See Finder; at most PAGE times PAGES, with those that the account follows."""
        return self._once("", self._own)

    def search(self, words: str) -> list[Pick]:
        """See Finder: kind by kind in turn, so that each is among the first."""
        return self._once(words, lambda: self._search(words))

    def _once(self, key: str, ask: Callable[[], list[Pick]]) -> list[Pick]:
        at, found = self._kept.get(key, (float("-inf"), []))
        if self._clock() - at > GOOD_FOR:
            self._api.ready(by_person=True)
            found = ask()
            while len(self._kept) >= MOST_KEPT:
                del self._kept[next(iter(self._kept))]
            self._kept[key] = self._clock(), found
        return found

    def _own(self) -> list[Pick]:
        found = list(self._lists)
        for number in range(PAGES):
            read = partial(_own_page, number * PAGE)
            page = parsed(self._api.call(read, beside=True), _Page)
            found += _picks(page)
            if (number + 1) * PAGE >= page.total:
                break
        return found

    def _search(self, words: str) -> list[Pick]:
        answer: dict[str, Any] = (
            self._api.call(lambda s: s.search(words, limit=10, type=",".join(SPOTIFY)), beside=True)
            or {}
        )
        columns = [
            _picks(parsed(answer.get(f"{kind}s") or {}, _Page))[:EACH]
            for kind in ("playlist", "artist", "album", "track")
        ]
        rows = [column[row] for row in range(EACH) for column in columns if row < len(column)]
        return list({it.uri: it for it in rows}.values())


def _own_page(at: int, spotify: spotipy.Spotify) -> Any:
    return spotify.current_user_playlists(limit=PAGE, offset=at)


def _picks(page: _Page) -> list[Pick]:
    """Return what there is on a page; what Spotify keeps to itself is an empty place."""
    return [_pick(it) for it in page.items if it is not None and it.uri]


def _pick(it: _Found) -> Pick:
    images = it.images or (it.album.images if it.album else None) or []
    by = ", ".join(artist.name for artist in it.artists)
    return Pick(
        uri=it.uri,
        kind=it.type,
        name=it.name,
        by=by or (it.owner.display_name or "" if it.owner else ""),
        songs=it.items.total if it.items else it.total_tracks,
        # The smallest is large enough for a list.
        cover=images[-1].url if images else "",
    )
