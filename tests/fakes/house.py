"""A house with a box in it, living by a made-up clock, for stories of the people in it.

The box is the real one: its wiring, controller, DJ, store, web server, link to a real mosquitto and
the panel's policy. Made up are the clock, the faces in front of the camera, and the speaker: the
simulated one, or one that is played through a Spotify of our own.
"""

from __future__ import annotations

import queue
import sqlite3
import time
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, TypeVar

import msgspec
from fakes.broker import PATIENCE, Home
from fakes.browser import Browser
from fakes.mpd import RealMpd
from fakes.spotify import Clock, FakeSpotify

from edge.app import Box, World
from edge.client import Control
from edge.daemon.turns import TICK
from edge.errors import MoodboxError, NotRunning
from edge.events import (
    EMOTIONS,
    Announce,
    Answer,
    Command,
    Down,
    Emotions,
    Event,
    Fulfil,
    Gesture,
    Hand,
    Nobody,
    Playback,
    Preferences,
    Pressed,
    RequestBody,
    SetSources,
    Status,
    Watching,
)
from edge.mood.moods import ViewName, colour_of
from edge.player import Player
from edge.player.mpd import MpdPlayer
from edge.player.simulated import SimulatedSpeaker
from edge.player.spotify import SpotifyPlayer
from edge.settings import (
    BoxSettings,
    MoodSettings,
    MpdSettings,
    MqttSettings,
    MusicSettings,
    NoButtonSettings,
    NoLampSettings,
    OfSpotify,
    PlayerSettings,
    Settings,
    SimulatedPlayerSettings,
    SpotifySettings,
    VideoSettings,
    WebSettings,
)
from edge.spotify.login import begin, finish
from edge.spotify.web_api import WebApi

T = TypeVar("T")
MINUTE, HOUR, DAY = 60.0, 3600.0, 86_400.0
SPEAKER = "Living room"
NOBODY, DARK = "nobody", "dark"
"""What the camera may see besides a face with an emotion."""


def evening(clock: str = "18:00") -> float:
    """Return wall-clock seconds at this time of a day, by local time."""
    return time.mktime(time.strptime(f"2026-12-01 {clock}", "%Y-%m-%d %H:%M"))


class Inbox:
    """Gives what is there; where there is nothing, time is for the story to move."""

    def __init__(self) -> None:
        self.events: deque[Event] = deque()

    def put(self, item: Event) -> None:
        self.events.append(item)

    def get(self, block: bool = True, timeout: float | None = None) -> Event:
        if not self.events:
            raise queue.Empty
        return self.events.popleft()


