"""A household with its box: controller, DJ and player for as many days as wanted, in seconds.

Twelve hours a day somebody is there whose mood changes every six minutes, who touches the speaker
by hand and asks for things; and speakers vanish, quotas end, sign-ins die and Spotify is out of
order. The promises are checked all along.
"""

from __future__ import annotations

import random
import time
from collections import Counter, deque
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any, Protocol

from fakes.spotify import Clock, FakeSpotify, Song
from fakes.spotify.world import Playback as Playing

from edge.choose.sources import Playable
from edge.controller import Policy, State, begin, decide, view
from edge.events import (
    EMOTIONS,
    Emotions,
    Event,
    Fulfil,
    Hand,
    Next,
    Nobody,
    Playback,
    PlayPause,
    Preferences,
    ReadSpeaker,
    Request,
    RequestBody,
    SongsKnown,
    Sounding,
    Tick,
    Watching,
)
from edge.mood.filter import Rules
from edge.player import Player
from edge.player.dj import Dj
from edge.player.policy.hands import START
from edge.player.simulated import SimulatedSpeaker
from edge.player.spotify import SpotifyPlayer
from edge.records import Taste
from edge.spotify.login import begin as begin_login
from edge.spotify.login import finish
from edge.spotify.web_api import WebApi
from edge.uri import Scheme

MINUTE, HOUR, DAY = 60.0, 3600.0, 86_400.0
HANDS_OFF = HOUR
SLACK = 1.0
SOON = 0.1
VOLUMES = (20, 30, 40, 60, 77, 90)
SLOWEST = 30.0
"""Real seconds that one step of the DJ may take on a busy machine."""


def touchable(playback: Playing) -> bool:
    """Whether it plays, and not just began: what halts there is taken to have halted by itself."""
    return playback.playing and playback.song is not None and playback.progress > START


def touches(volume: int, album: str) -> list[tuple[Hand, dict[str, Any]]]:
    """Return what a hand may do: pause, turn the volume, pick an album."""
    return [
        (Hand.PAUSE, {"pause": True}),
        (Hand.VOLUME, {"volume": volume}),
        (Hand.PICK, {"context": album}),
    ]


def another(albums: list[str], on: str | None) -> str:
    """Return an album for a hand to pick, and move it to the end.

    What is on already, picked once more, nobody can tell from a skip within it.
    """
    album = next(one for one in albums if one != on)
    albums.remove(album)
    albums.append(album)
    return album


class Volumes:
    """Volumes for a hand that never turns back to where it came from.

    What is as it was when it is looked at next, nobody can see to have been touched.
    """

    def __init__(self) -> None:
        self._lately: deque[int] = deque(maxlen=2)

    def fresh(self, now: int) -> list[int]:
        """Return those that differ from `now` and from what it was lately."""
        fresh = [v for v in VOLUMES if all(abs(v - old) > 5 for old in (now, *self._lately))]
        self._lately.append(now)
        return fresh


class Home(Protocol):
    """A speaker and what can happen to it."""

    sources: dict[str, list[str]]
    songs: Mapping[str, tuple[Sounding, ...]]
    """Of sources of which that is known, the songs and how they sound."""
    violations: list[str]
    """What was said that no contract allows."""

    @property
    def player(self) -> Player:
        """What the DJ drives."""

    def touch(self, rng: random.Random) -> Hand | None:
        """Change something by hand; return what, or None where there was nothing to change."""

    def volume(self) -> int:
        """The speaker's, in percent."""

    def trouble(self, day: int, hour: int, rng: random.Random) -> Iterator[float]:
        """Let something go wrong, if it is time; yield how long, then mend it."""

    def live(self, until: float) -> None:
        """Let the clock go on to `until`."""

    def settle(self) -> bool:
        """Wait until the player has heard all that its speaker said; return whether it was any."""

    def plays(self) -> list[float]:
        """When the speaker was told to play music."""

    def requests(self) -> list[float]:
        """When the Web API was asked."""

    def refused(self) -> tuple[int, int]:
        """How many requests got a 429, and how many times that was unavoidable."""

    def close(self) -> None:
        """Let go of everything."""


