"""What the daemon and its eyes say to each other, and the pipe it goes through.

Both processes import this file, so it must stay light: no OpenCV, no NumPy, no vendor library.
A message on the pipe is four bytes of length, big-endian, and so many bytes of MessagePack.
"""

from __future__ import annotations

import select
import socket
import struct
from typing import Generic, TypeVar

import msgspec
from msgspec import Struct

from edge.errors import one_line
from edge.events import Emotions, Ended, Ignore, Nobody, Pace, Pulse, Watching
from edge.settings import CameraSettings, VisionSettings

T = TypeVar("T")
LENGTH = struct.Struct(">I")
LONGEST = 4 * 2**20
"""Bytes; a longer message is an error."""


class Open(Struct, frozen=True, tag=True):
    """The first message to the eyes: how to look."""

    camera: CameraSettings
    vision: VisionSettings
    no_tpu: str = ""
    """Why the Edge TPU is to be left alone; empty: it may be used."""
    model_folder: str = ""
    """Where the emotion model lies; empty: with the other models."""


class LookLive(Struct, frozen=True, tag=True):
    """Send a Picture after every frame, or stop."""

    on: bool


class KeepFaces(Struct, frozen=True, tag=True):
    """Keep faces in memory for a correction; False forgets them all at once."""

    on: bool


class Teach(Struct, frozen=True, tag=True):
    """What a household's taps teach the model; `edge/personal` learns it."""

    on: bool
    """Whether readings are to bring their embedding."""
    model: str = ""
    """Whose last layer `change` is for: first 12 digits of the model file's sha256."""
    change: bytes = b""
    """float32 (7, width + 1); empty: the model as it was released."""


class Mark(Struct, frozen=True, tag=True):
    """Keep the newest face under a prediction's id, where keeping is allowed."""

    prediction: str


class GiveFace(Struct, frozen=True, tag=True):
    """Answer with a FacePicture."""

    prediction: str


class CannotSee(Struct, frozen=True, tag=True):
    """The last message of eyes that cannot go on."""

    reason: str
    retry_after: float | None = None
    """Seconds that trying again makes no sense before."""
    of_model: bool = False
    """Whether it is the emotion model that cannot be opened."""


class Picture(Struct, frozen=True, tag=True):
    """What the eyes see now, for the live view."""

    jpeg: bytes
    at: float
    box: tuple[float, float, float, float] | None
    """The leading face: left, top, width, height as shares of the picture; None: nobody."""
    label: str
    """The likeliest emotion in this one frame; empty: nobody."""


class FacePicture(Struct, frozen=True, tag=True):
    """A kept face as the model saw it; no bytes where none is kept under that id."""

    prediction: str
    png: bytes


ToEyes = Open | Pace | Ignore | LookLive | KeepFaces | Teach | Mark | GiveFace
FromEyes = Emotions | Nobody | Watching | Pulse | Ended | CannotSee | Picture | FacePicture


class Channel(Generic[T]):
    """One end of the pipe. One thread may send while another receives."""

    def __init__(self, end: socket.socket, receives: object) -> None:
        """Speak through `end`; `receives` is the type, or union, of what may come in."""
        self._end = end
        self._buffer = bytearray()
        self._decoder: msgspec.msgpack.Decoder[T] = msgspec.msgpack.Decoder(receives)
        self._encoder = msgspec.msgpack.Encoder()

    def send(self, message: Struct) -> None:
        """Send; raise OSError when the other end is gone."""
        body = self._encoder.encode(message)
        self._end.sendall(LENGTH.pack(len(body)) + body)

    def receive(self, timeout: float | None = None) -> T | None:
        """Return the next message, or None when none came in `timeout` seconds (None: for ever).

        Raises:
            EOFError: the other end is gone.
            msgspec.MsgspecError: what came is no message.
        """
        while (body := self._whole()) is None:
            if timeout is not None and not select.select([self._end], [], [], timeout)[0]:
                return None
            try:
                piece = self._end.recv(2**16)
            except ConnectionError as error:
                raise EOFError from error
            if not piece:
                raise EOFError
            self._buffer += piece
        try:
            return self._decoder.decode(body)
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
            raise msgspec.DecodeError(one_line(error)) from error

    def close(self) -> None:
        """Let go of this end."""
        self._end.close()

    def _whole(self) -> bytes | None:
        """Take one whole message out of the buffer, if there is one."""
        if len(self._buffer) < LENGTH.size:
            return None
        (length,) = LENGTH.unpack_from(self._buffer)
        if length > LONGEST:
            raise msgspec.DecodeError(f"a message of {length} bytes; at most {LONGEST}")
        end = LENGTH.size + length
        if len(self._buffer) < end:
            return None
        body = bytes(self._buffer[LENGTH.size : end])
        del self._buffer[:end]
        return body
