"""The one session to Spotify: every awkward answer, over real HTTP."""

from __future__ import annotations

import contextlib
import gzip
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, NamedTuple

import psutil
import pytest

from edge.errors import CannotPlay, Fault, Limited, NeedsSomebody, SignInNeeded, Unreachable
from edge.events import Account
from edge.spotify.login import SCOPES
from edge.spotify.session import Session
from edge.spotify.tokens import Tokens, TokenStore
from edge.spotify.web_api import NotThere, Restricted, WebApi

JSON = {"Content-Type": "application/json"}


class Said(NamedTuple):
    status: int
    body: bytes = b""
    headers: dict[str, str] = JSON


class Server:
    """Answers everything with what it is told to, and counts."""

    def __init__(self) -> None:
        self.answers: list[Said] = []
        self.asked: list[tuple[str, str]] = []
        self.arrived = threading.Event()
        self.slowness = threading.Event()
        self.slow = False
        self.holds = "-"
        """What is in the address of a request that is answered only once `slowness` is over."""
        self.drips = False
        outer = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def _serve(self) -> None:
                self.rfile.read(int(self.headers.get("Content-Length") or 0))
                outer.asked.append((self.command, self.path))
                outer.arrived.set()
                if outer.slow or outer.holds in self.path:
                    outer.slowness.wait(30)
                said = outer.answers.pop(0) if len(outer.answers) > 1 else outer.answers[0]
                self.send_response(said.status)
                for name, value in {**said.headers, "Content-Length": str(len(said.body))}.items():
                    self.send_header(name, value)
                self.end_headers()
                with contextlib.suppress(OSError):  # nobody listens any more
                    for place in range(0, len(said.body), 1 if outer.drips else 2**20):
                        self.wfile.write(said.body[place : place + (1 if outer.drips else 2**20)])
                        outer.slowness.wait(0.02 if outer.drips else 0)

            do_GET = do_PUT = do_POST = _serve  # noqa: N815  the base class's names

            def log_message(self, *args: object) -> None:
                """Say nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.address = f"http://127.0.0.1:{self._server.server_address[1]}/"
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()

    def close(self) -> None:
        self.slowness.set()
        self._server.shutdown()
        self._server.server_close()


@pytest.fixture
def server() -> Iterator[Server]:
    server = Server()
    yield server
    server.close()


@pytest.fixture
def api(server: Server, tmp_path: Path) -> Iterator[WebApi]:
    now = time.time()
    TokenStore(tmp_path / "spotify-sign-in.json").keep(
        Tokens("a" * 32, "access", "refresh", SCOPES, now + 3600, now)
    )
    api = WebApi(
        tmp_path,
        lambda account: None,
        api=server.address + "v1/",
        accounts=server.address,
    )
    yield api
    api.close()


def read(api: WebApi) -> Any:
    return api.call(lambda s: s.current_playback())


def error(status: int, message: str, reason: str = "", **headers: str) -> Said:
    body = f'{{"error": {{"status": {status}, "message": "{message}", "reason": "{reason}"}}}}'
    return Said(status, body.encode(), {**JSON, **headers})


def skip(api: WebApi) -> Any:
    return api.call(lambda s: s.next_track(), repeat=False)


@pytest.mark.parametrize(
    ("said", "kind", "words"),
    [
        (error(503, "Service unavailable"), Fault, "out of order .503"),
        (error(502, "Bad gateway"), Fault, "out of order .502"),
        (error(404, "No active device found", "NO_ACTIVE_DEVICE"), NotThere, "No active device"),
        (error(404, "Device not found"), NotThere, "Device not found"),
        (error(403, "Restriction violated", "UNKNOWN"), Restricted, "Restriction"),
        (error(403, "Premium required", "PREMIUM_REQUIRED"), NeedsSomebody, "needs Premium"),
        (error(403, "Insufficient client scope"), SignInNeeded, "sign in"),
        (error(403, "User not registered in the Developer Dashboard"), NeedsSomebody, "add it at"),
        (error(400, "Invalid context uri"), CannotPlay, "Invalid context uri"),
        (Said(500, b'{"error": "text"}'), Fault, "out of order"),
        (Said(500, b"<html>"), Fault, "out of order"),
        (Said(500, b""), Fault, "out of order"),
        (Said(404, b"[1]"), NotThere, "does not find"),
        (Said(200, b"<html>please log in</html>"), Unreachable, "does this network need a log-in"),
        (Said(302, b"", {"Location": "http://example.com/"}), Fault, "out of order .302"),
    ],
)
def test_each_refusal_has_its_meaning_after_one_request(
    server: Server, api: WebApi, said: Said, kind: type[Exception], words: str
) -> None:
    server.answers = [said]
    with pytest.raises(kind, match=words) as raised:
        read(api)
    assert type(raised.value) is kind
    assert "\n" not in str(raised.value)
    assert len(server.asked) == 1


@pytest.mark.parametrize(
    ("headers", "reason", "seconds"),
    [
        ({"Retry-After": "48925"}, "QUOTA_EXCEEDED", 48_925),
        ({"Retry-After": "soon"}, "", 60),
        ({}, "QUOTA_EXCEEDED", 3600),
        ({"Retry-After": "0"}, "", 60),
        ({"Retry-After": "99999999999"}, "", 7 * 86_400),
    ],
)
def test_a_429_ends_all_requests_for_as_long_as_it_says(
    server: Server, api: WebApi, headers: dict[str, str], reason: str, seconds: float
) -> None:
    server.answers = [error(429, "Too many requests", reason, **headers)]
    with pytest.raises(Limited) as limited:
        read(api)
    assert limited.value.retry_after == pytest.approx(seconds, abs=2)
    with pytest.raises(Limited, match="limited until"):
        read(api)
    with pytest.raises(Limited):
        api.ready(by_person=True)
    assert len(server.asked) == 1


def test_a_post_is_never_sent_twice(server: Server, api: WebApi) -> None:
    server.answers = [error(401, "The access token expired")]
    with pytest.raises(Fault):
        skip(api)
    assert [method for method, _ in server.asked] == ["POST"]


def test_a_get_is_sent_again_once_with_a_new_access_token(server: Server, api: WebApi) -> None:
    server.answers = [
        error(401, "The access token expired"),
        Said(200, b'{"access_token": "new", "expires_in": 3600}'),
        Said(204),
    ]
    assert read(api) is None
    assert [path for _, path in server.asked] == ["/v1/me/player", "/api/token", "/v1/me/player"]


@pytest.mark.parametrize(
    "said",
    [
        Said(200, b"<html>"),
        Said(200, b'{"access_token": 5}'),
        Said(500, b'{"error": "invalid_grant"}'),
        Said(429, b'{"error": "invalid_grant"}'),
        Said(400, b'{"error": "invalid_request"}'),
        Said(400, b"nonsense"),
    ],
)
def test_a_failed_refresh_that_is_no_verdict_keeps_the_sign_in(
    server: Server, api: WebApi, tmp_path: Path, said: Said
) -> None:
    server.answers = [error(401, "expired"), said]
    with pytest.raises(Fault):
        read(api)
    assert TokenStore(tmp_path / "spotify-sign-in.json").tokens is not None


@pytest.mark.parametrize("code", ["invalid_grant", "invalid_client"])
def test_a_verdict_drops_the_sign_in(
    server: Server, api: WebApi, tmp_path: Path, code: str
) -> None:
    server.answers = [error(401, "expired"), Said(400, f'{{"error": "{code}"}}'.encode())]
    for _ in range(3):
        with pytest.raises(SignInNeeded, match="sign in"):
            read(api)
    assert len(server.asked) == 2
    assert TokenStore(tmp_path / "spotify-sign-in.json").tokens is None


def test_the_next_page_on_another_host_is_not_followed(server: Server, api: WebApi) -> None:
    other = Server()
    try:
        page = {"next": other.address + "v1/me/tracks?offset=50"}
        with pytest.raises(Fault, match="another host"):
            api.call(lambda s: s.next(page))
        with pytest.raises(Fault):
            api.call(lambda s: s.next({"next": "http://["}))
        assert not other.asked
    finally:
        other.close()


def test_a_netrc_does_not_take_the_place_of_the_token(
    server: Server, api: WebApi, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "netrc").write_text("machine 127.0.0.1 login a password b")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9/")
    server.answers = [Said(204)]
    assert read(api) is None


def test_a_spotify_that_is_silent_is_given_up(server: Server, api: WebApi) -> None:
    api._line.session.timeout = (10.0, 0.5)
    server.answers = [Said(204)]
    server.slow = True
    with pytest.raises(Fault, match="in time"):
        read(api)
    assert server.arrived.wait(10)
    assert len(server.asked) == 1


def test_a_wish_does_not_wait_for_what_is_read_beside_the_music(
    server: Server, api: WebApi
) -> None:
    """A list of songs that hangs or drips, on whichever page of it."""
    server.holds, server.answers = "/me/tracks", [Said(204)]
    done: list[str] = []

    def library() -> None:
        api.call(lambda s: s.current_user_saved_tracks(), beside=True)
        done.append("the list")

    def somebody() -> None:
        api.ready(by_person=True)
        api.call(lambda s: s.start_playback())
        done.append("the wish")
        server.slowness.set()

    reading = threading.Thread(target=library)
    reading.start()
    assert server.arrived.wait(10)
    somebody()
    reading.join(30)
    assert done == ["the wish", "the list"]


def test_a_token_that_died_for_both_lines_is_refreshed_once(server: Server, api: WebApi) -> None:
    refused, done = error(401, "The access token expired"), Said(204)
    token = Said(200, b'{"access_token": "new", "expires_in": 3600}')
    server.holds, server.answers = "/me/tracks", [refused, token, done, refused, done]
    reading = threading.Thread(
        target=lambda: api.call(lambda s: s.current_user_saved_tracks(), beside=True)
    )
    reading.start()
    assert server.arrived.wait(10)
    read(api)
    server.slowness.set()
    reading.join(30)
    paths = [path.partition("?")[0] for _, path in server.asked]
    assert paths.count("/api/token") == 1
    assert paths.count("/v1/me/tracks") == 2


def test_many_threads_refresh_once(server: Server, tmp_path: Path) -> None:
    now = time.time()
    TokenStore(tmp_path / "spotify-sign-in.json").keep(
        Tokens("a" * 32, "old", "refresh", SCOPES, now - 1, now)
    )
    accounts: list[Account] = []
    api = WebApi(tmp_path, accounts.append, api=server.address + "v1/", accounts=server.address)
    server.answers = [Said(200, b'{"access_token": "new", "expires_in": 3600}'), Said(204)]
    threads = [threading.Thread(target=read, args=(api,)) for _ in range(6)]
    run(threads, lambda thread: thread.start())
    run(threads, lambda thread: thread.join(30))
    assert [path for _, path in server.asked].count("/api/token") == 1
    assert accounts[-1].requests_left == 294
    api.close()


def run(threads: list[threading.Thread], act: Callable[[threading.Thread], object]) -> None:
    for thread in threads:
        act(thread)


def test_an_answer_of_150_megabytes_is_not_read(server: Server) -> None:
    server.answers = [Said(200, b'"' + b"x" * 150_000_000 + b'"')]
    before = psutil.Process().memory_info().rss
    with Session(server.address) as session, pytest.raises(Fault, match="more than 8 MiB"):
        session.get(server.address)
    assert psutil.Process().memory_info().rss - before < 200 * 2**20  # the server's own, here


def test_a_bomb_is_not_unpacked(server: Server) -> None:
    packed = gzip.compress(b" " * 100_000_000)
    server.answers = [Said(200, packed, JSON | {"Content-Encoding": "gzip"})]
    with Session(server.address) as session, pytest.raises(Fault, match="more than 8 MiB"):
        session.get(server.address)


def test_an_answer_that_drips_ends_in_time(server: Server) -> None:
    server.answers, server.drips = [Said(200, b"[" + b" " * 10_000 + b"]")], True
    began = time.monotonic()
    with Session(server.address) as session:
        session.within = 0.3
        with pytest.raises(Fault, match="does not come to an end"):
            session.get(server.address)
    assert time.monotonic() - began < 10


@pytest.mark.parametrize("method", ["GET", "PUT"])
@pytest.mark.parametrize("status", [200, 500])
def test_an_answer_100_000_deep_is_a_fault(server: Server, method: str, status: int) -> None:
    server.answers = [Said(status, b"[" * 100_000 + b"]" * 100_000)]
    with Session(server.address) as session, pytest.raises(Fault, match="nested too deep"):
        session.request(method, server.address)


def test_a_connection_is_used_again_after_an_answer_but_not_after_half_of_one(
    server: Server,
) -> None:
    server.answers = [
        Said(200, b"[" + b" " * 9 * 2**20 + b"]"),
        Said(200, b"[1]"),
        Said(200, b"[2]"),
    ]
    with Session(server.address) as session:
        with pytest.raises(Fault):
            session.get(server.address)
        assert [session.get(server.address).json() for _ in range(2)] == [[1], [2]]
