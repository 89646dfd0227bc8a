"""What is still to be done to make the newest wishes true.

A wish for the volume, or to skip, must not push out music that waits for its track's end; only
newer music, or quiet, does that.
"""

from __future__ import annotations

import msgspec
from msgspec import Struct

from edge.events import Wish


class Pending(Struct, frozen=True):
    """The newest wish of each kind that is not fulfilled yet; None: nothing of that kind."""

    music: Wish | None = None
    """To play its `uri`, to play on, or to be quiet."""
    volume: Wish | None = None
    skip: Wish | None = None
    """To go to the next track, or back."""

    def add(self, wish: Wish) -> Pending:
        """Return what is to be done with a newer wish."""
        volume = wish if wish.volume is not None else self.volume
        if wish.is_step:
            return msgspec.structs.replace(self, volume=volume, skip=wish)
        if wish.uri or (not wish.playing and wish.volume is None):
            return Pending(wish, volume)
        if wish.volume is None and (self.music is None or not self.music.uri):
            return msgspec.structs.replace(self, music=wish)
        return msgspec.structs.replace(self, volume=volume)

    def without(self, wish: str) -> Pending:
        """Return what is left once all that comes from the wish with this id is forgotten."""

        def other(held: Wish | None) -> Wish | None:
            return None if held is not None and held.id == wish else held

        return Pending(other(self.music), other(self.volume), other(self.skip))

    @property
    def new_music(self) -> bool:
        """Whether other music than what is on waits to be played."""
        return self.music is not None and self.music.playing and bool(self.music.uri)

    def with_music(self, volume: Wish) -> bool:
        """Whether a volume belongs to the new music, and waits with it."""
        return bool(volume.uri) and self.new_music

    @property
    def at_once(self) -> bool:
        """Whether something waits for nothing: a skip of what is on, or a volume of its own."""
        skips = self.skip is not None and not self.new_music
        return skips or (self.volume is not None and not self.with_music(self.volume))

    def holds(self, wish: Wish) -> bool:
        """Return whether something of `wish` is still to be done."""
        return any(held.id == wish.id for held in self.open)

    @property
    def open(self) -> list[Wish]:
        """The wishes that wait, each once."""
        held = {w.id: w for w in (self.music, self.volume, self.skip) if w is not None}
        return list(held.values())

    @property
    def by_person(self) -> bool:
        """Whether somebody waits for one of them."""
        return any(wish.by_person for wish in self.open)
