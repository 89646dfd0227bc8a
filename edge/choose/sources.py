"""What the owner may write to say what to play: a Spotify URI, a link, or words to search for."""

from __future__ import annotations

import re
from typing import Any, Literal, get_args
from urllib.parse import urlsplit

from msgspec import Struct

from edge.errors import MoodboxError

Kind = Literal["playlist", "album", "artist", "track", "search"]
KINDS = get_args(Kind)[:-1]
ALLOWED = "allowed: a playlist, album, artist or track as Spotify URI or link, or words to search"
SEARCH_MAX = 100
"""Characters."""
URI = re.compile(r"spotify:(?:user:[^:]+:)?(?P<kind>[a-z]+):(?P<id>[A-Za-z0-9]{1,40})")
PATH = re.compile(
    r"/(?:intl-[a-z]+/|embed/)?(?:user/[^/]+/)?(?P<kind>[a-z]+)/(?P<id>[A-Za-z0-9]{22})/?"
)


class Source(Struct, frozen=True):
    """One thing to play."""

    kind: Kind
    text: str
    """Its URI; for a search, the words."""


class NoSource(MoodboxError):
    """A text that does not say what to play."""


def parse_source(text: str) -> Source:
    """Return what `text` names, links as URIs; raise NoSource where it names nothing."""
    text = " ".join(text.split())
    if text.startswith("spotify:"):
        return _named(text, URI.fullmatch(text))
    if re.match(r"(?i)[a-z][a-z0-9+.-]*://|(www\.)?[a-z0-9-]+(\.[a-z0-9-]+)*\.[a-z]{2,}/", text):
        return _linked(text)
    if not text or not text.isprintable():
        raise NoSource(f"source {text!r}: nothing to play; {ALLOWED}")
    if len(text) > SEARCH_MAX:
        raise NoSource(
            f"source {_short(text)}: too long to search for; at most {SEARCH_MAX} letters"
        )
    return Source("search", text)


def _linked(text: str) -> Source:
    try:
        url = urlsplit(text if "://" in text else f"https://{text}")
    except ValueError as error:
        raise NoSource(f"source {_short(text)}: no address ({error}); {ALLOWED}") from error
    if url.scheme not in {"http", "https"} or url.hostname not in {
        "open.spotify.com",
        "play.spotify.com",
    }:
        hint = "; open the short link and copy the long one" if "spotify" in url.netloc else ""
        raise NoSource(
            f"source {_short(text)}: no link to music at open.spotify.com{hint}; {ALLOWED}"
        )
    return _named(text, PATH.fullmatch(url.path))


def _named(text: str, found: re.Match[str] | None) -> Source:
    if found is None:
        raise NoSource(f"source {_short(text)}: not whole; copy it again from Spotify; {ALLOWED}")
    kind: Any = found["kind"]
    if kind not in KINDS:
        raise NoSource(f"source {_short(text)}: a mood cannot be given a {kind}; {ALLOWED}")
    return Source(kind, f"spotify:{kind}:{found['id']}")


def _short(text: str) -> str:
    return repr(text if len(text) <= 80 else text[:77] + "…")
