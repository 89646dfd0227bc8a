"""go-librespot on this machine: orders over its REST interface, events over its WebSocket.

No request leaves for the Web API, so nothing counts against the quota. See its api-spec.yml and
API.md; tried against v0.9's contract, where every order answers 204 while nobody is signed in.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Sequence
from typing import Any

import msgspec
import requests
from msgspec import Struct

from edge.errors import CannotPlay, Fault, NeedsSomebody
from edge.events import Hand, Playback, SpeakerState, Track
from edge.player.event_socket import EventSocket
from edge.player.local import LocalPlayer
from edge.uri import Uri

log = logging.getLogger(__name__)

TIMEOUT = (3.0, 12.0)
"""Seconds to connect, and to wait for an answer: it resolves contexts before it answers."""
OPENING = 5.0
"""Seconds to wait until its events come in."""
OURS = "go-librespot"
"""The play origin of what was started through the REST interface."""


class _Song(Struct):
    uri: str
    name: str = ""
    artist_names: list[str] = []
    album_name: str = ""
    album_cover_url: str | None = None
    position: float = 0.0
    duration: float = 0.0


class _Status(Struct):
    stopped: bool
    paused: bool
    volume: int
    volume_steps: int
    play_origin: str = ""
    track: _Song | None = None


class _Volume(Struct):
    value: int
    max: int


class _Note(Struct):
    """What the events about playing carry."""

    uri: str = ""
    context_uri: str = ""
    play_origin: str = ""
    position: float = 0.0


class _Event(Struct):
    type: str
    data: msgspec.Raw = msgspec.Raw(b"null")


class LibrespotPlayer(LocalPlayer):
    """A player for the go-librespot daemon; events come in on a thread of its own."""

    def __init__(
        self, name: str, address: str, clock: Callable[[], float] = time.monotonic
    ) -> None:
        """Drive the speaker called `name`, whose daemon listens at `address` (http://…)."""
        super().__init__(name, clock)
        self._address = address.rstrip("/")
        self._session = requests.Session()
        self._session.trust_env = False
        self._asking = threading.Lock()
        self._steps = 0
        self._context = ""
        self._origin = ""

    def open(self, wake: Callable[[], None]) -> None:
        """See Player."""
        self._wake = wake
        self._get("/")
        self._events = EventSocket(
            self._address.replace("http", "ws", 1) + "/events",
            opened=self._catch_up,
            heard=self._hear,
            lost=self._lose,
        )
        self._events.begin(OPENING)

    def close(self) -> None:
        """See Player."""
        super().close()
        self._session.close()

    def ready(self, *, by_person: bool, optional: bool = False) -> None:
        """See Player."""

    def play(
        self,
        uri: str,
        *,
        songs: Sequence[str] = (),
        repeat: bool = False,
        mood: str = "",  # noqa: ARG002
    ) -> None:
        """See Player."""
        self._post("/player/repeat_context", repeat_context=repeat)
        # Shuffling after the start would still begin with the context's first track.
        self._post("/player/shuffle_context", shuffle_context=Uri.parse(uri).is_mix)
        with self._lock:
            self._context, self._origin = uri, OURS
        # It takes a context and where to begin in it; its queue would outlive the mood.
        begin = {"skip_to_uri": songs[0]} if songs else {}
        self._post("/player/play", uri=uri, **begin)

    def pause(self) -> None:
        """See Player."""
        self._post("/player/pause")

    def resume(self) -> None:
        """See Player."""
        self._post("/player/resume")

    def skip(self) -> None:
        """See Player."""
        self._post("/player/next")

    def previous(self) -> None:
        """See Player."""
        self._post("/player/prev")

    def set_volume(self, percent: int, *, passing: bool = False) -> None:  # noqa: ARG002
        """See Player."""
        if not self._steps:
            self._steps = msgspec.json.decode(self._get("/player/volume"), type=_Volume).max
        self._post("/player/volume", volume=round(percent * self._steps / 100))

    def read(self) -> SpeakerState:
        """See Player."""
        status = msgspec.json.decode(self._get("/status"), type=_Status)
        with self._lock:
            self._take_in(status)
            return self._listening.state(self.name, self._clock())

    # Orders.

    def _get(self, path: str) -> bytes:
        return self._ask("GET", path)

    def _post(self, path: str, **fields: str | int | bool) -> None:
        self._ask("POST", path, json=fields or None)

    def _ask(self, method: str, path: str, **how: Any) -> bytes:
        try:
            with self._asking:
                url = self._address + path
                answer = self._session.request(method, url, timeout=TIMEOUT, **how)
        except requests.RequestException as error:
            raise Fault(f"go-librespot does not answer at {self._address}: is it on?") from error
        if answer.status_code == 204:
            raise NeedsSomebody(
                f"the speaker {self.name!r} is not signed in: choose it once in the Spotify app"
            )
        if answer.status_code == 400:
            raise CannotPlay(f"go-librespot does not take it: {how.get('json')}")
        if not answer.ok:
            raise Fault(f"go-librespot answers {answer.status_code} to {path}")
        return answer.content

    # Events, on the connection's thread.

    def _catch_up(self) -> None:
        try:
            news = self.read()
        except NeedsSomebody:
            news = SpeakerState(self._clock(), Playback.IDLE, speaker=self.name)
        self._tell(news)

    def _hear(self, message: str) -> None:
        try:
            event = msgspec.json.decode(message, type=_Event)
            with self._lock:
                self._follow(event.type, event.data)
        except msgspec.DecodeError as error:
            log.warning("go-librespot: an event that is not understood: %s", error)

    def _follow(self, kind: str, data: bytes) -> None:
        now, listening = self._clock(), self._listening
        match kind:
            case "volume":
                self._take_in_volume(msgspec.json.decode(data, type=_Volume))
            case "metadata":
                self._load(msgspec.json.decode(data, type=_Song), now)
            case "will_play":
                self._note(msgspec.json.decode(data, type=_Note), now)
            case "playing" | "paused":
                self._note(msgspec.json.decode(data, type=_Note), now)
                listening.turn(Playback.PLAYING if kind == "playing" else Playback.PAUSED, now)
            case "seek":
                listening.seek(msgspec.json.decode(data, type=_Note).position / 1000, now)
            case "not_playing":
                self._tell(listening.end(now, finished=True))
                return
            case "stopped" | "inactive":
                self._tell(listening.end(now))
                listening.turn(Playback.IDLE, now)
            case _:
                return
        self._tell(listening.state(self.name, now))

    def _note(self, note: _Note, now: float) -> None:
        """Take in which track it is about, and say so where somebody else has started it."""
        strange = note.play_origin not in ("", OURS, self._origin)
        self._origin = note.play_origin or self._origin
        if note.context_uri:
            self._context = note.context_uri
        elif self._origin != OURS:
            self._context = ""
        on = self._listening.track
        if on is None or on.uri != note.uri:
            on = Track(note.uri, link=Uri.parse(note.uri).link)
        on = msgspec.structs.replace(on, context=self._context)
        self._tell(self._listening.load(on, now))
        if strange:
            seen = self._listening.state(self.name, now)
            self._tell(msgspec.structs.replace(seen, hand=Hand.PICK))

    def _load(self, song: _Song, now: float) -> None:
        track = Track(
            uri=song.uri,
            title=song.name,
            artist=", ".join(song.artist_names),
            album=song.album_name,
            cover=song.album_cover_url or "",
            link=Uri.parse(song.uri).link,
            duration=song.duration / 1000,
            context=self._context,
        )
        self._tell(self._listening.load(track, now))
        self._listening.seek(song.position / 1000, now)

    def _take_in(self, status: _Status) -> None:
        now = self._clock()
        self._take_in_volume(_Volume(status.volume, status.volume_steps))
        self._origin = status.play_origin
        if status.track is None or status.stopped:
            self._tell(self._listening.end(now))
            self._listening.turn(Playback.IDLE, now)
            return
        self._load(status.track, now)
        self._listening.turn(Playback.PAUSED if status.paused else Playback.PLAYING, now)

    def _take_in_volume(self, volume: _Volume) -> None:
        self._steps = volume.max
        self._listening.volume = round(100 * volume.value / volume.max) if volume.max else None
