"""A face in front of the camera becomes a steady mood and the right music, whole, on real input."""

from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from edge.errors import Refused
from edge.events import AWAY, NETWORK, Intent, Pause, Playback, SetIntent, SetPrivate

Box = Callable[..., Any]


def demo(clip: Path, folder: Path) -> list[dict[str, Any]]:
    """Run the demo on a clip to its end, and return what it said."""
    told = subprocess.run(
        [sys.executable, "-m", "edge", "demo", "--json", "--input", str(clip)],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=110,
        check=True,
    )
    return [json.loads(line) for line in told.stdout.splitlines()]


def moods(told: list[dict[str, Any]]) -> list[str]:
    return [line["mood"] for line in told if line["event"] == "mood"]


def test_the_sample_is_nobody_then_somebody_happy_then_nobody(root: Path, tmp_path: Path) -> None:
    told = demo(root / "edge" / "sample.mp4", tmp_path)
    seen = moods(told)
    assert [mood for mood in seen if mood != AWAY][:1] == ["happy"]
    (play,) = [line for line in told if line["event"] == "play"]
    assert play["uri"] == "spotify:playlist:demohappy"
    assert play["why"]
    events = {line["event"] for line in told}
    assert events >= {"emotions", "mood", "play", "light", "publish"}
    probabilities = next(line for line in told if line["event"] == "emotions")["probabilities"]
    assert abs(sum(probabilities.values()) - 1) < 0.01
    first = {
        kind: min(x["at"] for x in told if x["event"] == kind) for kind in ("emotions", "play")
    }
    assert 0 < first["emotions"] <= first["play"]


def test_a_smile_that_grows_ends_happy(clips: Path, tmp_path: Path) -> None:
    seen = moods(demo(clips / "smile.mp4", tmp_path))
    assert (seen[0], seen[-1]) == ("neutral", "happy")


def test_a_talking_face_is_no_flicker(clips: Path, tmp_path: Path) -> None:
    told = demo(clips / "talking.mp4", tmp_path)
    looks = [line["probabilities"] for line in told if line["event"] == "emotions"]
    read = [max(look, key=look.get) for look in looks]
    assert sum(a != b for a, b in pairwise(read)) > 8, "nothing in it could flicker"
    assert 1 <= len(moods(told)) <= 4  # the first mood, and at most three switches


def test_faces_of_other_people_end_happy_and_do_not_flicker(shared: Path, tmp_path: Path) -> None:
    assert moods(demo(shared / "clips" / "smile.mp4", tmp_path))[-1] == "happy"
    talking = moods(demo(shared / "clips" / "talking.mp4", tmp_path))
    assert 1 <= len([mood for mood in talking if mood != AWAY]) <= 4


def test_mood_music_and_status_come_together_in_the_daemon(box: Box) -> None:
    daemon = box()
    status = daemon.until(lambda s: s.playback is Playback.PLAYING)
    assert status.mood.name == "happy"
    assert status.track.context == "spotify:playlist:happy"
    assert status.runs_on == "CPU"
    assert "happy" in status.why
    assert not status.problems.keys() - {NETWORK}


def test_nobody_there_pauses_the_music(box: Box) -> None:
    daemon = box()
    daemon.until(lambda s: s.playback is Playback.PLAYING)
    status = daemon.until(lambda s: s.playback is Playback.PAUSED)
    assert status.mood.name == AWAY
    assert status.why == "nobody is there"


def test_private_means_that_there_is_no_eyes_process(box: Box) -> None:
    daemon = box()
    daemon.until(lambda s: s.runs_on)
    assert len(daemon.eyes()) == 1
    assert daemon.ask(SetPrivate(private=True)).accepted
    daemon.until(lambda s: s.private)
    assert daemon.eyes() == []
    daemon.ask(SetPrivate(private=False))
    daemon.until(lambda s: s.runs_on)
    assert len(daemon.eyes()) == 1


def test_what_people_chose_outlives_a_power_cut(box: Box) -> None:
    daemon = box()
    daemon.until(lambda s: s.runs_on)
    daemon.ask(SetPrivate(private=True))
    daemon.until(lambda s: s.private)
    daemon.kill()
    daemon.start()
    daemon.until(lambda s: s.private)
    assert daemon.eyes() == []


def test_a_choice_that_is_not_on_the_disk_is_not_confirmed(box: Box) -> None:
    daemon = box()
    daemon.until(lambda s: s.runs_on)
    with closing(sqlite3.connect(daemon.folder / "state" / "moodbox.db")) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(Refused, match="heard, but not kept"):
            daemon.ask(SetIntent(Intent.CALM))
    daemon.until(lambda s: s.intent is Intent.CALM)


def test_private_needs_no_store(box: Box) -> None:
    daemon = box()
    daemon.until(lambda s: s.runs_on)
    with closing(sqlite3.connect(daemon.folder / "state" / "moodbox.db")) as other:
        other.execute("BEGIN IMMEDIATE")
        assert daemon.ask(SetPrivate(private=True)).accepted
        daemon.kill()
    daemon.start()
    daemon.until(lambda s: s.private)
    assert daemon.eyes() == []


def test_a_pause_by_hand_stays(box: Box) -> None:
    daemon = box()
    daemon.until(lambda s: s.playback is Playback.PLAYING)
    daemon.ask(Pause())
    status = daemon.until(lambda s: s.playback is Playback.PAUSED)
    assert status.why == "somebody paused it by hand"
    assert status.hands_off_until > status.at
