"""Where alerts go, over real HTTP."""

from __future__ import annotations

import json
import queue
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

WITHIN = 60.0


class Receiver:
    """Takes what Apprise posts to json://, or refuses it."""

    def __init__(self) -> None:
        self.got: queue.SimpleQueue[dict[str, Any]] = queue.SimpleQueue()
        self.status = 200
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                self.send_response(outer.status)
                self.end_headers()
                if outer.status == 200:
                    outer.got.put(json.loads(body))

            def log_message(self, *_: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    @property
    def address(self) -> str:
        return f"json://user:secret@127.0.0.1:{self.server.server_port}/"

    def next(self) -> str:
        return str(self.got.get(timeout=WITHIN)["message"])

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()
