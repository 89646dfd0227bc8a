"""A home for a Year with two players: Spotify, and a disk that plays where that cannot.

The home's internet goes now and then, for an evening or a whole day; its Spotify speaker then plays
its song to the end, and no hand can have it play another.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from fakes.spotify import Clock
from fakes.year import DAY, HOUR, MINUTE, LocalHome, SpotifyHome

from edge.choose.sources import Playable
from edge.controller import State, view
from edge.events import EMOTIONS, Event, Hand, Playback
from edge.player.fallback import FallbackPlayer
from edge.player.simulated import Order
from edge.settings.player import MpdSettings, SpotifySettings

SLOW = 15 * MINUTE
"""Seconds of quiet though the second player could play, at most: two looks, and what was loaded."""


class FallbackHome(SpotifyHome):
    """A Spotify speaker, and a simulated one for the disk."""

    def __init__(self, state: Path, clock: Clock, report: list[Event]) -> None:
        super().__init__(state, clock, report)
        self._disk = LocalHome(clock)
        self.sources = {mood: [*self.sources[mood], f"mpd:genre:{mood}"] for mood in EMOTIONS}
        self.players = tuple(
            Playable(it.driver, it.plays, it.everything, it.lists)
            for it in (SpotifySettings(), MpdSettings())
        )
        self.player: Any = FallbackPlayer(
            self.player, self._disk.player, plays=(SpotifySettings.plays, MpdSettings.plays),
            clock=clock,
        )  # fmt: skip
        self._touched = ""
        self._offline = False
        self._quiet_since: float | None = None

    @property
    def _at_spotify(self) -> bool:
        self.fake.world.catch_up()
        playback = self.fake.world.playback
        return playback.playing and playback.song is not None

    @property
    def _at_the_disk(self) -> bool:
        return self._disk.speaker._state().playback is Playback.PLAYING

    def volume(self) -> int:
        """That of the speaker that somebody touched last."""
        return self._disk.volume() if self._touched == "disk" else super().volume()

    def touch(self, rng: random.Random) -> Hand | None:
        """Change something at the speaker that plays.

        Not at Spotify's without internet: there is nothing to pick, and nobody sees the rest.
        """
        self._touched = "disk" if self._at_the_disk else "spotify"
        if self._at_the_disk:
            return self._disk.touch(rng)
        return None if self._offline else super().touch(rng)

    def trouble(self, day: int, hour: int, rng: random.Random) -> Iterator[float]:
        if hour == 17 and day % 6 == 3:
            self.fake.cut_off()
            self._offline = True
            yield rng.choice([5 * HOUR, 8 * HOUR, DAY])
            self._offline = False
            self.fake.outage(None)
        elif hour == 14 and day % 8 == 2:
            self.fake.outage(rng.choice([500, 503]))
            yield rng.choice([5 * MINUTE, 3 * HOUR])
            self.fake.outage(None)
        elif hour == 18 and day in {15, 200}:
            self.fake.lose_premium()
            yield 20 * HOUR
            self.fake.regain_premium()
        elif hour != 14:
            yield from super().trouble(day, hour, rng)

    def live(self, until: float) -> None:
        super().live(until)
        if self._at_spotify and self._at_the_disk:
            self.violations.append(f"two at once at {until - DAY:.0f} s")

    def look(self, state: State, at: float) -> str:
        """Return what is wrong with what is shown, and with what is heard; empty: nothing."""
        if not state.cannot:
            self._quiet_since = None
            return ""
        shown = view(state)
        context = shown.track.context if shown.track else ""
        disk = self._disk.speaker._state().track
        if context and (disk is None or context != disk.context):
            return f"a song is shown that does not play: {context}"
        plays = shown.playback is Playback.PLAYING
        if context and plays != self._at_the_disk:
            return f"the disk is shown to play, and does not: {context}"
        waits = state.feels() and state.mood_may_drive(at) and not state.left
        if not waits or self._at_spotify or self._at_the_disk:
            self._quiet_since = None
            return ""
        self._quiet_since = self._quiet_since or at
        if at - self._quiet_since < SLOW:
            return ""
        self._quiet_since = None
        return f"quiet for {SLOW:.0f} s, though the disk could play"

    def disk_orders(self) -> list[Order]:
        """Return what the disk's speaker was told."""
        return list(self._disk.speaker.orders)

    def plays(self) -> list[float]:
        return [*super().plays(), *self._disk.plays()]
