"""The eyes' real process: read, killed, hung, aborted, unplugged, closed."""

from __future__ import annotations

import os
import queue
import signal
import subprocess
import sys
import textwrap
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeVar

import msgspec
import psutil
import pytest

from edge.events import Down, Emotions, Ended, Event, Nobody, Pulse, Up, Watching
from edge.eyes import Eyes
from edge.settings import CameraSettings, VisionSettings
from edge.vision import card
from edge.vision.aborts import LEFT_ALONE, TOO_MANY, Aborts

T = TypeVar("T")
PATIENCE = 100.0
"""Seconds; a busy machine may be slow."""


class Daemon:
    """What stands in for the rest of the daemon: it hears, and remembers."""

    def __init__(self) -> None:
        self.inbox: queue.SimpleQueue[Event] = queue.SimpleQueue()
        self.heard: list[Event] = []
        self.listens = threading.Event()
        self.listens.set()

    def tell(self, event: Event) -> None:
        """Take an event from the eyes; while we do not listen, they wait."""
        assert self.listens.wait(PATIENCE)
        self.inbox.put(event)

    def until(self, kind: type[T]) -> T:
        """Hear events until one of this kind comes."""
        end = time.monotonic() + PATIENCE
        while True:
            event = self.inbox.get(timeout=max(0.01, end - time.monotonic()))
            self.heard.append(event)
            if isinstance(event, kind):
                return event

    def forget(self) -> None:
        self.heard.clear()

    def count(self, kind: type) -> int:
        return sum(isinstance(event, kind) for event in self.heard)


@pytest.fixture
def daemon() -> Daemon:
    return Daemon()


@pytest.fixture
def look(
    daemon: Daemon, models: Path, sample: Path, tmp_path: Path
) -> Iterator[Callable[..., Eyes]]:
    """Open eyes on the sample clip, or another; they are closed after the test."""
    started: list[Eyes] = []

    def start(vision: VisionSettings | None = None, **camera: object) -> Eyes:
        played = {} if camera.get("driver") == "webcam" else {"speed": 0.0}
        given = {"driver": "video", "source": str(sample)} | played | camera
        table: CameraSettings = msgspec.convert(given, CameraSettings)
        state = tmp_path / "state"
        state.mkdir(exist_ok=True)
        eyes = Eyes(table, vision or VisionSettings(models=str(models)), state, daemon.tell)
        started.append(eyes)
        eyes.start()
        eyes.open_eyes()
        return eyes

    yield start
    for eyes in started:
        assert eyes.stop(10)
        assert eyes.pid is None


@pytest.fixture
def orders(tmp_path: Path) -> Path:
    return tmp_path / "orders"


@pytest.fixture
def compiled(models: Path, tmp_path: Path) -> Path:
    """Models whose card names one for the Edge TPU; no more than a name, as nobody has one."""
    folder = tmp_path / "compiled"
    folder.mkdir()
    (folder / "emotion_edgetpu.tflite").write_bytes(b"for the Edge TPU")
    known = card.read(models / "emotion.json")
    assert known.last_layer is not None
    for file in (known.model.file, known.last_layer.file.file):
        (folder / file).write_bytes((models / file).read_bytes())
    edgetpu = card.artefact(folder / "emotion_edgetpu.tflite")
    card.save(msgspec.structs.replace(known, edgetpu=edgetpu), folder / "emotion.json")
    return folder


def processes() -> list[psutil.Process]:
    """All our children that could see."""
    return [
        child
        for child in psutil.Process().children(recursive=True)
        if child.status() != psutil.STATUS_ZOMBIE and "edge.vision" in child.cmdline()
    ]


def test_a_video_becomes_emotions_and_ends(daemon: Daemon, look: Callable[..., Eyes]) -> None:
    eyes = look()
    watching = daemon.until(Watching)
    assert watching.runs_on == "CPU"
    assert watching.detector == "haar"
    assert "moodbox models fetch" in watching.note
    daemon.until(Ended)
    for event in daemon.heard:
        if isinstance(event, Emotions):
            assert sum(event.probabilities) == pytest.approx(1, abs=1e-6)
    assert daemon.count(Emotions) > 20
    assert daemon.count(Nobody) > 20
    assert daemon.count(Down) == 0
    assert eyes.stop(10)
    assert not processes()


