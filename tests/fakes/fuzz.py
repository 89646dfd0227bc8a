"""Parsers to throw anything at, and what to throw: inputs that were right, spoilt in some way.

An input is refused in one line, or means something allowed. Anything else that is raised is a
mistake of ours.
"""

from __future__ import annotations

import asyncio
import atexit
import random
import socket
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple, get_args

import msgspec
from starlette.requests import Request as HttpRequest

from edge.choose.sources import parse_source
from edge.errors import ModelError, MoodboxError, Refused, SettingsError
from edge.events import EMOTIONS, Emotions, Mood, Nobody, Pace, RequestBody, Status, Watching
from edge.mqtt.commands import COMMANDS, parse
from edge.mqtt.entity import Context
from edge.settings import load
from edge.vision import card
from edge.vision.messages import LENGTH, Channel, FromEyes, Mark, ToEyes
from edge.web.answers import Error
from edge.web.api import BadRequest, body_as, refuse

ROOT = Path(__file__).parents[2]
ALLOWED: tuple[Any, ...] = get_args(RequestBody)
CONTEXT = Context(Status(1.0, Mood("happy", 0.9, 0.0)))
PAYLOADS = (
    b"ON", b"OFF", b"PRESS", b"50", b"1e400", b"-0", b"NaN", b"match", b"happy", b"null", b"home",
    b"22:30", b'{"state":"ON","brightness":20,"color":{"r":1,"g":2,"b":3}}', b"jazz",
)  # fmt: skip
SETTINGS = b"""written_for = "0.2.0"
[box]
name = "moodbox"
[camera]
driver = "webcam"
width = 640
[mqtt]
host = "broker"
port = 1883
[player]
speaker = "moodbox"
[music]
min_play = 20.0
[defaults]
volume = 30
[defaults.sources]
happy = ["spotify:playlist:a", "https://open.spotify.com/track/4uLU6hMCjMI75M1A2tKUQC"]
"""
DEEP = 20_000


class Target(NamedTuple):
    """A parser, and inputs that it takes."""

    seeds: tuple[bytes, ...]
    throw: Callable[[bytes], str]
    """Returns "allowed" or "refused"; raises what is a mistake."""
    share: int = 20
    """Of all inputs, in proportion; files are slow to take."""


