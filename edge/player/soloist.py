"""Spotify Soloist on this machine: Spotify's own headless client, over its local WebSocket.

Unproven: written from Spotify's published protocol and from messages that others recorded
(Soloist 1.3.7 and 1.3.8), and tested only against a server that speaks like them. Nobody has run
it with a real Soloist yet.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Sequence
from queue import Empty, SimpleQueue

import msgspec
from msgspec import Struct

from edge.errors import Fault, NeedsSomebody
from edge.events import Playback, SpeakerState, Track
from edge.player.event_socket import EventSocket
from edge.player.local import LocalPlayer
from edge.uri import Uri

log = logging.getLogger(__name__)

ANSWER = 8.0
"""Seconds to wait for a connection, and for the answer to a command."""
CHANGES = frozenset({
    "track_changed", "playback_changed", "context_changed", "device_changed", "volume_changed",
    "position_sync", "auth_state",
})  # fmt: skip
ANSWERS = frozenset({"command_result", "error", "playback_state"})
GET_STATE = '{"type":"command","command":"get_state"}'
OLD = 24 * 3600.0
"""Seconds after which a position says nothing: the clock was set since."""
PLAYBACK = {
    "playing": Playback.PLAYING,
    "paused": Playback.PAUSED,
    "buffering": Playback.PLAYING,
    "idle": Playback.IDLE,
    "stopped": Playback.IDLE,
}


class _Identity(Struct, frozen=True):
    name: str = ""


class _Cover(Struct, frozen=True):
    url: str = ""
    size: str = ""


class _VisualIdentity(Struct, frozen=True):
    cover: list[_Cover] = []


class _Length(Struct, frozen=True):
    duration_ms: float = 0.0


class _Decorations(Struct, frozen=True):
    identity: _Identity = _Identity()
    visual_identity: _VisualIdentity = _VisualIdentity()
    playback: _Length = _Length()
    parent: _Inside | None = None
    creators: list[_Inside] = []


class _Entity(Struct, frozen=True):
    uri: str = ""
    decorations: _Decorations = _Decorations()


class _Inside(Struct, frozen=True):
    entity: _Entity = _Entity()


class _Position(Struct, frozen=True):
    """Where in the track it was at a moment of the wall clock; it is told once a track."""

    position_ms: float = 0.0
    timestamp_ms: float | None = None
    speed: float = 0.0

    def at(self, wall: float) -> float:
        """Return the seconds into the track at `wall` (seconds)."""
        age = 0.0 if self.timestamp_ms is None else wall - self.timestamp_ms / 1000
        return self.position_ms / 1000 + (self.speed * age if 0 < age < OLD else 0.0)


class _Message(Struct):
    """Any message of the server: each kind carries some of these."""

    type: str
    command: str = ""
    message: str = ""
    logged_in: bool | None = None
    is_active: bool | None = None
    status: str = ""
    volume: int | None = None
    item: _Entity | None = None
    context: _Entity | None = None
    position: _Position | None = None


class SoloistPlayer(LocalPlayer):
    """A player for Spotify Soloist; events come in on a thread of its own."""

    def __init__(
        self,
        name: str,
        address: str,
        clock: Callable[[], float] = time.monotonic,
        wall: Callable[[], float] = time.time,
        patience: float = ANSWER,
    ) -> None:
        """Drive the speaker called `name`, whose Soloist listens at `address` (ws://…).

        `patience`: seconds to wait for a connection, and for the answer to a command.
        """
        super().__init__(name, clock)
        self._address, self._wall, self._patience = address, wall, patience
        self._socket: EventSocket | None = None
        self._answers: SimpleQueue[_Message] = SimpleQueue()
        self._signed_in: bool | None = None
        self._active = False

    def open(self, wake: Callable[[], None]) -> None:
        """See Player."""
        self._wake = wake
        self._events = self._socket = EventSocket(
            self._address, opened=lambda: None, heard=self._hear, lost=self._lose
        )
        try:
            self._socket.begin(self._patience)
        except Fault as error:
            raise Fault(f"Soloist: {error}: is it on, with --ws?") from error

    def ready(self, *, by_person: bool, optional: bool = False) -> None:  # noqa: ARG002  no budget
        """See Player."""
        if self._signed_in is False:
            raise NeedsSomebody(
                f"the speaker {self.name!r} is not signed in: choose it once in the Spotify app"
            )

    def play(
        self,
        uri: str,
        *,
        songs: Sequence[str] = (),  # noqa: ARG002
        repeat: bool = False,
        mood: str = "",  # noqa: ARG002
    ) -> None:
        """See Player."""
        if not self._active:
            self._order("activate")
        self._order("set_shuffle", enabled=Uri.parse(uri).is_mix)
        self._order("set_repeat_context", enabled=repeat)
        self._order("play", uri=uri)

    def pause(self) -> None:
        """See Player."""
        self._order("pause")

    def resume(self) -> None:
        """See Player."""
        self._order("play")

    def skip(self) -> None:
        """See Player."""
        self._order("skip_next")

    def previous(self) -> None:
        """See Player."""
        self._order("skip_prev")

    def set_volume(self, percent: int, *, passing: bool = False) -> None:  # noqa: ARG002
        """See Player."""
        self._order("set_volume", volume=percent)

    def read(self) -> SpeakerState:
        """See Player."""
        self._order("get_state", answer="playback_state")
        with self._lock:
            return self._listening.state(self.name, self._clock())

    # Orders.

    def _order(
        self, command: str, answer: str = "command_result", **fields: str | int | bool
    ) -> None:
        """Send a command and wait until it was taken; that is not yet what came of it."""
        self.ready(by_person=True)
        if self._socket is None:
            raise Fault("Soloist is not connected")
        while not self._answers.empty():
            self._answers.get_nowait()
        message = {"type": "command", "command": command, **fields}
        self._socket.say(msgspec.json.encode(message).decode())
        end = time.monotonic() + self._patience
        while True:
            try:
                said = self._answers.get(timeout=max(0.0, end - time.monotonic()))
            except Empty:
                raise Fault(f"Soloist does not answer to {command}") from None
            if said.type == "error":
                raise Fault(f"Soloist refuses {command}: {said.message or 'it does not say why'}")
            if said.type == answer and said.command in ("", command):
                return

    # Events, on the connection's thread.

    def _hear(self, text: str) -> None:
        try:
            message = msgspec.json.decode(text, type=_Message)
        except msgspec.DecodeError as error:
            log.warning("Soloist: a message that is not understood: %s", error)
            return
        if message.logged_in is not None:
            self._signed_in = message.logged_in
        if message.is_active is not None:
            self._active = message.is_active
        if message.type == "playback_state" or message.logged_in is False:
            with self._lock:
                self._take_in(message)
        if message.type in CHANGES and self._socket is not None and self._signed_in:
            # Each tells one part of what changed; half a change must not be acted on.
            self._socket.say(GET_STATE)
        elif message.type in ANSWERS:
            self._answers.put(message)

    def _take_in(self, state: _Message) -> None:
        now, listening = self._clock(), self._listening
        # It goes on telling what plays while that plays on another speaker.
        playback = PLAYBACK.get(state.status, Playback.UNKNOWN) if self._active else Playback.IDLE
        if state.volume is not None:
            listening.volume = state.volume
        if playback is Playback.IDLE or state.item is None:
            ended = listening.end(now)
        else:
            ended = listening.load(_track(state.item, state.context), now)
        if state.position is not None:
            listening.seek(state.position.at(self._wall()), now)
        listening.turn(playback, now)
        self._tell(ended, listening.state(self.name, now))


def _track(item: _Entity, context: _Entity | None) -> Track:
    about = item.decorations
    covers = about.visual_identity.cover
    large = [cover.url for cover in covers if cover.size == "large"]
    return Track(
        uri=item.uri,
        title=about.identity.name,
        artist=", ".join(c.entity.decorations.identity.name for c in about.creators),
        album=about.parent.entity.decorations.identity.name if about.parent else "",
        cover=(large or [cover.url for cover in covers] or [""])[0],
        link=Uri.parse(item.uri).link,
        duration=about.playback.duration_ms / 1000,
        context=context.uri if context else "",
    )
