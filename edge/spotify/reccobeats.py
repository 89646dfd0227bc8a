"""How songs sound, from ReccoBeats: a free service that nobody here runs, and that may go away.

Only asked where the settings name its address, and once for a song: it is told which songs the
household has. Each request asks for 40 songs at most; a song that it does not know is left out of
its answer, and the rest are told apart by the Spotify link in `href`.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import TYPE_CHECKING

import msgspec
from msgspec import Struct

from edge.errors import Fault, Unreachable
from edge.records import Features
from edge.spotify.refusal import Refusal
from edge.uri import Uri

if TYPE_CHECKING:
    from edge.spotify.session import Session

MOST = 40
"""Songs in one request."""
WAIT = 3600.0
"""Seconds to leave it alone after it refused, where it does not say how long."""


class _Row(Struct):
    href: str = ""
    valence: float | None = None
    energy: float | None = None
    danceability: float | None = None
    loudness: float | None = None
    speechiness: float | None = None
    acousticness: float | None = None
    instrumentalness: float | None = None
    liveness: float | None = None
    tempo: float | None = None


class _Answer(Struct):
    content: list[_Row] = []


class ReccoBeats:
    """The service at one address."""

    def __init__(self, address: str) -> None:
        """Ask at `address`, as https://api.reccobeats.com/v1/."""
        address = address.rstrip("/") + "/"
        self._url = address + "audio-features"
        self._address = address

    def of(self, uris: Sequence[str]) -> dict[str, Features | None]:
        """Return how the first MOST of `uris` sound; None: it does not know.

        Raises:
            Fault: it cannot be asked now.
        """
        uris = uris[:MOST]
        ids = {Uri.parse(uri).id: uri for uri in uris}
        found: dict[str, Features | None] = dict.fromkeys(uris)
        for row in self._ask(list(ids)).content:
            uri = ids.get(row.href.rpartition("/")[2])
            if uri is not None and row.valence is not None and row.energy is not None:
                found[uri] = msgspec.convert(row, Features, from_attributes=True)
        return found

    @cached_property
    def _session(self) -> Session:
        from edge.spotify.session import Session  # noqa: PLC0415  see line.py

        return Session(self._address)

    def _ask(self, ids: list[str]) -> _Answer:
        try:
            response = self._session.get(self._url, params={"ids": ",".join(ids)})
            return msgspec.json.decode(response.content, type=_Answer)
        except Refusal as refusal:
            wait = WAIT if refusal.retry_after is None else max(refusal.retry_after, 1.0)
            raise Fault(f"ReccoBeats answers {refusal.status}", wait) from refusal
        except Unreachable as error:
            raise Fault(f"ReccoBeats does not answer at {self._url}", WAIT) from error
        except (Fault, msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            raise Fault(f"ReccoBeats gave an answer that makes no sense: {error}", WAIT) from error
