"""The DJ: holds the newest wish, makes the speaker match it, and says what became of it."""

from __future__ import annotations

import logging
import threading
import time
from collections import deque
from collections.abc import Callable
from pathlib import Path

from edge.errors import CannotPlay, Fault, Limited, MoodboxError, NeedsSomebody
from edge.events import (
    Down,
    Event,
    Playback,
    Played,
    PlayFailed,
    SpeakerState,
    TrackEnded,
    Up,
    Wish,
)
from edge.player import Player
from edge.player.fader import Fader
from edge.player.memory import FRESH, Memory
from edge.player.silence import SILENT, Silence
from edge.player.wanted import Wanted
from edge.service import Service

log = logging.getLogger(__name__)

PATIENCE = 360.0
"""Seconds a gentle wish waits for the end of a track, at most."""
EARLY = 1.0
"""Seconds before its track's end that a gentle wish is played, or the next song would sound."""
SETTLE = 10.0
"""Seconds after an order until the speaker is held to it."""
OVERRULES = 600.0
"""Seconds for which a person's wish overrules a hand; older ones yield, as the hand came later."""
RETRY_FIRST = 15.0
RETRY_MAX = 900.0
"""Seconds between two tries, doubling: each may cost requests of the day's budget."""
IDLE_STEP = 20.0
"""Seconds that a step waits for news, at most."""


