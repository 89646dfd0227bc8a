"""A device that attacks the box, and what the owner notices meanwhile: nothing."""

from __future__ import annotations

import contextlib
import logging
import resource
import select
import socket
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest
from fakes.browser import Browser, until

from edge.client import Control
from edge.events import Down, Status
from edge.settings import WebSettings
from edge.update.trial import Systemd, watch
from edge.web.listener import PAGE
from edge.web.places import Patience

LOCAL = WebSettings(host="127.0.0.1", port=0)
SHORT = Patience(head=0.5, body=0.5, read=0.5)
HALF = b"GET /api/status HTTP/1.1\r\nhost: 127.0.0.1\r\nx-half: "
HALF_BODY = (
    b"POST /api/pair HTTP/1.1\r\nhost: 127.0.0.1\r\norigin: http://127.0.0.1\r\n"
    b"content-type: application/json\r\ncontent-length: 900\r\n\r\n{"
)


@pytest.fixture
def attack() -> Iterator[Callable[..., list[socket.socket]]]:
    """Open connections from an address, and say something on each; all end with the test."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(4096, hard), hard))
    made: list[socket.socket] = []

    def begin(where: Any, times: int, words: bytes = b"", source: str = "") -> list[socket.socket]:
        fresh = [socket.socket(socket.AF_UNIX if isinstance(where, str) else socket.AF_INET)]
        fresh += [socket.socket(fresh[0].family) for _ in range(times - 1)]
        made.extend(fresh)
        for connection in fresh:
            if source:
                connection.bind((source, 0))
            connection.connect(where)  # patient, however few the kernel holds
            connection.settimeout(10.0)
            with contextlib.suppress(OSError):  # turned away already
                connection.sendall(words)
        return fresh

    yield begin
    for connection in made:
        connection.close()
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def held(port: int) -> int:
    """How many connections the page holds."""
    return sum(
        it.laddr.port == port and it.status == psutil.CONN_ESTABLISHED
        for it in psutil.Process().net_connections("tcp")
    )


def ended(connection: socket.socket) -> bool:
    """Whether the other side ends a connection; waits for what it says until then."""
    try:
        while connection.recv(65536):
            pass
    except TimeoutError:
        return False
    except OSError:
        pass
    return True


def fill(house: Any, attack: Any, words: bytes) -> None:
    """Take every place of the page from 150 addresses, until all that they say was heard."""
    made = [
        attack(("127.0.0.1", house.port), 1, words, f"127.0.1.{number}")[0]
        for number in range(1, 151)
    ]
    until(lambda: len(select.select(made, [], [], 0)[0]) >= len(made) - PAGE.total)  # they ended
    Control(house.runtime).get("/api/status", Status)  # takes some turns of the same loop


def owner_is_served(house: Any, browser: Browser) -> None:
    began = time.monotonic()
    assert browser.get("/api/status").status == 200
    assert Control(house.runtime).get("/api/status", Status) == house.status
    assert time.monotonic() - began < 5.0


def test_eleven_hundred_idle_connections_take_nothing_from_the_owner(
    house: Any, paired: Browser, attack: Any, caplog: pytest.LogCaptureFixture
) -> None:
    attack(("127.0.0.1", house.port), 1100, source="127.0.0.2")
    until(lambda: held(house.port) <= PAGE.total)
    owner_is_served(house, paired)
    [fault] = until(lambda: [part for part in house.parts if isinstance(part, Down)])
    assert (fault.part, fault.reason.split()[0]) == ("connections", "127.0.0.2")
    warnings = [it for it in caplog.records if it.levelno >= logging.WARNING]
    assert [it.name for it in warnings] == ["edge.web.acceptor"]


def test_a_release_on_trial_outlives_a_flood(
    house: Any, attack: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    systemctl = tmp_path / "systemctl"
    systemctl.write_text("#!/bin/sh\necho ActiveState=active\n")
    systemctl.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    attack(("127.0.0.1", house.port), 1100, source="127.0.0.2")
    [fault] = until(lambda: [part for part in house.parts if isinstance(part, Down)])
    house.show(problems={fault.part: fault.reason})
    assert watch(Systemd(house.runtime), frozenset(), 0.5) == ""


@pytest.mark.parametrize("sources", [["127.0.0.2"], [f"127.0.1.{n}" for n in range(1, 151)]])
def test_a_hundred_and_fifty_half_heads_take_nothing_from_the_owner_and_die_in_seconds(
    make_house: Callable[..., Any], attack: Any, sources: list[str]
) -> None:
    house = make_house(LOCAL, patience=SHORT)
    owner = Browser(house.port)
    owner.pair(house)
    halves = []
    for source in sources:
        halves += attack(("127.0.0.1", house.port), 150 // len(sources), HALF, source)
    owner_is_served(house, owner)
    assert all(ended(half) for half in halves)


@pytest.mark.parametrize("words", [HALF, HALF_BODY])
def test_a_hundred_and_fifty_addresses_with_half_a_request_take_no_place_from_the_owner(
    house: Any, paired: Browser, attack: Any, words: bytes
) -> None:
    fill(house, attack, words)
    owner_is_served(house, paired)


def test_what_a_paired_browser_is_sending_is_not_cut_off_for_a_stranger(
    house: Any, paired: Browser, attack: Any
) -> None:
    asks = HALF_BODY.replace(b"/api/pair", b"/api/request").replace(b": 900", b": 2")
    cookie = f"cookie: {paired.cookie}\r\n\r\n".encode()
    [owners] = attack(("127.0.0.1", house.port), 1, asks.replace(b"\r\n\r\n", b"\r\n" + cookie))
    until(lambda: held(house.port) == 1)
    fill(house, attack, HALF_BODY)
    owners.sendall(b"}")
    assert owners.recv(100).startswith(b"HTTP/1.1 ")


def test_a_byte_now_and_then_buys_no_time(make_house: Callable[..., Any], attack: Any) -> None:
    house = make_house(LOCAL, patience=SHORT)
    for words in (HALF, HALF_BODY):
        [drip] = attack(("127.0.0.1", house.port), 1, words)
        drip.settimeout(0.1)
        deadline = time.monotonic() + 20
        while not ended(drip):
            assert time.monotonic() < deadline
            with contextlib.suppress(OSError):
                drip.sendall(b" ")


def test_a_reader_that_never_reads_is_left_behind(
    make_house: Callable[..., Any], attack: Any
) -> None:
    house = make_house(LOCAL, patience=SHORT)
    owner = Browser(house.port)
    owner.pair(house)
    house.scene.jpeg = b"x" * 1_000_000
    ask = f"GET /api/live HTTP/1.1\r\nhost: 127.0.0.1\r\ncookie: {owner.cookie}\r\n\r\n"
    attack(("127.0.0.1", house.port), 5, ask.encode())
    until(lambda: house.scene.asked)
    owner_is_served(house, owner)
    until(lambda: held(house.port) == 0)


def test_the_control_socket_is_not_held_by_those_who_say_nothing(house: Any, attack: Any) -> None:
    attack(str(house.runtime / "control.sock"), 200)
    assert Control(house.runtime).get("/api/status", Status) == house.status


def test_without_descriptors_it_is_said_once_and_goes_on_when_there_are_some(
    house: Any, caplog: pytest.LogCaptureFixture
) -> None:
    where = "127.0.0.1", house.port
    house.store.flush()
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    with socket.socket() as late:
        late.settimeout(20.0)
        # A limit below the lowest free number: nothing new can be opened by anybody.
        resource.setrlimit(resource.RLIMIT_NOFILE, (late.fileno(), hard))
        try:
            late.connect(where)
            until(lambda: "page: nobody can be let in" in caplog.text)
            time.sleep(2.5)  # some tries
        finally:
            resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
        late.sendall(b"GET /api/pair HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n")
        assert late.recv(100).startswith(b"HTTP/1.1 200")
    assert caplog.text.count("page: nobody can be let in") == 1
