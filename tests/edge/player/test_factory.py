"""The settings choose the player."""

from __future__ import annotations

from pathlib import Path
from typing import get_args

import pytest

from edge.events import Account
from edge.player.factory import api_for, player_for
from edge.settings import PlayerSettings


@pytest.mark.parametrize("table", get_args(PlayerSettings))
def test_each_name_has_its_player(tmp_path: Path, table: type[PlayerSettings]) -> None:
    settings = table(speaker="Kitchen")
    events: list[Account] = []
    api = api_for(settings, tmp_path, events.append)
    player = player_for(settings, api, tmp_path, lambda _heard, _lost: pytest.fail("not yet"))
    assert type(player).__name__.lower().startswith(settings.driver)
    assert player.name == "Kitchen"
