"""Alerts reach a real receiver over HTTP; a bad address is one line, and silences no other."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from fakes.alerts import Receiver

from edge.alerts import policy
from edge.alerts.sender import FILE, Alerts
from edge.events import Down, Preferences, Up
from edge.records import Week

WALL = 1.8e9
WITHIN = 60.0
CALM = Week(0, 0, 0.0, 1.0)
SHIFTED = Week(23, 2, 0.75, 0.98, "sad", "angry", emotions=0.4, confidence=0.1)


class House:
    """Alerts with made-up clocks."""

    def __init__(self, state: Path) -> None:
        self.told: list[Up | Down] = []
        self.now, self.week = 1000.0, CALM
        self.alerts = self.begun(state)

    def begun(self, state: Path) -> Alerts:
        clocks = (lambda: self.now, lambda: WALL + self.now)
        return Alerts(
            state, lambda _: self.week, clocks, self.told.append, name="moodbox", drift=0.25
        )

    def faults(self) -> list[str]:
        return [it.reason for it in self.told if isinstance(it, Down)]


def until(condition: Callable[[], Any]) -> None:
    deadline = time.monotonic() + WITHIN
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.01)


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    made = Receiver()
    yield made
    made.close()


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    made = House(tmp_path)
    made.alerts.start()
    yield made
    assert made.alerts.stop(WITHIN)


def test_what_lasts_is_told_once_and_not_again_after_a_restart(
    house: House, receiver: Receiver, tmp_path: Path
) -> None:
    house.alerts.use(Preferences(alerts=(receiver.address,)))
    assert receiver.next() == "Word of what is wrong will come here."
    problems = {"sign-in": "the Spotify sign-in ends in 6 days: sign in again"}
    house.alerts.show(problems)
    house.now += policy.LASTS
    house.alerts.wake()
    assert receiver.next() == "sign-in: the Spotify sign-in ends in 6 days: sign in again"
    until(lambda: b"sign-in" in (tmp_path / FILE).read_bytes())
    again = house.begun(tmp_path)
    again.use(Preferences(alerts=(receiver.address,)), greet=False)
    again.show(problems)
    house.now += policy.LASTS
    again.wake()
    again.start()
    again.show(problems | {"eyes": "the camera is away"})
    house.now += policy.LASTS
    again.wake()
    assert receiver.next() == "eyes: the camera is away"
    assert again.stop(WITHIN)


def test_without_an_address_nothing_is_sent_and_nothing_is_written(
    house: House, tmp_path: Path
) -> None:
    house.alerts.show({"eyes": "the camera is away"})
    house.now += policy.LASTS
    house.alerts.wake()
    assert not (tmp_path / FILE).exists()
    assert house.told == []


def test_a_bad_address_is_one_line_without_its_password_and_silences_no_other(
    house: House, receiver: Receiver
) -> None:
    house.alerts.use(Preferences(alerts=("nosuch://user:secret@host", receiver.address)))
    assert receiver.next() == "Word of what is wrong will come here."
    until(house.faults)
    [line] = house.faults()
    assert line == "nosuch://…: no address that Apprise knows; allowed: as ntfy://my-topic"


def test_what_was_not_taken_is_sent_once_it_is(house: House, receiver: Receiver) -> None:
    house.alerts.use(Preferences(alerts=(receiver.address,)), greet=False)
    receiver.status = 500
    house.alerts.show({"eyes": "the camera is away"})
    house.now += policy.LASTS
    house.alerts.wake()
    until(house.faults)
    assert house.faults() == ["json://…: the message was not taken"]
    receiver.status = 200
    assert receiver.next() == "eyes: the camera is away"


@pytest.mark.parametrize("moods", [False, True])
def test_a_week_that_has_shifted_is_told_once_a_week(
    house: House, receiver: Receiver, tmp_path: Path, *, moods: bool
) -> None:
    house.week = SHIFTED
    house.alerts.use(Preferences(alerts=(receiver.address,), alert_moods=moods), greet=False)
    text = receiver.next()
    assert "has shifted in the last week" in text
    assert ("sad was taken for angry" in text) is moods
    until((tmp_path / FILE).exists)
    house.now += policy.WEEK
    house.alerts.wake()
    assert "has shifted" in receiver.next()