class SpotifyHome:
    """A speaker that is played through the Web API."""

    songs: Mapping[str, tuple[Sounding, ...]] = MappingProxyType({})

    def __init__(self, state: Path, clock: Clock, report: list[Event]) -> None:
        self.clock = clock
        self.fake = FakeSpotify(clock)
        self.violations = self.fake.violations
        self.volumes = Volumes()
        self.fake.add_device("moodbox")
        # Of uneven lengths, or every pause by hand would fall on the start of a track.
        songs = {
            m: [Song(f"{m} {n}", m, seconds=150 + 7.3 * n) for n in range(40)] for m in EMOTIONS
        }
        self.sources = {mood: [self.fake.add_playlist(mood, songs[mood])] for mood in EMOTIONS}
        self.mine = [self.fake.add_album(name, by="Me", songs=40) for name in "ABC"]
        self.api = WebApi(
            state, report.append, api=self.fake.api, accounts=self.fake.address, clock=clock
        )
        self.player: Any = SpotifyPlayer("moodbox", self.api, clock=clock)
        self.sign_in()
        self.limits = 0

    def sign_in(self) -> None:
        attempt = begin_login("a" * 32, accounts=self.fake.address)
        landed = self.fake.consent(attempt.url)
        self.api.sign_in(finish(attempt, landed, clock=self.fake.clock))

    def volume(self) -> int:
        return next(iter(self.fake.world.devices.values())).volume or 0

    def touch(self, rng: random.Random) -> Hand | None:
        self.fake.world.catch_up()
        if not touchable(playback := self.fake.world.playback) or playback.device is None:
            return None
        volume = rng.choice(self.volumes.fresh(playback.device.volume or 0))
        album = another(self.mine, playback.context)
        hand, how = rng.choice(touches(volume, album))
        self.fake.touch(**how)
        return hand

    def trouble(self, day: int, hour: int, rng: random.Random) -> Iterator[float]:
        fake = self.fake
        if hour == 9 and day % 9 == 1:
            fake.vanish("moodbox")
            yield rng.choice([20 * MINUTE, 6 * HOUR])
            fake.add_device("moodbox")
        elif hour == 11 and day % 7 == 1:
            seconds = rng.choice([30.0, 2 * HOUR, 13.6 * HOUR])
            self.limits += 1
            fake.limit(seconds, rng.choice(["", "QUOTA_EXCEEDED"]))
        elif hour == 14 and day % 8 == 2:
            fake.outage(rng.choice([0, 500, 503]))
            yield rng.choice([5 * MINUTE, 3 * HOUR, 2 * DAY])
            fake.outage(None)
        elif hour == 16 and day in {2, 120, 300}:
            fake.revoke() if day == 2 else fake.expire_refresh()
            yield 5 * HOUR
            self.sign_in()

    def live(self, until: float) -> None:
        self.clock.now = until

    def settle(self) -> bool:
        return False

    def plays(self) -> list[float]:
        return [c.at for c in self.fake.asked("PUT", "/me/player/play") if c.body]

    def requests(self) -> list[float]:
        return [call.at for call in self.fake.api_calls()]

    def refused(self) -> tuple[int, int]:
        return sum(call.status == 429 for call in self.fake.api_calls()), self.limits

    def close(self) -> None:
        self.api.close()
        self.fake.close()


class LocalHome:
    """A speaker of the box's own, that tells what happens."""

    songs: Mapping[str, tuple[Sounding, ...]] = MappingProxyType({})

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.violations: list[str] = []
        self.volumes = Volumes()
        self.player = self.speaker = SimulatedSpeaker(clock=clock)
        self.sources = {mood: [f"spotify:playlist:{mood}"] for mood in EMOTIONS}

    def volume(self) -> int:
        return self.speaker._volume

    def touch(self, rng: random.Random) -> Hand | None:
        state = self.speaker._state()
        began = state.track is not None and self.speaker._position() > START
        if state.playback is not Playback.PLAYING or not began:
            return None
        volume = rng.choice(self.volumes.fresh(state.volume or 0))
        on = state.track.context if state.track else ""
        album = rng.choice([f"spotify:album:{n}" for n in "ABC" if not on.endswith(n)])
        acts: list[tuple[Hand, Callable[[], None]]] = [
            (Hand.PAUSE, self.speaker.press_pause),
            (Hand.VOLUME, lambda: self.speaker.turn(volume)),
            (Hand.PICK, lambda: self.speaker.pick(album)),
        ]
        hand, act = rng.choice(acts)
        act()
        return hand

    def trouble(self, day: int, hour: int, rng: random.Random) -> Iterator[float]:
        if hour == 9 and day % 9 == 1:
            self.speaker.vanish()
            yield rng.choice([20 * MINUTE, 6 * HOUR])
            self.speaker.come_back()
        elif hour == 14 and day % 8 == 2:
            self.speaker.fail(5)

    def live(self, until: float) -> None:
        self.clock.now = until

    def settle(self) -> bool:
        return False

    def plays(self) -> list[float]:
        return [order.at for order in self.speaker.orders if order.what == "play"]

    def requests(self) -> list[float]:
        return []

    def refused(self) -> tuple[int, int]:
        return 0, 0

    def close(self) -> None:
        """Nothing to let go of."""


