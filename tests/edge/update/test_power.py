"""Power cuts: kill -9 of everything at random moments, and disks that forget.

MOODBOX_KILLS=200 pytest tests/edge/update/test_power.py does it at length.
"""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import time
from pathlib import Path

import pytest
from fakes.disk import Disk, Journal, record
from fakes.releases import Box, Maker, Site

KILLS = int(os.environ.get("MOODBOX_KILLS", "6"))
KINDS = ["good", "broken", "good", "unfit"]
"""In turn; a box keeps only the good ones."""


class Fleet:
    """Publishes a release whenever the box is done with the one before."""

    def __init__(self, maker: Maker, box: Box) -> None:
        self.maker, self.box = maker, box
        self.number = 0
        self.publish()

    @property
    def version(self) -> str:
        return f"1.{self.number}.0"

    def publish(self) -> None:
        self.number += 1
        self.maker.publish(self.version, KINDS[self.number % len(KINDS)])

    def done(self) -> bool:
        releases = self.box.releases
        kept = releases.version(releases.good) == self.version
        failed = releases.failed
        return releases.current == releases.good and (
            kept or (failed is not None and failed.version == self.version)
        )

    def look(self) -> None:
        """What runs is whole, and what is good is good."""
        releases = self.box.releases
        self.box.runs()
        assert releases.complete(releases.good)
        number = int(releases.version(releases.good).split(".")[1])
        assert number == 0 or KINDS[number % len(KINDS)] == "good"


@pytest.mark.timeout(7200)
def test_a_kill_at_any_moment_leaves_a_working_version(maker: Maker, site: Site, box: Box) -> None:
    chance = random.Random(7)
    fleet = Fleet(maker, box)
    began = time.monotonic()
    box.update()
    takes = time.monotonic() - began
    fleet.publish()
    versions = set()
    for number in range(KILLS):
        kill_after(box, chance.uniform(0, 0.9 * takes), late=number % 2 == 1)
        fleet.look()
        versions.add(fleet.version)
        if fleet.done():
            fleet.publish()
    for _ in range(3):
        box.update()
    fleet.look()
    assert fleet.done()
    assert len(versions) >= KILLS // 20, "it hardly ever came to an end"


def kill_after(box: Box, seconds: float, *, late: bool) -> None:
    """Begin an update and kill all of it so much later; `late`: once the release is laid down."""
    before = set(box.releases.path("").glob("*/complete"))
    with subprocess.Popen(
        box.command(), env=box.environment, start_new_session=True,
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    ) as process:  # fmt: skip
        end = time.monotonic() + 60
        while late and process.poll() is None and time.monotonic() < end:
            if set(box.releases.path("").glob("*/complete")) != before:
                seconds /= 8  # what is left takes a moment only
                break
            time.sleep(0.001)
        try:
            process.wait(seconds)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)


# An update that ended at the worst moment, while the daemon of before still runs.


def laid(box: Box, exit_status: int) -> str:
    """Lay a second release down whose daemon ends with this status."""
    shutil.copytree(box.releases.path("aaaaaaaaaaaa"), box.releases.path("bbbbbbbbbbbb"))
    program = box.releases.path("bbbbbbbbbbbb") / "bin" / "moodbox"
    program.write_text(f'#!/bin/sh\necho 1.5.0\n[ "$1" != run ] || exit {exit_status}\n')
    manifest = program.parent.parent / "release.json"
    manifest.write_text('{"version": "1.5.0", "wheels": [], "models": []}')
    return "bbbbbbbbbbbb"


@pytest.mark.parametrize(("exit_status", "version"), [(0, "1.5.0"), (1, "1.0.0")])
def test_a_trial_that_was_cut_off_judges_the_release_and_no_other(
    box: Box, exit_status: int, version: str
) -> None:
    box.releases.begin_trial(laid(box, exit_status))
    done = box.update()
    assert done.returncode == exit_status, done
    assert box.runs() == version
    assert box.releases.good == box.releases.current


def test_going_back_that_was_cut_off_is_finished(box: Box) -> None:
    name = laid(box, 1)
    box.releases.begin_trial(name)
    box.releases.condemn(name, "1.5.0", "it fell")
    box.releases.go_back()
    assert "1.5.0 was not kept: it fell" in box.update().stdout
    assert box.restarts == 1
    assert not box.releases.path(name).exists()


# Disks that forget.


