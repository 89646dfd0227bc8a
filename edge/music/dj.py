"""The DJ: holds the newest wish, makes the speaker match it, and says what became of it."""

from __future__ import annotations

import logging
import threading
import time
from collections import deque
from collections.abc import Callable

from edge.errors import Fault, MoodboxError
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
from edge.music import CannotPlay, Limited, NeedsSomebody, Player
from edge.music.ours import Ours, adopted, plays, touched
from edge.music.silence import SILENT, Silence
from edge.music.wanted import Wanted
from edge.service import Service

log = logging.getLogger(__name__)

PATIENCE = 360.0
"""Seconds a gentle wish waits for the end of a track, at most."""
EARLY = 1.0
"""Seconds before its track's end that a gentle wish is played, or the next song would sound."""
FRESH = 5.0
"""Seconds for which what was read of the speaker is good enough to act on."""
SETTLE = 10.0
"""Seconds after an order until the speaker is held to it."""
RETRY_FIRST = 15.0
RETRY_MAX = 900.0
"""Seconds between two tries, doubling: each may cost requests of the day's budget."""
LAZY = 0.05
"""Seconds after a track's end until we ask for it, if it was not told."""
IDLE_STEP = 20.0
"""Seconds that a step waits for news, at most."""


class DJ(Service):
    """Wanted state, not a queue: a newer wish takes the place of one that is not played yet.

    What somebody does by hand is never undone, unless a wish says that a person asked for it.
    """

    bound = 90.0

    def __init__(
        self,
        player: Player,
        report: Callable[[Event], None],
        *,
        speaker: str,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Drive `player`, whose speaker is called `speaker`; `report` hears what came of it."""
        super().__init__("music", report)
        self._say = report
        self._player = player
        self._speaker = speaker
        self._clock = clock
        self._wishes: deque[Wish] = deque(maxlen=100)
        self._bell = threading.Event()
        self._wanted = Wanted()
        self._due = 0.0
        """When the wanted music is to be played."""
        self._placed = False
        """Whether `_due` was worked out for the wanted music."""
        self._retry_at = 0.0
        self._failures = 0
        self._trouble = ""
        self._said: tuple[str, str] = ("", "")
        self._ours = Ours()
        self._seen: SpeakerState | None = None
        self._check_at: float | None = None
        self._track = ("", "")
        """The track that is on, and the wish it follows from."""
        self._silence = Silence()
        self._played_at = 0.0

    def wish(self, wish: Wish) -> None:
        """Leave the newest wish; never waits, from any thread."""
        self._wishes.append(wish)
        self._bell.set()

    def wake(self) -> None:
        """Look for news at once."""
        self._bell.set()

    def open(self) -> None:
        """Open the player."""
        self._player.open(self.wake)

    def close(self) -> None:
        """Close the player; the music plays on."""
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
            self._hear(heard)
        if self._wanted.open and now >= self._next_try():
            self._guarded(self._fulfil, now)
        if self._check_at is not None and now >= self._check_at:
            self._guarded(self._check, now)
        times = [self._check_at, self._track_end()]
        if self._wanted.open:
            times.append(self._next_try())
        return max(0.0, min((at - now for at in times if at is not None), default=IDLE_STEP))

    # Wishes.

    def _accept(self, wish: Wish, now: float) -> None:
        self._wanted.add(wish)
        self._retry_at, self._failures = now, 0
        if self._wanted.music is wish:
            self._due, self._placed = now, not (wish.gentle and wish.uri)
        elif wish.skip:
            self._due, self._placed = now, True

    def _next_try(self) -> float:
        wanted = self._wanted
        only_music = wanted.skip is None and (
            wanted.volume is None or wanted.volume is wanted.music
        )
        return max(self._retry_at, self._due if only_music and self._placed else 0.0)

    def _fulfil(self, now: float) -> None:
        wanted = self._wanted
        self._player.ready(by_person=wanted.by_person)
        if wanted.skip is not None and not self._music_waits():
            self._skip(wanted.skip)
        if wanted.volume is not None and not self._is_new_music(wanted.volume):
            self._set_volume(wanted.volume)
        if wanted.music is not None:
            self._fulfil_music(wanted.music, now)

    def _music_waits(self) -> bool:
        return self._wanted.music is not None and self._is_new_music(self._wanted.music)

    @staticmethod
    def _is_new_music(wish: Wish) -> bool:
        return wish.playing and bool(wish.uri)

    def _fulfil_music(self, wish: Wish, now: float) -> None:
        if wish.volume is not None and not wish.uri and wish.playing == self._ours.playing:
            self._done(wish)
        elif not wish.playing:
            self._player.pause()
            self._ours = Ours(self._ours.uri, False, self._ours.volume, self._ours.wish)
            self._check_at = self._clock() + SETTLE if self._player.local else None
            self._done(wish)
        elif not self._placed:
            self._place(wish, now)
        elif now >= self._due:
            self._play(wish)

    def _place(self, wish: Wish, now: float) -> None:
        """Find the end of the track that is on, for a gentle wish."""
        seen = self._look()
        if self._given_up(wish, seen):
            return
        self._placed = True
        if seen.playback is Playback.PLAYING and seen.remaining is not None:
            self._due = now + max(0.0, min(self._left(seen) - EARLY, PATIENCE))
        if now >= self._due:
            self._play(wish)

    def _play(self, wish: Wish) -> None:
        seen = self._look()
        if self._given_up(wish, seen):
            return
        uri = wish.uri
        if not uri and seen.playback is Playback.IDLE:
            uri = self._ours.uri
        here = seen.speaker.casefold() == self._speaker.casefold()
        volume = self._wanted.volume
        if volume is not None and here:
            self._set_volume(volume)
        if uri:
            self._account_for_the_past()
            self._player.play(uri)
            self._ours = Ours(uri, True, self._ours.volume, wish.id)
            self._silence = Silence()
            self._played_at = self._clock()
        elif seen.playback is not Playback.PLAYING:
            self._player.resume()
            self._ours = Ours(self._ours.uri, True, self._ours.volume, self._ours.wish)
        if volume is not None and not here:
            self._set_volume(volume)
        self._check_at = self._clock() + SETTLE
        self._done(wish)
        if self._wanted.skip is not None:
            self._done(self._wanted.skip)

    def _skip(self, wish: Wish) -> None:
        self._player.skip()
        self._check_at = self._clock() + SETTLE
        self._done(wish)

    def _set_volume(self, wish: Wish) -> None:
        assert wish.volume is not None  # noqa: S101  only such wishes are kept as a volume
        self._player.set_volume(wish.volume)
        self._ours = Ours(self._ours.uri, self._ours.playing, wish.volume, self._ours.wish)
        self._wanted.volume = None
        if self._player.local and self._check_at is None:
            self._check_at = self._clock() + SETTLE
        if not self._wanted.holds(wish):
            self._done(wish)

    def _done(self, wish: Wish) -> None:
        self._wanted.drop(wish.id)
        self._say(Played(wish.id, self._clock()))
        self._well()

    def _given_up(self, wish: Wish, seen: SpeakerState) -> bool:
        """Leave what somebody did by hand alone, unless somebody asked for this too."""
        what = touched(self._ours, seen, self._speaker)
        if not what or wish.by_person:
            return False
        log.info("left alone: %s", what)
        self._wanted.drop(wish.id)
        self._adopt(seen, wish.id)
        return True

    # The speaker.

    def _look(self) -> SpeakerState:
        """Return what the speaker does: as it told, or as it was just read, or read now."""
        seen, now = self._seen, self._clock()
        if seen is not None and (self._player.local or now - seen.at < FRESH):
            return seen
        self._seen = seen = self._player.read()
        if not touched(self._ours, seen, self._speaker):
            self._tell(seen)
        return seen

    def _left(self, seen: SpeakerState) -> float:
        return (seen.remaining or 0.0) - (self._clock() - seen.at)

    def _hear(self, heard: SpeakerState | TrackEnded) -> None:
        if isinstance(heard, TrackEnded):
            self._ended(heard)
            if self._player.local and self._placed:
                self._due = min(self._due, heard.at)
            return
        self._seen = heard
        if self._check_at is None and touched(self._ours, heard, self._speaker):
            waits = self._wanted.music
            if waits is not None and not waits.by_person:
                self._wanted.drop(waits.id)
            self._adopt(heard, waits.id if waits else "")
        else:
            self._tell(heard)

    def _check(self, now: float) -> None:
        """Hold the speaker to our last order."""
        self._check_at = None
        if self._seen is None or not self._player.local:
            self._player.ready(by_person=False)
            self._seen = self._player.read()
        seen = self._seen
        if touched(self._ours, seen, self._speaker):
            self._adopt(seen, "")
            return
        self._tell(seen)
        if not self._player.local and self._ours.playing:
            verdict = self._silence.look(seen, now - self._played_at)
            self._check_at = now + FRESH if verdict is None else None
            if verdict:
                self._is_silent()

    def _account_for_the_past(self) -> None:
        if not self._player.local and self._ours.wish:
            for track in self._player.history(self._played_at):
                self._ended(track)

    def _ended(self, track: TrackEnded) -> None:
        uri, wish = self._track
        wish = wish if uri == track.uri else self._ours.wish
        self._say(TrackEnded(track.uri, track.at, track.listened, track.skipped, wish))
        if self._player.local and self._silence.ended(track):
            self._is_silent()

    def _is_silent(self) -> None:
        self._say(PlayFailed(self._ours.wish, SILENT, self._clock(), terminal=True))
        self._set_trouble(SILENT)

    def _adopt(self, seen: SpeakerState, wish: str) -> None:
        self._ours = adopted(seen)
        self._tell(seen, by_hand=True, wish=wish)

    def _tell(self, seen: SpeakerState, *, by_hand: bool = False, wish: str = "") -> None:
        if seen.track is not None and seen.track.uri != self._track[0]:
            ours = plays(self._ours.uri, seen.track)
            self._track = (seen.track.uri, self._ours.wish if ours else "")
        self._say(
            SpeakerState(
                at=seen.at,
                playback=seen.playback,
                track=seen.track,
                volume=seen.volume,
                speaker=seen.speaker,
                remaining=seen.remaining,
                by_hand=by_hand,
                wish=wish or self._track[1],
            )
        )

    def _track_end(self) -> float | None:
        """When a local speaker's track ends: some do not tell until they are asked."""
        seen = self._seen
        playing = seen is not None and seen.playback is Playback.PLAYING
        if not self._player.local or not playing or seen is None or seen.remaining is None:
            return None
        end = seen.at + seen.remaining + LAZY
        return end if end > self._clock() else None

    # Trouble.

    def _guarded(self, act: Callable[[float], None], now: float) -> None:
        try:
            act(now)
        except (Fault, NeedsSomebody) as error:
            self._failed(error, now)

    def _failed(self, error: MoodboxError, now: float) -> None:
        self._failures += 1
        wait = min(RETRY_MAX, RETRY_FIRST * 2.0 ** min(self._failures - 1, 10))
        if isinstance(error, Fault):
            wait = max(error.retry_after or 0.0, 0.0 if isinstance(error, Limited) else wait)
        self._retry_at = now + wait
        reason, terminal = str(error), isinstance(error, NeedsSomebody)
        for wish in self._wanted.open:
            if (wish.id, reason) != self._said:
                self._said = (wish.id, reason)
                self._say(PlayFailed(wish.id, reason, now, terminal))
            if isinstance(error, CannotPlay):
                self._wanted.drop(wish.id)
        self._set_trouble(reason)

    def _set_trouble(self, reason: str) -> None:
        if reason != self._trouble:
            self._trouble = reason
            log.warning("music: %s", reason)
            self._report(Down(self.name, reason, self._clock()))

    def _well(self) -> None:
        if self._trouble:
            self._trouble = ""
            log.info("music is back")
            self._report(Up(self.name, self._clock()))
        self._failures = 0
