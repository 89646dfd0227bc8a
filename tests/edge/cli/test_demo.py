"""The demo is the product: its page opens paired, and everything made up says so."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import cv2
import numpy as np
import pytest
from fakes.browser import Browser, until

from edge.cli import demo
from edge.cli.demo_past import DAY, DAYS, records
from edge.events import (
    EMOTIONS,
    Confirmation,
    Correction,
    HandsOff,
    MoodEnd,
    PlayRecord,
    Prediction,
    Preferences,
    SongEnd,
    SongStart,
)
from edge.mood.moods import moods
from edge.player import catalogue

pytestmark = pytest.mark.timeout(120)


@pytest.fixture(autouse=True)
def signals() -> Iterator[None]:
    """Put back who hears of signals, which the demo takes for its process."""
    before = {it: signal.getsignal(it) for it in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)}
    yield
    for number, hears in before.items():
        signal.signal(number, hears)


class Friend:
    """Who opens the address that the demo hands to the browser, looks around, and ends it."""

    def __init__(self, screen: pytest.CaptureFixture[str]) -> None:
        self.found: dict[str, Any] = {}
        self.read = ""
        self._screen = screen

    def __call__(self, address: str) -> bool:
        url = urlsplit(address)
        browser = Browser(int(url.port or 0))
        invitation = {"invitation": url.fragment, "name": "a friend"}
        answer = browser.post("/api/pair", invitation)
        self.found["paired"] = answer.status
        self.found["again"] = browser.post("/api/pair", invitation).status
        browser.cookie = answer.headers["set-cookie"].partition(";")[0]
        for name in ("about", "heard?since=0", "report?days=14", "music/own", "preferences"):
            key = name.partition("?")[0]
            self.found[key] = json.loads(browser.get(f"/api/{name}").text)
        cover = browser.get(f"/api/cover?of={catalogue.PREFIX}happy")
        self.found["cover"] = cover.headers["content-type"]
        for down in (True, False):
            browser.post("/api/simulated/button", {"down": down})
            time.sleep(0.1)
        threading.Thread(target=self._end_it).start()
        return True

    def _end_it(self) -> None:
        until(lambda: re.search(r"gesture +press", self._reads()) and "page:" in self.read)
        os.kill(os.getpid(), signal.SIGINT)

    def _reads(self) -> str:
        self.read += self._screen.readouterr().out
        return self.read


def test_the_page_opens_paired_with_everything_in_it(capsys: pytest.CaptureFixture[str]) -> None:
    friend = Friend(capsys)
    assert demo.run("", 100.0, page=True, browse=friend) == 0
    found, told = friend.found, friend.read + capsys.readouterr().out
    assert (found["paired"], found["again"]) == (200, 403), "the address works once"
    assert set(found["about"]["simulated"]) >= {"lamp", "button", "speaker", "past"}
    assert len(found["heard"]) > 100
    assert found["report"]["right"] > 0
    assert len(found["music/own"]) == len(catalogue.LISTS)
    assert found["preferences"]["sources"]["happy"] == [f"{catalogue.PREFIX}happy"]
    assert found["cover"] == "image/svg+xml"
    assert re.search(r"gesture +press", told), "a real edge of the simulated pin"
    assert re.search(r"page: +http://127\.0\.0\.1:\d+/pair#\S+ \(opened", told)
    assert "two weeks that nobody lived" in told
    assert re.search(r"eyes +\w+ · (haar|yunet)", told), "which detector runs is said"
    assert "Ctrl-C" in told


def film(path: Path, frames: int = 30) -> bytes:
    """Make a film of nobody, and return its bytes."""
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"mp4v"), 25.0, (160, 120))
    for number in range(frames):
        writer.write(np.full((120, 160, 3), 100 + number, np.uint8))
    writer.release()
    return path.read_bytes()


def demo_of(source: Path | str, *more: str) -> subprocess.CompletedProcess[str]:
    """Run the demo as a person does, without its page."""
    command = [sys.executable, "-m", "edge", "demo", "--input", str(source), "--no-page", *more]
    return subprocess.run(command, capture_output=True, text=True, timeout=100, check=False)


@pytest.mark.parametrize("told", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_however_it_is_ended_it_ends_well_and_keeps_nothing(told: int, tmp_path: Path) -> None:
    """By Ctrl-C, twice as people are impatient, and as its terminal is closed.

    `make` took exit status 130 for an error; a closed terminal left its folder, faces and all; and
    what a script starts in the background begins with Ctrl-C ignored.
    """
    # What `nohup` says holds, also for who runs the tests with it.
    command = ["env", "--default-signal=HUP", "sh", "-c", 'trap "" INT; exec "$0" "$@"']
    command += [sys.executable, "-m", "edge", "demo"]
    here = {**os.environ, "BROWSER": "true", "TMPDIR": str(tmp_path)}
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=here
    ) as process:
        assert process.stdout is not None
        assert any(line.startswith("page:") for line in process.stdout)
        assert list(tmp_path.glob("moodbox-*"))
        process.send_signal(told)
        time.sleep(0.2)
        process.send_signal(told)
        said, complaints = process.communicate(timeout=60)
    assert process.returncode == 0
    assert said.splitlines()[-1] == "The demo has ended; nothing of it is kept."
    assert "Traceback" not in complaints
    assert not list(tmp_path.glob("moodbox-*"))


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("clip.mp4", b"no video", "not a video"),
        ("clip.mp4", b"", "it is empty"),
        ("face.heic", b"\0\0\0\x18ftypheic" + bytes(200), "HEIC"),
        ("clip.mov", None, "cut short"),
    ],
)
def test_an_input_that_cannot_be_read_is_one_line(
    tmp_path: Path, name: str, content: bytes | None, words: str
) -> None:
    path = tmp_path / name
    whole = film(path) if content is None else content
    path.write_bytes(whole if content is not None else whole[: len(whole) // 2])
    ended = demo_of(path)
    assert ended.returncode == 1
    (line,) = ended.stderr.splitlines()
    assert line.startswith(f"moodbox: the input cannot be read: {path}: ")
    assert words in line


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("/nowhere/clip.mp4", "no such file"),
        ("rtsp://me:secret@127.0.0.1:9/live", "rtsp://127.0.0.1:9/live: not there"),
        ("/dev/video97", "webcam /dev/video97: not there"),
    ],
)
def test_an_input_that_is_not_there_is_one_line(source: str, words: str) -> None:
    ended = demo_of(source)
    assert ended.returncode != 0
    (line,) = ended.stderr.splitlines()
    assert words in line
    assert "secret" not in ended.stdout + ended.stderr


def test_nothing_is_opened_for_an_input_that_cannot_be_read(tmp_path: Path) -> None:
    clip = tmp_path / "clip.mp4"
    clip.write_text("no video")
    opened: list[str] = []

    def browse(url: str) -> bool:
        opened.append(url)
        return True

    began = time.monotonic()
    assert demo.run(str(clip), page=True, browse=browse) == 1
    assert time.monotonic() - began < 60
    assert opened == []


@pytest.mark.parametrize(
    ("source", "driver"),
    [
        ("webcam:1", "webcam"),
        ("/dev/video2", "webcam"),
        ("rtsp://camera.local/live", "stream"),
        (str(demo.SAMPLE), "video"),
        (str(demo.SAMPLE.parent), "stills"),
    ],
)
def test_an_input_names_its_camera(source: str, driver: str, tmp_path: Path) -> None:
    camera = demo.settings_for(source, tmp_path, "seven", rotate=270).camera
    assert (camera.driver, camera.rotate) == (driver, 270)


def test_a_film_that_lies_on_its_side_is_turned_upright(tmp_path: Path) -> None:
    """Two seconds of the sample with a face in them."""
    clip = tmp_path / "lying.avi"
    sample = cv2.VideoCapture(str(demo.SAMPLE))
    sample.set(cv2.CAP_PROP_POS_FRAMES, 40)
    writer = cv2.VideoWriter(str(clip), cv2.VideoWriter.fourcc(*"MJPG"), 10.0, (480, 640))
    for _ in range(20):
        writer.write(cv2.rotate(sample.read()[1], cv2.ROTATE_90_COUNTERCLOCKWISE))
    writer.release()
    assert '"event": "emotions"' in demo_of(clip, "--rotate", "90", "--json").stdout


@pytest.mark.parametrize("view", ["seven", "fine"])
def test_the_made_up_weeks_are_whole(view: Any) -> None:
    wall = 1_795_000_000.0
    past = list(records(moods(view), wall, -wall))
    assert past == list(records(moods(view), wall, -wall)), "the same weeks each time"
    felt = [it for it in past if isinstance(it, Prediction)]
    assert {it.mood for it in felt} <= set(moods(view))
    assert all(len(it.probabilities) == len(EMOTIONS) for it in felt)
    dated = [it for it in past if not isinstance(it, HandsOff | Preferences)]
    assert dated == past
    assert min(it.at for it in dated) >= -(DAYS + 1) * DAY
    assert max(it.at for it in dated if not isinstance(it, Correction | Confirmation)) <= 0
    kinds = [type(it) for it in past]
    assert kinds.count(Prediction) == kinds.count(MoodEnd) == kinds.count(PlayRecord)
    assert kinds.count(SongStart) == kinds.count(SongEnd)
    assert kinds.count(Correction) > 0 < kinds.count(Confirmation)


def test_a_made_up_piece_is_always_the_same() -> None:
    for uri in catalogue.LISTS:
        pieces = catalogue.songs(uri)
        assert pieces == catalogue.songs(uri)
        assert len({it.uri for it in pieces}) == catalogue.PIECES
        (alone,) = catalogue.songs(pieces[0].uri)
        assert (alone.title, alone.cover) == (pieces[0].title, pieces[0].cover)


def test_made_up_music_can_be_searched() -> None:
    finder = catalogue.CatalogueFinder()
    assert [it.name for it in finder.search("sunny")] == ["Sunny Side"]
    assert finder.search("no such thing") == []
