"""A real HTTP server on a free port of this machine, for the fakes to answer through."""

from __future__ import annotations

import threading
from email.message import Message
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, NamedTuple, Self
from urllib.parse import parse_qs, urlsplit

JSON = "application/json"
MAX_BODY = 1 << 20


class Request(NamedTuple):
    method: str
    target: str
    """The path with the query, as it was sent."""
    path: str
    query: dict[str, str]
    headers: Message
    body: bytes


class Answer(NamedTuple):
    status: int
    body: bytes = b""
    headers: dict[str, str] = {}  # noqa: RUF012  never written to
    drips: float = 0.0
    """Seconds between two bytes of the body; 0: it comes at once."""


class Served:
    """A server that runs until it is closed. Its threads call answer()."""

    def __init__(self) -> None:
        self.closing = threading.Event()
        self.away = False
        self._listen(0)
        self.address = f"http://127.0.0.1:{self._server.server_address[1]}/"

    def _listen(self, port: int) -> None:
        self._server = _Server(self, port)
        self._thread = threading.Thread(
            target=self._server.serve_forever, args=(0.05,), daemon=True
        )
        self._thread.start()

    def go_away(self) -> None:
        """Take no connection any more, and cut those that there are at the next request."""
        self.away = True
        self._server.shutdown()
        self._server.server_close()

    def come_back(self) -> None:
        """Take connections again, where they were taken before."""
        self.away = False
        self._listen(self._server.server_address[1])

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        self.closing.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(5)

    def answer(self, request: Request) -> Answer | None:
        """Return the answer to one request; None cuts the connection."""
        raise NotImplementedError

    def upgrade(self, request: Request, handler: BaseHTTPRequestHandler) -> bool:
        """Take over a connection that asks to become a WebSocket; return whether that was done."""
        return False


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False

    def __init__(self, served: Served, port: int) -> None:
        super().__init__(("127.0.0.1", port), _Handler)
        self.served = served

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that hung up is no error."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = -1
    disable_nagle_algorithm = True
    timeout = 60
    server: _Server

    def _serve(self) -> None:
        url = urlsplit(self.path)
        query = {name: v[0] for name, v in parse_qs(url.query, keep_blank_values=True).items()}
        body = self.rfile.read(min(MAX_BODY, int(self.headers.get("Content-Length") or 0)))
        request = Request(self.command, self.path, url.path, query, self.headers, body)
        if "Upgrade" in self.headers and self.server.served.upgrade(request, self):
            self.close_connection = True
            return
        served = self.server.served
        answer = None if served.away else served.answer(request)
        if answer is None:
            self.close_connection = True
            return
        self.send_response(answer.status)
        if answer.status != 204:
            self.send_header("Content-Length", str(len(answer.body)))
        for name, value in ({"Content-Type": JSON} | answer.headers).items():
            self.send_header(name, value)
        self.end_headers()
        if not answer.drips:
            self.wfile.write(answer.body)
            return
        for byte in answer.body:
            self.wfile.write(bytes([byte]))
            self.wfile.flush()
            if self.server.served.closing.wait(answer.drips):
                return

    do_GET = do_PUT = do_POST = do_DELETE = _serve  # noqa: N815  the base class's names

    def log_message(self, *args: object) -> None:
        """Say nothing; the log is in the fake."""
