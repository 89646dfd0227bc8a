"""A camera in the network, real but for its glass: pictures one after the other, over HTTP."""

from __future__ import annotations

import itertools
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import cv2
import numpy as np
import pytest

from edge.errors import Fault
from edge.settings import StreamSettings
from edge.vision import camera

STEP = 4
"""By which each picture is brighter than the one before."""
RATE = 20


class NetworkCamera(BaseHTTPRequestHandler):
    """Sends as many pictures as its server has left, and so often."""

    protocol_version = "HTTP/1.0"

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "multipart/x-mixed-replace; boundary=next")
        self.end_headers()
        for number in itertools.count():
            if self.server.off.wait(1 / RATE):  # type: ignore[attr-defined]
                return
            pixels = np.full((120, 160, 3), min(255, STEP * number), np.uint8)
            jpeg = bytes(cv2.imencode(".jpg", pixels)[1])
            head = f"--next\r\nContent-Type: image/jpeg\r\nContent-Length: {len(jpeg)}\r\n\r\n"
            try:
                self.wfile.write(head.encode() + jpeg + b"\r\n")
            except OSError:
                return

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def server() -> Iterator[ThreadingHTTPServer]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), NetworkCamera)
    server.off = threading.Event()  # type: ignore[attr-defined]
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    yield server
    server.off.set()  # type: ignore[attr-defined]
    server.shutdown()
    thread.join()
    server.server_close()


def test_who_reads_slowly_sees_the_newest_picture(server: ThreadingHTTPServer) -> None:
    source = camera.make(StreamSettings(source=f"http://127.0.0.1:{server.server_port}/live"))
    source.open()
    first = source.read(10.0)
    time.sleep(1.5)
    second = source.read(10.0)
    source.close()
    assert first is not None
    assert second is not None
    assert second.pixels.shape == (120, 160, 3)
    passed = (float(second.pixels.mean()) - float(first.pixels.mean())) / STEP
    assert passed > 1.5 * RATE / 2, "what came in between is dropped"


def test_a_stream_that_ends_is_a_fault_and_not_an_end(server: ThreadingHTTPServer) -> None:
    source = camera.make(StreamSettings(source=f"http://127.0.0.1:{server.server_port}/live"))
    source.open()
    assert source.read(10.0) is not None
    server.off.set()  # type: ignore[attr-defined]
    with pytest.raises(Fault, match="sends no pictures"):
        list(iter(lambda: source.read(10.0), None))
    source.close()


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("rtsp://me:secret@127.0.0.1:9/live?key=secret", r"rtsp://127\.0\.0\.1:9/live: not there"),
        ("http://me:secret@127.0.0.1:9/", r"http://127\.0\.0\.1:9/: not there"),
        ("ftp://me:secret@there/", "no stream's address; allowed: rtsp://"),
        ("rtsp://[", "no stream's address"),
        ("", "no stream's address"),
    ],
)
def test_a_camera_that_is_not_there_is_one_line_without_its_login(address: str, words: str) -> None:
    source = camera.make(StreamSettings(source=address))
    with pytest.raises(Fault, match=words) as caught:
        source.open()
    source.close()
    assert "\n" not in str(caught.value)
    assert "secret" not in str(caught.value)
