"""A simulated year of a household: `python tests/bench/year.py [--days 365] [--player NAME]`.

Prints one JSON object: requests a day over the Web API (median and most, and the most in any 24
hours), plays a day, promises broken, the slowest step. Ends with 1 where a promise was broken.
"""

from __future__ import annotations

import argparse
import json
import logging
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from fakes.mpd_home import MpdHome
from fakes.mqtt_home import MqttHome
from fakes.receivers import LibrespotHome, SoloistHome
from fakes.spotify import Clock
from fakes.two_players import FallbackHome
from fakes.year import Home, LocalHome, SpotifyHome, Year

from edge.events import Event

HOMES: dict[str, Callable[[Clock], Home]] = {
    "librespot": LibrespotHome,
    "soloist": SoloistHome,
    "mpd": MpdHome,
    "mqtt": MqttHome,
    "simulated": LocalHome,
}
PLAYERS = ("spotify", "fallback", *HOMES)


def home_of(player: str, clock: Clock, state: Path, inbox: list[Event]) -> Home:
    """Return the home whose box drives `player`."""
    match player:
        case "spotify":
            return SpotifyHome(state, clock, inbox)
        case "fallback":
            return FallbackHome(state, clock, inbox)
        case _:
            return HOMES[player](clock)


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--days", type=int, default=365)
    options.add_argument("--player", choices=PLAYERS, default="spotify")
    options.add_argument("--seed", type=int, default=1)
    asked = options.parse_args()
    logging.disable(logging.CRITICAL)
    clock, inbox = Clock(), list[Event]()
    with tempfile.TemporaryDirectory() as state:
        home = home_of(asked.player, clock, Path(state), inbox)
        two: dict[str, Any] = {}
        if isinstance(home, FallbackHome):
            two = {"players": home.players, "look": home.look}
        year = Year(home, clock, inbox, asked.seed, **two)
        year.live(asked.days)
        result = {
            "player": asked.player,
            "days": asked.days,
            "requests_a_day_median": median(year.requests_a_day()),
            "requests_a_day_most": max(year.requests_a_day()),
            "requests_in_24_hours_most": year.most_in_a_day(),
            "plays_a_day": round(len(home.plays()) / asked.days, 1),
            "touches_by_hand": len(year.touches),
            "asked_by_people": len(year.by_person),
            "refused_429": year.refused(),
            "slowest_step_s": round(year.slowest, 3),
            "violations": home.violations,
            "broken": len(year.broken),
            "broken_first": year.broken[:20],
        }
        home.close()
    print(json.dumps(result, indent=2))
    return bool(year.broken or result["violations"])


if __name__ == "__main__":
    sys.exit(main())