def test_yunet_is_used_where_it_is(
    daemon: Daemon, look: Callable[..., Eyes], models_with_yunet: Path
) -> None:
    look(VisionSettings(models=str(models_with_yunet)))
    watching = daemon.until(Watching)
    assert watching.detector == "yunet"
    assert "YuNet" not in watching.note
    emotions = daemon.until(Emotions)
    assert 0.5 < emotions.confidence <= 1


def test_private_means_that_the_process_does_not_exist(
    daemon: Daemon, look: Callable[..., Eyes]
) -> None:
    eyes = look(loop=True)
    daemon.until(Emotions)
    pid = eyes.pid
    assert pid is not None
    eyes.close_eyes()
    assert not psutil.pid_exists(pid)
    assert not processes()
    eyes.open_eyes()
    daemon.forget()
    daemon.until(Watching)
    daemon.until(Emotions)
    assert eyes.pid not in (None, pid)
    assert daemon.count(Down) == 0


def test_opening_at_once_after_closing_is_no_fault(
    daemon: Daemon, look: Callable[..., Eyes]
) -> None:
    eyes = look(loop=True)
    daemon.until(Emotions)
    pid = eyes.pid
    daemon.listens.clear()  # so that the eyes' thread sees the end after the second wish
    eyes.close_eyes()
    eyes.open_eyes()
    daemon.listens.set()
    daemon.until(Watching)
    assert eyes.pid not in (None, pid)
    assert daemon.count(Down) == 0


def test_closing_while_they_open_leaves_no_process(
    daemon: Daemon, look: Callable[..., Eyes]
) -> None:
    eyes = look(loop=True)
    for wait in (0.0, 0.02, 0.1, 0.3):
        eyes.open_eyes()
        time.sleep(wait)
        eyes.close_eyes()
        assert not processes()
    eyes.open_eyes()
    daemon.until(Emotions)


def test_killed_eyes_come_back_and_are_reported_once(
    daemon: Daemon, look: Callable[..., Eyes]
) -> None:
    eyes = look(loop=True)
    daemon.until(Emotions)
    pid = eyes.pid
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    down = daemon.until(Down)
    assert down.part == "eyes"
    assert "SIGKILL" in down.reason
    daemon.until(Watching)
    daemon.until(Up)
    daemon.until(Emotions)
    assert daemon.count(Down) == 1
    assert daemon.count(Up) == 1
    assert not psutil.pid_exists(pid)


def test_the_eyes_are_what_the_kernel_takes_when_memory_runs_out(
    daemon: Daemon, look: Callable[..., Eyes]
) -> None:
    eyes = look(loop=True)
    daemon.until(Emotions)
    first = Path(f"/proc/{eyes.pid}/oom_score_adj").read_text()
    assert int(first) > int(Path("/proc/self/oom_score_adj").read_text())


def test_frozen_eyes_are_killed_and_started_again(
    daemon: Daemon, look: Callable[..., Eyes]
) -> None:
    eyes = look(loop=True)
    eyes.silence = 2.5
    daemon.until(Pulse)
    pid = eyes.pid
    assert pid is not None
    os.kill(pid, signal.SIGSTOP)
    assert "hung" in daemon.until(Down).reason
    daemon.until(Watching)
    assert not psutil.pid_exists(pid)


def test_a_camera_that_hangs_in_mid_stream_is_got_rid_of(
    daemon: Daemon,
    look: Callable[..., Eyes],
    orders: Path,
    capfd: pytest.CaptureFixture[str],
) -> None:
    eyes = look(driver="simulated", loop=True, orders=str(orders))
    eyes.silence = 2.5
    daemon.until(Emotions)
    orders.write_text("hang")
    assert "hung" in daemon.until(Down).reason
    assert "simulated.py" in capfd.readouterr().err, "where it hung is in the log"
    orders.unlink()
    daemon.until(Watching)
    daemon.until(Emotions)


