"""Who may ask: the consent page, the tokens, and how they die.

There is no published contract of the token endpoint: its fields are those of the documentation of
the authorization code flow with PKCE, written down here by hand.
"""

from __future__ import annotations

import base64
import hashlib
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

HOUR = 3600.0
SIX_MONTHS = 182 * 24 * HOUR
"""A sign-in ends so long after the consent, however often it was refreshed."""
FIELDS = {
    "authorization_code": {"grant_type", "code", "redirect_uri", "client_id", "code_verifier"},
    "refresh_token": {"grant_type", "refresh_token", "client_id"},
}
CONSENT = {
    "client_id", "response_type", "redirect_uri", "scope", "state",
    "code_challenge", "code_challenge_method", "show_dialog",
}  # fmt: skip


@dataclass
class Grant:
    """What the owner allowed once."""

    client_id: str
    scope: str
    given: float
    challenge: str = ""
    redirect: str = ""
    end: str = ""
    """Why it is over; empty while it stands."""


class Accounts:
    def __init__(self, clock: Callable[[], float]) -> None:
        self.clock = clock
        self.client_ids = {"a" * 32}
        self.rotates = False
        """Whether a refresh brings a new refresh token; the old one stays good."""
        self.violations: list[str] = []
        self._codes: dict[str, Grant] = {}
        self._refresh: dict[str, Grant] = {}
        self._access: dict[str, tuple[Grant, float]] = {}

    def consent(self, address: str) -> str:
        """Open the consent page and agree; return the address the browser is sent to."""
        asked = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
        if unknown := asked.keys() - CONSENT:
            self.violations.append(f"authorize: unknown parameters {sorted(unknown)}")
        if asked.get("response_type") != "code" or asked.get("code_challenge_method") != "S256":
            self.violations.append("authorize: not the code flow with PKCE")
        if urlsplit(asked["redirect_uri"]).hostname not in {"127.0.0.1", "::1"}:
            self.violations.append(f"authorize: {asked['redirect_uri']} is no loopback address")
        code = secrets.token_urlsafe(16)
        self._codes[code] = Grant(
            asked["client_id"], asked.get("scope", ""), self.clock(),
            asked["code_challenge"], asked["redirect_uri"],
        )  # fmt: skip
        sent = {"code": code} | ({"state": asked["state"]} if "state" in asked else {})
        return f"{asked['redirect_uri']}?{urlencode(sent)}"

    def sign_in(self, scope: str) -> dict[str, Any]:
        """Return the tokens of a fresh sign-in, as the token endpoint answers."""
        return self._answer(Grant(min(self.client_ids), scope, self.clock()), new=True)

    def token(self, body: bytes) -> tuple[int, dict[str, Any]]:
        """Answer POST /api/token."""
        form = {name: values[0] for name, values in parse_qs(body.decode()).items()}
        kind = form.get("grant_type", "")
        if FIELDS.get(kind) != form.keys():
            self.violations.append(f"token: {kind!r} with the fields {sorted(form)}")
        if form.get("client_id") not in self.client_ids:
            return 400, {"error": "invalid_client", "error_description": "Invalid client"}
        if kind == "authorization_code":
            return self._exchange(form)
        if kind == "refresh_token":
            return self._renew(form)
        return 400, {"error": "unsupported_grant_type"}

    def may(self, header: str) -> frozenset[str] | str:
        """Return the scopes that an Authorization header carries, or what is wrong with it."""
        grant, until = self._access.get(header.removeprefix("Bearer "), (None, 0.0))
        if grant is None or grant.end:
            return "Invalid access token"
        if self.clock() >= until:
            return "The access token expired"
        return frozenset(grant.scope.split())

    def end(self, why: str) -> None:
        """End every sign-in."""
        for grant in [*self._refresh.values(), *self._codes.values()]:
            grant.end = grant.end or why

    def expire_access(self) -> None:
        """End every access token; a refresh brings a new one."""
        self._access = {token: (grant, 0.0) for token, (grant, _) in self._access.items()}

    def _exchange(self, form: dict[str, str]) -> tuple[int, dict[str, Any]]:
        grant = self._codes.pop(form.get("code", ""), None)
        digest = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
        if grant is None or grant.client_id != form["client_id"]:
            return _dead("Invalid authorization code")
        if grant.redirect != form.get("redirect_uri"):
            return _dead("Invalid redirect URI")
        if grant.challenge != challenge:
            return _dead("code_verifier was incorrect")
        return 200, self._answer(grant, new=True)

    def _renew(self, form: dict[str, str]) -> tuple[int, dict[str, Any]]:
        grant = self._refresh.get(form.get("refresh_token", ""))
        if grant is None or grant.client_id != form["client_id"]:
            return _dead("Invalid refresh token")
        if self.clock() >= grant.given + SIX_MONTHS:
            grant.end = grant.end or "Refresh token expired"
        if grant.end:
            return _dead(grant.end)
        return 200, self._answer(grant, new=self.rotates)

    def _answer(self, grant: Grant, *, new: bool) -> dict[str, Any]:
        access = secrets.token_urlsafe(24)
        self._access[access] = grant, self.clock() + HOUR
        answer = {
            "access_token": access,
            "token_type": "Bearer",
            "scope": grant.scope,
            "expires_in": int(HOUR),
        }
        if new:
            answer["refresh_token"] = secrets.token_urlsafe(24)
            self._refresh[str(answer["refresh_token"])] = grant
        return answer


def _dead(why: str) -> tuple[int, dict[str, Any]]:
    return 400, {"error": "invalid_grant", "error_description": why}
