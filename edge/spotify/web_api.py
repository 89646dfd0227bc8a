"""The one way to Spotify's Web API: one budget, one sign-in, and two lines.

Everybody who needs it (the player, the library, the page) shares one WebApi and calls it as
`api.call(lambda spotify: spotify.devices())`: one call, one request. What is read beside the music
has a line of its own: however long it takes, a wish never waits for it.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn, TypeVar

import msgspec
from msgspec import Struct

from edge.errors import CannotPlay, Fault, NeedsSomebody, Nonsense, Offline, SignInNeeded
from edge.events import Account
from edge.spotify.budget import DAY, Budget
from edge.spotify.line import Line, held, hush
from edge.spotify.login import ask
from edge.spotify.refusal import Refusal
from edge.spotify.tokens import TOKENS, Tokens, TokenStore, sign_in_age

if TYPE_CHECKING:
    import spotipy

T = TypeVar("T")
log = logging.getLogger(__name__)

EARLY = 60.0
"""Seconds before its end that an access token is refreshed."""
SIGN_IN = "not signed in to Spotify: sign in on the page, or run `moodbox login`"


class NotThere(Fault):
    """Spotify answered 404: the speaker, or the music, is not there."""

    def __init__(self, refusal: Refusal) -> None:
        """Remember whether it is the speaker that is missing."""
        super().__init__(f"Spotify does not find it: {refusal.message or refusal.reason}")
        said = refusal.message.casefold()
        self.speaker = refusal.reason == "NO_ACTIVE_DEVICE" or "device" in said


class Restricted(Fault):
    """Spotify answered 403: this is not possible now, such as a pause of what is quiet."""


class _Thing(Struct):
    uri: str = ""


class _Page(Struct):
    items: list[_Thing | None] | None = None


class _Found(Struct):
    playlists: _Page | None = None
    artists: _Page | None = None


class WebApi:
    """Spotify's Web API, for any thread; each call is bounded."""

    def __init__(
        self,
        state: Path,
        report: Callable[[Account], None],
        *,
        api: str = "https://api.spotify.com/v1/",
        accounts: str = "https://accounts.spotify.com/",
        daily_requests: int = 300,
        clock: Callable[[], float] = time.time,
    ) -> None:
        """Keep sign-in and budget in the folder `state`; `report` hears how both stand.

        `clock` gives wall-clock seconds, as sign-in and budget outlive the process.
        """
        hush()
        self.clock = clock
        self._report = report
        self._accounts = accounts
        self._lock = threading.Lock()
        self._store = TokenStore(state / TOKENS)
        self._budget = Budget(state / "spotify-requests.json", daily_requests, clock)
        self._line, self._beside = Line(api, accounts), Line(api, accounts)
        self._found: dict[str, tuple[str, float]] = {}
        self._last: Account | None = None

    @property
    def roomy(self) -> bool:
        """Whether the budget has room for what is only nice to know."""
        return self._budget.roomy

    @property
    def signed_in_at(self) -> float:
        """When somebody signed in, wall-clock seconds; 0: nobody has."""
        tokens = self._store.tokens
        return tokens.authorized_at if tokens is not None else 0.0

    def ready(self, *, by_person: bool, optional: bool = False) -> None:
        """Raise SignInNeeded or Limited where a wish may not be begun now; asks nobody.

        `optional`: it is for what is only nice to know.
        """
        if self._store.tokens is None:
            raise SignInNeeded(SIGN_IN)
        with self._locked():
            self._budget.check(by_person=by_person, optional=optional)

    def call(
        self,
        request: Callable[[spotipy.Spotify], T],
        *,
        repeat: bool = True,
        beside: bool = False,
    ) -> T:
        """Make one request, which is a GET or PUT unless `repeat` is False.

        `beside`: it is not for the speaker, so it has to stay out of the way of what is.

        Raises:
            Limited: none may be made now.
            SignInNeeded: the sign-in has ended.
            NotThere, Restricted, CannotPlay, NeedsSomebody: what Spotify says of the request.
            Fault: Spotify cannot be reached, or is out of order.
        """
        line = self._beside if beside else self._line
        with line.taken():
            try:
                return self._call(line, request, repeat=repeat)
            finally:
                with self._locked():
                    self._tell()

    def _call(
        self, line: Line, request: Callable[[spotipy.Spotify], T], *, repeat: bool = True
    ) -> T:
        token = self._admit(line)
        try:
            return line.ask(token, request, self.clock())
        except Offline:
            with self._locked():
                self._budget.take_back()
            raise
        except Refusal as refusal:
            with self._locked():
                if refusal.status != 401 or not repeat:
                    self._explain(refusal)
                self._refresh(line, dead=token)
        return self._call(line, request, repeat=False)

    def search(self, words: str) -> str:
        """Return the URI of the playlist that fits `words` best, else of the artist.

        What was found is good for a day. Raises what call() does, and CannotPlay where nothing
        fits.
        """
        uri, at = self._found.get(words, ("", 0.0))
        if not uri or abs(self.clock() - at) > DAY:
            uri = self._search(words)
            self._found[words] = uri, self.clock()
        return uri

    def _search(self, words: str) -> str:
        found = self.call(lambda s: s.search(words, limit=10, type="playlist,artist"))
        said = parsed(found or {}, _Found)
        for page in (said.playlists, said.artists):
            # A playlist of Spotify's own is an empty place in the list.
            for thing in (page.items if page is not None else None) or []:
                if thing is not None and thing.uri:
                    return thing.uri
        raise CannotPlay(f"Spotify finds nothing for {words!r}: try other words")

    def sign_in(self, tokens: Tokens) -> None:
        """Take a new sign-in, as `login.finish` gives it."""
        with self._locked():
            self._store.keep(tokens)
            self._tell()

    def sign_out(self) -> None:
        """Forget the sign-in."""
        with self._locked():
            self._store.drop()
            self._tell()

    def announce(self) -> None:
        """Say how sign-in and budget stand."""
        with self._locked():
            self._last = None
            self._tell()

    def close(self) -> None:
        """Close the connections; the next call opens new ones."""
        for line in (self._line, self._beside):
            line.close()

    def _locked(self) -> AbstractContextManager[None]:
        """Hold sign-in and budget, for no longer than a new access token takes."""
        return held(self._lock)

    def _admit(self, line: Line) -> str:
        """Return the access token for a request, which is counted; raise where none may be made."""
        with self._locked():
            tokens = self._store.tokens
            if tokens is None:
                raise SignInNeeded(SIGN_IN)
            now = self.clock()
            self._budget.check(by_person=True)
            # An end more than a day off was reckoned by a clock that has been set back since.
            if tokens.expires_at - EARLY < now or tokens.expires_at - DAY > now:
                tokens = self._refresh(line, dead=tokens.access_token)
            self._budget.spend()
            return tokens.access_token

    def _refresh(self, line: Line, dead: str) -> Tokens:
        """Get a new access token in place of one that is dead, unless another thread just has.

        A sign-in that is dead is dropped, and never tried again.
        """
        old = self._store.tokens
        if old is None:
            raise SignInNeeded(SIGN_IN)
        if old.access_token != dead:
            return old
        form = {
            "grant_type": "refresh_token",
            "refresh_token": old.refresh_token,
            "client_id": old.client_id,
        }
        try:
            grant = ask(line.session, self._accounts, form)
        except Refusal as refusal:
            if refusal.reason in {"invalid_grant", "invalid_client"} and refusal.status < 429:
                log.warning("the Spotify sign-in has ended: %s", refusal)
                self._store.drop()
                raise SignInNeeded(f"the Spotify sign-in has ended; {SIGN_IN}") from None
            if refusal.status == 429:
                self._explain(refusal)
            raise Fault(f"Spotify's sign-in is out of order ({refusal.status})") from refusal
        new = msgspec.structs.replace(
            old,
            access_token=grant.access_token,
            refresh_token=grant.refresh_token or old.refresh_token,
            scope=grant.scope or old.scope,
            expires_at=self.clock() + grant.expires_in,
        )
        try:
            self._store.keep(new)
        except OSError as error:
            log.warning("the refreshed Spotify sign-in is not kept: %s", error.strerror)
        return new

    def _explain(self, refusal: Refusal) -> NoReturn:
        """Raise what a refusal of the Web API, or of a refresh, means."""
        if refusal.status == 429:
            unnamed = 3600.0 if refusal.reason == "QUOTA_EXCEEDED" else 60.0
            raise self._budget.wait(refusal.retry_after or unnamed) from refusal
        raise meaning(refusal) from refusal

    def _tell(self) -> None:
        tokens = self._store.tokens
        account = Account(
            at=time.monotonic(),
            signed_in=tokens is not None,
            expires=sign_in_age(tokens.authorized_at, self.clock()).expires if tokens else None,
            requests_left=self._budget.left,
            limited_until=self._budget.limited_until,
        )
        if self._last is None or account != msgspec.structs.replace(self._last, at=account.at):
            self._last = account
            self._report(account)