class Watched:
    """A box whose power is cut after each system call, on both disks."""

    def __init__(self, box: Box) -> None:
        self.disk = Disk(box.folder)
        self.whole: dict[str, set[str]] = {}
        """What belongs to each release, as it was when it was called complete."""
        self.first = box.releases.current
        self.seen: list[tuple[str, str]] = []
        self.remember()

    def remember(self) -> None:
        releases = self.disk.at("eager", "releases")
        assert releases is not None
        for name, node in releases.names.items():
            if "complete" in node.names and name not in self.whole:
                self.whole[name] = {path for path, _ in node.files("eager")}

    def cut(self, journal: Journal) -> None:
        current, good = self.linked(journal, "current"), self.linked(journal, "good")
        self.works(journal, current)
        self.works(journal, good or current)
        if not self.seen or self.seen[-1] != (current, good):
            self.seen.append((current, good))

    def linked(self, journal: Journal, link: str) -> str:
        node = self.disk.root.seen(journal).get(link)
        return Path(node.link).name if node else ""

    def works(self, journal: Journal, name: str) -> None:
        release = self.disk.at(journal, f"releases/{name}")
        assert release is not None, f"{journal}: {name} is gone"
        kept = {path for path, node in release.files(journal) if node.synced or node.link}
        missing = self.whole[name] - kept
        assert not missing, f"{journal}: {name} lacks {sorted(missing)[:5]}"

    def run(self, box: Box, trace: Path, journal: Journal) -> list[tuple[str, str]]:
        self.seen = []
        calls = 0
        for _ in self.disk.replay(trace):
            self.remember()
            self.cut(journal)
            calls += 1
        assert calls > 200, "the recorder saw nothing"
        return self.seen


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> tuple[Box, list[Path], Path]:
    """The traces of an update that is kept, and of one that goes back; and the box before."""
    if not shutil.which("strace"):
        pytest.skip("needs strace (apt)")
    folder = tmp_path_factory.mktemp("recorded")
    maker = Maker(folder)
    with Site(maker.site) as site:
        (folder / "opt").mkdir()
        box = Box(folder / "opt", site.address, maker.keys / "root.json")
        shutil.copytree(box.folder, folder / "before", symlinks=True)
        traces = []
        for version, kind, state in [("1.1.0", "good", "kept"), ("1.2.0", "broken", "back")]:
            maker.publish(version, kind)
            traces.append(folder / f"trace-{version}")
            said = record(box.command("--json"), traces[-1], box.environment)
            assert f'"state":"{state}"' in said
    shutil.move(box.folder, folder / "after")
    shutil.move(folder / "before", box.folder)
    return box, traces, folder


@pytest.mark.timeout(600)
@pytest.mark.parametrize("journal", ["lazy", "eager"])
def test_a_disk_that_forgets_what_was_not_synced_has_a_working_version(
    recorded: tuple[Box, list[Path], Path], journal: Journal
) -> None:
    box, traces, _ = recorded
    watched = Watched(box)
    first = watched.first
    kept = watched.run(box, traces[0], journal)
    new = kept[-1][0]
    assert kept == [(first, ""), (first, first), (new, first), (new, new)]
    back = watched.run(box, traces[1], journal)
    failed = back[1][0]
    assert back == [(new, new), (failed, new), (new, new)]


@pytest.mark.timeout(600)
def test_what_failed_is_on_the_disk_before_the_box_goes_back(
    recorded: tuple[Box, list[Path], Path],
) -> None:
    box, traces, _ = recorded
    watched = Watched(box)
    tried = False
    for trace in traces:
        tried = False
        for _call in watched.disk.replay(trace):
            on_trial = watched.linked("lazy", "current") != watched.linked("lazy", "good")
            tried = tried or (on_trial and bool(watched.linked("lazy", "good")))
            failed = watched.disk.at("lazy", "failed")
            if trace is traces[1] and tried and not on_trial:
                assert failed is not None
                assert failed.synced
    assert tried


def test_the_recorder_notices_a_release_that_was_not_synced(
    recorded: tuple[Box, list[Path], Path], tmp_path: Path
) -> None:
    """The same trace without its sync: proof that the tests above can fail."""
    box, traces, _ = recorded
    trace = tmp_path / "trace"
    lines = traces[0].read_text(errors="replace").splitlines(keepends=True)
    trace.write_text("".join(line for line in lines if " sync()" not in line))
    for journal in ("lazy", "eager"):
        with pytest.raises(AssertionError, match=r"lacks|is gone"):
            Watched(box).run(box, trace, journal)
