"""The settings choose the player."""

from __future__ import annotations

from pathlib import Path

import pytest

from edge.events import Account
from edge.player.factory import api_for, player_for
from edge.settings import MusicSettings


@pytest.mark.parametrize(
    ("name", "local", "kind"),
    [
        ("spotify", False, "SpotifyPlayer"),
        ("librespot", True, "LibrespotPlayer"),
        ("soloist", True, "SoloistPlayer"),
        ("simulated", True, "SimulatedSpeaker"),
    ],
)
def test_each_name_has_its_player(tmp_path: Path, name: str, local: bool, kind: str) -> None:
    music = MusicSettings(player=name, speaker="Kitchen")  # type: ignore[arg-type]
    events: list[Account] = []
    player = player_for(music, api_for(music, tmp_path, events.append))
    assert (type(player).__name__, player.name, player.local) == (kind, "Kitchen", local)
