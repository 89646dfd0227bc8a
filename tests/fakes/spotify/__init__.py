"""A Spotify of our own: a real HTTP server with the Web API and the accounts service of 2026.

It keeps state, goes by a clock that the test moves, misbehaves on order, and remembers what it was
asked. Every request and every answer is held up to tests/contracts/spotify-web-api.yml; what does
not fit is in `violations`. The token endpoint is in no contract (see accounts.py).
"""

from __future__ import annotations

import json
import math
import threading
from typing import Any, NamedTuple

from fakes.contract import Operation, contract
from fakes.http import Answer, Request, Served
from fakes.spotify.accounts import Accounts
from fakes.spotify.routes import ROUTES, Asked, Refusal
from fakes.spotify.world import OWNER, Clock, Context, Device, Song, World

__all__ = ["OWNER", "Call", "Clock", "FakeSpotify", "Song"]

PREMIUM = Refusal(403, "Player command failed: Premium required", "PREMIUM_REQUIRED")
NO_OWNER = Refusal(403, "Active premium subscription required for the owner of the app")


class Call(NamedTuple):
    """One request, as it was answered."""

    method: str
    path: str
    query: dict[str, str]
    body: bytes
    status: int
    """0: the connection was cut without an answer."""
    at: float


class FakeSpotify(Served):
    """The server, and the orders it takes. Close it when done."""

    def __init__(self, clock: Clock | None = None) -> None:
        self.clock = clock or Clock()
        self.world = World(self.clock)
        self.accounts = Accounts(self.clock)
        self.log: list[Call] = []
        self.violations = self.accounts.violations
        self.slowness = 0.0
        """Seconds (real ones) that each answer takes."""
        self._contract = contract("spotify-web-api")
        self._limit = (0.0, "")
        self._outage: int | None = None
        self._premium = True
        self._owner_premium = True
        self._lock = threading.RLock()
        super().__init__()

    # Where it is, and what it was asked.

    @property
    def api(self) -> str:
        """For the setting music.api."""
        return self.address + "v1/"

    def asked(self, method: str, path: str) -> list[Call]:
        """Return the calls of one operation; `path` begins after /v1."""
        return [call for call in self.log if (call.method, call.path) == (method, path)]

    def api_calls(self) -> list[Call]:
        """Return the calls that count against the quota."""
        return [call for call in self.log if call.path != "/api/token"]

    # What there is.

    def add_device(self, name: str, volume: int | None = 50) -> Device:
        return self.world.add_device(name, volume)

    def add_playlist(
        self,
        name: str,
        songs: int | list[Song] = 10,
        owner: str = OWNER,
        *,
        collaborative: bool = False,
    ) -> str:
        """Add a playlist and return its URI; owner "spotify" makes it one of Spotify's own."""
        if isinstance(songs, int):
            songs = [Song(f"{name} {n + 1}", f"{name} Band") for n in range(songs)]
        return self.world.add(Context("playlist", name, songs, owner, collaborative)).uri

    def add_album(self, name: str, by: str, songs: int = 10) -> str:
        made = [Song(f"{name} {n + 1}", by, name) for n in range(songs)]
        return self.world.add(Context("album", name, made, by)).uri

    def add_artist(self, name: str, songs: int = 10) -> str:
        made = [Song(f"Hit {n + 1}", name) for n in range(songs)]
        return self.world.add(Context("artist", name, made, name)).uri

    def sign_in(self, scope: str) -> dict[str, Any]:
        """Return the tokens of a fresh sign-in, as the token endpoint answers."""
        return self.accounts.sign_in(scope)

    def consent(self, address: str) -> str:
        """Open the consent page and agree; return the address the browser is sent to."""
        return self.accounts.consent(address)

    # What goes by, or wrong.

    def advance(self, seconds: float) -> None:
        self.clock.advance(seconds)

    def vanish(self, name: str) -> None:
        """Switch a speaker off."""
        with self._lock:
            self.world.remove_device(name)

    def hide(self, name: str) -> None:
        """Leave a speaker out of the list, as idle ones are; its id still works."""
        for device in self.world.devices.values():
            device.listed = device.listed and device.name != name

    def limit(self, seconds: float, reason: str = "") -> None:
        """Answer 429 with Retry-After for so long."""
        self._limit = (self.clock() + seconds, reason)

    def exhaust_quota(self, seconds: float = 48_925.0) -> None:
        """Answer 429 QUOTA_EXCEEDED; the default is what was seen in August 2026."""
        self.limit(seconds, "QUOTA_EXCEEDED")

    def outage(self, status: int | None = 503) -> None:
        """Answer everything with `status`, 0: by cutting the connection, None: as usual again."""
        self._outage = status

    def cut_off(self) -> None:
        """Let the home have no internet: nobody can ask, and the song that is on is the last."""
        self.outage(0)
        with self._lock:
            self.world.catch_up()
            self.world.end_after_song()

    def expire_access(self) -> None:
        """End the access tokens; a refresh brings new ones."""
        self.accounts.expire_access()

    def expire_refresh(self) -> None:
        """End the sign-in, as after six months."""
        self.accounts.end("Refresh token expired")

    def revoke(self) -> None:
        """End the sign-in, as by its owner."""
        self.accounts.end("Refresh token revoked")

    def refuse_audio_keys(self, refuse: bool = True) -> None:
        """Accept every command, and end every track at once."""
        with self._lock:
            self.world.catch_up()
            self.world.keys_refused = refuse

    def lose_premium(self, *, of_the_app_owner: bool = False) -> None:
        """Refuse player commands, or everything."""
        self._premium, self._owner_premium = False, not of_the_app_owner

    def regain_premium(self) -> None:
        """Allow player commands again."""
        self._premium = self._owner_premium = True

    def touch(
        self, *, pause: bool | None = None, volume: int | None = None, context: str = "",
        skip: bool = False, device: str = "",
    ) -> None:  # fmt: skip
        """Do by hand, in the Spotify app, what is named."""
        with self._lock:
            world = self.world
            world.catch_up()
            by_name = {d.name: d for d in world.devices.values()}
            speaker = by_name[device] if device else world.playback.device
            assert speaker is not None, "no speaker is active to be touched"
            if context:
                world.play(speaker, context, world.contexts[context].songs)
            elif device:
                world.move(speaker, play=None)
            if skip:
                world.skip()
            if pause is not None:
                world.playback.playing = not pause
            if volume is not None:
                speaker.volume = volume

    # How it answers.

    def answer(self, request: Request) -> Answer | None:
        """Return the answer to one request; None cuts the connection."""
        if self.slowness:
            self.closing.wait(self.slowness)
        if request.path.startswith("/v1/"):
            request = request._replace(path=request.path.removeprefix("/v1"))
        with self._lock:
            answer = self._answer(request)
            status = answer.status if answer else 0
            self.log.append(
                Call(
                    request.method, request.path, request.query, request.body, status, self.clock()
                )
            )
            return answer

    def _answer(self, request: Request) -> Answer | None:
        if self._outage == 0:
            return None
        if (request.method, request.path) == ("POST", "/api/token"):
            return self._give_token(request)
        target = request.target.removeprefix("/v1")
        self.violations += self._contract.request(
            request.method, target, request.body, request.headers.get("Content-Type", "")
        )
        try:
            said = self._operate(self._contract.operation(request.method, request.path), request)
            answer = Answer(204) if said is None else Answer(200, json.dumps(said).encode())
        except Refusal as refusal:
            answer = self._refuse(refusal)
        self.violations += self._contract.answer(request.method, target, answer.status, answer.body)
        return answer

    def _give_token(self, request: Request) -> Answer:
        if self._outage:
            return Answer(self._outage, b"upstream connect error", {"Content-Type": "text/plain"})
        status, said = self.accounts.token(request.body)
        return Answer(status, json.dumps(said).encode())

    def _operate(self, operation: Operation | None, request: Request) -> dict[str, Any] | None:
        if self._outage:
            raise Refusal(self._outage, "Service unavailable")
        if operation is None:
            raise Refusal(404, "Service not found")
        self._admit(operation, self.accounts.may(request.headers.get("Authorization", "")))
        if operation.name not in ROUTES:
            raise Refusal(501, f"The fake does not do {operation.name}")
        try:
            fields = json.loads(request.body) if request.body else {}
        except ValueError:
            raise Refusal(400, "Malformed json") from None
        return ROUTES[operation.name](
            self.world,
            Asked(self.api, request.path, operation.path, request.query, fields, OWNER),
        )

    def _admit(self, operation: Operation, scopes: frozenset[str] | str) -> None:
        if isinstance(scopes, str):
            raise Refusal(401, scopes)
        if self.clock() < self._limit[0]:
            raise Refusal(429, "Too many requests", self._limit[1])
        if operation.deprecated:
            raise Refusal(403, "Forbidden")
        if not self._owner_premium:
            raise NO_OWNER
        if not operation.scopes <= scopes:
            raise Refusal(403, "Insufficient client scope")
        if "user-modify-playback-state" in operation.scopes and not self._premium:
            raise PREMIUM

    def _refuse(self, refusal: Refusal) -> Answer:
        error = {"status": refusal.status, "message": refusal.message}
        if refusal.reason:
            error["reason"] = refusal.reason
        headers = {}
        if refusal.status == 429:
            headers["Retry-After"] = str(math.ceil(self._limit[0] - self.clock()))
        return Answer(refusal.status, json.dumps({"error": error}).encode(), headers)
