"""An MPD server of our own, on made-up time: what our player says to one, over a real socket.

tests/fakes/test_fake_mpd.py holds it to the real one, which has no made-up time.
"""

from __future__ import annotations

import re
import shlex
import socket
import socketserver
import threading
from collections.abc import Iterable
from contextlib import suppress
from typing import Any, Self

from fakes.mpd_deck import ARGUMENT, UNKNOWN, Deck, Piece, Refusal, Song
from fakes.spotify import Clock

from edge.player.mpd_server import MpdServer

NO_EXIST = 50
TAGS = ("title", "artist", "album", "genre")


class FakeMpd:
    """The server, and the orders it takes. Close it when done."""

    def __init__(self, pieces: Iterable[Piece], clock: Clock | None = None) -> None:
        self.clock = clock or Clock()
        self.pieces = list(pieces)
        self.playlists: dict[str, list[Piece]] = {}
        self.deck = Deck(self.clock, self._changed)
        self.said = 0
        """Answers to those who listen."""
        self.lock = threading.RLock()
        self.talks: set[_Talk] = set()
        self._served: _Server | None = None
        self._port = 0
        self.start()
        self.server = MpdServer("127.0.0.1", self._port)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_what: object) -> None:
        self.stop()

    def start(self, *, forgets: bool = False) -> None:
        """Come up, and play on where it stood; `forgets`: it lost the file that says where."""
        self.deck.restart(forgets=forgets)
        self._served = _Server(("127.0.0.1", self._port), self)
        self._port = int(self._served.server_address[1])
        threading.Thread(target=self._served.serve_forever, args=(0.05,), daemon=True).start()

    def stop(self) -> None:
        """Go down, and write down the queue."""
        with self.lock:
            self.deck.catch_up()
        if self._served is not None:
            self._served.shutdown()
            self._served.server_close()
            self._served = None
        self.hang_up()

    def hang_up(self) -> None:
        """Cut every connection."""
        for talk in list(self.talks):
            talk.cut()

    def advance(self, seconds: float) -> None:
        """Let time go by, in which it plays where it is up."""
        self.clock.advance(seconds)
        if self.is_up:
            with self.lock:
                self.deck.catch_up()

    def quiet(self) -> bool:
        """Whether all who listen have heard all there is to hear."""
        with self.lock:
            return all(talk.wanted is not None for talk in self.talks if talk.listens)

    @property
    def is_up(self) -> bool:
        return self._served is not None

    def is_heard(self) -> bool:
        """Whether anybody listens."""
        with self.lock:
            return any(talk.wanted is not None for talk in self.talks)

    def _changed(self, subsystem: str) -> None:
        for talk in list(self.talks):
            talk.stir(subsystem)

    # The commands.

    def obey(self, name: str, given: list[str]) -> list[str]:
        """Carry one command out and return its answer's lines; raise Refusal."""
        match name, given:
            case "status", []:
                return _lines(self._status())
            case "currentsong", []:
                return self._songs([self.deck.at] if self.deck.at else [])
            case "playlistinfo", []:
                return self._songs(self.deck.songs)
            case "playlistinfo", [span]:
                return self._songs(self._span(span))
            case (("add" | "load" | "findadd" | "searchadd"), _):
                if (found := self._find(name, given)) or name == "load":
                    self.deck.add(found)
            case _:
                self._order(name, given)
        return []

    def _find(self, name: str, given: list[str]) -> list[Piece]:
        """Return what a command puts into the queue."""
        match name, given:
            case "add", [path]:
                return self._below(path)
            case "load", [playlist] if playlist in self.playlists:
                return self.playlists[playlist]
            case "findadd", ["genre", genre]:
                return [it for it in self.pieces if it.genre == genre]
            case "searchadd", [*words]:
                return [it for it in self.pieces if _fits(it, words[1::2])]
            case _:
                raise Refusal(NO_EXIST, "No such playlist")

    def _order(self, name: str, given: list[str]) -> None:
        deck = self.deck
        match name, given:
            case "delete", [span]:
                deck.delete(*_range(span))
            case "play", [] | [_]:
                deck.play(int(given[0]) if given else None)
            case "pause", ["1"]:
                deck.pause()
            case (("stop" | "next" | "previous" | "clear"), []):
                getattr(deck, name)()
            case "setvol", [percent]:
                deck.set_volume(int(percent))
            case (("repeat" | "random" | "single" | "consume"), [on]):
                deck.set_option(name, on=on == "1")
            case (("disableoutput" | "enableoutput"), ["0"]):
                deck.plug(in_=name == "enableoutput")
            case _:
                raise Refusal(UNKNOWN, f'unknown command "{name}"')

    def _status(self) -> dict[str, Any]:
        deck = self.deck
        it: dict[str, Any] = {"volume": deck.volume}
        it |= {name: int(on) for name, on in deck.options.items()}
        it |= {"playlistlength": len(deck.songs), "state": deck.state}
        if deck.at is not None:
            it |= {"song": deck.songs.index(deck.at), "songid": deck.at.id}
            if deck.state != "stop":
                # Between an order and a look at what came of it, time passes.
                on = max(deck.elapsed, 0.001) if deck.state == "play" else deck.elapsed
                it |= {"elapsed": f"{on:.3f}", "duration": f"{deck.at.piece.seconds:.3f}"}
        return it | ({"error": deck.error} if deck.error else {})

    def _songs(self, songs: list[Song]) -> list[str]:
        return [line for song in songs for line in _lines(self._song(song))]

    def _song(self, song: Song) -> dict[str, Any]:
        piece = song.piece
        tags = {tag.title(): getattr(piece, tag) for tag in TAGS if getattr(piece, tag)}
        length = {"Time": round(piece.seconds), "duration": f"{piece.seconds:.3f}"}
        where = {"Pos": self.deck.songs.index(song), "Id": song.id}
        return {"file": piece.file} | tags | length | where

    def _span(self, span: str) -> list[Song]:
        first, end = _range(span)
        if first > len(self.deck.songs):
            raise Refusal(ARGUMENT, "Bad song index")
        return self.deck.songs[first:end]

    def _below(self, path: str) -> list[Piece]:
        found = [
            it for it in self.pieces if path in {"/", it.file} or it.file.startswith(f"{path}/")
        ]
        if not found:
            raise Refusal(NO_EXIST, "No such directory")
        return found


