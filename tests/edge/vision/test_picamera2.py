"""The driver of a camera that no test machine has, against a stand-in with Picamera2's own calls.

The stand-in has the signatures of Picamera2 0.3.38; `make test-install` holds the driver against
the real one, but no picture was ever taken.
"""

from __future__ import annotations

import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

from edge.errors import Fault
from edge.settings import CameraSettings as Table
from edge.vision import camera

STAND_IN = textwrap.dedent("""
    import numpy as np

    calls = []
    frames = 2

    class Picamera2:
        def __init__(self, camera_num=0):
            if camera_num > 0:
                raise RuntimeError("Camera __init__ sequence did not complete.")

        def create_video_configuration(self, main={}, lores=None, raw={}, transform=None,
                colour_space=None, buffer_count=6, controls={}, display="main", encode="main",
                queue=True, sensor={}, use_case="video"):
            return {"main": main, "raw": raw, "queue": queue, "controls": controls}

        def configure(self, configuration):
            self.size = configuration["main"]["size"]
            calls.append(("configure", configuration))

        def start(self):
            calls.append("start")

        def capture_array(self, name="main", wait=None, signal_function=None):
            global frames
            if frames == 0:
                raise TimeoutError
            frames -= 1
            calls.append(("capture", name, wait))
            return np.zeros((self.size[1], self.size[0], 3), np.uint8)

        def cancel_all_and_flush(self):
            calls.append("flush")

        def stop(self):
            calls.append("stop")

        def close(self):
            calls.append("close")
""")


@pytest.fixture
def library(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[ModuleType]:
    (tmp_path / "picamera2.py").write_text(STAND_IN)
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(sys.modules, "picamera2", raising=False)
    import picamera2  # noqa: PLC0415

    yield picamera2
    del sys.modules["picamera2"]


def test_it_reads_one_small_fresh_stream_with_a_bound(library: ModuleType) -> None:
    source = camera.make(Table(driver="picamera2", width=320, height=240))
    source.open()
    frame = source.read(1.5)
    assert frame is not None
    assert frame.pixels.shape == (240, 320, 3)
    (_, configuration), start, capture = library.calls
    assert configuration["raw"] is None
    assert configuration["queue"] is False
    assert start == "start"
    assert capture == ("capture", "main", 1.5)
    source.close()
    source.close()
    assert library.calls[-2:] == ["stop", "close"]


def test_a_frame_that_does_not_come_leaves_no_job_behind(library: ModuleType) -> None:
    library.frames = 0
    source = camera.make(Table(driver="picamera2"))
    source.open()
    with pytest.raises(Fault, match="no frame for 2 s"):
        source.read(2.0)
    assert library.calls[-1] == "flush"


def test_a_camera_that_is_not_connected_is_one_line(library: ModuleType) -> None:
    source = camera.make(Table(driver="picamera2", source="1"))
    with pytest.raises(Fault, match="Raspberry Pi camera 1"):
        source.open()
    source.close()
