"""The settings choose the player."""

from __future__ import annotations

from pathlib import Path
from typing import get_args

import pytest

from edge.events import Account
from edge.player.factory import REMEMBERED, api_for, player_for
from edge.player.simulated import SimulatedSpeaker
from edge.settings import PlayerSettings
from edge.settings.player import SimulatedPlayerSettings


@pytest.mark.parametrize("table", get_args(PlayerSettings))
def test_each_name_has_its_player(tmp_path: Path, table: type[PlayerSettings]) -> None:
    settings = table(speaker="Kitchen")
    events: list[Account] = []
    api = api_for(settings, tmp_path, events.append)
    player = player_for(settings, api, tmp_path, lambda _heard, _lost: pytest.fail("not yet"))
    assert type(player).__name__.lower().startswith(settings.driver)
    assert player.name == "Kitchen"


def test_a_simulated_speaker_that_stands_there_for_long_does_not_grow(tmp_path: Path) -> None:
    settings, events = SimulatedPlayerSettings(), list[Account]()
    api = api_for(settings, tmp_path, events.append)
    player = player_for(settings, api, tmp_path, lambda _heard, _lost: pytest.fail("not yet"))
    assert isinstance(player, SimulatedSpeaker)
    for _ in range(3 * REMEMBERED):
        player.read()
    player.set_volume(7)
    assert len(player.orders) == REMEMBERED
    assert player.orders[-1].value == 7