class _Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = daemon_threads = True

    def __init__(self, where: tuple[str, int], fake: FakeMpd) -> None:
        self.fake = fake
        super().__init__(where, _Talk)


class _Talk(socketserver.StreamRequestHandler):
    """The server's end of one connection."""

    server: _Server
    listens = False
    """Whether it ever waited for an event."""

    def setup(self) -> None:
        super().setup()
        self.wanted: set[str] | None = None
        """What it waits for; None: it does not."""
        self._waiting: set[str] = set()
        self._batch: list[str] | None = None
        self._fake = self.server.fake
        with self._fake.lock:
            self._fake.talks.add(self)

    def handle(self) -> None:
        with suppress(OSError):
            self._say(["OK MPD 0.23.5"])
            for line in self.rfile:
                with self._fake.lock:
                    self._fake.deck.catch_up()
                    self._hear(line.decode().strip())

    def finish(self) -> None:
        with self._fake.lock:
            self._fake.talks.discard(self)
        with suppress(OSError):
            super().finish()

    def cut(self) -> None:
        with suppress(OSError):
            self.connection.shutdown(socket.SHUT_RDWR)

    def stir(self, subsystem: str) -> None:
        """Something changed."""
        self._waiting.add(subsystem)
        self._answer_idle()

    def _hear(self, line: str) -> None:
        match line.partition(" ")[0]:
            case "command_list_ok_begin":
                self._batch = []
            case "command_list_end":
                batch, self._batch = self._batch or [], None
                self._carry_out(batch, "list_OK")
            case "idle":
                self.wanted, self.listens = set(shlex.split(line)[1:]), True
                self._answer_idle()
            case "noidle":
                if self.wanted is not None:
                    self.wanted = None
                    self._say(["OK"])
            case "close":
                self.cut()
            case _ if self._batch is not None:
                self._batch.append(line)
            case _:
                self._carry_out([line], "")

    def _carry_out(self, lines: list[str], after_each: str) -> None:
        answer: list[str] = []
        for number, line in enumerate(lines):
            name, *given = shlex.split(line)
            try:
                answer += self._fake.obey(name, given)
            except Refusal as refusal:
                answer.append(f"ACK [{refusal.number}@{number}] {{{name}}} {refusal.text}")
                self._say(answer)
                return
            answer += [after_each] if after_each else []
        self._say([*answer, "OK"])

    def _answer_idle(self) -> None:
        if self.wanted is None or not (news := self._waiting & self.wanted):
            return
        self._waiting -= news
        self.wanted = None
        self._fake.said += 1
        self._say([*(f"changed: {it}" for it in sorted(news)), "OK"])

    def _say(self, lines: list[str]) -> None:
        with suppress(OSError):
            self.wfile.write("".join(f"{line}\n" for line in lines).encode())


def _lines(it: dict[str, Any]) -> list[str]:
    return [f"{name}: {value}" for name, value in it.items()]


def _range(span: str) -> tuple[int, int | None]:
    found = re.fullmatch(r"(\d+)(:(\d*))?", span)
    if found is None:
        raise Refusal(ARGUMENT, "Integer or range expected")
    first = int(found[1])
    if found[2] is None:
        return first, first + 1
    return first, int(found[3]) if found[3] else None


def _fits(piece: Piece, words: list[str]) -> bool:
    text = " ".join(piece[:5]).casefold()
    return all(word.casefold() in text for word in words)
