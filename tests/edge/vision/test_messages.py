from __future__ import annotations

import socket
import threading
from collections.abc import Iterator

import msgspec
import pytest

from edge.events import Emotions, Nobody, Pace, Watching
from edge.settings import VisionSettings, WebcamSettings
from edge.vision.messages import (
    LENGTH,
    LONGEST,
    Channel,
    FacePicture,
    FromEyes,
    GiveFace,
    Open,
    Picture,
    ToEyes,
)

Ends = tuple[Channel[FromEyes], Channel[ToEyes], socket.socket]


@pytest.fixture
def ends() -> Iterator[Ends]:
    ours, theirs = socket.socketpair()
    daemon: Channel[FromEyes] = Channel(ours, FromEyes)
    eyes: Channel[ToEyes] = Channel(theirs, ToEyes)
    yield daemon, eyes, theirs
    daemon.close()
    eyes.close()


def test_messages_arrive_whole_and_in_order(ends: Ends) -> None:
    daemon, eyes, _ = ends
    sent = [
        Watching(1.0, "CPU", "video", "yunet", "0123456789ab", "a note"),
        Emotions((0.1, 0.2, 0.3, 0.1, 0.1, 0.1, 0.1), 1.5, 2, 0.9),
        Nobody(2.0, dark=True),
        FacePicture("p1", b"\x89PNG"),
    ]
    for message in sent:
        eyes.send(message)
    assert [daemon.receive(5) for _ in sent] == sent


def test_orders_arrive_with_their_settings(ends: Ends) -> None:
    daemon, eyes, _ = ends
    begin = Open(WebcamSettings(rotate=90), VisionSettings(device="cpu"), "left alone")
    for order in (begin, Pace(5.0), GiveFace("p1")):
        daemon.send(order)
        assert eyes.receive(5) == order


def test_a_picture_larger_than_the_pipes_buffer_arrives(ends: Ends) -> None:
    daemon, eyes, _ = ends
    picture = Picture(bytes(1_000_000), 1.0, (0.1, 0.2, 0.3, 0.4), "happy")
    sender = threading.Thread(target=eyes.send, args=[picture])
    sender.start()
    assert daemon.receive(10) == picture
    sender.join()


def test_nothing_for_a_while_is_no_error(ends: Ends) -> None:
    assert ends[0].receive(0.0) is None


def test_half_a_message_is_kept_until_the_rest_comes(ends: Ends) -> None:
    daemon, _, raw = ends
    body = msgspec.msgpack.encode(Nobody(3.0))
    raw.sendall((LENGTH.pack(len(body)) + body)[:7])
    assert daemon.receive(0.0) is None
    raw.sendall((LENGTH.pack(len(body)) + body)[7:])
    assert daemon.receive(5) == Nobody(3.0)


def test_the_end_of_the_other_process_is_told_from_silence(ends: Ends) -> None:
    daemon, eyes, _ = ends
    eyes.send(Nobody(1.0))
    eyes.close()
    assert daemon.receive(5) == Nobody(1.0)
    with pytest.raises(EOFError):
        daemon.receive(5)


@pytest.mark.parametrize(
    "body",
    [b"\xc1", msgspec.msgpack.encode({"type": "Emotions", "at": 1, "probabilities": [1, 2]})],
)
def test_nonsense_is_refused(ends: Ends, body: bytes) -> None:
    ends[2].sendall(LENGTH.pack(len(body)) + body)
    with pytest.raises(msgspec.MsgspecError):
        ends[0].receive(5)


def test_a_length_beyond_reason_is_refused_before_it_is_read(ends: Ends) -> None:
    ends[2].sendall(LENGTH.pack(LONGEST + 1))
    with pytest.raises(msgspec.MsgspecError, match="at most"):
        ends[0].receive(5)
