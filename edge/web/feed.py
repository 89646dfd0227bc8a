"""Server-sent events: the newest status and the announcements, as fast as a browser takes them."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Callable

import msgspec

from edge import __version__
from edge.web.answers import Hello
from edge.web.hub import Hub

PACE = 0.25
"""Seconds between two messages to one browser: what changes faster is left out."""
KEEP_ALIVE = 15.0
"""Seconds of silence until a comment is sent, so that connections that died are noticed."""


class Feed:
    """What one listener's browsers hear. A slow one holds one message, never a queue."""

    def __init__(self, hub: Hub) -> None:
        """Serve the news of `hub`."""
        self._hub = hub
        self.closing = asyncio.Event()
        """Ends the streams that began with it; another takes its place."""

    def close(self) -> None:
        """End every stream; called on the listener's own loop. Browsers come back by themselves."""
        self.closing.set()
        self.closing = asyncio.Event()

    async def stream(self) -> AsyncIterator[bytes]:
        """Yield messages until the browser goes or the listener closes."""
        bell, ring = _bell()
        closing = self.closing
        self._hub.watch(ring)
        try:
            yield _hello()
            seen = -1
            while not closing.is_set():
                bell.clear()
                news = self._hub.changes(seen)
                seen = news.version
                parts = [_message(b"announce", text) for text in news.announcements]
                if news.status is not None:
                    parts.append(_message(b"status", news.status))
                if parts:
                    yield b"".join(parts)
                    await _set_within(PACE, closing)
                elif not await _set_within(KEEP_ALIVE, bell, closing):
                    yield b": still here\n\n"
        finally:
            self._hub.unwatch(ring)


async def _set_within(seconds: float, *events: asyncio.Event) -> bool:
    """Wait until one of `events` is set; return whether one is."""
    waits = [asyncio.ensure_future(event.wait()) for event in events]
    try:
        done, _ = await asyncio.wait(waits, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
        return bool(done)
    finally:
        for wait in waits:
            wait.cancel()


def _bell() -> tuple[asyncio.Event, Callable[[], None]]:
    """Return an event of this loop, and what sets it from any thread."""
    loop, bell = asyncio.get_running_loop(), asyncio.Event()

    def ring() -> None:
        with contextlib.suppress(RuntimeError):  # the loop was closed a moment ago
            loop.call_soon_threadsafe(bell.set)

    return bell, ring


def hello() -> Hello:
    """Return what a browser is told first."""
    return Hello(round(time.monotonic(), 3), round(time.time(), 3), __version__)


def _hello() -> bytes:
    return b"retry: 2000\n" + _message(b"hello", msgspec.json.encode(hello()))


def _message(event: bytes, data: bytes) -> bytes:
    return b"event: " + event + b"\ndata: " + data + b"\n\n"
