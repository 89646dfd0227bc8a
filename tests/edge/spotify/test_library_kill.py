"""A kill at any moment leaves no list half, and signs nobody out.

KILLS=200 pytest tests/edge/spotify/test_library_kill.py does it at length.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import msgspec
from fakes.http import Answer, Request
from fakes.spotify import FakeSpotify, Song

from edge.events import Preferences
from edge.spotify.login import begin, finish
from edge.spotify.tokens import Tokens, TokenStore
from edge.store import Reader, Store

KILLS = int(os.environ.get("KILLS", "15"))

SYNCING = """
import os, sys, time
from pathlib import Path
import spotipy
from edge.spotify.library import Library
from edge.spotify.web_api import WebApi
from edge.store import Store

state, at, now = Path(sys.argv[1]), sys.argv[2], float(sys.argv[3])
for _ in sys.stdin:  # at each line, one more process that reads day after day until it is killed
    child = os.fork()
    if child == 0:
        store = Store(state / "moodbox.db", print)
        store.start()
        api = WebApi(state, lambda _: None, api=at + "v1/", accounts=at, clock=lambda: now)
        library = Library(api, store, lambda _: None)
        library.prefer(store.preferences())
        while True:
            now += 9e4 if library.advance(now) > 5 else 5
    print(child, flush=True)
    os.waitpid(child, 0)
"""


class Restless(FakeSpotify):
    """Its one playlist is another one each time that it is asked for."""

    playlist = ""
    version = 0

    def answer(self, request: Request) -> Answer | None:
        if "/playlists/" in request.path:
            self.version += 1
            songs = self.world.contexts[self.playlist].songs
            songs[:] = [Song(f"v{self.version} {n}") for n in range(length(self.version))]
        return super().answer(request)


def length(version: int) -> int:
    return 5 + version % 20


def test_a_kill_in_mid_sync_leaves_every_list_whole(tmp_path: Path) -> None:
    fake = Restless()
    uri = fake.playlist = fake.add_playlist("Restless", 1)
    attempt = begin("a" * 32, accounts=fake.address)
    signed_in = finish(attempt, fake.consent(attempt.url), clock=fake.clock)
    TokenStore(tmp_path / "spotify-sign-in.json").keep(signed_in)
    store = Store(tmp_path / "moodbox.db", lambda _: None)
    store.start()
    store.remember(Preferences(sources={"happy": [uri]}))
    store.flush()
    assert store.stop(10)

    seen = set()
    start = str(fake.clock.now)
    command = [sys.executable, "-c", SYNCING, str(tmp_path), fake.address, start]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as nursery:
        assert nursery.stdin is not None
        assert nursery.stdout is not None
        for n in range(KILLS):
            asked = fake.version
            nursery.stdin.write(b"\n")
            nursery.stdin.flush()
            child = int(nursery.stdout.readline())
            end = time.monotonic() + 20
            while fake.version < asked + 2 and time.monotonic() < end:
                time.sleep(0.001)
            time.sleep(0.003 * (n % 40))
            os.kill(child, signal.SIGKILL)
            seen.add(whole(tmp_path, uri))
            kept = (tmp_path / "spotify-sign-in.json").read_bytes()
            token = msgspec.json.decode(kept, type=Tokens).refresh_token
            assert fake.accounts._refresh[token].end == ""
        nursery.stdin.close()
    assert len(seen) > KILLS // 3, "it was killed before it ever wrote"
    fake.close()


def whole(folder: Path, uri: str) -> int:
    """Return which version of the playlist is kept, 0 where none is yet; it must be whole."""
    titles = [s.title for s in Reader(folder / "moodbox.db").songs() if s.source == uri]
    if not titles:
        return 0
    version = int(titles[0].split()[0].removeprefix("v"))
    assert titles == [f"v{version} {n}" for n in range(length(version))]
    return version
