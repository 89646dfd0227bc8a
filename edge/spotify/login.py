"""Signing in to Spotify with PKCE (RFC 7636): no secret on the box, and no browser either.

`begin` gives an address to open on any phone. After the consent the phone lands on an address that
nobody answers, as it must be a loopback one; it is copied and handed to `finish`.
"""

from __future__ import annotations

import base64
import hashlib
import re
import secrets
import time
from collections.abc import Callable
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlencode

import msgspec
from msgspec import Struct

from edge.errors import Fault, Refused
from edge.spotify.refusal import Refusal
from edge.spotify.tokens import Tokens

if TYPE_CHECKING:
    from edge.spotify.session import Session

SCOPES = (
    "playlist-read-collaborative playlist-read-private user-library-read "
    "user-modify-playback-state user-read-playback-state user-top-read"
)
REDIRECT = "http://127.0.0.1:8898/callback"
ACCOUNTS = "https://accounts.spotify.com/"


class Attempt(Struct, frozen=True):
    """A sign-in under way; it never leaves the process."""

    url: str
    """For the person to open."""
    client_id: str
    redirect: str
    accounts: str
    state: str
    verifier: str

    def __repr__(self) -> str:
        """Return no secret: this may end up in a log."""
        return "Attempt()"


class Grant(Struct, frozen=True):
    """What the accounts service answers."""

    access_token: str
    expires_in: float
    refresh_token: str = ""
    """Empty: the old one stays."""
    scope: str = ""
    """Empty: as before."""

    def __repr__(self) -> str:
        """Return no secret: this may end up in a log."""
        return "Grant()"


def begin(client_id: str, *, redirect: str = REDIRECT, accounts: str = ACCOUNTS) -> Attempt:
    """Return a new attempt to sign in with the household's own Spotify app; asks nobody.

    Raises:
        Refused: `client_id` cannot be one.
    """
    if not re.fullmatch(r"[0-9A-Za-z]{8,64}", client_id):
        raise Refused(
            "the client id is not one: copy it from developer.spotify.com/dashboard, "
            "32 letters and digits"
        )
    verifier, state = secrets.token_urlsafe(64), secrets.token_urlsafe(16)
    digest = hashlib.sha256(verifier.encode()).digest()
    query = {
        "client_id": client_id,
        "response_type": "code",
        "redirect_uri": redirect,
        "code_challenge_method": "S256",
        "code_challenge": base64.urlsafe_b64encode(digest).rstrip(b"=").decode(),
        "scope": SCOPES,
        "state": state,
    }
    url = f"{accounts}authorize?{urlencode(query)}"
    return Attempt(url, client_id, redirect, accounts, state, verifier)


def finish(
    attempt: Attempt, pasted_address: str, *, clock: Callable[[], float] = time.time
) -> Tokens:
    """Return the sign-in for the address that the browser landed on; takes some seconds at most.

    Raises:
        Refused: the address is not the right one, or Spotify says no; one line says why.
        Fault: Spotify cannot be reached now.
    """
    from edge.spotify.session import Session  # noqa: PLC0415  see line.py

    form = {
        "grant_type": "authorization_code",
        "client_id": attempt.client_id,
        "code": _code(attempt, pasted_address),
        "redirect_uri": attempt.redirect,
        "code_verifier": attempt.verifier,
    }
    with Session(attempt.accounts) as session:
        try:
            grant = ask(session, attempt.accounts, form)
        except Refusal as refusal:
            raise _no(refusal) from refusal
    now = clock()
    return Tokens(
        client_id=attempt.client_id,
        access_token=grant.access_token,
        refresh_token=grant.refresh_token,
        scope=grant.scope or SCOPES,
        expires_at=now + grant.expires_in,
        authorized_at=now,
    )


def ask(session: Session, accounts: str, form: dict[str, str]) -> Grant:
    """Send `form` to the accounts service, which is at `accounts`.

    Raises:
        Refusal: it says no.
        Fault: there is no answer that makes sense.
    """
    response = session.post(f"{accounts}api/token", data=form)
    try:
        return msgspec.json.decode(response.content, type=Grant)
    except msgspec.DecodeError as error:
        raise Fault("Spotify's sign-in service gave an answer that makes no sense") from error


def _code(attempt: Attempt, pasted: str) -> str:
    address, _, asked = pasted.strip().partition("?")
    query = {name: values[0] for name, values in parse_qs(asked.partition("#")[0]).items()}
    if address != attempt.redirect or not {"code", "error"} & query.keys():
        raise Refused(
            f"that is not the address Spotify led to: paste the whole line that begins with "
            f"{attempt.redirect}?code="
        )
    if query.get("state") != attempt.state:
        raise Refused("that address belongs to another sign-in: paste the newest, or start again")
    if "error" in query:
        why = "access was declined" if query["error"] == "access_denied" else query["error"]
        raise Refused(f"Spotify did not sign you in: {why}; start again, and agree on its page")
    return query["code"]


def _no(refusal: Refusal) -> Exception:
    if refusal.reason == "invalid_grant":
        return Refused("that address was used already, or is too old: start again")
    if refusal.reason == "invalid_client":
        return Refused("Spotify does not know this client id: check it, and start again")
    if refusal.status < 500 and refusal.status != 429:
        return Refused(f"Spotify did not sign you in: {refusal.message or refusal.reason}")
    return Fault("Spotify's sign-in is out of order now: try again later", refusal.retry_after)
