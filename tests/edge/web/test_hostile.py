"""Input that nobody means well by; $MOODBOX_HOSTILE says how much of it."""

from __future__ import annotations

import contextlib
import json
import os
import random
import socket
from pathlib import Path
from typing import Any

import psutil
import pytest

from edge.client import Control
from edge.events import Status

MUCH = int(os.environ.get("MOODBOX_HOSTILE", "300"))
GROWTH = 8 * 2**20
"""Bytes of growth that are no leak: what the allocator keeps."""

WORDS = ["type", "Next", "SetVolume", "volume", "SetSources", "sources", "mood", "Correct", "Play"]


def nonsense(chance: random.Random) -> bytes:
    """Return a request that is random, or nearly right."""
    kind = chance.randrange(4)
    if kind == 0:
        return chance.randbytes(chance.randrange(1, 300))
    if kind == 1:
        path = "/" + "".join(chance.choices("/.%2e\x00api\xff?&=", k=chance.randrange(60)))
        return f"GET {path} HTTP/1.1\r\nhost: x\r\n\r\n".encode("latin-1")
    if kind == 2:
        body = bytearray(json.dumps(tree(chance, 3)).encode())
    else:
        body = bytearray(b'{"type":"SetVolume","volume":50}')
        body[chance.randrange(len(body))] = chance.randrange(256)
        if body[0] == ord("{") and b'"SetVolume","volume":' in body:
            body[21:] = chance.randbytes(9)
    length = chance.choice([len(body), 0, 10**9, -1, len(body) + 5])
    head = f"POST /api/request HTTP/1.1\r\nhost: x\r\ncontent-length: {length}\r\n\r\n"
    return head.encode() + bytes(body)


def tree(chance: random.Random, depth: int) -> Any:
    if depth == 0:
        return chance.choice([None, True, -1, 1e308, 10**30, "\x00", "x" * 400, *WORDS[1:]])
    if chance.random() < 0.3:
        return [tree(chance, depth - 1) for _ in range(chance.randrange(4))]
    return {chance.choice(WORDS): tree(chance, depth - 1) for _ in range(chance.randrange(4))}


def throw(where: str | tuple[str, int], what: bytes) -> None:
    family = socket.AF_UNIX if isinstance(where, str) else socket.AF_INET
    with socket.socket(family) as connection, contextlib.suppress(OSError):
        connection.settimeout(5.0)
        connection.connect(where)
        connection.sendall(what)
        connection.shutdown(socket.SHUT_WR)
        while connection.recv(65536):
            pass


@pytest.mark.parametrize("listener", ["control", "page"])
@pytest.mark.timeout(3600)
def test_nonsense_changes_nothing_breaks_nothing_and_is_not_hoarded(
    house: Any, listener: str, caplog: pytest.LogCaptureFixture
) -> None:
    socket_path: Path = house.runtime / "control.sock"
    where: Any = str(socket_path) if listener == "control" else ("127.0.0.1", house.port)
    chance = random.Random(11)
    before = 0
    for number in range(MUCH):
        throw(where, nonsense(chance))
        if number == min(MUCH // 2, 2000):
            before = psutil.Process().memory_info().rss
    assert psutil.Process().memory_info().rss - before < GROWTH
    assert house.requests == []
    assert house.parts == []
    assert Control(house.runtime).get("/api/status", Status) == house.status
    assert [record for record in caplog.records if record.levelname == "ERROR"] == []
