"""Fading a speaker of our own out before its music changes, and in again after.

A fade is a few small orders, each given when it is due: nothing waits for it, and it can turn back
at any moment. Where it has to end is kept (Ours.fading) before the first of them, so that neither
a fault nor a crash half-way leaves the speaker too quiet.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress

from edge.errors import Fault, NeedsSomebody
from edge.events import Playback
from edge.player import Player
from edge.player.memory import Memory
from edge.player.ours import VOLUME_STEP

STEPS = 8
"""Orders from the volume to silence."""
AGAIN = 15.0
"""Seconds until a step that failed is tried again."""


class Fader:
    """The fade of one speaker; all times are monotonic seconds."""

    def __init__(
        self, player: Player, memory: Memory, clock: Callable[[], float], seconds: float
    ) -> None:
        """Take `seconds` each way; 0, or a player that is not local: there is no fading."""
        self._player, self._memory, self._clock = player, memory, clock
        self.seconds = seconds if player.local else 0.0
        self.at: float | None = None
        """When the next step is due; None: nothing is being faded."""
        self._loud = STEPS
        """How far from silence it is."""
        self._levels: list[int] = []
        """The volume before, and those ordered since; not those before the last that was seen."""

    def recover(self) -> None:
        """Go home from a fade that was cut short, in one step: how far it had come is unknown."""
        home = self._memory.ours.fading
        if home is not None:
            self._levels = list(range(home + 1))
            self._loud, self.at = STEPS - 1, self._clock()

    def out(self) -> bool:
        """Take the next step towards silence if it is due; return whether there is more to come.

        Raises what a player does.
        """
        if self.at is None and not self._begin():
            return False
        if self.at is not None and self._clock() >= self.at:
            if self._loud == 0:
                return False
            self._order(self._loud - 1)
        return True

    def back(self) -> None:
        """Take a step back to the volume from before. Raises what a player does."""
        if self._loud == STEPS:
            self.stop()
        else:
            self._order(self._loud + 1)

    def aim(self, volume: int) -> bool:
        """Come back to `volume` instead; return whether anything is being faded."""
        if self.at is None:
            return False
        self._memory.leave(volume=volume, fading=volume)
        return True

    def stop(self) -> None:
        """Leave the volume where it is."""
        self.at = None
        self._memory.leave(fading=None)

    def turned(self, volume: int | None) -> bool:
        """Whether `volume` is none that we ordered lately, but a hand's."""
        if self.at is None or volume is None:
            return False
        for number, level in enumerate(self._levels):
            if abs(level - volume) < VOLUME_STEP:
                del self._levels[:number]
                return False
        return True

    def close(self) -> None:
        """Go home at once, as far as that can be."""
        home = self._memory.ours.fading
        if self.at is not None and home is not None:
            with suppress(Fault, NeedsSomebody):
                self._player.set_volume(home)
                self.stop()

    def _begin(self) -> bool:
        if self.seconds <= 0 or self._memory.look().playback is not Playback.PLAYING:
            return False
        seen = self._memory.read()
        here = seen.speaker.casefold() == self._player.name.casefold()
        if seen.playback is not Playback.PLAYING or not here or not seen.volume:
            return False
        self._memory.leave(fading=seen.volume)
        self._levels = [*self._levels[-1:], seen.volume]  # the last one may be heard of only now
        self._loud, self.at = STEPS, self._clock()
        return True

    def _order(self, loud: int) -> None:
        self.at = self._clock() + AGAIN
        level = round((self._memory.ours.fading or 0) * loud / STEPS)
        self._levels.append(level)
        self._player.set_volume(level)
        self._loud, self.at = loud, self._clock() + self.seconds / STEPS
