"""The sign-in, kept in one file that is always whole and only ours to read."""

from __future__ import annotations

import calendar
import logging
from datetime import UTC, datetime
from pathlib import Path

import msgspec
from msgspec import Struct

from edge import files
from edge.events import WARN_DAYS

log = logging.getLogger(__name__)

TOKENS = "spotify-sign-in.json"
"""Name of the sign-in in the state folder."""
MONTHS = 6
"""A sign-in ends so long after it was given; refreshing does not extend it (Spotify, June 2026)."""


class Tokens(Struct, frozen=True):
    """What signs us in. Times are wall-clock seconds."""

    client_id: str
    access_token: str
    refresh_token: str
    scope: str
    expires_at: float
    """When the access token has to be refreshed."""
    authorized_at: float
    """When somebody signed in."""

    def __repr__(self) -> str:
        """Return no secret: this may end up in a log."""
        return f"Tokens(authorized_at={self.authorized_at:.0f})"


class SignInAge(Struct, frozen=True):
    """How far a sign-in is from its end."""

    expires: float
    """Wall-clock seconds."""
    days_left: float
    """Negative once it has ended."""
    warn: bool
    """Time to sign in again."""


def sign_in_age(authorized_at: float, now: float) -> SignInAge:
    """Return how a sign-in that was given at `authorized_at` stands at `now`; both wall-clock."""
    given = datetime.fromtimestamp(authorized_at, UTC)
    years, month = divmod(given.month - 1 + MONTHS, 12)
    year, month = given.year + years, month + 1
    day = min(given.day, calendar.monthrange(year, month)[1])
    expires = given.replace(year=year, month=month, day=day).timestamp()
    days_left = (expires - now) / 86_400
    return SignInAge(expires, days_left, warn=days_left < WARN_DAYS)


class TokenStore:
    """The one file that holds the sign-in. Not safe for two threads: its owner holds a lock."""

    def __init__(self, path: Path) -> None:
        """Read the sign-in from `path`, if there is one."""
        self._path = path
        self.tokens = _read(path)

    def keep(self, tokens: Tokens) -> None:
        """Put `tokens` in the place of what was there; raise OSError where that is impossible."""
        self.tokens = tokens
        files.replace(self._path, msgspec.json.encode(tokens))

    def drop(self) -> None:
        """Forget the sign-in."""
        self.tokens = None
        files.remove(self._path)


def _read(path: Path) -> Tokens | None:
    try:
        return msgspec.json.decode(path.read_bytes(), type=Tokens)
    except FileNotFoundError:
        return None
    except (OSError, msgspec.DecodeError) as error:
        # Its words never hold a value of the file, only the place.
        log.warning("%s: unreadable, so somebody has to sign in again: %s", path, error)
        return None