def share(many: int, name: str) -> int:
    """Return how many of so many inputs are for a target."""
    return -(-many * TARGETS[name].share // sum(it.share for it in TARGETS.values()))


def refused(error: Exception) -> str:
    """Say that an input was refused, in one line."""
    assert len(str(error).splitlines()) == 1, str(error)
    return "refused"


def mqtt(data: bytes) -> str:
    """Take the command up to the first colon, and the payload after it."""
    key, _, payload = data.partition(b":")
    try:
        request = parse(key.decode("latin-1"), payload, CONTEXT)
    except Refused as error:
        return refused(error)
    assert isinstance(request, ALLOWED)
    return "allowed"


def source(data: bytes) -> str:
    """Take what an owner wants played."""
    try:
        parse_source(data.decode("utf-8", "replace"))
    except MoodboxError as error:
        return refused(error)
    return "allowed"


LOOP = asyncio.new_event_loop()
atexit.register(LOOP.close)


def request(data: bytes) -> str:
    """Take what a page sends."""
    sent = HttpRequest({"type": "http", "method": "POST", "headers": []}, whole(data))
    try:
        LOOP.run_until_complete(body_as(sent, RequestBody))
    except BadRequest as error:
        said = msgspec.json.decode(refuse(error.status, str(error)).body, type=Error)
        return refused(Refused(said.error))
    return "allowed"


def whole(data: bytes) -> Callable[[], Any]:
    """Return a request's body in one piece, as ASGI has it."""

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": data, "more_body": False}

    return receive


class Files:
    """Parsers of files, of which there is one at a time."""

    def __init__(self) -> None:
        self._folder = tempfile.TemporaryDirectory()
        self._file = Path(self._folder.name) / "file"

    def settings(self, data: bytes) -> str:
        """Take a settings file."""
        self._file.write_bytes(data)
        try:
            load(self._file)
        except SettingsError as error:
            return refused(error)
        return "allowed"

    def card(self, data: bytes) -> str:
        """Take a model's card."""
        self._file.write_bytes(data)
        try:
            card.read(self._file)
        except ModelError as error:
            return refused(error)
        return "allowed"


def pipe(receives: object) -> Callable[[bytes], str]:
    """Return what takes bytes from the pipe between the daemon and its eyes."""

    def throw(data: bytes) -> str:
        ours, theirs = socket.socketpair()
        with ours, theirs:
            theirs.sendall(data[:60_000])
            theirs.shutdown(socket.SHUT_WR)
            channel: Channel[Any] = Channel(ours, receives)
            try:
                while True:
                    channel.receive(1.0)
            except EOFError:
                return "allowed"
            except msgspec.MsgspecError as error:
                return refused(error)

    return throw


def framed(*messages: msgspec.Struct) -> bytes:
    """Return messages as they go through the pipe."""
    bodies = [msgspec.msgpack.encode(message) for message in messages]
    return b"".join(LENGTH.pack(len(body)) + body for body in bodies)


FILES = Files()
CARDS = tuple(file.read_bytes() for file in (ROOT / "models").glob("*.json"))
TARGETS: Mapping[str, Target] = MappingProxyType({
    "mqtt": Target(tuple(k.encode() + b":" + p for k in COMMANDS for p in PAYLOADS), mqtt),
    "request": Target(
        (
            b'{"type":"SetVolume","volume":50}',
            b'{"type":"SetSources","mood":"happy","sources":["a"]}',
            b'{"type":"SetPreferences","quiet_from":"22:30","profiles":["a"]}',
        ),
        request,
    ),
    "source": Target(
        (b"spotify:playlist:abc", b"https://open.spotify.com/track/4uLU6hMCjMI75M1A2tKUQC?si=1"),
        source,
    ),
    "settings": Target((SETTINGS,), FILES.settings, 1),
    "card": Target(CARDS, FILES.card, 1),
    "to eyes": Target((framed(Pace(5.0), Mark("p1")),), pipe(ToEyes)),
    "from eyes": Target(
        (
            framed(Nobody(1.0), Watching(1.0, "CPU", "video", "yunet", "abc")),
            framed(Emotions((0.1,) * len(EMOTIONS), 1.0)),  # type: ignore[arg-type]
        ),
        pipe(FromEyes),
    ),
})  # fmt: skip


def spoil(chance: random.Random, text: bytes) -> bytes:
    """Return `text` with some bytes changed, cut out, put in, swapped or said over and over."""
    found = bytearray(text)
    for _ in range(chance.randrange(1, 6)):
        place = chance.randrange(len(found) + 1)
        match chance.randrange(6):
            case 0:
                del found[place : place + chance.randrange(1, 9)]
            case 1:
                found[place:place] = chance.randbytes(chance.randrange(1, 5))
            case 2 if found:
                found[place % len(found)] = chance.randrange(256)
            case 3:
                piece = found[place : place + chance.randrange(1, 20)]
                found[place:place] = piece * chance.randrange(1, 4)
            case 4:
                found[place:place] = chance.choice(WORDS)
            case _:
                other = chance.randrange(len(found) + 1)
                found[min(place, other) : max(place, other)] = b""
    return bytes(found)


WORDS = (
    b"null", b"-1", b"1e999", b"NaN", b"\xc2\xb2", b"9223372036854775808", b"\xff\xfe", b"\x00",
    b"\n", b"[", b"]", b"{", b"}", b'"', b"\\u0000", b"\xed\xa0\x80", b"true", b"2026-11-26", b"''",
    b"[[a]]", b"\xdf\xff\xff\xff\xff", b"\x91", b"\x81", b"\xc1", b"\xe2\x80\xa8", b"\xc2\x85",
)  # fmt: skip


def thrown(name: str, times: int, chance: random.Random) -> dict[str, int]:
    """Throw so many inputs at a target, and count how each was taken."""
    target, counts = TARGETS[name], {"allowed": 0, "refused": 0}
    for number in range(times):
        data = chance.choice(target.seeds)
        if number % 1000 == 0:  # slow, and always the same
            data = chance.choice((b"[", b'{"a":', b"\x91", b"{a=")) * DEEP
        elif number % 7:
            data = spoil(chance, data)
        try:
            counts[target.throw(data)] += 1
        except Exception as error:
            error.add_note(f"{name}: {data[:2000]!r}")
            raise
    return counts