class House:
    """Everything that a story needs."""

    def __init__(
        self,
        folder: Path,
        port: int,
        *,
        at: str = "18:00",
        spotify: bool = False,
        mpd: RealMpd | None = None,
        home: Callable[[int], Home] = Home,
        web: bool = False,
        view: ViewName = "seven",
        sounds: dict[str, str] | None = None,
        **preferences: Any,
    ) -> None:
        song_moods = folder / "songs.json"
        song_moods.write_bytes(msgspec.json.encode({"songs": sounds or {}}))
        self.clock = Clock(evening(at))
        self.folder = folder
        self.fake = FakeSpotify(self.clock) if spotify else None
        self.speaker: Any = (
            MpdPlayer(SPEAKER, mpd.server, clock=self.clock)
            if mpd
            else SimulatedSpeaker(SPEAKER, clock=self.clock)
        )
        self.ahead = 0.0
        """Seconds by which the clock on the wall is ahead of the story's."""
        self.sees = NOBODY
        self.people = 1
        self.told: list[Event | Command | Status] = []
        self.home = home(port)
        self._settings = Settings(
            box=BoxSettings(id="house", state=str(folder / "state"), runtime=str(folder / "run")),
            camera=VideoSettings(source="none.mp4"),
            player=(
                SpotifySettings(speaker=SPEAKER, api=self.fake.api, accounts=self.fake.address)
                if self.fake
                else MpdSettings(speaker=SPEAKER, port=mpd.port)
                if mpd
                else SimulatedPlayerSettings(speaker=SPEAKER)
            ),
            music=MusicSettings(
                fallback=MpdSettings(port=mpd.port) if mpd and self.fake else None,
                song_moods=str(song_moods),
            ),
            mood=MoodSettings(view=view),
            mqtt=MqttSettings(host="127.0.0.1", port=port),
            lamp=NoLampSettings(),
            button=NoButtonSettings(),
            web=WebSettings(enabled=web, host="127.0.0.1", port=0),
            defaults=Preferences(**preferences),
        )
        self._asking = ThreadPoolExecutor(1)
        self.power_on()

    # The power.

    def power_on(self) -> None:
        self._eyes_open = False
        self.inbox = Inbox()
        world = World(self.clock, self._wall, lambda: self.inbox, self._api, self._player)
        self.box = Box(self._settings, self.told.append, world)
        if not self.box.state.preferences.private:
            self.box.eyes.open_eyes()
        self.box.dj.open()
        self.box.library.prefer(self.box.state.preferences)
        self._parts = [self.box.store, self.box.link, self.box.web]
        for part in self._parts:
            part.start()
        self.control = Control(self.folder / "run")
        end = time.monotonic() + PATIENCE
        while not self._answers():
            assert time.monotonic() < end, "the control socket does not answer"
            time.sleep(0.01)
        self.live(TICK)

    def _wall(self) -> float:
        return self.clock.now + self.ahead

    def _answers(self) -> bool:
        try:
            self.control.get("/api/about", dict)
        except NotRunning:
            return False
        except MoodboxError:
            pass
        return True

    def power_off(self) -> None:
        """Cut it: what was not on the disk yet is lost."""
        self.box.store._waiting.take()
        for part in reversed(self._parts):
            assert part.stop(PATIENCE), part.name

    def close(self) -> None:
        self.power_off()
        self.home.close()
        self._asking.shutdown()
        if self.fake is not None:
            self.fake.close()
            assert not self.fake.violations, self.fake.violations[:3]

    def _api(self, player: PlayerSettings, state: Path, report: Callable[[Any], None]) -> WebApi:
        of = player if isinstance(player, OfSpotify) else SpotifySettings()
        self.api = WebApi(state, report, api=of.api, accounts=of.accounts, clock=self.clock)
        return self.api

    def _player(self, player: PlayerSettings, api: WebApi, _state: Path, _wired: Any) -> Player:
        if isinstance(player, SpotifySettings):
            return SpotifyPlayer(player.speaker, api, clock=self.clock)
        speaker: Player = self.speaker
        return speaker

    # What people do.

    def moves_in(self, *moods: str, songs: int = 40) -> dict[str, str]:
        """Sign in, switch the speaker on, and give each mood a playlist; return which."""
        names = moods or EMOTIONS
        music = {mood: f"spotify:playlist:{mood}" for mood in names}
        if self.fake is not None:
            self.fake.add_device(SPEAKER)
            music = {mood: self.fake.add_playlist(mood, songs) for mood in names}
            self.sign_in()
        for mood, uri in music.items():
            assert self.asks(SetSources(mood, [uri])).accepted
        return music

    def sign_in(self) -> None:
        assert self.fake is not None
        attempt = begin("a" * 32, accounts=self.fake.address)
        self.api.sign_in(finish(attempt, self.fake.consent(attempt.url), clock=self.clock))

    def comes(self, mood: str, seconds: float = 20.0, step: float = 1.0) -> None:
        """Somebody with this mood sits down, and stays."""
        self.sees = mood
        self.live(min(seconds, 20.0))
        self.live(seconds - 20.0, step)

    def until(self, holds: Callable[[], object]) -> None:
        """Wait for what a part does in a time of its own."""
        end = time.monotonic() + PATIENCE
        while not holds():
            assert time.monotonic() < end, "it did not come about"
            time.sleep(0.01)

    @contextmanager
    def full_disk(self) -> Iterator[None]:
        """Let nothing be written to the store, while files can still be deleted."""
        path = self.box.store.path
        with closing(sqlite3.connect(path)) as other:
            other.execute("BEGIN IMMEDIATE")
            yield

    def leaves(self, seconds: float = 40.0, step: float = 1.0) -> None:
        self.comes(NOBODY, seconds, step)

    def asks(self, body: RequestBody) -> Answer:
        """Ask over the box's own API, and wait for the answer; no time goes by."""
        return self._while_it_turns(lambda: self.control.request(body))

    def pairs(self) -> str:
        """Pair a browser by the colours of the light; return its cookie."""
        assert self.box.web.port is not None
        browser = Browser(self.box.web.port)
        code = {"colours": list(self.box.state.pairing_code), "name": "a phone"}
        answer = self._while_it_turns(lambda: browser.post("/api/pair", code))
        return answer.headers["set-cookie"].partition(";")[0]

    def _while_it_turns(self, act: Callable[[], T]) -> T:
        asked = self._asking.submit(act)
        end = time.monotonic() + PATIENCE
        while not asked.done():
            assert time.monotonic() < end, "never answered"
            self._settle()
            time.sleep(0.002)
        answer = asked.result()
        self._settle()
        return answer

    def automates(self, key: str, payload: str = "PRESS") -> None:
        """Have Home Assistant say something, and wait until the box has heard it."""
        self.home.say(f"moodbox/house/set/{key}", payload)
        end = time.monotonic() + PATIENCE
        while not self.inbox.events:
            assert time.monotonic() < end, f"{key} was not heard"
            time.sleep(0.002)
        self._settle()

    def presses(self, gesture: Gesture = Gesture.PRESS) -> None:
        self.inbox.put(Pressed(gesture, self.clock.now))
        self._settle()

    def at_the_speaker(self, hand: Hand, what: str | int = "") -> None:
        """Do something by hand, at the speaker or in its app; `what`: a volume, or music."""
        if self.fake is None:
            by_finger: dict[Hand, Callable[[], None]] = {
                Hand.PAUSE: self.speaker.press_pause,
                Hand.RESUME: self.speaker.press_play,
                Hand.SKIP: self.speaker.press_next,
                Hand.VOLUME: lambda: self.speaker.turn(int(what)),
                Hand.PICK: lambda: self.speaker.pick(str(what)),
            }
            by_finger[hand]()
        elif self.fake.world.playback.device is not None:
            by_app: dict[Hand, dict[str, Any]] = {
                Hand.PAUSE: {"pause": True},
                Hand.RESUME: {"pause": False},
                Hand.SKIP: {"skip": True},
                Hand.VOLUME: {"volume": what},
                Hand.PICK: {"context": what, "pause": False},
            }
            self.fake.touch(**by_app[hand])

    @property
    def loudness(self) -> int:
        """The speaker's volume, in percent."""
        if self.fake is None:
            return self.speaker.read().volume or 0
        return next(iter(self.fake.world.devices.values())).volume or 0

    def asked_in_a_day(self) -> int:
        """The most requests that Spotify got in any 24 hours."""
        times = [call.at for call in self.fake.api_calls()] if self.fake else []
        return max((sum(at - DAY < one <= at for one in times) for at in times), default=0)

    def pulls_the_camera(self) -> None:
        self.sees = ""
        self.inbox.put(Down("eyes", "the camera is unplugged", self.clock.now))
        self._settle()

    # Time.

    def live(self, seconds: float, step: float = 1.0) -> None:
        """Let time go by; the camera sees, the DJ acts, and the box turns, every `step` seconds."""
        end = self.clock.now + seconds
        while self.clock.now < end:
            self.clock.now = min(end, self.clock.now + step)
            self._look()
            self._settle()

    def _look(self) -> None:
        """Let the eyes say what they see."""
        now = self.clock.now
        if not self.box.eyes._wanted:
            self._eyes_open = False
        elif self.sees and not self._eyes_open:
            self._eyes_open = True
            self.inbox.put(Watching(now, "CPU", "story", "none", "0123456789ab"))
        elif self.sees in (NOBODY, DARK):
            self.inbox.put(Nobody(now, dark=self.sees == DARK))
        elif self.sees:
            plain = tuple(0.994 if name == self.sees else 0.001 for name in EMOTIONS)
            self.inbox.put(Emotions(plain, now, faces=self.people))  # type: ignore[arg-type]

    def _settle(self) -> None:
        """Let everything act until nobody has anything to say."""
        for _ in range(200):
            self.box.turn()
            wait = self.box.dj.advance(self.clock.now)
            self.box.library.look(self.clock.now)
            if not self.inbox.events and wait > 0 and not self.box.dj._told:
                return
        raise AssertionError("the box never came to rest")

    # What each surface says.

    @property
    def status(self) -> Status:
        """What the page shows, fetched as the page does."""
        self.inbox.put(Nobody(0.0))  # too old to mean anything, but it makes the loop turn
        self.box._shown = None
        self._settle()
        return self.control.get("/api/status", Status)

    @property
    def plays(self) -> str:
        """What sounds, by the speaker itself: a context or track; empty while it is quiet."""
        heard = [it for it in (self._at_spotify(), self._at_the_speaker()) if it]
        assert len(heard) < 2, f"two at once: {heard}"
        return heard[0] if heard else ""

    def _at_spotify(self) -> str:
        if self.fake is None:
            return ""
        self.fake.world.catch_up()
        playback = self.fake.world.playback
        if not playback.playing or playback.song is None:
            return ""
        return playback.context or playback.song.uri

    def _at_the_speaker(self) -> str:
        simulated = isinstance(self.speaker, SimulatedSpeaker)
        state = self.speaker._state() if simulated else self.speaker.read()
        track = state.track if state.playback is Playback.PLAYING else None
        return (track.context or track.uri) if track else ""

    def everywhere(self, **says: Any) -> Status:
        """Hold page, home and lamp against each other and against what the story says."""
        status = self.status
        for name, value in says.items():
            told = getattr(status, name)
            told = told.name if name == "mood" and told else told
            assert told == value, f"{name}: {told!r} instead of {value!r}: {status}"
        self._at_home("mood", status.mood.name if status.mood else "None")
        there = {None: "None", True: "ON", False: "OFF"}
        is_there = None if status.mood is None else status.mood.name != "away"
        self._at_home("somebody", there[is_there])
        unknown = status.playback is Playback.UNKNOWN
        self._at_home("speaker", "None" if unknown else status.playback.value)
        for key in ("private", "music", "mood_drives"):
            self._at_home(key, "ON" if getattr(status, key) else "OFF")
        self._at_home("problem", "ON" if status.problems else "OFF")
        self._lamp_agrees(status)
        return status

    def _at_home(self, key: str, payload: str) -> None:
        topic, end = f"moodbox/house/{key}", time.monotonic() + PATIENCE
        while self.home.last().get(topic) != payload:
            said = self.home.last().get(topic)
            assert time.monotonic() < end, f"{topic} is {said!r} instead of {payload!r}"
            time.sleep(0.01)

    def _lamp_agrees(self, status: Status) -> None:
        lights = self.box.panel._wanted
        if lights.scene == "mood":
            assert status.mood is not None
            assert lights.colours == (colour_of(status.mood.name),)
        away = status.mood is not None and status.mood.name == "away"
        assert (lights.scene == "away") == away or lights.scene in ("offer", "code", "waking")
        if status.private:
            assert lights.scene in ("private", "code", "offer")
        assert lights.dim < 1 or not status.quiet

    def events(self, kind: type[Any]) -> list[Any]:
        return [one for one in self.told if isinstance(one, kind)]

    def wishes(self) -> list[str]:
        """What music was wished for, in order."""
        return [one.wish.uri for one in self.events(Fulfil) if one.wish.uri]

    def announced(self, event: str) -> list[Announce]:
        return [one for one in self.events(Announce) if one.event == event]


@contextmanager
def at_home(folder: Path, port: int, **more: Any) -> Iterator[House]:
    """Live in a house for one story."""
    house = House(folder, port, **more)
    try:
        yield house
    finally:
        house.close()


def own(*moods: str) -> dict[str, list[str]]:
    """Return a playlist for each mood."""
    return {mood: [f"spotify:playlist:{mood}"] for mood in moods or EMOTIONS}


def without(status: Status, **fields: Any) -> Status:
    """Return `status` with some fields as given, for comparing the rest."""
    return msgspec.structs.replace(status, **fields)
