"""Some days of a household, with everything that can go wrong; tests/bench/year.py has more."""

from __future__ import annotations

from pathlib import Path
from statistics import median

from fakes.spotify import Clock
from fakes.year import LocalHome, SpotifyHome, Year

from edge.events import Event

DAYS = 3


def test_days_with_the_web_api(shared: Path, tmp_path: Path) -> None:
    clock, inbox = Clock(), list[Event]()
    home = SpotifyHome(shared / "contracts" / "spotify-web-api.yml", tmp_path, clock, inbox)
    try:
        year = Year(home, clock, inbox)
        year.live(DAYS)
        assert year.broken == []
        assert home.fake.violations == []
        assert len(home.plays()) > 10 * DAYS
        assert year.most_in_a_day() <= 300
        assert median(year.requests_a_day()) < 150
        assert home.refused() == (1, 1)
    finally:
        home.close()


def test_days_with_a_local_player() -> None:
    clock, inbox = Clock(), list[Event]()
    home = LocalHome(clock)
    year = Year(home, clock, inbox)
    year.live(DAYS)
    assert year.broken == []
    assert len(home.plays()) > 10 * DAYS
