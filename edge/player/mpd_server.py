"""One MPD server, or whatever speaks its protocol, as Mopidy does: short talks, and what it says.

A talk is one connection for a few commands: on one machine or in one home that costs a
millisecond, and nothing has to be kept alive. See https://mpd.readthedocs.io/en/stable/protocol.html.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import PurePosixPath
from typing import Any

import mpd

from edge.errors import CannotPlay, Fault, NeedsSomebody
from edge.events import Playback, Track
from edge.uri import Uri

logging.getLogger("mpd").setLevel(logging.WARNING)  # else each talk is two lines of the journal

PATIENCE = 10.0
"""Seconds to connect, and to wait for an answer."""
PICTURED = "mpd-cover:"
"""Begins the address of a cover that the server has; the song's place in its library follows."""
UNREADABLE = "Failed to decode"
"""Begins what it says of a song whose file it cannot read; the file's name follows."""
LOCKED = (mpd.FailureResponseCode.PASSWORD, mpd.FailureResponseCode.PERMISSION)
PLAYBACK = {"play": Playback.PLAYING, "pause": Playback.PAUSED, "stop": Playback.PAUSED}
"""It stands in its queue where somebody stopped it; at the queue's end it stands nowhere."""

Answer = dict[str, Any]


class MpdServer:
    """Where it is, and how one talks with it; safe to use from any thread."""

    def __init__(self, host: str, port: int = 6600, password: str = "") -> None:
        """Talk with the server at `host`, a name, an address or the path of a socket."""
        self._host, self._port, self._password = host, port, password
        self.address = host if host.startswith("/") else f"{host}:{port}"

    def connect(self) -> Any:
        """Return a client that is connected; raise Fault or NeedsSomebody."""
        client = mpd.MPDClient()
        client.timeout = PATIENCE
        with self._explained(), ExitStack() as undo:
            undo.callback(hang_up, client)
            client.connect(self._host, self._port)
            if self._password:
                client.password(self._password)
            undo.pop_all()
        return client

    @contextmanager
    def talk(self) -> Iterator[Any]:
        """Give a client for a few commands; raise Fault, NeedsSomebody or CannotPlay."""
        client = self.connect()
        try:
            with self._explained():
                yield client
        finally:
            hang_up(client)

    @contextmanager
    def _explained(self) -> Iterator[None]:
        try:
            yield
        except mpd.CommandError as error:
            if error.errno in LOCKED:
                raise NeedsSomebody(
                    f"MPD at {self.address} wants a password, or another: set player.password_file"
                ) from error
            if error.errno is mpd.FailureResponseCode.NO_EXIST:
                raise CannotPlay(f"MPD at {self.address} does not have it: {error.msg}") from error
            problem = error.msg or str(error)
            raise unreadable(problem) or Fault(f"MPD refuses: {problem}") from error
        except (OSError, ValueError, mpd.MPDError) as error:
            raise Fault(f"MPD at {self.address} does not answer: is it on?") from error


def unreadable(problem: str) -> Fault | None:
    """Return what to say of songs that it cannot read, whichever; None: `problem` is another."""
    if not problem.startswith(UNREADABLE):
        return None
    return Fault("MPD cannot read its music: is its disk there, and are the files whole?")


def hang_up(client: Any) -> None:
    """Close a client's connection; where the line is dead, its socket closes at the second try."""
    try:
        client.disconnect()
    except OSError:
        client.disconnect()


def track_of(song: Answer, context: str = "") -> Track:
    """Return a song of the server's as a track; what has no title is called by its file's name."""
    file = song["file"]
    return Track(
        uri=Uri.file(file).text,
        title=_words(song, "title") or _words(song, "name") or PurePosixPath(file).stem,
        artist=_words(song, "artist") or _words(song, "albumartist"),
        album=_words(song, "album"),
        cover=f"{PICTURED}{file}",
        duration=float(song.get("duration") or song.get("time") or 0.0),
        context=context,
    )


def playback_of(status: Answer) -> Playback:
    """Return what it does; where it stopped for an error, as for its loudspeaker, it is idle."""
    if "songid" not in status or (status["state"] != "play" and "error" in status):
        return Playback.IDLE
    return PLAYBACK.get(status["state"], Playback.UNKNOWN)


def volume_of(status: Answer) -> int | None:
    """Return the volume; None where it has none to set."""
    volume = int(status.get("volume", -1))
    return volume if 0 <= volume <= 100 else None


def _words(song: Answer, tag: str) -> str:
    """A tag that is there more than once comes as a list."""
    value = song.get(tag, "")
    return ", ".join(value) if isinstance(value, list) else str(value)
