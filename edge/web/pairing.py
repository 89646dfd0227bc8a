"""Who may use the page: a browser that was told the light's colours, or that was invited. Pure."""

from __future__ import annotations

import hashlib
import secrets
import threading
from collections.abc import Sequence
from typing import NamedTuple

MOST_COLOURS = 10
"""Length that a code grows to."""
WRONG = 4
"""Wrong codes until the code grows by a colour. Whoever guesses so has one chance in 270 with six
colours, and the owner, who reads the light, is never locked out."""
TRIES, TRY_AGAIN = 5, 60.0
"""Codes that one address may try at once, and the seconds until it may try one more."""
WRONG_COSTS = 0.25
"""Seconds until the next code is looked at: of however many addresses somebody has, so many codes
an hour are too few for a code that has grown, and the owner's is looked at in its turn."""
INVITED_FOR = 600.0
"""Seconds a one-time address is good for."""
MOST_INVITATIONS = 5
"""At one time; the oldest makes room."""
COOKIE = "moodbox"
LIFETIME = 400 * 24 * 3600
"""Seconds a browser keeps its token; browsers cap it at 400 days."""


class Window(NamedTuple):
    """A pairing window; another code is another window."""

    code: tuple[str, ...] = ()
    """Empty: closed."""
    wrong: int = 0
    """Wrong codes so far."""
    used: bool = False
    """It let somebody in, and lets in nobody else."""

    @property
    def is_open(self) -> bool:
        """Whether a code is waited for."""
        return bool(self.code) and not self.used


def seen(window: Window, code: tuple[str, ...]) -> Window:
    """Return the window once the light shows `code`; it shows a code that grew a moment late."""
    same = bool(code) and window.code[: len(code)] == code
    return window if same else Window(code)


def attempt(window: Window, given: Sequence[str], colours: Sequence[str]) -> tuple[Window, bool]:
    """Return the window after somebody tapped `given`, and whether it was right.

    A window lets one browser in. After WRONG wrong codes the code grows by one of `colours`, so
    that guessing is no use, however often and from wherever it is done.
    """
    if not window.is_open:
        return window, False
    if tuple(given) == window.code:
        return window._replace(used=True), True
    wrong, code = window.wrong + 1, window.code
    if wrong % WRONG == 0 and len(code) < MOST_COLOURS:
        code = (*code, secrets.choice(colours))
    return window._replace(code=code, wrong=wrong), False


class Invitations:
    """One-time addresses: the hashes of their tokens, each until it is used or old.

    Safe for several threads; time is passed in, monotonic.
    """

    def __init__(self) -> None:
        """Begin with none."""
        self._until: dict[str, float] = {}
        self._lock = threading.Lock()

    def invite(self, now: float) -> str:
        """Return a token that lets one browser in within INVITED_FOR seconds."""
        token = new_token()
        with self._lock:
            while len(self._until) >= MOST_INVITATIONS:
                del self._until[next(iter(self._until))]
            self._until[hashed(token)] = now + INVITED_FOR
        return token

    def redeem(self, token: str, now: float) -> bool:
        """Return whether `token` lets somebody in; it does so once."""
        with self._lock:
            return now < self._until.pop(hashed(token), now)


def new_token() -> str:
    """Return 32 random bytes, for the cookie or a one-time address."""
    return secrets.token_urlsafe(32)


def hashed(token: str) -> str:
    """Return what is kept of a token; random tokens need no slow hash."""
    return hashlib.sha256(token.encode()).hexdigest()
