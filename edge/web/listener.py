"""One listener: a socket, an application, and uvicorn on the loop that runs."""

from __future__ import annotations

import asyncio
import contextlib
import ipaddress
import logging
import socket
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from edge.errors import Fault
from edge.settings import WebSettings
from edge.web.places import Bounds, Terms

if TYPE_CHECKING:
    from starlette.types import ASGIApp

logging.getLogger("uvicorn").setLevel(logging.ERROR)  # else each bad request is a line of the log

PAGE = Bounds(total=64, each=16)
"""A browser opens six connections, a house has some browsers, and 1,024 descriptors are to last."""
CONTROL = Bounds(total=32, each=32)
"""Of the control socket, which nobody in the network can take from the box."""


class Application(Protocol):
    """An ASGI application whose endless streams can be ended."""

    asgi: ASGIApp

    def close(self) -> None:
        """End every endless stream; called on the loop."""


class Listener:
    """Serves an application on a socket from now until `stop`; slow clients cost no thread."""

    def __init__(self, application: Application, listening: socket.socket, terms: Terms) -> None:
        """Begin to serve; called on the loop."""
        # Slow on a Pi, and so not on the main thread.
        import uvicorn  # noqa: PLC0415

        from edge.web.acceptor import Server  # noqa: PLC0415

        self._application = application
        config = uvicorn.Config(
            application.asgi,
            http="h11",
            ws="none",
            lifespan="off",
            log_config=None,
            access_log=False,
            server_header=False,
            proxy_headers=False,
            timeout_keep_alive=10,
            timeout_graceful_shutdown=1,
        )
        self._uvicorn = Server(config, terms)
        self.port: int = listening.getsockname()[1] if listening.family != socket.AF_UNIX else 0
        self.task = asyncio.create_task(self._uvicorn.serve([listening]))

    async def stop(self) -> None:
        """End the streams, then the listener, within three seconds."""
        self._application.close()
        self._uvicorn.should_exit = True
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self.task, 3.0)


def control_socket(path: Path) -> socket.socket:
    """Bind the control socket at `path`, for its owner and group alone."""
    if _answered(path):
        raise Fault(f"{path}: another moodbox is running")
    listening = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.unlink(missing_ok=True)
        listening.bind(str(path))
        path.chmod(0o660)
        listening.listen()
    except OSError as error:
        listening.close()
        raise Fault(f"{path}: no control socket: {error}") from error
    return listening


def page_address(settings: WebSettings, hostname: str) -> str:
    """Return where the home finds the page of the box `hostname`; empty where it has none."""
    if not settings.enabled:
        return ""
    host = settings.host
    with contextlib.suppress(ValueError):
        if ipaddress.ip_address(host).is_unspecified:
            host = f"{hostname.partition('.')[0]}.local"
    return f"http://{f'[{host}]' if ':' in host else host}:{settings.port}/"


def network_socket(host: str, port: int) -> socket.socket:
    """Bind the page's port on address `host`."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family)
    except OSError as error:
        raise Fault(f"{host}:{port} cannot be listened on: {error.strerror}") from error


def _answered(path: Path) -> bool:
    with contextlib.closing(socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)) as probe:
        probe.settimeout(1.0)
        try:
            probe.connect(str(path))
        except OSError:
            return False
        return True
