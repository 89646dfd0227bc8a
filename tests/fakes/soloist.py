"""A Soloist of our own: Spotify's local WebSocket protocol, as published and as recorded.

It sends what a real one was seen to send, and takes only the commands that are documented; any
other is in `violations`. What a real one does beyond that, nobody here has seen.
"""

from __future__ import annotations

import json
import threading
from typing import Any, Self

from fakes.spotify.world import Clock, Context, Song, World
from websockets.exceptions import ConnectionClosed
from websockets.sync.server import Server, ServerConnection, serve

COMMANDS: dict[str, dict[str, type]] = {
    "play": {"uri": str},
    "pause": {},
    "skip_next": {},
    "skip_prev": {},
    "seek": {"position_ms": int},
    "set_volume": {"volume": int},
    "set_shuffle": {"enabled": bool},
    "set_repeat_context": {"enabled": bool},
    "set_repeat_track": {"enabled": bool},
    "add_to_queue": {"uri": str},
    "activate": {},
    "deactivate": {},
    "get_state": {},
    "get_auth_state": {},
    "get_queue": {},
}
"""Each command with its fields; the URI of play may be left out."""


class FakeSoloist:
    def __init__(self, clock: Clock | None = None) -> None:
        self.clock = clock or Clock()
        self.world = World(self.clock)
        self.device = self.world.add_device("moodbox", 50)
        self.commands: list[dict[str, Any]] = []
        self.violations: list[str] = []
        self.signed_in = True
        self.active = False
        self.mute = False
        """It takes commands and says nothing."""
        self.refusal = ""
        """What it answers each command with, in an error."""
        self.sent = 0
        """Messages, to all clients together."""
        self._lock = threading.RLock()
        self._clients: list[ServerConnection] = []
        self._server: Server = serve(self._serve, "127.0.0.1", 0)
        self.address = f"ws://127.0.0.1:{self._server.socket.getsockname()[1]}"
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.hang_up()
        self._server.shutdown()
        self._thread.join(5)

    def add_playlist(self, name: str, songs: int = 5) -> str:
        made = [Song(f"{name} {n + 1}", f"{name} Band") for n in range(songs)]
        return self.world.add(Context("playlist", name, made)).uri

    def advance(self, seconds: float) -> None:
        """Let time go by; a new track is told when it begins."""
        end = self.clock() + seconds
        while True:
            with self._lock:
                self.world.catch_up()
                song, playback = self.world.playback.song, self.world.playback
                left = song.seconds - playback.progress if song and playback.playing else None
                if left is None or self.clock() + left > end:
                    break
                self.clock.advance(left)
                self.world.catch_up()
                self._tell_song()
        self.clock.advance(end - self.clock())

    def hang_up(self) -> None:
        for client in list(self._clients):
            client.close()

    def touch(
        self, *, pause: bool | None = None, volume: int | None = None, context: str = ""
    ) -> None:
        """Do by hand, in the Spotify app, what is named."""
        with self._lock:
            if context:
                self._play(context)
            if pause is not None:
                self._pause(pause=pause)
            if volume is not None:
                self.device.volume = volume
                self._send({"type": "volume_changed", "volume": volume})

    def go_elsewhere(self) -> None:
        """Let the account's music move to another speaker."""
        self.active = False
        self._send({"type": "device_changed", "is_active": False})

    # The protocol.

    def _serve(self, client: ServerConnection) -> None:
        with self._lock:
            self._tell(client, self._auth())
            if self.signed_in:
                self._tell(client, self._state())
            self._clients.append(client)
        try:
            for text in client:
                with self._lock:
                    self._take(client, json.loads(text))
        except ConnectionClosed:
            pass
        finally:
            self._clients.remove(client)

    def _take(self, client: ServerConnection, message: dict[str, Any]) -> None:
        self.commands.append(message)
        name = message.get("command", "")
        fields = {k: v for k, v in message.items() if k not in {"type", "command"}}
        wanted = COMMANDS.get(name)
        fits = wanted is not None and all(type(fields[k]) is wanted.get(k) for k in fields)
        if message.get("type") != "command" or not fits:
            self.violations.append(f"no such command: {message}")
        if self.mute:
            return
        if self.refusal:
            self._tell(client, {"type": "error", "message": self.refusal})
            return
        self._tell(client, {"type": "command_result", "command": name})
        self._obey(client, name, fields)

    def _obey(self, client: ServerConnection, name: str, fields: dict[str, Any]) -> None:
        match name:
            case "get_state":
                self._tell(client, self._state())
            case "activate":
                self.active = True
                self._send({"type": "device_changed", "is_active": True})
            case "skip_prev":
                self.world.skip(-1)
                self._tell_song()
            case "set_repeat_context":
                self.world.playback.repeat = "context" if fields["enabled"] else "off"
            case "set_shuffle":
                self.world.playback.shuffle = fields["enabled"]
            case "play" if "uri" in fields:
                self._play(fields["uri"])
            case "play" | "pause":
                self._pause(pause=name == "pause")
            case "skip_next":
                self.world.skip()
                self._tell_song()
            case "set_volume":
                self.device.volume = fields["volume"]
                self._send({"type": "volume_changed", "volume": fields["volume"]})

    def _play(self, uri: str) -> None:
        self.active = True
        self.world.play(self.device, uri, self.world.contexts[uri].songs)
        # A context is told after its first track, as bad luck would have it.
        self._tell_song()
        self._send({"type": "context_changed", "context": self._entity(uri, "playlist", "")})

    def _pause(self, *, pause: bool) -> None:
        self.world.catch_up()
        if self.world.playback.song is None:
            return
        self.world.playback.playing = not pause
        state = self._state()
        self._send({"type": "playback_changed", "status": state["status"]})
        if "position" in state:
            self._send({"type": "position_sync", "position": state["position"]})

    def _tell_song(self) -> None:
        state = self._state()
        if "item" in state:
            self._send({"type": "track_changed", "item": state["item"]})
            self._send(
                {"type": "playback_changed", "status": state["status"], "is_active": self.active}
            )
            self._send({"type": "position_sync", "position": state["position"]})
        else:
            self._send({"type": "playback_changed", "status": "idle"})

    def _auth(self) -> dict[str, Any]:
        return {
            "type": "auth_state",
            "logged_in": self.signed_in,
            "is_active": self.active,
            "device_name": self.device.name,
        }

    def _state(self) -> dict[str, Any]:
        self.world.catch_up()
        it = self.world.playback
        if it.song is None or (not it.playing and it.progress == 0):
            it.songs = []
            return {"type": "playback_state", "status": "idle", "volume": self.device.volume}
        return {
            "type": "playback_state",
            "status": "playing" if it.playing else "paused",
            "item": self._song(it.song),
            "context": self._entity(it.context, "playlist", ""),
            "position": {
                "position_ms": int(it.progress * 1000),
                "timestamp_ms": int(self.clock() * 1000),
                "speed": 1.0 if it.playing else 0.0,
            },
            "volume": self.device.volume,
            "is_active": self.active,
            "options": {"shuffle": it.shuffle, "repeat": "off"},
            "available_actions": {"pause": {}},
        }

    def _song(self, song: Song) -> dict[str, Any]:
        entity = self._entity(song.uri, "track", song.title)
        entity["decorations"] |= {
            "visual_identity": {
                "cover": [
                    {"url": "https://i.scdn.co/image/small", "size": "small"},
                    {"url": "https://i.scdn.co/image/large", "size": "large"},
                ]
            },
            "parent": {"entity": self._entity("spotify:album:x", "album", song.album)},
            "creators": [{"entity": self._entity("spotify:artist:x", "artist", song.artist)}],
            "playback": {"duration_ms": int(song.seconds * 1000), "content_ratings": []},
        }
        return entity

    @staticmethod
    def _entity(uri: str, kind: str, name: str) -> dict[str, Any]:
        return {"uri": uri, "entity_type": kind, "decorations": {"identity": {"name": name}}}

    def _send(self, message: dict[str, Any]) -> None:
        for client in list(self._clients):
            try:
                self._tell(client, message)
            except ConnectionClosed:
                continue

    def _tell(self, client: ServerConnection, message: dict[str, Any]) -> None:
        client.send(json.dumps(message))
        self.sent += 1
