"""Connections that do not hold, and two boxes with one name."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from fakes.broker import Door

from edge.events import Down, Up
from edge.machine.identity import client_id
from edge.mqtt.twins import FIRST, HOLD, LONGEST, MANY, Losses, wait
from edge.settings import BoxSettings

BASE = "moodbox/box-1"


def after(*seconds: float) -> Losses:
    """Return what is known after connections that lasted so long."""
    losses, now = Losses(), 0.0
    for lasted in seconds:
        losses = losses.connected(now).lost(now + lasted)
        now += lasted + 1.0
    return losses


def test_one_or_two_short_connections_are_an_accident() -> None:
    assert not after(*[0.5] * (MANY - 1)).suspicious
    assert after(*[0.5] * MANY).suspicious


def test_a_connection_that_held_ends_the_suspicion() -> None:
    assert after(0.5, 0.5, 0.5, HOLD).quick == 0


def test_a_lost_keep_alive_is_no_sign_of_a_twin() -> None:
    assert after(45.0, 45.0, 45.0, 45.0).quick == 0


def test_the_more_it_happens_the_longer_the_box_stays_away() -> None:
    waits = [wait(after(*[0.5] * (MANY + more)), 1.0) for more in range(8)]
    assert waits[:3] == [FIRST, 2 * FIRST, 4 * FIRST]
    assert waits[-1] == LONGEST
    assert wait(after(*[0.5] * MANY), 0.0) == FIRST / 2


class Bouncer(Door):
    """A broker that lets everybody in and throws them out without a reason."""

    def __init__(self) -> None:
        self.admitted = 0
        super().__init__()

    def admit(self, box: socket.socket) -> None:
        with box:
            if box.recv(4096):
                box.sendall(b"\x20\x03\x00\x00\x00")  # MQTT 5: welcome
                self.admitted += 1
                box.settimeout(0.1)
                with suppress(TimeoutError):
                    box.recv(65536)


@pytest.fixture
def bouncer() -> Iterator[Bouncer]:
    bouncer = Bouncer()
    yield bouncer
    bouncer.close()


@pytest.mark.timeout(60)
def test_losses_without_a_reason_are_said_as_what_they_are_and_backed_off(
    bouncer: Bouncer, connect: Any, reported: Any, tmp_path: Path
) -> None:
    connect(bouncer.port)
    down = reported.until_reason("another client there is called")
    name = client_id(BoxSettings(id="box-1", state=str(tmp_path)))
    assert f"{MANY} times in a row: another client there is called '{name}' as well" in down.reason
    assert not reported.of(Up)
    assert bouncer.admitted == MANY


def test_a_second_box_with_the_same_id_is_named(
    open_broker: Any, home: Any, connect: Any, reported: Any
) -> None:
    connect(open_broker.port)
    home.until(f"{BASE}/availability", "online")
    # On another machine, so the broker knows the two apart and throws neither off.
    home.say(f"{BASE}/availability", "online", retain=True)
    assert "another box at the broker 127.0.0.1 has the id 'box-1' too" in (
        reported.until_reason("has the id").reason
    )


def test_a_box_of_another_id_is_no_twin(
    open_broker: Any, home: Any, connect: Any, reported: Any
) -> None:
    first = connect(open_broker.port)
    second = connect(open_broker.port, box="box-2")
    home.until("moodbox/box-2/availability", "online")
    home.until(f"{BASE}/availability", "online")
    reported.quiet_until(first)
    reported.quiet_until(second)


def test_an_offline_that_somebody_else_said_is_corrected_at_once(
    open_broker: Any, home: Any, connect: Any, reported: Any, listen: Any
) -> None:
    link = connect(open_broker.port)
    home.until(f"{BASE}/availability", "online")
    reported.quiet_until(link)
    home.forget()
    home.say(f"{BASE}/availability", "offline", retain=True)
    home.until(f"{BASE}/availability", "online")
    listen(open_broker.port).until(f"{BASE}/availability", "online")
    assert reported.of(Down) == []
