"""What the updater leaves for the daemon to show, and the daemon's order to it."""

from __future__ import annotations

import queue
from pathlib import Path
from typing import Any

import msgspec
import pytest

from edge.errors import Fault
from edge.events import Release
from edge.update.manifest import RELEASE
from edge.update.manifest import Release as Manifest
from edge.update.news import News, UpdateMonitor, order, read, tell
from edge.update.releases import Releases

FOUND = News("0.3.0", installing=False, words="0.3.0 can be installed; 0.2.0 runs")


def test_news_are_there_for_everybody_or_there_are_none(tmp_path: Path) -> None:
    assert read(tmp_path) is None
    tell(tmp_path, FOUND)
    assert read(tmp_path) == FOUND
    assert (tmp_path / "news.json").stat().st_mode & 0o777 == 0o644
    (tmp_path / "news.json").write_text("{")
    assert read(tmp_path) is None


def test_what_changed_is_still_known_when_its_number_alone_is_told_again(tmp_path: Path) -> None:
    whole = News("0.3.0", installing=False, words="can be installed", notes=("A lamp.",))
    tell(tmp_path, whole)
    tell(tmp_path, News("0.3.0", installing=False, words="0.3.0 is the newest release"))
    again = read(tmp_path)
    assert again is not None
    assert (again.words, again.notes) == ("0.3.0 is the newest release", ("A lamp.",))
    tell(tmp_path, News("0.4.0", installing=False, words="can be installed"))
    assert read(tmp_path) == News("0.4.0", installing=False, words="can be installed")


def watch(folder: Path, address: str) -> tuple[UpdateMonitor, queue.SimpleQueue[Any]]:
    said: queue.SimpleQueue[Any] = queue.SimpleQueue()
    monitor = UpdateMonitor(folder, address, said.put)
    monitor.start()
    return monitor, said


def test_what_the_updater_found_is_reported(tmp_path: Path) -> None:
    tell(tmp_path, FOUND)
    monitor, said = watch(tmp_path, "https://updates.example/")
    first, second = said.get(timeout=30), said.get(timeout=30)
    assert monitor.stop(30)
    assert (first.latest, first.words) == ("", "nobody has looked yet")
    assert second == Release(second.at, "0.3.0", installing=False, words=FOUND.words)


def test_the_release_that_runs_is_reported_by_its_own_version(tmp_path: Path) -> None:
    releases = Releases(tmp_path)
    releases.path("a").mkdir(parents=True)
    (releases.path("a") / RELEASE).write_bytes(msgspec.json.encode(Manifest("1.1", (), ())))
    releases.begin_trial("a")
    monitor, said = watch(tmp_path, "https://updates.example/")
    assert said.get(timeout=30).runs == "1.1"
    assert monitor.stop(30)


def test_a_box_without_updates_reports_none(tmp_path: Path) -> None:
    tell(tmp_path, FOUND)
    monitor, said = watch(tmp_path, "")
    assert monitor.stop(30)
    assert said.empty()


def test_an_order_is_a_file_that_systemd_waits_for(tmp_path: Path, root: Path) -> None:
    order(tmp_path)
    (written,) = tmp_path.iterdir()
    unit = (root / "systemd" / "moodbox-update.path").read_text()
    assert f"PathChanged=/var/lib/moodbox/{written.name}\n" in unit
    assert "Unit=moodbox-update.service\n" in unit
    with pytest.raises(Fault, match="cannot be ordered"):
        order(tmp_path / "missing")
