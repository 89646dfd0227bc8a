"""A browser of the home: real HTTP to the page's port."""

from __future__ import annotations

import http.client
import json
import secrets
import time
from collections.abc import Callable
from typing import Any

WITHIN = 90.0
"""Seconds that anything may take."""
WITHIN_MS = 1000 * WITHIN
"""The same, as a browser counts."""


def until(condition: Callable[[], Any]) -> Any:
    deadline = time.monotonic() + WITHIN
    while not (found := condition()):
        assert time.monotonic() < deadline, "did not happen"
        time.sleep(0.01)
    return found


class Answer(http.client.HTTPResponse):
    """What the page answers, read to its end."""

    text: bytes


class Browser:
    """Real HTTP to the page's port."""

    def __init__(self, port: int, source: str = "127.0.0.1") -> None:
        self.port = port
        self.source = source
        self.cookie = ""

    def get(self, path: str, **headers: str) -> Answer:
        return self.ask("GET", path, None, headers)

    def post(self, path: str, body: Any, **headers: str) -> Answer:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.ask("POST", path, _written(body), self._usual | named)

    def hang_up(self, path: str, body: Any) -> None:
        """Post, and be gone before the answer."""
        self._asked("POST", path, _written(body), self._usual).close()

    @property
    def _usual(self) -> dict[str, str]:
        return {"origin": f"http://127.0.0.1:{self.port}", "content-type": "application/json"}

    def ask(self, method: str, path: str, body: bytes | None, headers: dict[str, str]) -> Answer:
        connection = self._asked(method, path, body, headers)
        response = connection.getresponse()
        assert isinstance(response, Answer)
        response.text = response.read()
        connection.close()
        return response

    def _asked(
        self, method: str, path: str, body: bytes | None, headers: dict[str, str]
    ) -> http.client.HTTPConnection:
        connection = http.client.HTTPConnection(
            "127.0.0.1", self.port, timeout=WITHIN, source_address=(self.source, 0)
        )
        connection.response_class = Answer
        named = {name: value for name, value in headers.items() if value}
        if self.cookie:
            named["cookie"] = self.cookie
        connection.request(method, path, body, named)
        return connection

    def pair(self, house: Any) -> None:
        code = [secrets.choice(("blue", "white", "green", "purple")) for _ in range(6)]
        house.show(pairing_until=time.monotonic() + 300, pairing_code=tuple(code))
        response = until(lambda: self._paired(code))
        self.cookie = response.headers["set-cookie"].partition(";")[0]

    def _paired(self, code: list[str]) -> Answer | None:
        response = self.post("/api/pair", {"colours": code, "name": "a test"})
        return response if response.status == 200 else None


def _written(body: Any) -> bytes:
    return body if isinstance(body, bytes) else json.dumps(body).encode()
