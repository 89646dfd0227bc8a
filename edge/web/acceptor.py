"""Takes connections in: bounded, each with its end, and patient where none can be taken.

asyncio takes in whatever comes; without descriptors it logs every try, and before Python 3.12 it
makes ever more of them.
"""

from __future__ import annotations

import asyncio
import logging
import socket
from collections.abc import Callable
from functools import partial
from typing import Any, cast

import uvicorn

from edge.web.connection import Connection
from edge.web.limit import peer
from edge.web.places import CALM, Flood, Terms, room_for

log = logging.getLogger(__name__)

AT_ONCE = 16
"""Connections taken in before others get their turn."""
WAITING = 512
"""Connections that the kernel holds until then: fewer, and an owner's is lost in a flood."""
BACK_OFF = 1.0
"""Seconds until the next try where none could be taken in."""
SEND_BUFFER = 128 * 1024
"""Bytes that the kernel holds for a slow reader; it would hold megabytes."""
UNHEARD = 30_000
"""Milliseconds that the kernel waits for a sign of life of who went without a word."""


class Acceptor:
    """Accepts on one listening socket; stands in for asyncio's server."""

    def __init__(
        self,
        listening: socket.socket,
        terms: Terms,
        make: Callable[..., Connection],
    ) -> None:
        """Accept from now on; `make` makes a connection of its peer and of who hears its end."""
        self._listening = listening
        self._terms = terms
        self._make = make
        self._flood = Flood()
        self._held: dict[Connection, None] = {}
        """The oldest first."""
        self._joining: set[asyncio.Task[Any]] = set()
        self._failed = float("-inf")
        self._retry: asyncio.TimerHandle | None = None
        self._loop = asyncio.get_running_loop()
        listening.setblocking(False)
        listening.listen(WAITING)
        self._resume()

    def close(self) -> None:
        """Accept no more; those who are in stay."""
        self._loop.remove_reader(self._listening)
        if self._retry is not None:
            self._retry.cancel()

    async def wait_closed(self) -> None:
        """Wait for who is half in."""
        await asyncio.gather(*self._joining, return_exceptions=True)

    def mind(self) -> None:
        """Look whether a flood is over; called now and then."""
        if self._flood.over(self._loop.time()):
            log.info("%s: no longer flooded", self._terms.name)
            self._terms.flood("")

    def _resume(self) -> None:
        self._loop.add_reader(self._listening, self._accept)

    def _accept(self) -> None:
        for _ in range(AT_ONCE):
            try:
                connection, address = self._listening.accept()
            except (BlockingIOError, InterruptedError, ConnectionAbortedError):
                return
            except OSError as error:
                self._back_off(error)
                return
            self._take(connection, peer(address[0]) if address else "")

    def _back_off(self, error: OSError) -> None:
        now = self._loop.time()
        if now - self._failed >= CALM:
            log.error("%s: nobody can be let in for now: %s", self._terms.name, error.strerror)
        self._failed = now
        self._loop.remove_reader(self._listening)
        self._retry = self._loop.call_later(BACK_OFF, self._resume)

    def _take(self, connection: socket.socket, who: str) -> None:
        fits, goes = room_for(who, self._held, self._terms.bounds)
        if goes is not None:
            del self._held[goes]
            goes.abort()
        if not fits or goes is not None:
            self._turned_away(who if goes is None else goes.peer)
        if not fits:
            connection.close()
            return
        _bound(connection)
        made = self._make(peer=who, lost=self._lose)
        self._held[made] = None
        joining = self._loop.create_task(self._join(made, connection))
        self._joining.add(joining)
        joining.add_done_callback(self._joining.discard)

    async def _join(self, made: Connection, connection: socket.socket) -> None:
        try:
            await self._loop.connect_accepted_socket(lambda: made, connection)
        except OSError:
            connection.close()
            self._lose(made)

    def _lose(self, gone: Connection) -> None:
        self._held.pop(gone, None)

    def _turned_away(self, who: str) -> None:
        if words := self._flood.turned_away(who, self._loop.time()):
            log.warning("%s: %s", self._terms.name, words)
            self._terms.flood(words)


class Server(uvicorn.Server):
    """uvicorn's, on an acceptor of ours."""

    def __init__(self, config: uvicorn.Config, terms: Terms) -> None:
        """Serve as `config` says, on `terms`."""
        super().__init__(config)
        self._terms = terms

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Accept on `sockets`, of which there is one."""
        await self.lifespan.startup()
        (listening,) = sockets or []
        make = partial(
            Connection,
            patience=self._terms.patience,
            config=self.config,
            server_state=self.server_state,
            app_state=self.lifespan.state,
        )
        self._acceptor = Acceptor(listening, self._terms, make)
        self.servers = [cast("asyncio.Server", self._acceptor)]  # what uvicorn calls is there
        self.started = True

    async def on_tick(self, counter: int) -> bool:
        """Look after things ten times a second."""
        self._acceptor.mind()
        return await super().on_tick(counter)


def _bound(connection: socket.socket) -> None:
    connection.setblocking(False)
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SEND_BUFFER)
    if connection.family != socket.AF_UNIX:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, UNHEARD)
