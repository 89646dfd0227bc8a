"""Signing in to Spotify from the page or the command line: one attempt at a time, in memory."""

from __future__ import annotations

from collections.abc import Callable

from edge.errors import Refused
from edge.spotify import login
from edge.spotify.login import Attempt
from edge.spotify.tokens import Tokens


class Login:
    """Leads through a sign-in and hands its tokens to `take`; `drop` forgets them."""

    def __init__(
        self,
        redirect: str,
        accounts: str,
        take: Callable[[Tokens], None],
        drop: Callable[[], None] = lambda: None,
    ) -> None:
        """Ask `accounts`, whose pages lead back to `redirect`."""
        self._redirect = redirect
        self._accounts = accounts
        self._take = take
        self.forget = drop
        """Sign out; raise OSError or Fault where that cannot be now."""
        self._attempt: Attempt | None = None
        self.client_id = ""
        """Of the newest attempt."""

    def begin(self, client_id: str) -> str:
        """Return the address to open; an older attempt is forgotten.

        Raises:
            Refused: the client id cannot be one.
        """
        self._attempt = login.begin(client_id, redirect=self._redirect, accounts=self._accounts)
        self.client_id = client_id
        return self._attempt.url

    def finish(self, pasted: str) -> None:
        """Sign in with the address that the browser landed on.

        Raises:
            Refused: it is not the right one, or Spotify says no.
            Fault: Spotify cannot be reached now.
        """
        if self._attempt is None:
            raise Refused("no sign-in has been begun: start again")
        self._take(login.finish(self._attempt, pasted))
        self._attempt = None