def test_stopping_does_not_wait_for_a_camera_that_hangs(
    daemon: Daemon, look: Callable[..., Eyes], orders: Path
) -> None:
    eyes = look(driver="simulated", loop=True, orders=str(orders))
    daemon.until(Emotions)
    orders.write_text("hang")
    began = time.monotonic()
    assert eyes.stop(6)
    assert time.monotonic() - began < 6
    assert not processes()


def test_an_unplugged_camera_is_down_until_it_is_back(
    daemon: Daemon, look: Callable[..., Eyes], orders: Path
) -> None:
    look(driver="simulated", loop=True, orders=str(orders))
    daemon.until(Emotions)
    orders.write_text("unplug")
    assert daemon.until(Down).reason == "the simulated camera is unplugged"
    time.sleep(2.5)  # at least one try in vain
    orders.unlink()
    daemon.until(Up)
    daemon.until(Emotions)
    assert daemon.count(Down) == 1


def test_three_aborts_cost_the_eyes_alone_and_then_the_edge_tpu_is_left_alone(
    daemon: Daemon, look: Callable[..., Eyes], orders: Path, compiled: Path
) -> None:
    orders.write_text("abort")
    vision = VisionSettings(models=str(compiled))
    eyes = look(vision, driver="simulated", loop=True, orders=str(orders))
    assert "SIGABRT" in daemon.until(Down).reason
    end = time.monotonic() + PATIENCE
    while eyes._aborts.until == 0 and time.monotonic() < end:
        time.sleep(0.05)
    orders.unlink()
    note = daemon.until(Watching).note
    assert "aborted too often" in note
    assert "CPU" in note
    daemon.until(Emotions)
    assert daemon.count(Down) == 1


def test_an_edge_tpu_is_tried_again_after_its_hour(
    daemon: Daemon, look: Callable[..., Eyes], compiled: Path, tmp_path: Path
) -> None:
    (tmp_path / "state").mkdir()
    aborts = Aborts(tmp_path / "state" / "edge-tpu-aborts.json")
    for _ in range(TOO_MANY):
        aborts.add(time.monotonic() - LEFT_ALONE + 10)
    look(VisionSettings(models=str(compiled)), loop=True, speed=1.0)
    assert "aborted too often" in daemon.until(Watching).note
    assert "not installed" in daemon.until(Watching).note
    assert daemon.count(Down) == 0


def test_an_edge_tpu_that_is_wanted_and_left_alone_starts_no_process(
    daemon: Daemon, look: Callable[..., Eyes], models: Path, tmp_path: Path
) -> None:
    (tmp_path / "state").mkdir()
    aborts = Aborts(tmp_path / "state" / "edge-tpu-aborts.json")
    for _ in range(3):
        aborts.add(time.monotonic())
    look(VisionSettings(models=str(models), device="tpu"))
    assert "aborted too often" in daemon.until(Down).reason
    assert not processes()


def test_an_edge_tpu_that_is_not_there_is_tried_again_later(
    daemon: Daemon, look: Callable[..., Eyes], models: Path
) -> None:
    look(VisionSettings(models=str(models), device="tpu"))
    assert daemon.until(Down).reason.startswith("Edge TPU: ")


@pytest.mark.parametrize(
    ("camera", "words"),
    [
        ({"source": "/nowhere/film.mp4"}, "no such video"),
        ({"source": __file__}, "not a video"),
        ({"driver": "webcam", "source": "97"}, "not there"),
    ],
)
def test_a_camera_that_is_none_is_said_in_one_line(
    daemon: Daemon, look: Callable[..., Eyes], camera: dict[str, str], words: str
) -> None:
    look(**camera)
    down = daemon.until(Down)
    assert words in down.reason
    assert "\n" not in down.reason


def test_a_model_that_is_not_there_is_said_in_one_line(
    daemon: Daemon, look: Callable[..., Eyes], tmp_path: Path
) -> None:
    look(VisionSettings(models=str(tmp_path)))
    assert "emotion.json" in daemon.until(Down).reason


