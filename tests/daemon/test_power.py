"""Power cuts of the whole daemon, its first boot too: kill -9 at any moment, and disks that forget.

MOODBOX_KILLS=200 pytest tests/daemon/test_power.py does it at length.
"""

from __future__ import annotations

import os
import random
import re
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from fakes.disk import Disk, Journal, calls, watched
from fakes.spotify import FakeSpotify

from edge.client import Control
from edge.errors import MoodboxError
from edge.events import Correct, SetPreferences
from edge.spotify.tokens import TokenStore
from edge.store import Reader, Store
from edge.store.reader import ALL
from edge.web.answers import LoginBegin, LoginFinish, LoginStep

Box = Callable[..., Any]
KILLS = int(os.environ.get("MOODBOX_KILLS", "4"))
CLIENT = "a" * 32
TOKENS = "spotify-sign-in.json"


class Household:
    """People who sign in and correct, and remember what the box has confirmed to them."""

    def __init__(self, spotify: FakeSpotify) -> None:
        self.spotify = spotify
        self.new()

    def new(self) -> None:
        self.corrections: list[str] = []
        self.signed_in = False

    def live(self, control: Control, until: float, name: str) -> None:
        """Ask for one thing after the other until the box is gone."""
        number = 0
        while time.monotonic() < until:
            try:
                number += 1
                self.ask(control, f"{name}-{number}")
            except MoodboxError:
                time.sleep(0.02)

    def ask(self, control: Control, name: str) -> None:
        if not self.signed_in:
            url = control.post("/api/login/begin", LoginBegin(CLIENT), LoginStep).url
            control.post("/api/login/finish", LoginFinish(self.spotify.consent(url)), dict)
            self.signed_in = True
        control.request(SetPreferences(profiles=("home", name)))
        control.request(Correct("sad", name))
        self.corrections.append(name)

    def look(self, state: Path) -> None:
        """Nothing is lost that was confirmed."""
        assert not list(state.glob("*.damaged-*")), "the store was set aside"
        if self.corrections:
            kept = {row.prediction for row in Reader(state / "moodbox.db").corrections(most=ALL)}
            assert set(self.corrections) <= kept
        if self.signed_in:
            tokens = TokenStore(state / TOKENS).tokens
            assert tokens is not None, "signed out"
            assert self.spotify.accounts._refresh[tokens.refresh_token].end == ""


@pytest.fixture
def spotify() -> Iterator[FakeSpotify]:
    with FakeSpotify() as fake:
        yield fake


@pytest.fixture
def player(spotify: FakeSpotify) -> str:
    at = spotify.address
    return f'driver = "spotify"\nspeaker = "none"\napi = "{at}v1/"\naccounts = "{at}"'


@pytest.mark.timeout(7200)
def test_a_kill_at_any_moment_loses_nothing_that_was_confirmed(
    box: Box, player: str, spotify: FakeSpotify
) -> None:
    # The eyes hold nothing that lasts, and take long to wake: they stay closed.
    daemon = box(more="[defaults]\nprivate = true", player=player)
    began = time.monotonic()
    daemon.until(lambda status: bool(status.at))
    wakes = time.monotonic() - began
    chance = random.Random(11)
    house = Household(spotify)
    state = daemon.folder / "state"
    kept = firsts = 0
    for number in range(KILLS):
        if number % 4 == 0:  # another first boot
            daemon.kill()
            shutil.rmtree(state, ignore_errors=True)
            kept += len(house.corrections)
            house.new()
            firsts += 1
            daemon.start()
        if number % 4 < 2:  # while it wakes, on an empty folder or on one that a cut has left
            seconds = chance.uniform(0.0, 1.3 * wakes)
        else:
            daemon.until(lambda status: bool(status.at))
            seconds = chance.uniform(0.0, 1.5)
        timer = threading.Timer(seconds, daemon.process.kill)
        timer.start()
        house.live(daemon.control, time.monotonic() + seconds + 0.2, f"k{number}")
        timer.join()
        daemon.process.wait()
        house.look(state)
        daemon.start()
    daemon.until(lambda status: not status.waking and status.account is not None)
    house.look(state)
    print(f"{KILLS} kills, {firsts} first boots, {kept + len(house.corrections)} corrections kept")
    assert kept + len(house.corrections) > KILLS / 4


# Disks that forget.

PROGRAM = """
import sys, threading, time
from pathlib import Path
from edge.app import Box
from edge.client import Control
from edge.errors import MoodboxError
from edge.events import Answer, Correct, SetPreferences, Status
from edge.settings import load
from edge.web.answers import LoginBegin, LoginFinish, LoginStep

def say(words):
    sys.stdout.write(f"<{words}>\\n")
    sys.stdout.flush()

def live():
    control = Control(Path(settings.box.runtime))
    while True:
        try:
            control.get("/api/status", Status)
            break
        except MoodboxError:
            time.sleep(0.05)
    step = control.post("/api/login/begin", LoginBegin("a" * 32), LoginStep)
    say(step.url)
    control.post("/api/login/finish", LoginFinish(sys.stdin.readline().strip()), dict)
    say("signed in")
    for number in range(12):
        control.request(Correct("sad", f"p{number}"))
        say(f"corrected p{number}")
        control.request(SetPreferences(profiles=("home", f"p{number}")))
    box.stop()

settings = load(Path(sys.argv[1]))
box = Box(settings)
threading.Thread(target=live, daemon=True).start()
box.run()
"""