class Dj(Service):
    """Wanted state, not a queue: a newer wish takes the place of one that is not played yet.

    What somebody does by hand is never undone, unless a wish says that a person asked for it.
    """

    bound = 90.0

    def __init__(
        self,
        player: Player,
        report: Callable[[Event], None],
        *,
        search: Callable[[str], str] | None = None,
        memory: Path | None = None,
        fade: float = 0.0,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Drive `player`; `report` hears what comes of it.

        Args:
            player: the speaker.
            report: takes an event, from the DJ's thread, without waiting.
            search: finds the URI for words, raising as a player does; None: URIs only.
            memory: the file that remembers across a restart what was left playing.
            fade: seconds to fade out, and in again, when no person waits; local players only.
            clock: monotonic seconds.
        """
        super().__init__("music", report)
        self._say = report
        self._player = player
        self._search = search
        self._clock = clock
        self._wishes: deque[Wish] = deque(maxlen=100)
        self._bell = threading.Event()
        self._wanted = Wanted()
        self._due: float | None = None
        """When the wanted music is to be played; None: that has to be found out."""
        self._asked_at = 0.0
        """When the wanted music was wished for."""
        self._retry_at = 0.0
        self._failures = 0
        self._trouble = ""
        self._said = ("", "")
        """The last failure that was told: the wish and the reason."""
        self._memory = Memory(player, report, clock, memory)
        self._fader = Fader(player, self._memory, clock, fade)
        self._check_at: float | None = None
        self._look_due = False
        self._silence = Silence()
        self._played_at = 0.0

    def wish(self, wish: Wish) -> None:
        """Leave the newest wish; never waits, from any thread."""
        self._wishes.append(wish)
        self._bell.set()

    def look(self) -> None:
        """Look at the speaker once, now, within the budget; from any thread."""
        self._look_due = True
        self._bell.set()

    def wake(self) -> None:
        """Look for news at once."""
        self._bell.set()

    def open(self) -> None:
        """Open the player; what was seen before it was away holds no longer."""
        self._memory.seen = None
        self._player.open(self.wake)
        self._fader.recover()

    def close(self) -> None:
        """Close the player; the music plays on."""
        self._fader.close()
        self._player.close()

    def step(self) -> None:
        """Do what is due, then wait for the next thing, or for news."""
        wait = self.advance(self._clock())
        self._bell.wait(min(wait, IDLE_STEP))
        self._bell.clear()

    def advance(self, now: float) -> float:
        """Do all that is due at `now` (monotonic); return the seconds until more is."""
        while self._wishes:
            self._accept(self._wishes.popleft(), now)
        for heard in self._player.hear():
            if isinstance(heard, TrackEnded):
                self._hear_end(heard)
            else:
                self._hear(heard)
        if self._look_due:
            self._look_due = False
            self._guarded(self._look, now)
        if self._wanted.open and now >= self._next_try():
            self._guarded(self._fulfil, now)
        if self._check_at is not None and now >= self._check_at:
            self._guarded(self._check, now)
        if self._fader.at is not None and now >= self._fader.at:
            self._guarded(lambda _: self._fader.back(), now)  # nothing took it further out
        times = [self._check_at, self._memory.track_end(), self._fader.at]
        if self._wanted.open:
            times.append(self._next_try())
        return max(0.0, min((at - now for at in times if at is not None), default=IDLE_STEP))

    # Wishes.

    def _accept(self, wish: Wish, now: float) -> None:
        self._wanted.add(wish)
        self._retry_at, self._failures = now, 0
        if self._wanted.music is wish:
            self._asked_at = now
            self._due = None if wish.gentle and wish.uri else now
        elif wish.skip:
            self._due = now

    def _next_try(self) -> float:
        return self._retry_at if self._wanted.at_once else max(self._retry_at, self._due or 0.0)

    def _fulfil(self, now: float) -> None:
        wanted = self._wanted
        self._player.ready(by_person=wanted.by_person)
        if wanted.skip is not None and not wanted.new_music:
            self._player.skip()
            self._ordered(wanted.skip)
        if wanted.volume is not None and not wanted.with_music(wanted.volume):
            self._set_volume(wanted.volume)
        if wanted.music is not None:
            self._fulfil_music(wanted.music, now)

    def _fulfil_music(self, wish: Wish, now: float) -> None:
        if wish.volume is not None and not wish.uri and wish.playing == self._memory.ours.playing:
            self._done(wish)
        elif not wish.playing:
            if self._fades_out():
                return
            self._player.pause()
            self._memory.leave(playing=False)
            self._ordered(wish)
        elif self._due is None:
            self._place(wish, now)
        elif now >= self._due:
            self._play(wish)

    def _place(self, wish: Wish, now: float) -> None:
        """Find the end of the track that is on, for a gentle wish."""
        seen = self._memory.look()
        if self._given_up(wish, seen):
            return
        self._due = now
        if seen.playback is Playback.PLAYING and seen.remaining is not None:
            early = EARLY + self._fader.seconds
            self._due += max(0.0, min(self._memory.left(seen) - early, PATIENCE))
        if now >= self._due:
            self._play(wish)

    def _play(self, wish: Wish) -> None:
        seen = self._memory.look()
        if self._given_up(wish, seen) or self._fades_out():
            return
        idle = seen.playback is Playback.IDLE
        uri = self._found(wish.uri) or (self._memory.ours.uri if idle else "")
        volume, here = self._wanted.volume, seen.speaker.casefold() == self._player.name.casefold()
        if volume is not None and here:
            self._set_volume(volume)
        if uri:
            self._start(uri, wish, seen)
        elif seen.playback is not Playback.PLAYING:
            self._player.resume()
            self._memory.leave(playing=True)
        if volume is not None and not here:
            self._set_volume(volume)
        self._ordered(wish)
        if self._wanted.skip is not None:
            self._done(self._wanted.skip)

    def _fades_out(self) -> bool:
        """Whether the music is being faded out first; no person is kept waiting for that."""
        if self._wanted.by_person or not self._fader.out():
            return False
        self._due = self._fader.at
        return True

    def _start(self, uri: str, wish: Wish, seen: SpeakerState) -> None:
        memory = self._memory
        if memory.ours.wish and not self._player.local and not memory.touched(seen):
            for track in self._player.history(self._played_at):
                memory.ended(track)
        self._player.play(uri)
        memory.leave(uri=uri, playing=True, wish=wish.id)
        self._silence = Silence()
        self._played_at = self._clock()

    def _found(self, what: str) -> str:
        """Return the URI for a URI, or for words to search."""
        if not what or what.startswith("spotify:"):
            return what
        if self._search is None:
            raise CannotPlay(f"{what!r} cannot be searched for here: give a Spotify URI")
        return self._search(what.removeprefix("search:").strip())

    def _set_volume(self, wish: Wish) -> None:
        if wish.volume is None:
            return
        if wish.by_person or not self._fader.aim(wish.volume):
            self._player.set_volume(wish.volume)
            self._memory.leave(volume=wish.volume)
            self._fader.stop()
        self._wanted.volume = None
        self._settle(asked=False)
        if not self._wanted.holds(wish):
            self._done(wish)

    def _ordered(self, wish: Wish) -> None:
        self._settle(asked=wish.playing)
        self._done(wish)

    def _settle(self, *, asked: bool) -> None:
        """Hold the speaker to our order soon, but one that has to be asked only where `asked`."""
        self._memory.forget()
        if self._player.local or asked:
            self._check_at = self._clock() + SETTLE

    def _done(self, wish: Wish) -> None:
        self._wanted.drop(wish.id)
        self._say(Played(wish.id, self._clock()))
        self._well()

    def _given_up(self, wish: Wish, seen: SpeakerState) -> bool:
        """Leave what somebody did by hand alone, unless somebody asked for this too."""
        what = self._memory.touched(seen)
        overrules = wish.by_person and self._clock() - self._asked_at < OVERRULES
        if not what or overrules:
            return False
        log.info("left alone: %s", what)
        self._wanted.drop(wish.id)
        self._memory.adopt(seen, wish.id)
        return True

    # The speaker.

    def _hear_end(self, track: TrackEnded) -> None:
        self._memory.ended(track)
        if self._due is not None:
            self._due = min(self._due, track.at)
        if self._silence.ended(track):
            self._is_silent()

    def _hear(self, seen: SpeakerState) -> None:
        turned = self._fader.turned(seen.volume)
        if turned:
            self._guarded(lambda _: self._leave_turned(seen), seen.at)
        seen = self._memory.at_home(seen)
        self._memory.seen = seen
        if not turned and (self._check_at is not None or not self._memory.touched(seen)):
            self._memory.tell(seen)
            return
        waits = self._wanted.music
        if waits is not None and not waits.by_person:
            self._wanted.drop(waits.id)
        self._memory.adopt(seen, waits.id if waits else "")

    def _leave_turned(self, seen: SpeakerState) -> None:
        """A hand on the volume wins over a fade, even where our own step came after it."""
        self._fader.stop()
        self._player.set_volume(seen.volume or 0)

    def _look(self, _: float) -> None:
        self._player.ready(by_person=True)
        seen = self._memory.read()
        if self._memory.touched(seen):
            self._memory.adopt(seen, "")

    def _check(self, now: float) -> None:
        """Hold the speaker to our last order."""
        self._check_at = None
        seen = self._memory.seen
        if seen is None or not self._player.local:
            self._player.ready(by_person=False)
            seen = self._memory.read()
        if self._memory.touched(seen):
            self._memory.adopt(seen, "")
        elif not self._player.local and self._memory.ours.playing:
            silent = self._silence.look(seen, now - self._played_at)
            self._check_at = now + FRESH if silent is None else None
            if silent:
                self._is_silent()

    def _is_silent(self) -> None:
        self._say(PlayFailed(self._memory.ours.wish, SILENT, self._clock(), terminal=True))
        self._set_trouble(SILENT)

    # Trouble.

    def _guarded(self, act: Callable[[float], None], now: float) -> None:
        try:
            act(now)
        except (Fault, NeedsSomebody) as error:
            self._failed(error, now)

    def _failed(self, error: MoodboxError, now: float) -> None:
        if not self._wanted.open and isinstance(error, Fault):
            log.info("the speaker could not be looked at: %s", error)
            return
        self._failures += 1
        # What it did while it took no orders may have gone untold.
        self._memory.seen = None
        wait = min(RETRY_MAX, RETRY_FIRST * 2.0 ** min(self._failures - 1, 10))
        if isinstance(error, Fault) and error.retry_after is not None:
            wait = error.retry_after if isinstance(error, Limited) else max(wait, error.retry_after)
        self._retry_at = now + wait
        for wish in self._wanted.open:
            if (wish.id, str(error)) != self._said:
                self._said = (wish.id, str(error))
                terminal = isinstance(error, NeedsSomebody)
                self._say(PlayFailed(wish.id, str(error), now, terminal))
            if isinstance(error, CannotPlay):
                self._wanted.drop(wish.id)
        self._set_trouble(str(error))

    def _set_trouble(self, reason: str) -> None:
        if reason != self._trouble:
            self._trouble = reason
            log.warning("music: %s", reason)
            self._report(Down(self.name, reason, self._clock()))

    def _well(self) -> None:
        self._failures = 0
        if self._trouble:
            self._trouble = ""
            log.info("music is back")
            self._report(Up(self.name, self._clock()))
