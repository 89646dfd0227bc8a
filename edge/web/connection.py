"""One connection: uvicorn's, with an end to waiting for the other side."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

from edge.web.places import Patience


class Connection(H11Protocol):
    """Ends where a head, a body or a reader takes too long: a byte now and then buys no time."""

    def __init__(
        self, peer: str, patience: Patience, lost: Callable[[Connection], None], **uvicorns: Any
    ) -> None:
        """Serve `peer`; `lost` hears of the end."""
        super().__init__(**uvicorns)
        self.peer = peer
        self._patience = patience
        self._lost = lost
        self._sends: asyncio.TimerHandle | None = None
        """Ends the connection unless what the other side has begun to send is whole by then."""
        self._sending: object = None
        self._reads: asyncio.TimerHandle | None = None
        self._unwanted = False

    @property
    def busy(self) -> bool:
        """Whether a request is being served, and a stranger is not what that waits for."""
        return bool(self.cycle) and not (self.cycle.response_complete or self._waits_for_a_stranger)

    @property
    def _waits_for_a_stranger(self) -> bool:
        waits = self.conn.their_state is h11.SEND_BODY or self.flow.write_paused
        return waits and bool(self.cycle.scope.get("guest", True))  # as the guard found

    def abort(self) -> None:
        """End at once, whatever is under way, or as soon as it has begun."""
        self._unwanted = True
        if self.transport is not None:
            self.transport.abort()

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Wait for the first head."""
        super().connection_made(transport)
        if self._unwanted:
            transport.abort()
        self._await_request()

    def data_received(self, data: bytes) -> None:
        """Take what came."""
        super().data_received(data)
        self._await_request()

    def pause_writing(self) -> None:
        """Wait for the other side to read."""
        super().pause_writing()
        self._reads = self.loop.call_later(self._patience.read, self.abort)

    def resume_writing(self) -> None:
        """Go on."""
        super().resume_writing()
        if self._reads is not None:
            self._reads.cancel()

    def connection_lost(self, exc: Exception | None) -> None:
        """Give up the place."""
        super().connection_lost(exc)
        for timer in (self._sends, self._reads, self.timeout_keep_alive_task):
            if timer is not None:
                timer.cancel()
        self._lost(self)

    def _await_request(self) -> None:
        """Time what the other side is at: a head, a body, or nothing."""
        sending = self.conn.their_state
        if sending is self._sending and self._sends is not None:
            return
        if self._sends is not None:
            self._sends.cancel()
        self._sending, self._sends = sending, None
        within = {h11.IDLE: self._patience.head, h11.SEND_BODY: self._patience.body}.get(sending)
        if within is not None and not self.transport.is_closing():
            self._sends = self.loop.call_later(within, self.abort)