ALL = Playable("any", frozenset(Scheme), lists=True)
"""A player of any home's own music."""


class Year:
    """Lets days go by, and keeps count of promises that were broken."""

    def __init__(
        self,
        home: Home,
        clock: Clock,
        inbox: list[Event],
        seed: int = 1,
        *,
        players: tuple[Playable, ...] = (ALL,),
        look: Callable[[State, float], str] = lambda _state, _at: "",
    ) -> None:
        self.home = home
        self.clock = clock
        self.rng = random.Random(seed)
        self.broken: list[str] = []
        self.touches: list[float] = []
        """When somebody paused or picked music by hand."""
        self.turned: tuple[float, int] | None = None
        """When somebody turned the volume by hand, and to what."""
        self.by_person: list[float] = []
        self.slowest = 0.0
        self.start = clock.now
        self._inbox = inbox
        self.dj = Dj(home.player, inbox.append, fade=2.0, clock=clock)
        self._wait = 0.0
        """Seconds that the DJ lets go by."""
        preferences = Preferences(sources=home.sources, volume=40)
        self._look = look
        policy = Policy(
            rules=Rules(), hands_off=HANDS_OFF, players=players, speaker=home.player.name
        )
        self.state: State = begin(policy, preferences, Taste(), "year", clock.now)
        self.tell(Watching(clock.now, "CPU", "made up", "none", "0" * 12))
        if home.songs:
            self.tell(SongsKnown(clock.now, dict(home.songs)))
        self.dj.open()
        self._mending: list[tuple[float, Iterator[float]]] = []
        self._silent_since: float | None = None

    def live(self, days: int) -> None:
        for day in range(days):
            for hour in range(24):
                self._live_hour(day, hour)
            self._check(day)

    def tell(self, event: Event) -> None:
        self.state, commands = decide(self.state, event)
        for command in commands:
            if isinstance(command, Fulfil):
                self.dj.wish(command.wish)
            elif isinstance(command, ReadSpeaker):
                self.dj.look(by_person=command.by_person)

    def _live_hour(self, day: int, hour: int) -> None:
        self._go_wrong(day, hour)
        if not 9 <= hour < 21:
            self._until(self.clock.now + HOUR, Nobody, every=60.0)
            return
        for mood in self.rng.sample(EMOTIONS, 7) + self.rng.sample(EMOTIONS, 3):
            self._until(self.clock.now + 4.0, mood, every=0.2)
            if self.rng.random() < 1 / 40:
                self.home.live(self.clock.now + self.rng.random())  # not just as a track begins
                self._touch()
            if self.rng.random() < 1 / 60:
                self._ask()
            self._until(self.clock.now + 356.0, mood, every=18.0)

    def _go_wrong(self, day: int, hour: int) -> None:
        for until, mending in [m for m in self._mending if m[0] <= self.clock.now]:
            next(mending, None)
            self._mending.remove((until, mending))
        happens = self.home.trouble(day, hour, self.rng)
        for lasts in happens:
            self._mending.append((self.clock.now + lasts, happens))
            break

    def _touch(self) -> None:
        match self.home.touch(self.rng):
            case Hand.VOLUME:
                self.turned = self.clock.now, self.home.volume()
            case Hand.PAUSE | Hand.PICK:
                self.touches.append(self.clock.now)
        self._run_dj()

    def _ask(self) -> None:
        wishes: list[RequestBody] = [Next(), PlayPause()]
        body = self.rng.choice(wishes)
        self.by_person.append(self.clock.now)
        self.tell(Request("r", body, "page", self.clock.now))
        self._run_dj()

    def _until(self, end: float, mood: str | type[Nobody], every: float) -> None:
        while self.clock.now < end:
            self.home.live(min(end, self.clock.now + min(every, max(self._wait, SOON))))
            if isinstance(mood, str):
                plain = tuple(0.94 if name == mood else 0.01 for name in EMOTIONS)
                self.tell(Emotions(plain, self.clock.now))  # type: ignore[arg-type]
            else:
                self.tell(Nobody(self.clock.now))
            self.tell(Tick(self.clock.now, self.clock.now))
            self._run_dj()
            self._explain()
            self._listen()
            if wrong := self._look(self.state, self.clock.now):
                self.broken.append(f"{wrong}, at {self.clock.now - self.start:.0f} s")

    def _run_dj(self) -> None:
        """Let the DJ do what is due up to now, and the controller hear of it."""
        began = time.monotonic()
        for _ in range(100):
            self._wait = self.dj.advance(self.clock.now)
            stirred = self.home.settle()
            news, self._inbox[:] = list(self._inbox), []
            for event in news:
                self.tell(event)
            if not news and not stirred and self._wait > 0:
                break
        else:
            self.broken.append(f"the DJ never came to rest at {self.clock.now - self.start:.0f} s")
        self.slowest = max(self.slowest, time.monotonic() - began)

    def _listen(self) -> None:
        """A volume that somebody turned to by hand stays for as long as the music does."""
        if self.turned is None:
            return
        at, volume = self.turned
        fades = self.dj._state.desired.fading is not None
        on = view(self.state).playback is Playback.PLAYING and self.home.volume() > 0
        if not on or self.clock.now - at > HANDS_OFF:
            self.turned = None
        elif not fades and abs(self.home.volume() - volume) > 2:
            late = self.clock.now - at
            self.broken.append(f"turned to {self.home.volume()} {late:.0f} s after a hand's volume")
            self.turned = None

    def _explain(self) -> None:
        """Somebody with a mood is there and it is quiet: the status has to say why."""
        status = view(self.state) if self.state.feels() and not self.state.silenced else None
        plays = status is None or status.playback is Playback.PLAYING
        if status is None or plays or status.problems or status.hands_off_until:
            self._silent_since = None
            return
        self._silent_since = self._silent_since or self.clock.now
        if self.clock.now - self._silent_since > 2 * self.state.policy.min_play:
            self.broken.append(
                f"quiet, and nobody says why, at {self.clock.now - self.start:.0f} s"
            )
            self._silent_since = None

    def _check(self, day: int) -> None:
        today = [at for at in self.home.plays() if at > self.clock.now - DAY]
        for touch in [t for t in self.touches if t > self.clock.now - DAY]:
            allowed = [p for p in self.by_person if touch <= p <= touch + HANDS_OFF]
            until = min([*allowed, touch + HANDS_OFF])
            against = [at for at in today if touch < at < until - SLACK]
            if against:
                late = against[0] - touch
                self.broken.append(f"day {day}: played {late:.0f} s after a touch by hand")
        if self.slowest > SLOWEST:
            self.broken.append(f"day {day}: a step took {self.slowest:.1f} s")

    def requests_a_day(self) -> list[int]:
        counts = Counter(int((at - self.start) // DAY) for at in self.home.requests())
        return [counts[day] for day in range(int((self.clock.now - self.start) // DAY))]

    def refused(self) -> int:
        """How many requests got a 429; each pause may cost one."""
        refused, pauses = self.home.refused()
        if refused > pauses:
            self.broken.append(f"{refused} requests were refused in {pauses} pauses")
        return refused

    def most_in_a_day(self) -> int:
        """The most requests in any 24 hours."""
        times, most, first = self.home.requests(), 0, 0
        for n, at in enumerate(times):
            while times[first] <= at - DAY:
                first += 1
            most = max(most, n - first + 1)
        return most
