"""Who may use the page: a browser that was told the light's colours. Pure."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Sequence
from typing import NamedTuple

COLOURS = 4
"""Length of a code."""
TRIES = 5
"""Wrong codes until the window closes: six colours leave a guesser one chance in 259."""
COOKIE = "moodbox"
LIFETIME = 400 * 24 * 3600
"""Seconds a browser keeps its token; browsers cap it at 400 days."""


class Window(NamedTuple):
    """A pairing window; another code is another window."""

    code: tuple[str, ...] = ()
    """Empty: closed."""
    left: int = TRIES


def seen(window: Window, code: tuple[str, ...]) -> Window:
    """Return the window once the light shows `code`."""
    return window if window.code == code else Window(code)


def attempt(window: Window, given: Sequence[str]) -> tuple[Window, bool]:
    """Return the window after somebody tapped `given`, and whether it was right.

    A window lets one browser in: right or wrong too often, it is closed.
    """
    if not window.code or window.left <= 0:
        return window, False
    if tuple(given) == window.code:
        return window._replace(left=0), True
    return window._replace(left=window.left - 1), False


def new_code(colours: Sequence[str]) -> tuple[str, ...]:
    """Return a code that nobody can foresee."""
    return tuple(secrets.choice(colours) for _ in range(COLOURS))


def new_token() -> str:
    """Return 32 random bytes, for the cookie."""
    return secrets.token_urlsafe(32)


def hashed(token: str) -> str:
    """Return what the store keeps of a token; random tokens need no slow hash."""
    return hashlib.sha256(token.encode()).hexdigest()
