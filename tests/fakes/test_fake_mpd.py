"""The made-up MPD and a real one are told the same, and have to answer the same."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import mpd
import pytest
from fakes.fake_mpd import FakeMpd
from fakes.mpd import PIECES, SECONDS, RealMpd, library, until
from fakes.mpd_deck import Piece

ASKED = (
    "volume", "repeat", "random", "single", "consume", "playlistlength", "state", "song",
    "songid", "duration",
)  # fmt: skip
"""What of a status is compared as it is."""
TAGS = ("file", "title", "artist", "album", "genre", "time", "duration", "pos", "id")
NEAR = 9.0
"""Seconds that a busy machine may be late with the real one."""
Order = Callable[[Any], Any]


def pieces() -> list[Piece]:
    """Return the made-up library, as `library` puts it on the disk for the real one."""
    found = [
        Piece(f"{album}/{n} {title}.mp3", f"{title} {n}", artist, album, genre, SECONDS)
        for album, title, artist, genre in PIECES
        for n in (1, 2, 3)
    ]
    return [*found, Piece("untitled.mp3", "", "", "", "", SECONDS)]


class Side:
    """One of the two, with a client that gives orders and one that listens."""

    def __init__(self, server: RealMpd | FakeMpd) -> None:
        self.server = server
        self.connect()

    def connect(self) -> None:
        port = self.server.server._port
        self.client: Any = mpd.MPDClient()
        self.client.connect("127.0.0.1", port)
        self._ear = socket.create_connection(("127.0.0.1", port), 20)
        self._ear.recv(100)

    def close(self) -> None:
        self.client.disconnect()
        self._ear.close()

    def says(self, order: Order) -> Any:
        """Return the answer to an order: its songs without what nobody reads, or its refusal."""
        try:
            said = order(self.client)
        except mpd.CommandError as error:
            return error.errno, error.command, error.msg.partition(" /")[0]
        return [_song(it) for it in said] if isinstance(said, list) else said

    def events(self) -> set[str]:
        """Return what it told of since this was asked last."""
        self._ear.sendall(b"idle player mixer\nnoidle\n")
        text = b""
        while not text.endswith(b"OK\n"):
            text += self._ear.recv(1000)
        return {line.removeprefix("changed: ") for line in text.decode().splitlines()[:-1]}

    def now(self) -> dict[str, Any]:
        status = self.client.status()
        now = {name: status.get(name) for name in ASKED}
        on = _song(self.client.currentsong())
        return now | {"on": on, "elapsed": "elapsed" in status, "error": "error" in status}

    def plays(self) -> bool:
        return bool(self.client.status()["state"] == "play")

    def elapsed(self) -> float:
        return float(self.client.status().get("elapsed", 0.0))


def _song(it: dict[str, Any]) -> dict[str, Any]:
    return {tag: it[tag] for tag in TAGS if tag in it}


class Both:
    """The two side by side."""

    def __init__(self, real: RealMpd, fake: FakeMpd) -> None:
        self.real, self.fake = Side(real), Side(fake)
        self._before = set[str]()
        """What the order before this one was told of."""

    def told(self, order: Order) -> None:
        """Give both an order: answer, status and events have to be the same."""
        assert self.fake.says(order) == self.real.says(order)
        self.same()

    def same(self) -> None:
        self.agree()
        heard, wanted = set[str](), self.fake.events()

        def all_heard() -> bool:
            heard.update(self.real.events())
            return heard >= wanted

        until(all_heard)
        # The real one tells of a song again once its decoder has begun, which may be late.
        assert heard <= wanted | self._before
        self._before = wanted

    def agree(self) -> None:
        now = self.fake.now()
        end = {"n": 0}

        def agrees() -> bool:
            end["n"] += 1
            return self.real.now() == now or end["n"] > 500

        until(agrees)
        assert self.real.now() == now
        assert self.fake.elapsed() == pytest.approx(self.real.elapsed(), abs=NEAR)

    def later(self, seconds: float) -> None:
        for side in (self.real, self.fake):
            side.server.advance(seconds)
        self.agree()
        self.forget()

    def song_ends(self) -> None:
        fake = self.fake.server
        assert isinstance(fake, FakeMpd)
        self.real.server.advance(SECONDS)
        fake.advance(fake.deck.left() or 0.0)
        self.agree()
        self.forget()

    def forget(self) -> None:
        """Time goes on in the real one by seeking, of which it tells, too."""
        wanted = self.fake.events()
        until(lambda: self.real.events() >= wanted)
        self.real.events()

    def restart(self) -> None:
        for side in (self.real, self.fake):
            side.close()
            side.server.stop()
            side.server.start()
            side.connect()
        self.agree()


@pytest.fixture
def both(tmp_path: Path) -> Iterator[Both]:
    library(tmp_path)
    with RealMpd(tmp_path) as real, FakeMpd(pieces()) as fake:
        evening = {"Calm/2 Still.mp3", "Next/1 Doors.mp3"}
        fake.playlists["Evening"] = [it for it in fake.pieces if it.file in evening]
        both = Both(real, fake)
        yield both
        both.real.close()
        both.fake.close()


def in_one(*orders: Order) -> Order:
    """Return all of them in one command list."""

    def give(client: Any) -> Any:
        client.command_list_ok_begin()
        for order in orders:
            order(client)
        return len(client.command_list_end())

    return give


def test_its_queue_fills_as_a_real_one(both: Both) -> None:
    for order in (
        lambda it: it.add("Calm"),
        lambda it: it.playlistinfo(),
        lambda it: it.playlistinfo((1,)),
        lambda it: it.playlistinfo((3,)),
        lambda it: it.playlistinfo((9,)),
        lambda it: it.add("Gone"),
        lambda it: it.add("untitled.mp3"),
        lambda it: it.load("Evening"),
        lambda it: it.load("Gone"),
        lambda it: it.findadd("genre", "Rock"),
        lambda it: it.findadd("genre", "Gone"),
        lambda it: it.searchadd("any", "trio", "any", "kites"),
        lambda it: it.searchadd("any", "nothing"),
        lambda it: it.delete((0, 3)),
        lambda it: it.delete((77,)),
        lambda it: it.playlistinfo(),
        lambda it: it.clear(),
        lambda it: it.clear(),
    ):
        both.told(order)


def test_it_plays_as_a_real_one(both: Both) -> None:
    both.told(lambda it: it.add("Calm"))
    for order in (
        lambda it: it.next(),
        lambda it: it.pause(1),
        lambda it: it.play(1),
        lambda it: it.play(7),
        lambda it: it.pause(1),
        lambda it: it.pause(1),
        lambda it: it.play(),
        lambda it: it.play(),
        lambda it: it.previous(),
        lambda it: it.pause(1),
        lambda it: it.next(),
        lambda it: it.stop(),
        lambda it: it.stop(),
        lambda it: it.next(),
        lambda it: it.play(),
        lambda it: it.setvol(30),
        lambda it: it.setvol(30),
        lambda it: it.setvol(130),
        lambda it: it.repeat(1),
        lambda it: it.next(),
        lambda it: it.next(),
        lambda it: it.repeat(0),
        lambda it: it.play(2),
        lambda it: it.next(),
        lambda it: it.play(),
        lambda it: it.add("Next"),
        lambda it: it.delete((1, 3)),
        lambda it: it.delete((0, 1)),
        lambda it: it.clear(),
        lambda it: it.play(),
    ):
        both.told(order)


def test_its_songs_end_as_those_of_a_real_one(both: Both) -> None:
    both.told(in_one(lambda it: it.add("Calm"), lambda it: it.play(1)))
    both.later(30)
    both.song_ends()
    both.song_ends()
    both.told(lambda it: it.play())
    both.told(lambda it: it.single(1))
    both.song_ends()
    both.told(lambda it: it.single(0))
    both.told(lambda it: it.consume(1))
    both.told(lambda it: it.play())
    both.song_ends()
    both.told(lambda it: it.playlistinfo())


def test_a_wish_of_ours_replaces_its_queue_as_that_of_a_real_one(both: Both) -> None:
    both.told(in_one(lambda it: it.add("Calm"), lambda it: it.play(0)))
    both.told(lambda it: it.add("Next"))
    both.told(
        in_one(
            lambda it: it.stop(),
            lambda it: it.delete((0, 3)),
            lambda it: it.random(0),
            lambda it: it.repeat(1),
            lambda it: it.single(0),
            lambda it: it.consume(0),
            lambda it: it.play(1),
        )
    )
    both.told(in_one(lambda it: it.add("Calm"), lambda it: it.play(99), lambda it: it.stop()))


def test_a_mix_plays_all_before_it_begins_again(both: Both) -> None:
    for side in (both.real, both.fake):
        side.client.add("Calm")
        side.client.random(1)
        side.client.repeat(1)
        side.client.play(1)
        heard = []
        for _ in range(4):
            until(side.plays)
            heard.append(side.client.currentsong()["file"])
            side.client.next()
        assert heard[0] == "Calm/2 Still.mp3"
        assert len(set(heard[:3])) == 3


def test_it_comes_back_from_a_restart_as_a_real_one(both: Both) -> None:
    both.told(in_one(lambda it: it.add("Calm"), lambda it: it.delete(0), lambda it: it.add("Next")))
    both.told(lambda it: it.setvol(44))
    both.told(lambda it: it.play(1))
    both.later(20)
    both.restart()
    both.told(lambda it: it.pause(1))
    both.restart()
    both.told(lambda it: it.stop())
    both.restart()
    both.told(lambda it: it.play())


def test_it_stops_without_its_loudspeaker_as_a_real_one(both: Both) -> None:
    both.told(in_one(lambda it: it.add("Calm"), lambda it: it.play(1)))
    both.told(lambda it: it.disableoutput(0))
    both.told(lambda it: it.play(0))
    both.told(lambda it: it.enableoutput(0))
    both.told(lambda it: it.play())


def test_it_refuses_without_its_folder_as_a_real_one(both: Both) -> None:
    both.told(in_one(lambda it: it.add("Calm"), lambda it: it.play(0)))
    real, fake = both.real.server, both.fake.server
    assert isinstance(real, RealMpd)
    assert isinstance(fake, FakeMpd)
    (real.folder / "music").rename(real.folder / "gone")
    fake.deck.readable = False
    for order in (lambda it: it.next(), lambda it: it.play(0)):
        for side in (both.real, both.fake):
            side.says(order)  # the real one says at once what is wrong, or a moment later
        both.agree()
    for side in (both.real, both.fake):
        side.events()
    both.told(lambda it: it.add("Next"))
    (real.folder / "gone").rename(real.folder / "music")
    fake.deck.readable = True
    both.told(lambda it: it.play(1))
