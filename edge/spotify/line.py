"""A connection to the Web API, for one request at a time."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cached_property
from typing import TYPE_CHECKING, TypeVar

from edge.errors import Fault

if TYPE_CHECKING:
    import spotipy

    from edge.spotify.session import Session

T = TypeVar("T")

PATIENCE = 30.0
"""Seconds to wait for another thread's request."""
STALE = 50.0
"""Seconds after which a connection is not trusted any more: routers forget it in silence."""


class Line:
    """Its requests wait for each other, and for those of no other line."""

    def __init__(self, api: str, accounts: str) -> None:
        """Speak to the Web API at `api`, and to the accounts service at `accounts`."""
        self._api, self._accounts = api, accounts
        self._used = 0.0
        self._lock = threading.Lock()

    @contextmanager
    def taken(self) -> Iterator[None]:
        """Keep other threads out; raise Fault where one has it for too long."""
        with held(self._lock):
            yield

    def ask(self, token: str, request: Callable[[spotipy.Spotify], T], now: float) -> T:
        """Make a request at `now`, any seconds; raise what the session does."""
        if abs(now - self._used) > STALE:
            self.close()
        self._used = now
        self._spotify.set_auth(token)
        return request(self._spotify)

    def close(self) -> None:
        """Let go of its connections; the next request makes others."""
        if "session" in self.__dict__:  # else nobody has asked yet
            self.session.close()

    # Half a second to import: not before the box is ready, and never where no account is used.

    @cached_property
    def session(self) -> Session:
        """What its requests go through."""
        from edge.spotify.session import Session  # noqa: PLC0415

        return Session(self._api, self._accounts)

    @cached_property
    def _spotify(self) -> spotipy.Spotify:
        import spotipy  # noqa: PLC0415

        client = spotipy.Spotify(auth="-", requests_session=self.session)
        client.prefix = self._api
        return client


@contextmanager
def held(lock: threading.Lock) -> Iterator[None]:
    """Hold a lock; raise Fault where another thread has it for too long."""
    if not lock.acquire(timeout=PATIENCE):
        raise Fault("Spotify is slow: another request is still under way")
    try:
        yield
    finally:
        lock.release()


def hush() -> None:
    """Let spotipy say nothing below a warning: its debug messages hold tokens."""
    for name in ("spotipy.client", "spotipy.oauth2", "spotipy.util"):
        logging.getLogger(name).addFilter(_not_chatty)


def _not_chatty(record: logging.LogRecord) -> bool:
    return record.levelno >= logging.WARNING
