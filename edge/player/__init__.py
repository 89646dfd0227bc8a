"""The player contract: what every way to drive the speaker can do, and what can go wrong.

One file a player, chosen by name in the settings. A player only carries orders out and says what
it sees; all judgement (when to play, what was done by hand, what to try again) is in policy/.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

from edge.events import Fallback, SpeakerState, TrackEnded
from edge.player.policy.orders import Changed

SpeakerEvent = SpeakerState | TrackEnded | Changed | Fallback
"""What a player can hear of its speaker."""


class Player(Protocol):
    """A speaker, as the DJ drives it: all calls come from one thread, and each is bounded.

    Every method may raise a Fault (cannot now) or NeedsSomebody (cannot until somebody acts); for
    what its speaker has no way to do that is CannotPlay.
    """

    name: str
    """The speaker's name, as the Spotify app shows it."""

    @property
    def local(self) -> bool:
        """Whether its speaker tells by itself what happens, and asking costs nothing.

        One that does not is asked as seldom as can be, and hear() has nothing to say. Where only
        asking costs nothing, a player that looks by itself, over and over, is local, too.
        """

    def open(self, wake: Callable[[], None]) -> None:
        """Get hold of the speaker. `wake` is called, from any thread, when hear() has news."""

    def close(self) -> None:
        """Let go; the music plays on. Also called after an open that failed."""

    def ready(self, *, by_person: bool, optional: bool = False) -> None:
        """Raise Limited or NeedsSomebody where nothing may be asked now; itself asks nothing.

        `by_person`: somebody waits for it, so it may draw on what is kept back for people.
        `optional`: it is only nice to know, and the first to do without when requests get short.
        """

    def play(
        self, uri: str, *, songs: Sequence[str] = (), repeat: bool = False, mood: str = ""
    ) -> None:
        """Play the context or track `uri` from its start: a playlist or an artist shuffled.

        `songs`: of it, which to play and in which order; a player that cannot does as well as it
        can, and plays it as it is.

        `repeat`: begin again at its end, for ever. `mood`: what it is for, for whoever wants to
        know; empty where it is for none.
        """

    def pause(self) -> None:
        """Be quiet; a speaker that is quiet already is no error."""

    def resume(self) -> None:
        """Play on; a speaker that plays already is no error."""

    def skip(self) -> None:
        """Go on to the next track."""

    def previous(self) -> None:
        """Go back to the track before, or to the start of this one."""

    def set_volume(self, percent: int, *, passing: bool = False) -> None:
        """Set the volume, 0 to 100; raise NoVolume where the speaker has none to set.

        `passing`: a step of a fade, and not where the volume is to stay.
        """

    def volume(self) -> int | None:
        """Find out how loud the speaker itself is, in percent, whichever speaker has the music.

        None: it has no volume, or does not say. Asked only where read() did not tell.
        """

    def read(self) -> SpeakerState:
        """Say what the speaker does now; `hand` and `wish` are left for the policy to fill in."""

    def hear(self) -> list[SpeakerEvent]:
        """Return what happened since the last call, oldest first; never waits.

        `hand` may be set where the speaker itself says that somebody else did it.
        """
