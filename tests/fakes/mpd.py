"""A real MPD, or a real Mopidy, with pieces of our own and nothing to be heard."""

from __future__ import annotations

import shutil
import socket
import subprocess
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any, Self
from urllib.parse import quote

import mpd
from fakes.silence import PIXEL, mp3

from edge.player.mpd_server import MpdServer
from edge.uri import Uri

PATIENCE = 60.0
"""Seconds until it is sure that it does not start."""

SECONDS = 60.012
"""Of each piece."""
PIECES = (
    ("Calm", "Still", "Ada & the Tides", "Ambient"),
    ("Next", "Doors", "Nordlicht", "Rock"),
    ("Other", "Kites", "Trio Kessel", "Folk"),
)
ALBUMS = "Local media/Albums"
"""Where Mopidy has them."""
EVENING = ("Calm/2 Still.mp3", "Next/1 Doors.mp3")
"""A playlist."""

MPD = """
music_directory "{folder}/music"
playlist_directory "{folder}/playlists"
db_file "{folder}/db"
state_file "{folder}/state"
bind_to_address "127.0.0.1"
port "{port}"
auto_update "no"
{more}
audio_output {{
    type "null"
    name "silence"
    mixer_type "{mixer}"
}}
"""
MOPIDY = """
[core]
cache_dir = {folder}/cache
config_dir = {folder}/config
data_dir = {folder}/data
[audio]
mixer = software
output = fakesink sync=true
[file]
media_dirs = {folder}/deep
[local]
media_dir = {folder}/music
scan_timeout = 60000
[m3u]
playlists_dir = {folder}/playlists
[mpd]
hostname = 127.0.0.1
port = {port}
[http]
enabled = false
"""


def library(folder: Path) -> None:
    """Put some pieces into `folder`: two albums, and one piece of which nothing is known."""
    music = folder / "music"
    for album, title, artist, genre in PIECES:
        for number in (1, 2, 3):
            mp3(
                music / album / f"{number} {title}.mp3",
                SECONDS,
                PIXEL if genre == "Ambient" else b"",
                title=f"{title} {number}",
                artist=artist,
                album=album,
                genre=genre,
            )
    (music / "Next" / "cover.png").write_bytes(PIXEL)
    mp3(music / "untitled.mp3", SECONDS)


class RealMpd:
    """Starts the program and waits for it; its songs last SECONDS by a clock that can be set on."""

    mixer = "software"
    """MPD's way to set a volume; "none": it has no volume."""

    def __init__(
        self,
        folder: Path,
        program: str = "mpd",
        more: str = "",
        password: str = "",
        written: str = "",
    ) -> None:
        """Live in `folder`; `more` is written into MPD's settings, `written` instead of them."""
        self.folder, self._program, self._more = folder, program, more
        self._written = written
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = int(free.getsockname()[1])
        self.server = MpdServer("127.0.0.1", self.port, password)
        self._password = password
        self.violations: list[str] = []
        self._ahead = 0.0
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        playlists = self.folder / "playlists"
        playlists.mkdir(exist_ok=True)
        songs = (
            EVENING if self._program == "mpd" else map("local:track:{}".format, map(quote, EVENING))
        )
        (playlists / "Evening.m3u").write_text("\n".join(songs))
        text = MPD if self._program == "mpd" else MOPIDY
        settings = self.folder / f"{self._program}.conf"
        filled = text.format(folder=self.folder, port=self.port, more=self._more, mixer=self.mixer)
        settings.write_text(f'{self._written}port "{self.port}"\n' if self._written else filled)
        if self._program == "mopidy":
            subprocess.run([*self._command, "local", "scan"], check=True, capture_output=True)
        self.start()
        return self

    def __exit__(self, *_what: object) -> None:
        self.stop()

    def start(self) -> None:
        self._process = subprocess.Popen(
            self._command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        until(self._answers)
        if self._program == "mpd":
            self.ask(lambda client: client.update())
            until(lambda: self.ask(lambda client: "updating_db" not in client.status()))

    @property
    def _command(self) -> list[str]:
        settings = str(self.folder / f"{self._program}.conf")
        program = shutil.which(self._program) or self._program
        how = "--no-daemon" if self._program == "mpd" else "--config"
        return [program, how, settings]

    def stop(self) -> None:
        if self._process is not None:
            self._process.terminate()
            self._process.wait(PATIENCE)
            self._process = None

    # As the other speakers of the tests.

    def clock(self) -> float:
        return time.monotonic() + self._ahead

    def advance(self, seconds: float) -> None:
        """Let time go by: the song that is on goes on, or ends where it would have."""
        self._ahead += seconds
        if self._process is None:
            return
        status = self.ask(lambda client: client.status())
        if status["state"] == "play":
            at = min(float(status["elapsed"]) + seconds, SECONDS - 0.2)
            self.ask(lambda client: client.seekcur(at))

    def add_playlist(self, name: str) -> str:
        return f"mpd:folder:{name}" if self._program == "mpd" else f"mpd:folder:{ALBUMS}/{name}"

    def touch(self, *, context: str = "", pause: bool = False) -> None:
        """Do something as somebody else's client."""

        def act(client: Any) -> None:
            if pause:
                client.pause(1)
            if context:
                client.clear()
                client.add(Uri.parse(context).id)
                client.play()

        self.ask(act)

    def hang_up(self) -> None:
        """End it, and start it again: it plays on where it was."""
        self.stop()
        self.start()

    def ask(self, what: Callable[[Any], Any]) -> Any:
        """Ask it something without the player."""
        client = mpd.MPDClient()
        client.timeout = PATIENCE
        client.connect("127.0.0.1", self.port)
        try:
            if self._password:
                client.password(self._password)
            return what(client)
        finally:
            client.disconnect()

    def _answers(self) -> bool:
        with suppress(OSError, mpd.ConnectionError):
            return bool(self.ask(lambda client: client.status()))
        return False


def until(holds: Callable[[], bool]) -> None:
    """Wait until something outside holds."""
    end = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < end, "it never came to that"
        time.sleep(0.01)