def test_a_model_that_is_not_its_cards_is_refused(
    daemon: Daemon, look: Callable[..., Eyes], models: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "models"
    folder.mkdir()
    for path in (models / "emotion.json", models / "emotion.tflite"):
        (folder / path.name).write_bytes(path.read_bytes())
    with (folder / "emotion.tflite").open("ab") as file:
        file.write(b"x")
    look(VisionSettings(models=str(folder)))
    assert "sha256" in daemon.until(Down).reason


def test_the_live_view_lasts_only_while_somebody_looks(
    daemon: Daemon, look: Callable[..., Eyes]
) -> None:
    eyes = look(loop=True)
    eyes.live_for = 1.0
    daemon.until(Emotions)
    first = eyes.picture(after=0.0, timeout=PATIENCE)
    assert first is not None
    assert first.jpeg.startswith(b"\xff\xd8")
    second = eyes.picture(after=first.at, timeout=PATIENCE)
    assert second is not None
    assert second.at > first.at
    daemon.until(Pulse)
    daemon.until(Pulse)
    assert eyes._picture is None, "nobody looks any more"
    assert eyes.picture(after=second.at, timeout=PATIENCE) is not None
    eyes.close_eyes()
    assert eyes.picture(after=0.0, timeout=0.0) is None


def test_a_face_is_given_only_where_keeping_was_allowed(
    daemon: Daemon, look: Callable[..., Eyes]
) -> None:
    eyes = look(loop=True)
    daemon.until(Emotions)
    eyes.mark("p1")
    assert eyes.face("p1", PATIENCE) == b""
    eyes.keep_faces(on=True)
    deadline = time.monotonic() + PATIENCE
    while not (png := eyes.face("p2", PATIENCE)) and time.monotonic() < deadline:
        eyes.mark("p2")
    assert png.startswith(b"\x89PNG")
    eyes.keep_faces(on=False)
    assert eyes.face("p2", PATIENCE) == b""


def test_each_process_is_spared_the_others_libraries(models: Path, sample: Path) -> None:
    """In real processes: what Linux has mapped into the eyes, what Python imported here."""
    program = textwrap.dedent("""
        import queue, sys
        from pathlib import Path
        import tempfile
        from edge.events import Emotions
        from edge.eyes import Eyes
        from edge.settings import VideoSettings, VisionSettings

        inbox = queue.SimpleQueue()
        camera = VideoSettings(source=sys.argv[1], speed=0, loop=True)
        eyes = Eyes(camera, VisionSettings(models=sys.argv[2]), Path(tempfile.mkdtemp()), inbox.put)
        eyes.start()
        eyes.open_eyes()
        while not isinstance(inbox.get(timeout=60), Emotions):
            pass
        heavy = {"cv2", "numpy", "ai_edge_litert", "tflite_runtime"} & set(sys.modules)
        assert not heavy, heavy
        print(eyes.pid, flush=True)
        sys.stdin.read()
    """)
    arguments = [sys.executable, "-c", program, str(sample), str(models)]
    with subprocess.Popen(arguments, stdin=-1, stdout=-1, text=True) as parent:
        assert parent.stdout is not None
        line = parent.stdout.readline()
        assert line, "the parent failed"
        child = psutil.Process(int(line))
        mapped = " ".join(region.path for region in child.memory_maps())
        assert "cv2" in mapped
        parent.kill()
    gone, _ = psutil.wait_procs([child], timeout=20)
    assert gone, "eyes without a daemon have nothing to look for"


def test_the_eyes_import_nothing_of_the_music_the_home_or_the_page() -> None:
    program = textwrap.dedent("""
        import sys
        import edge.vision.watch, edge.vision.__main__
        heavy = {"spotipy", "requests", "urllib.request", "paho", "gpiozero", "starlette",
                 "uvicorn", "sqlite3"}
        assert not heavy & set(sys.modules), heavy & set(sys.modules)
    """)
    subprocess.run([sys.executable, "-c", program], check=True, timeout=60)
