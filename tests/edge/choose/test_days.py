"""Some days of a household, with everything that can go wrong; tests/bench/year.py has more."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from statistics import median

import pytest
from fakes.mpd_home import MpdHome
from fakes.mqtt_home import MqttHome
from fakes.receivers import LibrespotHome, SoloistHome
from fakes.spotify import Clock
from fakes.two_players import FallbackHome
from fakes.year import HOUR, Home, LocalHome, SpotifyHome, Year

from edge.events import Event

DAYS = 3


def test_days_with_the_web_api(tmp_path: Path) -> None:
    clock, inbox = Clock(), list[Event]()
    home = SpotifyHome(tmp_path, clock, inbox)
    try:
        year = Year(home, clock, inbox)
        year.live(DAYS)
        assert year.broken == []
        assert home.violations == []
        assert len(home.plays()) > 10 * DAYS
        assert year.most_in_a_day() <= 300
        assert median(year.requests_a_day()) < 150
        assert home.refused() == (1, 1)
    finally:
        home.close()


def test_days_with_two_players_and_one_without_internet(tmp_path: Path) -> None:
    clock, inbox = Clock(), list[Event]()
    home = FallbackHome(tmp_path, clock, inbox)
    try:
        year = Year(home, clock, inbox, players=home.players, look=home.look)
        year.live(4)  # on the last the internet goes
        assert year.broken == []
        assert home.violations == []
        assert year.most_in_a_day() <= 300
        at_the_disk = [order for order in home.disk_orders() if order.what == "play"]
        assert any(order.at > clock.now - 7 * HOUR for order in at_the_disk)
    finally:
        home.close()


LOCAL = [LibrespotHome, SoloistHome, MpdHome, MqttHome, LocalHome]


@pytest.mark.parametrize("at", LOCAL)
def test_days_with_a_local_player(at: Callable[[Clock], Home]) -> None:
    clock, inbox = Clock(), list[Event]()
    home = at(clock)
    try:
        year = Year(home, clock, inbox)
        year.live(DAYS)
        assert year.broken == []
        assert home.violations == []
        assert len(home.plays()) > 5 * DAYS
    finally:
        home.close()