class Cut:
    """What a disk has to have at one moment, and whether it does."""

    def __init__(self) -> None:
        self.number = 0
        self.corrected: set[str] = set()
        self.signed_in = False

    def hear(self, words: str) -> None:
        what, _, name = words.rpartition(" ")
        if what == "corrected":
            self.corrected.add(name)
        self.signed_in = self.signed_in or words == "signed in"
        self.number += 1

    def look(self, state: Path) -> None:
        store = Store(state / "moodbox.db", lambda _: None)
        store.start()
        store.flush()
        assert store.stop(10)
        assert not list(state.glob("*.damaged-*")), "the store was set aside"
        kept = {row.prediction for row in store.read.corrections(most=ALL)}
        assert self.corrected <= kept
        preferences = store.preferences()
        assert preferences is None or not preferences.private, "they cannot be read"
        if self.signed_in:
            assert TokenStore(state / TOKENS).tokens is not None, "signed out"


@pytest.fixture
def recorded(tmp_path: Path, root: Path, player: str, spotify: FakeSpotify) -> tuple[Path, Path]:
    """The trace of a first boot, a sign-in and corrections; and the state folder it made."""
    if not shutil.which("strace"):
        pytest.skip("needs strace (apt)")
    state, trace = tmp_path / "state", tmp_path / "trace"
    state.mkdir()
    config = tmp_path / "moodbox.toml"
    config.write_text(
        f'[box]\nstate = "{state}"\nruntime = "{tmp_path}/run"\n[player]\n{player}\n'
        f'[camera]\ndriver = "video"\nsource = "{root}/edge/sample.mp4"\nloop = true\n'
        f'[vision]\ndevice = "cpu"\nmodels = "{root}/models"\n'
        '[lamp]\ndriver = "none"\n[button]\ndriver = "none"\n[web]\nenabled = false\n'
    )
    command = watched([sys.executable, "-c", PROGRAM, str(config)], trace, whole=True)
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=root, text=True
    ) as box:
        assert box.stdin is not None
        assert box.stdout is not None
        url = next(line for line in box.stdout if line.startswith("<http"))
        box.stdin.write(spotify.consent(url.strip("<>\n")) + "\n")
        box.stdin.flush()
        said = box.stdout.read()
        assert box.wait(60) == 0
    assert "<corrected p11>" in said
    return state, trace


def said(name: str, words: str) -> str:
    """Return what a call says to the people, if that is what it does."""
    _, began, rest = words.partition(', "<')
    return rest.partition(">")[0] if name == "write" and words.startswith("1<") and began else ""


@pytest.mark.timeout(1200)
def test_a_disk_that_forgets_loses_nothing_that_was_confirmed(
    recorded: tuple[Path, Path], tmp_path: Path
) -> None:
    state, trace = recorded
    (empty := tmp_path / "empty").mkdir()
    disk = Disk(empty)
    disk.path = str(state)
    cut, cuts = Cut(), 0
    looked: dict[object, object] = {}
    for name, words in calls(trace):
        if heard := said(name, words):
            cut.hear(heard)
        if disk.do(name, words):
            for journal in ("lazy", "eager"):
                cuts += 1
                left = {path: node.on_disk for path, node in disk.root.files(journal)}
                if looked.get(journal) != (left, cut.number):
                    looked[journal] = (left, cut.number)
                    look(disk, journal, cut, tmp_path / "left")
    print(f"{cuts} cuts")
    assert cut.corrected == {f"p{n}" for n in range(12)}
    assert cuts > 200
    for path in (state / TOKENS, state / "moodbox.db"):
        node = disk.at("eager", path.name)
        assert node is not None
        assert bytes(node.content) == path.read_bytes(), "the recorder missed something"


def look(disk: Disk, journal: Journal, cut: Cut, left: Path) -> None:
    shutil.rmtree(left, ignore_errors=True)
    left.mkdir()
    disk.leave(journal, left)
    (left / "moodbox.db-shm").unlink(missing_ok=True)  # shared memory: it never is on the disk
    cut.look(left)


def test_the_recorder_notices_a_write_that_was_not_synced(
    recorded: tuple[Path, Path], tmp_path: Path
) -> None:
    """The same trace without the store's syncs: proof that the test above can fail."""
    state, trace = recorded
    trace.write_text(re.sub(r"\bf(data)?sync\(", "close(", trace.read_text(errors="replace")))
    with pytest.raises(AssertionError):
        test_a_disk_that_forgets_loses_nothing_that_was_confirmed((state, trace), tmp_path)
