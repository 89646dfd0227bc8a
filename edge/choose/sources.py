"""What the owner may write to say what to play: a Spotify URI, a link, or words to search for."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from edge.errors import MoodboxError
from edge.uri import SPOTIFY, Kind, Scheme, Uri

ALLOWED = "allowed: a playlist, album, artist or track as Spotify URI or link, or words to search"
SEARCH_MAX = 100
"""Characters."""
ID = re.compile(r"[A-Za-z0-9]{1,40}")
PATH = re.compile(
    r"/(?:intl-[a-z]+/|embed/)?(?:user/[^/]+/)?(?P<kind>[a-z]+)/(?P<id>[A-Za-z0-9]{22})/?"
)


class NoSource(MoodboxError):
    """A text that does not say what to play."""


def parse_source(text: str) -> Uri:
    """Return what `text` names, links as URIs; raise NoSource where it names nothing."""
    text = " ".join(text.split())
    uri = Uri.parse(text)
    if uri.scheme is Scheme.SPOTIFY:
        return _checked(text, uri)
    if uri.scheme is not Scheme.WORDS:
        raise NoSource(f"source {_short(text)}: the speaker plays Spotify's music alone; {ALLOWED}")
    if re.match(r"(?i)[a-z][a-z0-9+.-]*://|(www\.)?[a-z0-9-]+(\.[a-z0-9-]+)*\.[a-z]{2,}/", text):
        return _linked(text)
    if not uri.words or not text.isprintable():
        raise NoSource(f"source {text!r}: nothing to play; {ALLOWED}")
    if len(text) > SEARCH_MAX:
        raise NoSource(
            f"source {_short(text)}: too long to search for; at most {SEARCH_MAX} letters"
        )
    return uri


def _linked(text: str) -> Uri:
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
    found = PATH.fullmatch(url.path)
    return _checked(
        text, Uri.parse(f"spotify:{found['kind']}:{found['id']}" if found else "spotify:")
    )


def _checked(text: str, uri: Uri) -> Uri:
    if uri.kind is Kind.OTHER or not ID.fullmatch(uri.id):
        raise NoSource(f"source {_short(text)}: not whole; copy it again from Spotify; {ALLOWED}")
    if uri.kind not in SPOTIFY:
        raise NoSource(f"source {_short(text)}: a mood cannot be given a {uri.kind}; {ALLOWED}")
    return Uri.spotify(uri.kind, uri.id)


def _short(text: str) -> str:
    return repr(text if len(text) <= 80 else text[:77] + "…")
