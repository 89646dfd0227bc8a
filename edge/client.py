"""A client of the running daemon: HTTP over its control socket."""

from __future__ import annotations

import http.client
import socket
import struct
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from edge.errors import MoodboxError, NotRunning, Refused
from edge.events import Answer, RequestBody

SOCKET = "control.sock"
"""Name of the control socket in the runtime folder."""
TIMEOUT = 10
"""Seconds the daemon may be silent."""

T = TypeVar("T")


class _Connection(http.client.HTTPConnection):
    """HTTP over a Unix socket."""

    def __init__(self, path: Path) -> None:
        super().__init__("localhost")
        self._path = path

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        # With a timeout of Python's it would not wait where the kernel holds no more.
        self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDTIMEO, struct.pack("ll", TIMEOUT, 0))
        self.sock.connect(str(self._path))
        self.sock.settimeout(TIMEOUT)


class Control:
    """Asks the daemon whose runtime folder is `runtime`."""

    def __init__(self, runtime: Path) -> None:
        """Connect to nothing yet; each question opens its own connection."""
        self._path = runtime / SOCKET

    def get(self, address: str, kind: type[T]) -> T:
        """Return what the daemon says at `address`."""
        return msgspec.json.decode(self._ask("GET", address, None), type=kind)

    def post(self, address: str, value: Any, kind: type[T]) -> T:
        """Send `value` as JSON and return what the daemon says to it."""
        return msgspec.json.decode(self._ask("POST", address, value), type=kind)

    def request(self, body: RequestBody) -> Answer:
        """Ask for something to be done.

        Raises:
            Refused: with the daemon's reason.
        """
        return self.post("/api/request", body, Answer)

    def _ask(self, method: str, address: str, value: Any) -> bytes:
        connection = _Connection(self._path)
        body = None if value is None else msgspec.json.encode(value)
        try:
            connection.request(method, address, body)
            response = connection.getresponse()
            text = response.read()
        except (FileNotFoundError, ConnectionRefusedError) as error:
            raise NotRunning(
                f"moodbox is not running ({self._path}); --config names another box's settings"
            ) from error
        except PermissionError as error:
            raise MoodboxError(f"{self._path}: only root and the group moodbox may") from error
        except (OSError, http.client.HTTPException) as error:
            raise MoodboxError(f"moodbox does not answer ({self._path}): {error}") from error
        finally:
            connection.close()
        if response.status != http.client.OK:
            raise Refused(_reason(text) or f"moodbox answered {response.status}")
        return text


def _reason(text: bytes) -> str:
    try:
        said = msgspec.json.decode(text)
    except msgspec.DecodeError:
        return ""
    return str(said.get("error") or said.get("reason") or "") if isinstance(said, dict) else ""
