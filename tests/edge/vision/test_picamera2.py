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
from fakes.sensors import sensor_modes

from edge.errors import Fault
from edge.settings import Picamera2Settings as Table
from edge.vision import camera

STAND_IN = textwrap.dedent("""
    import numpy as np

    calls = []
    frames = 2

    class Picamera2:
        sensor_modes = []
        camera_properties = {}
        camera_controls = {"FrameDurationLimits": (), "AeExposureMode": ()}

        def __init__(self, camera_num=0):
            if camera_num > 0:
                raise RuntimeError("Camera __init__ sequence did not complete.")

        def create_video_configuration(self, main={}, lores=None, raw={}, transform=None,
                colour_space=None, buffer_count=6, controls={}, display="main", encode="main",
                queue=True, sensor={}, use_case="video"):
            return {"main": main, "raw": raw, "queue": queue, "controls": controls,
                "sensor": sensor}

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
    source = camera.make(Table(width=320, height=240))
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


def test_it_sees_the_whole_sensor_and_says_so(library: ModuleType) -> None:
    library.Picamera2.sensor_modes = sensor_modes("imx708_wide")
    library.Picamera2.camera_properties = {"Model": "imx708_wide"}
    source = camera.make(Table())
    source.open()
    ((_, configuration), _) = library.calls
    assert configuration["sensor"] == {"output_size": (2304, 1296), "bit_depth": 10}
    assert configuration["main"]["size"] == (1280, 720)
    assert source.sees == "imx708_wide, 1280x720, sees 102 degrees"


@pytest.mark.parametrize("focuses", [True, False])
def test_the_lens_is_moved_where_it_can_be(library: ModuleType, focuses: bool) -> None:
    if focuses:
        library.Picamera2.camera_controls = library.Picamera2.camera_controls | {"AfMode": ()}
    camera.make(Table()).open()
    ((_, configuration), _) = library.calls
    assert ("AfMode" in configuration["controls"]) is focuses
    shortest, longest = configuration["controls"]["FrameDurationLimits"]
    assert shortest < 100_000 <= longest, "a dim room gets longer exposures"


def test_a_frame_that_does_not_come_leaves_no_job_behind(library: ModuleType) -> None:
    vars(library)["frames"] = 0
    source = camera.make(Table())
    source.open()
    with pytest.raises(Fault, match="no frame for 2 s"):
        source.read(2.0)
    assert library.calls[-1] == "flush"


def test_a_camera_that_is_not_connected_is_one_line(library: ModuleType) -> None:
    source = camera.make(Table(source="1"))
    with pytest.raises(Fault, match="Raspberry Pi camera 1"):
        source.open()
    source.close()
