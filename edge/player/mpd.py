"""Any MPD or Mopidy: its own library, and the speaker that it drives; it tells by itself.

Orders are short talks of the DJ's thread; its idle events come in on a thread of their own. What
is to be played replaces the queue, as the queue is all that MPD plays.
"""

from __future__ import annotations

import hashlib
import logging
import os
import random
import socket
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Any

import mpd
import msgspec
from msgspec import Struct

from edge import files
from edge.errors import CannotPlay, Fault, NoVolume
from edge.events import Hand, Playback, SpeakerState
from edge.player.event_connection import EventConnection
from edge.player.local import LocalPlayer
from edge.player.mpd_library import any_of
from edge.player.mpd_server import (
    Answer,
    MpdServer,
    hang_up,
    playback_of,
    track_of,
    unreadable,
    volume_of,
)
from edge.uri import Kind, Scheme, Uri

log = logging.getLogger(__name__)

OPENING = 5.0
"""Seconds to wait until its events come in."""
LISTENING = 60.0
"""Seconds without an event after which it is asked anew: a server whose plug was pulled says
nothing either."""
SOUNDS = 0.5
"""Seconds until it is taken for granted that it sounds."""
SUBSYSTEMS = ("player", "mixer")
"""What it is asked to tell of."""


class Queue(Struct, frozen=True):
    """What we put into the server's queue; a song's number there lasts until it restarts."""

    uri: str = ""
    """What it is played from; empty for a song by itself."""
    digest: str = ""
    """Of its songs, in order: by that it is known again."""


class MpdPlayer(LocalPlayer):
    """A player for an MPD server; events come in on a thread of its own."""

    def __init__(
        self,
        name: str,
        server: MpdServer,
        memory: Path | None = None,
        clock: Callable[[], float] = time.monotonic,
        rng: random.Random | None = None,
    ) -> None:
        """Drive the speaker of `server`, called `name`.

        Args:
            name: as it is shown.
            server: whose queue it is.
            memory: the file that remembers across a restart what was put into it.
            clock: monotonic seconds.
            rng: chooses the first song of a mix.
        """
        super().__init__(name, clock)
        self._server, self._memory = server, memory
        self._rng = rng or random.Random()
        self._queue = _remembered(memory)
        self._contexts: dict[str, str] = {}
        """The server's numbers of the songs we put there -> what each is played from."""

    def open(self, wake: Callable[[], None]) -> None:
        """See Player."""
        self._wake = wake
        with self._server.talk():
            """Raises at once, and says why, where it is away or locked."""
        self._events = MpdEvents(self._server, self._recognise, self._take_in, self._lose)
        self._events.begin(OPENING)

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
        named = Uri.parse(uri)
        with self._server.talk() as client:
            old = int(client.status()["playlistlength"])
            ordered = _add_songs(client, songs)
            if not ordered:
                _add(client, named)
            found = client.playlistinfo((old,))
            if not found:
                raise CannotPlay(f"MPD at {self._server.address} has nothing for {uri}")
            self._put(Queue(uri if named.is_context else "", _digest(found)), found)
            shuffled = named.is_mix and not ordered
            first = self._rng.randrange(len(found)) if shuffled else 0
            client.command_list_ok_begin()
            client.stop()
            if old:
                client.delete((0, old))
            client.random(int(shuffled))
            client.repeat(int(repeat))
            client.single(0)
            client.consume(0)
            client.play(first)
            client.command_list_end()
            if problem := _problem(client):
                raise unreadable(problem) or Fault(f"MPD cannot play: {problem}")

    def pause(self) -> None:
        """See Player."""
        with self._server.talk() as client:
            client.pause(1)

    def resume(self) -> None:
        """See Player; one that somebody stopped stands at a song, too."""
        with self._server.talk() as client:
            client.play()

    def skip(self) -> None:
        """See Player."""
        with self._server.talk() as client:
            client.next()

    def previous(self) -> None:
        """See Player."""
        with self._server.talk() as client:
            client.previous()

    def set_volume(self, percent: int, *, passing: bool = False) -> None:  # noqa: ARG002
        """See Player."""
        with self._server.talk() as client:
            try:
                client.setvol(percent)
            except mpd.CommandError as error:
                raise NoVolume(self.name) from error

    def read(self) -> SpeakerState:
        """See Player."""
        with self._server.talk() as client:
            status, song = _now(client)
        with self._lock:
            return self._follow(status, song)

    # Whose the queue is.

    def _put(self, queue: Queue, songs: list[Answer]) -> None:
        with self._lock:
            self._queue = queue
            self._contexts |= {song["id"]: queue.uri for song in songs}
        try:
            if self._memory is not None:
                files.replace(self._memory, msgspec.json.encode(queue))
        except OSError as error:
            log.warning("%s: the queue is not remembered: %s", self._memory, error.strerror)

    def _recognise(self, songs: list[Answer]) -> None:
        """Take the queue of a server that was away, or of ours before a restart, for what it is."""
        with self._lock:
            ours = _digest(songs) == self._queue.digest
            self._contexts = {song["id"]: self._queue.uri for song in songs if ours}

    # Events, on the connection's thread.

    def _take_in(self, status: Answer, song: Answer) -> None:
        with self._lock:
            self._tell(self._follow(status, song))

    def _follow(self, status: Answer, song: Answer) -> SpeakerState:
        """Take in and return what it does, with what only somebody else can have done."""
        now, listening = self._clock(), self._listening
        hand = None
        listening.volume = volume_of(status)
        playback = playback_of(status)
        if playback is Playback.IDLE or not song:
            known = listening.playback is not Playback.UNKNOWN
            ended = listening.end(now)
            cut_off = ended is not None and (ended.skipped or _is_emptied(status))
            if known and cut_off and "error" not in status:
                hand = Hand.PAUSE  # the queue was emptied, for nothing or to be filled anew
        else:
            context = self._contexts.get(status["songid"], "")
            ended = listening.load(track_of(song, context), now)
            if "elapsed" in status:  # where it was stopped it has none, and stands where it was
                listening.seek(float(status["elapsed"]), now)
        self._tell(ended)
        listening.turn(playback, now)
        return msgspec.structs.replace(listening.state(self.name, now), hand=hand)


