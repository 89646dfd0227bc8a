"""Somebody who opens a player that tells by itself, and notes all that it says."""

from __future__ import annotations

import time
from collections.abc import Callable

from edge.events import Playback, SpeakerState, TrackEnded
from edge.player import Player

PATIENCE = 20.0
"""Seconds until it is sure that nothing comes any more."""


class Ears:
    """An open player, and all that it has said."""

    def __init__(self, player: Player) -> None:
        self.player = player
        self.states: list[SpeakerState] = []
        self.ended: list[TrackEnded] = []
        self.woken = 0
        player.open(self._wake)
        self.until(lambda: bool(self.states))

    def _wake(self) -> None:
        self.woken += 1

    def until(self, holds: Callable[[], bool]) -> None:
        """Listen until something holds."""
        end = time.monotonic() + PATIENCE
        while not holds():
            assert time.monotonic() < end, f"never heard; last: {self.states[-1:]}"
            time.sleep(0.005)
            for heard in self.player.hear():
                if isinstance(heard, TrackEnded):
                    self.ended.append(heard)
                elif isinstance(heard, SpeakerState):
                    self.states.append(heard)

    def sees(self, playback: Playback, title: str = "") -> SpeakerState:
        """Listen until the speaker does that, with that song; return its state."""

        def holds() -> bool:
            last = self.states[-1]
            track = last.track.title if last.track else ""
            return last.playback is playback and title in ("", track)

        self.until(holds)
        return self.states[-1]
