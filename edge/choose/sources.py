"""What the owner may write to say what to play, as far as the player can play it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from urllib.parse import urlsplit

from msgspec import Struct

from edge.errors import MoodboxError
from edge.uri import LIKED, SPOTIFY, Kind, Scheme, Uri

SEARCH_MAX = 100
"""Characters."""
ID = re.compile(r"[A-Za-z0-9]{1,40}")
PATH = re.compile(
    r"/(?:intl-[a-z]+/|embed/)?(?:user/[^/]+/)?(?P<kind>[a-z]+)/(?P<id>[A-Za-z0-9]{22})/?"
)


WAYS = {
    Scheme.SPOTIFY: "a playlist, album, artist or track as Spotify URI or link",
    Scheme.MPD: "mpd:folder:NAME, mpd:playlist:NAME, mpd:genre:NAME, mpd:search:WORDS",
    Scheme.FILE: "file:PATH in its library",
    Scheme.WORDS: "words to search",
}
"""How to name music, by whose it is."""
OWN_LISTS = "spotify:liked and spotify:top, which are the account's own songs"
LIKED_PATH = "/collection/tracks"
SHORT = frozenset({"spotify.link", "spotify.app.link", "spoti.fi"})
"""Where Spotify's short links lead from; only by asking there one learns what they name."""


class Playable(Struct, frozen=True):
    """What a player, or several, can play."""

    player: str = "spotify"
    """The driver's name."""
    schemes: frozenset[Scheme] = frozenset({Scheme.SPOTIFY, Scheme.WORDS})
    everything: str = ""
    """All that it has of its own; empty: that is as good as without end, and is searched."""
    lists: bool = False
    """It plays the songs that it is given one by one, and so the account's own lists."""

    def has(self, source: str) -> bool:
        """Return whether it can play `source`."""
        uri = Uri.parse(source)
        return uri.scheme in self.schemes and (self.lists or not uri.is_list)

    @property
    def allowed(self) -> str:
        """What may be written, in words."""
        ways = [WAYS[it] for it in WAYS if it in self.schemes]
        return "allowed: " + ", or ".join([*ways, OWN_LISTS] if self.lists else ways)


SPOTIFYS = Playable()


def any_of(players: Sequence[Playable]) -> Playable:
    """Return what one of `players` can play."""
    names = " or ".join(it.player for it in players)
    schemes = frozenset[Scheme]().union(*(it.schemes for it in players))
    return Playable(names, schemes, lists=any(it.lists for it in players))


class NoSource(MoodboxError):
    """A text that does not say what to play."""


def parse_source(text: str, playable: Playable = SPOTIFYS) -> Uri:
    """Return what `text` names, links as URIs.

    Raise NoSource where it names nothing, or nothing that is `playable`.
    """
    try:
        uri = _parsed(text)
    except NoSource as error:
        raise NoSource(f"source {_short(text.strip())}: {error}; {playable.allowed}") from None
    if not playable.has(uri.text):
        raise NoSource(
            f"source {_short(text.strip())}: the player {playable.player} cannot play that; "
            f"{playable.allowed}"
        )
    return uri


def _parsed(text: str) -> Uri:
    uri = Uri.parse(text.strip())
    if uri.scheme not in {Scheme.SPOTIFY, Scheme.WORDS}:
        return _in_library(uri)
    text = " ".join(text.split())
    uri = Uri.parse(text)
    if uri.scheme is Scheme.SPOTIFY:
        return _checked(uri)
    if re.match(r"(?i)[a-z][a-z0-9+.-]*://|(www\.)?[a-z0-9-]+(\.[a-z0-9-]+)*\.[a-z]{2,}/", text):
        return _linked(text)
    if not uri.words or not text.isprintable():
        raise NoSource("nothing to play")
    if len(text) > SEARCH_MAX:
        raise NoSource(f"too long to search for, at most {SEARCH_MAX} letters")
    return uri


def _in_library(uri: Uri) -> Uri:
    if uri.kind is Kind.OTHER or not uri.id or not uri.text.isprintable():
        raise NoSource("nothing that a library has")
    return uri


def _linked(text: str) -> Uri:
    try:
        url = urlsplit(text if "://" in text else f"https://{text}")
    except ValueError as error:
        raise NoSource(f"no address ({error})") from error
    if url.scheme not in {"http", "https"} or url.hostname not in {
        "open.spotify.com",
        "play.spotify.com",
    }:
        raise NoSource(
            "a short link: open it, and copy the long one"
            if url.hostname in SHORT
            else "no link to music at open.spotify.com"
        )
    if url.path.rstrip("/") == LIKED_PATH:
        return Uri.parse(LIKED)
    found = PATH.fullmatch(url.path)
    return _checked(Uri.parse(f"spotify:{found['kind']}:{found['id']}" if found else "spotify:"))


def _checked(uri: Uri) -> Uri:
    if uri.is_list:
        return uri
    if uri.kind is Kind.OTHER or not ID.fullmatch(uri.id):
        raise NoSource("not whole; copy it again from Spotify")
    if uri.kind not in SPOTIFY:
        raise NoSource(f"a mood cannot be given a {uri.kind}")
    return Uri.spotify(uri.kind, uri.id)


def _short(text: str) -> str:
    return repr(text if len(text) <= 80 else text[:77] + "…")