def meaning(refusal: Refusal) -> Exception:
    """Return what a refusal means, in words with the fix. Pure; 429 is not for it."""
    said = refusal.message.casefold()
    if refusal.status == 404:
        return NotThere(refusal)
    if refusal.status == 403:
        return _forbidden(refusal, said)
    if refusal.status == 400:
        return CannotPlay(f"Spotify does not understand the request: {refusal.message}")
    if refusal.status == 401:
        return Fault("Spotify does not accept its own sign-in now", 60.0)
    return Fault(f"Spotify is out of order ({refusal.status})", refusal.retry_after)


def _forbidden(refusal: Refusal, said: str) -> Exception:
    if "owner of the app" in said:
        return NeedsSomebody("the owner of the Spotify app needs a Premium subscription")
    if refusal.reason == "PREMIUM_REQUIRED" or "premium" in said:
        return NeedsSomebody("the Spotify account needs Premium to be played from here")
    if "scope" in said:
        return SignInNeeded(
            "the Spotify sign-in does not allow this: sign in anew on the page, or run "
            "`moodbox login`"
        )
    if "registered" in said:
        return NeedsSomebody(
            "this account may not use the Spotify app: add it at developer.spotify.com/dashboard, "
            "User Management"
        )
    return Restricted(f"Spotify does not allow it now: {refusal.message or refusal.reason}")


def parsed(answer: Any, kind: type[T]) -> T:
    """Return an answer as a struct; raise Nonsense where it makes none."""
    try:
        return msgspec.convert(answer, kind)
    except msgspec.ValidationError as error:
        raise Nonsense(f"Spotify gave an answer that makes no sense: {error}") from error
