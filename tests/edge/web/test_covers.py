from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from edge.covers import NO_PICTURE, path_of
from edge.events import Track
from edge.web.covers import LARGEST, Covers

PICTURE = b"\xff\xd8\xff a picture"


class Stranger(ThreadingHTTPServer):
    """Serves covers, and remembers who asked for what."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.asked: list[str] = []

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


class Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        assert isinstance(self.server, Stranger)
        self.server.asked.append(self.path)
        kind = "text/html" if self.path == "/page" else "image/jpeg"
        body = PICTURE if self.path != "/huge" else b"x" * (LARGEST + 1)
        self.send_response(302 if self.path == "/elsewhere" else 200)
        self.send_header("location", "/cover")
        self.send_header("content-type", kind)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_arguments: Any) -> None:
        pass


@pytest.fixture
def stranger_server() -> Iterator[Stranger]:
    with Stranger() as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        yield server
        server.shutdown()
        thread.join(20)


@pytest.fixture
def covers() -> Covers:
    return Covers(("127.0.0.1",), "http")


def test_a_cover_is_fetched_once(stranger_server: Stranger, covers: Covers) -> None:
    address = f"{stranger_server.address}/cover"
    for _ in range(3):
        cover = covers.get(address)
        assert cover is not None
        assert (cover.content, cover.kind) == (PICTURE, "image/jpeg")
    assert stranger_server.asked == ["/cover"]


@pytest.mark.parametrize("path", ["/page", "/huge", "/elsewhere"])
def test_what_is_no_small_picture_is_none_and_not_asked_for_again_at_once(
    stranger_server: Stranger, covers: Covers, path: str
) -> None:
    for _ in range(3):
        assert covers.get(stranger_server.address + path) is None
    assert stranger_server.asked == [path]


@pytest.mark.parametrize(
    "address",
    [
        "http://i.scdn.co/image/x",
        "https://evil.example/x",
        "https://scdn.co.evil.example/x",
        "https://127.0.0.1/x",
        "file:///etc/passwd",
        "nonsense",
    ],
)
def test_nobody_but_spotify_is_asked(address: str) -> None:
    assert Covers().get(address) is None


def test_the_page_gets_the_cover_from_the_box(
    house: Any, paired: Any, stranger_server: Stranger
) -> None:
    assert paired.get("/api/cover").status == 404
    house.show(track=Track("spotify:track:a", cover=f"{stranger_server.address}/cover"))
    response = paired.get("/api/cover")
    assert (response.status, response.text) == (200, PICTURE)
    assert response.headers["content-type"] == "image/jpeg"


def test_the_home_gets_the_cover_by_the_path_it_was_told_and_no_other(
    house: Any, stranger: Any, stranger_server: Stranger
) -> None:
    address = f"{stranger_server.address}/cover"
    house.show(track=Track("spotify:track:1", cover=address))
    answer = stranger.get(path_of(address))
    assert (answer.status, answer.text) == (200, PICTURE)
    assert stranger.get(path_of("http://127.0.0.1/another")).status == 404
    assert stranger.get("/cover/../api/status").status in (401, 404)
    assert stranger.get("/api/cover").status == 401
    house.show(track=None)
    assert stranger.get(path_of(address)).status == 404


def test_the_home_gets_a_picture_of_the_boxs_own_where_a_song_turns_out_to_have_none(
    house: Any, stranger: Any
) -> None:
    house.show(track=Track("mpd:file:a.mp3", cover="mpd-cover:a.mp3"))
    answer = stranger.get(path_of("mpd-cover:a.mp3"))
    assert (answer.status, answer.headers["location"]) == (307, NO_PICTURE)
    assert stranger.get(NO_PICTURE).status == 200
