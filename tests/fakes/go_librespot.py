"""A go-librespot of our own: its REST interface and its WebSocket on one port.

Requests, answers and events are held up to tests/contracts/go-librespot.yml.
"""

from __future__ import annotations

import json
import socket
import threading
from http.server import BaseHTTPRequestHandler
from typing import Any, NamedTuple

from fakes.contract import contract
from fakes.http import Answer, Request, Served
from fakes.spotify.world import Clock, Context, Song, World
from websockets.http11 import Request as Handshake
from websockets.protocol import State
from websockets.server import ServerProtocol

STEPS = 64
"""Of the volume; the daemon's default is 100."""


class Order(NamedTuple):
    path: str
    body: dict[str, Any]


class FakeGoLibrespot(Served):
    def __init__(self, clock: Clock | None = None) -> None:
        self.clock = clock or Clock()
        self.world = World(self.clock)
        self.device = self.world.add_device("moodbox", STEPS // 2)
        self.orders: list[Order] = []
        self.violations: list[str] = []
        self.signed_in = True
        self.failing = 0
        """The status that every order is answered with; 0: all is well."""
        self.keys_refused = False
        self.tells_context = True
        """Older versions leave context_uri out of their events."""
        self.listeners = 0
        self.sent = 0
        """Events, to all listeners together."""
        self._origin = ""
        self._contract = contract("go-librespot")
        self._lock = threading.RLock()
        self._sockets: list[_Socket] = []
        super().__init__()

    def close(self) -> None:
        self.hang_up()
        super().close()

    # What goes by, or wrong.

    def add_playlist(self, name: str, songs: int = 5) -> str:
        made = [Song(f"{name} {n + 1}", f"{name} Band") for n in range(songs)]
        return self.world.add(Context("playlist", name, made)).uri

    def advance(self, seconds: float) -> None:
        """Let time go by; tracks end when they do."""
        end = self.clock() + seconds
        while True:
            with self._lock:
                self.world.catch_up()
                song, playback = self.world.playback.song, self.world.playback
                left = song.seconds - playback.progress if song and playback.playing else None
                if left is None or self.clock() + left > end:
                    break
                self.clock.advance(left)
                self._emit("not_playing", uri=song.uri if song else "")
                self.world.catch_up()
                self._tell_song()
        self.clock.advance(end - self.clock())

    def hang_up(self) -> None:
        """Drop every listener."""
        for listener in list(self._sockets):
            listener.drop()

    def touch(
        self, *, pause: bool | None = None, volume: int | None = None, context: str = "",
        skip: bool = False,
    ) -> None:  # fmt: skip
        """Do by hand, in the Spotify app, what is named; the volume in percent."""
        with self._lock:
            if context:
                self._start(context, "playlist")
            if skip:
                self.world.skip()
                self._tell_song()
            if pause is not None:
                self._pause(pause=pause)
            if volume is not None:
                self._set_volume(round(volume * STEPS / 100))

    # How it answers.

    def answer(self, request: Request) -> Answer | None:
        with self._lock:
            kind = request.headers.get("Content-Type", "")
            self.violations += self._contract.request(
                request.method, request.target, request.body, kind
            )
            body = json.loads(request.body) if request.body else {}
            if request.method == "POST":
                self.orders.append(Order(request.path, body))
            answer = self._answer(request.method, request.path, body)
            if answer.status < 500:
                self.violations += self._contract.answer(
                    request.method, request.target, answer.status, answer.body
                )
            return answer

    def _answer(self, method: str, path: str, body: dict[str, Any]) -> Answer:
        self.world.catch_up()
        if self.failing:
            return Answer(self.failing)
        if not self.signed_in and path != "/":
            return Answer(204)
        if method == "GET":
            tell = {"/": self._root, "/status": self._status, "/player/volume": self._volume}[path]
            return Answer(200, json.dumps(tell()).encode())
        if path == "/player/play" and body["uri"] not in self.world.contexts:
            return Answer(500 if body["uri"] else 400)
        self._obey(path, body)
        return Answer(200, b"null\n")

    def _obey(self, path: str, body: dict[str, Any]) -> None:
        match path:
            case "/player/play":
                self._start(body["uri"], "go-librespot", body.get("skip_to_uri", ""))
            case "/player/pause" | "/player/resume":
                self._pause(pause=path.endswith("pause"))
            case "/player/next":
                self.world.skip()
                self._tell_song()
            case "/player/volume":
                self._set_volume(body["volume"])
            case "/player/prev":
                self.world.skip(-1)
                self._tell_song()
            case "/player/repeat_context":
                self.world.playback.repeat = "context" if body["repeat_context"] else "off"
                self._emit("repeat_context", value=body["repeat_context"])
            case "/player/shuffle_context":
                self.world.playback.shuffle = body["shuffle_context"]
                self._emit("shuffle_context", value=body["shuffle_context"])

    def _root(self) -> dict[str, Any]:
        return {"playback_ready": self.signed_in}

    def _status(self) -> dict[str, Any]:
        it = self.world.playback
        return {
            "username": "the-owner", "device_id": self.device.id, "device_type": "SPEAKER",
            "device_name": self.device.name, "play_origin": self._origin,
            "stopped": it.song is None, "paused": not it.playing, "buffering": False,
            "volume": self.device.volume, "volume_steps": STEPS,
            "repeat_context": False, "repeat_track": False, "shuffle_context": it.shuffle,
            "track": self._track(it.song, it.progress) if it.song else None,
        }  # fmt: skip

    def _volume(self) -> dict[str, Any]:
        return {"value": self.device.volume, "max": STEPS}

    def _start(self, context: str, origin: str, first: str = "") -> None:
        if self._origin == "":
            self._emit("active")
        self._origin = origin
        songs = self.world.contexts[context].songs
        at = [song.uri for song in songs].index(first) if first else 0
        self.world.play(self.device, context, songs, at)
        self._tell_song()

    def _tell_song(self) -> None:
        it = self.world.playback
        for _ in range(len(it.songs) if self.keys_refused and it.playing else 0):
            if it.song is None or not it.playing:
                break
            self._emit("will_play", uri=it.song.uri)
            self.world.skip()
        if it.song is None or not it.playing:
            it.songs = []
            self._emit("stopped")
            return
        self._emit("will_play", uri=it.song.uri)
        self._send("metadata", self._track(it.song, 0.0))
        self._emit("playing", uri=it.song.uri, resume=False)

    def _pause(self, *, pause: bool) -> None:
        it = self.world.playback
        self.world.catch_up()
        if it.song is None or it.playing is not pause:
            return
        it.playing = not pause
        more = {} if pause else {"resume": True}
        self._emit("paused" if pause else "playing", uri=it.song.uri, **more)

    def _set_volume(self, value: int) -> None:
        self.device.volume = value
        self._send("volume", self._volume())

    def _track(self, song: Song, progress: float) -> dict[str, Any]:
        return {
            "uri": song.uri, "name": song.title, "artist_names": [song.artist],
            "album_name": song.album, "album_cover_url": f"https://i.scdn.co/image/{song.id}",
            "position": int(progress * 1000), "duration": int(song.seconds * 1000),
            "release_date": "2021-5-4", "track_number": 1, "disc_number": 1,
            "format": "OGG_VORBIS_160", "codec": "vorbis", "bitrate": 160,
            "sample_rate": 44100, "bit_depth": None,
        }  # fmt: skip

    # Events.

    def _emit(self, kind: str, **data: Any) -> None:
        if "uri" in data or kind == "stopped":
            data["play_origin"] = self._origin
        if "uri" in data and self.tells_context:
            data["context_uri"] = self.world.playback.context
        self._send(kind, data or None)

    def _send(self, kind: str, data: dict[str, Any] | None) -> None:
        self.violations += self._contract.event("/events", kind, data)
        for listener in list(self._sockets):
            self.sent += listener.send(json.dumps({"type": kind, "data": data}))

    def upgrade(self, request: Request, handler: BaseHTTPRequestHandler) -> bool:
        if request.path != "/events":
            return False
        with self._lock:
            listener = _Socket(request, handler)
            self._sockets.append(listener)
            self.listeners += 1
        listener.run()
        self._sockets.remove(listener)
        return True


class _Socket:
    """The server's end of one WebSocket."""

    def __init__(self, request: Request, handler: BaseHTTPRequestHandler) -> None:
        self._connection = handler.connection
        self._protocol = ServerProtocol()
        self._lock = threading.Lock()
        lines = [f"{name}: {value}" for name, value in request.headers.items()]
        head = "\r\n".join([f"GET {request.target} HTTP/1.1", *lines, "", ""])
        self._protocol.receive_data(head.encode())
        (handshake,) = self._protocol.events_received()
        assert isinstance(handshake, Handshake)
        self._protocol.send_response(self._protocol.accept(handshake))
        self._flush()

    def run(self) -> None:
        """Answer pings and the end until the client is gone."""
        while self._protocol.state is not State.CLOSED:
            try:
                data = self._connection.recv(4096)
            except OSError:
                return
            with self._lock:
                if data:
                    self._protocol.receive_data(data)
                else:
                    self._protocol.receive_eof()
                self._flush()
            if not data:
                return

    def send(self, text: str) -> bool:
        """Send, and return whether anybody is there to hear it."""
        with self._lock:
            is_open = self._protocol.state is State.OPEN
            if is_open:
                self._protocol.send_text(text.encode())
                self._flush()
            return is_open

    def drop(self) -> None:
        """Cut the connection."""
        try:
            self._connection.shutdown(socket.SHUT_RDWR)
        except OSError:
            return

    def _flush(self) -> None:
        try:
            for data in self._protocol.data_to_send():
                if data:
                    self._connection.sendall(data)
                else:
                    self._connection.shutdown(socket.SHUT_WR)
        except OSError:
            return
