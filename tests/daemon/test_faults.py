"""Each fault is contained: what is not broken works on."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from edge.events import NETWORK, Pause, Playback

Box = Callable[..., Any]


@pytest.fixture
def orders(tmp_path: Path) -> Path:
    return tmp_path / "orders"


@pytest.fixture
def faulty(root: Path, orders: Path) -> str:
    """A camera that misbehaves on order."""
    sample = root / "edge" / "sample.mp4"
    return (
        f'driver = "simulated"\nsource = "{sample}"\nspeed = 1.0\nloop = true\norders = "{orders}"'
    )


def test_an_unplugged_camera_leaves_the_music_as_it_is(box: Box, faulty: str, orders: Path) -> None:
    daemon = box(faulty)
    playing = daemon.until(lambda s: s.playback is Playback.PLAYING)
    orders.write_text("unplug")
    status = daemon.until(lambda s: "eyes" in s.problems)
    assert "unplugged" in status.problems["eyes"]
    assert status.track.context == playing.track.context
    assert daemon.ask(Pause()).accepted
    orders.write_text("")
    daemon.until(lambda s: "eyes" not in s.problems and s.runs_on)


def test_a_hung_camera_does_not_keep_the_daemon_from_ending(
    box: Box, faulty: str, orders: Path
) -> None:
    daemon = box(faulty)
    daemon.until(lambda s: s.runs_on)
    orders.write_text("hang")
    assert daemon.ask(Pause()).accepted
    assert daemon.terminate() < 8
    assert daemon.process.returncode == 0
    assert "Traceback" not in daemon.log


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGABRT])
def test_eyes_that_die_are_opened_again_and_nothing_else_notices(
    box: Box, number: signal.Signals
) -> None:
    daemon = box()
    playing = daemon.until(lambda s: s.playback is Playback.PLAYING)
    (eyes,) = daemon.eyes()
    os.kill(eyes.pid, number)
    daemon.until(lambda s: "eyes" in s.problems)
    assert daemon.status().track.context == playing.track.context
    daemon.until(lambda s: s.runs_on and not s.problems.keys() - {NETWORK})
    assert daemon.eyes()[0].pid != eyes.pid
    assert daemon.process.poll() is None


def test_a_killed_daemon_leaves_no_eyes_behind(box: Box) -> None:
    daemon = box()
    daemon.until(lambda s: s.runs_on)
    (eyes,) = daemon.eyes()
    daemon.kill()
    eyes.wait(20)


@pytest.mark.parametrize(
    ("camera", "words"),
    [
        ('driver = "video"\nsource = "/no/such/clip.mp4"', "/no/such/clip.mp4"),
        ('driver = "webcam"\nsource = "77"', "77"),
    ],
)
def test_a_camera_that_is_not_there_is_said_in_words(box: Box, camera: str, words: str) -> None:
    daemon = box(camera)
    status = daemon.until(lambda s: "eyes" in s.problems)
    assert words in status.problems["eyes"]
    assert "\n" not in status.problems["eyes"]
    assert "Traceback" not in daemon.log


def test_a_video_that_is_no_video_is_named(box: Box, tmp_path: Path) -> None:
    clip = tmp_path / "letter.mp4"
    clip.write_text("Dear box, this is no video.")
    daemon = box(f'driver = "video"\nsource = "{clip}"')
    status = daemon.until(lambda s: "eyes" in s.problems)
    assert "letter.mp4" in status.problems["eyes"]


@pytest.mark.parametrize("what", ["missing", "changed"])
def test_a_model_that_is_not_what_its_card_says_is_not_run(
    box: Box, root: Path, tmp_path: Path, what: str
) -> None:
    models = tmp_path / "models"
    models.mkdir()
    (models / "emotion.json").write_bytes((root / "models" / "emotion.json").read_bytes())
    if what == "changed":
        (models / "emotion.tflite").write_bytes(b"not the model")
    daemon = box(more="")
    daemon.kill()
    text = daemon.config.read_text()
    daemon.config.write_text(text.replace(f"{root}/models", str(models)))
    daemon.start()
    status = daemon.until(lambda s: "eyes" in s.problems)
    assert "emotion.tflite" in status.problems["eyes"]
    assert "Traceback" not in daemon.log


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ('[camera]\ndriver = "telescope"', "camera.driver = 'telescope'"),
        ("[camera]\nwidht = 640", "camera.widht: no such setting"),
        ("[camera", "not valid TOML"),
    ],
)
def test_bad_settings_end_the_daemon_with_78_and_one_line(
    tmp_path: Path, text: str, line: str
) -> None:
    config = tmp_path / "moodbox.toml"
    config.write_text(text)
    ended = subprocess.run(
        [sys.executable, "-m", "edge", "run", "--config", str(config)],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert ended.returncode == 78
    assert line in ended.stderr
    assert len(ended.stderr.strip().splitlines()) == 1