class MpdEvents(EventConnection):
    """Waits for the server's idle events, and hands over what it does then."""

    bound = LISTENING + 20.0

    def __init__(
        self,
        server: MpdServer,
        opened: Callable[[list[Answer]], None],
        heard: Callable[[Answer, Answer], None],
        lost: Callable[[], None],
    ) -> None:
        """Listen to `server`; all three are called from the connection's own thread.

        `opened` gets its queue, `heard` its status and the song that is on.
        """
        super().__init__(server.address)
        self._server = server
        self._opened, self._heard, self._lost = opened, heard, lost
        self._client: Any = None

    def open(self) -> None:
        """Connect, and say what it does now."""
        self._client = self._server.connect()
        self._client.idletimeout = LISTENING
        self._opened(self._client.playlistinfo())
        self._catch_up()
        self._connected.set()

    def step(self) -> None:
        """Wait until something changes, and hand over what it does then."""
        try:
            self._client.idle(*SUBSYSTEMS)
            self._catch_up()
        except TimeoutError:
            hang_up(self._client)
            self.open()
        except (OSError, mpd.MPDError) as error:
            if not self.stopping:
                raise Fault(f"MPD at {self._address} closed the connection") from error

    def wake(self) -> None:
        """Stop waiting for an event."""
        client = self._client
        with suppress(OSError, mpd.MPDError), ExitStack() as stack:
            if client is not None:
                line = stack.enter_context(socket.socket(fileno=os.dup(client.fileno())))
                line.shutdown(socket.SHUT_RD)

    def close(self) -> None:
        """Disconnect."""
        client, self._client = self._client, None
        self._connected.clear()
        if client is not None:
            hang_up(client)
            self._lost()

    def _catch_up(self) -> None:
        self._heard(*_now(self._client))


def _now(client: Any) -> tuple[Answer, Answer]:
    """Return its status and the song that is on, of one moment: between two talks both change."""
    client.command_list_ok_begin()
    client.status()
    client.currentsong()
    status, song = client.command_list_end()
    return status, song


def _problem(client: Any) -> str:
    """Return why nothing sounds: it opens its loudspeaker only after it has said that it plays."""
    end = time.monotonic() + SOUNDS
    while time.monotonic() < end:
        status = client.status()
        if "error" in status or float(status.get("elapsed", 0.0)) > 0:
            return str(status.get("error", ""))
        time.sleep(0.02)
    return ""


def _is_emptied(status: Answer) -> bool:
    """Whether somebody emptied the queue: at its own end, where nothing consumes it, it stays."""
    return (status["playlistlength"], status["consume"]) == ("0", "0")


def _add_songs(client: Any, songs: Sequence[str]) -> bool:
    """Put songs at the end of the queue, in order; return whether any of them is still there."""
    added = False
    for song in songs:
        try:
            client.add(Uri.parse(song).id)
            added = True
        except mpd.CommandError as error:
            if error.errno is not mpd.FailureResponseCode.NO_EXIST:
                raise
    return added


def _add(client: Any, named: Uri) -> None:
    """Put what is `named` at the end of the queue."""
    match named.scheme, named.kind:
        case Scheme.MPD, Kind.FOLDER:
            client.add(named.id)
        case Scheme.MPD, Kind.PLAYLIST:
            client.load(named.id)
        case Scheme.MPD, Kind.GENRE:
            client.findadd("genre", named.id)
        case Scheme.MPD, Kind.SEARCH:
            client.searchadd(*any_of(named.id))
        case Scheme.FILE, _:
            client.add(named.id)
        case _:
            raise CannotPlay(f"{named.text} is not in the library of MPD")


def _digest(songs: list[Answer]) -> str:
    return hashlib.sha256("\n".join(song["file"] for song in songs).encode()).hexdigest()


def _remembered(path: Path | None) -> Queue:
    try:
        return msgspec.json.decode(path.read_bytes(), type=Queue) if path else Queue()
    except (OSError, msgspec.DecodeError):
        return Queue()
