"""The commands that ask the daemon, against a real control socket."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import pytest
from fakes.browser import Browser

from edge.__main__ import main
from edge.events import Correction, Pause, Play, Prediction, SetVolume


@pytest.fixture
def moodbox(house: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setenv("MOODBOX_CONFIG", str(tmp_path / "moodbox.toml"))
    monkeypatch.setenv("RUNTIME_DIRECTORY", str(house.runtime))
    (tmp_path / "moodbox.toml").write_text("")
    return main


def test_status_tells_mood_music_and_what_is_wrong(
    house: Any, moodbox: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    house.show(problems={"spotify": "sign in again"})
    assert moodbox(["status"]) == 0
    said = capsys.readouterr().out
    for words in ("happy (80% sure)", '"A Song" by A Band', "volume 40", "! spotify sign in again"):
        assert words in said


def test_status_for_programs_is_the_status(
    moodbox: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    assert moodbox(["status", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["mood"]["name"] == "happy"


def test_a_private_box_says_so(
    house: Any, moodbox: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    house.show(private=True)
    moodbox(["status"])
    assert "private: the camera is off" in capsys.readouterr().out


def test_what_is_asked_for_reaches_the_controller(house: Any, moodbox: Any) -> None:
    assert moodbox(["play", "happy"]) == 0
    assert moodbox(["pause"]) == 0
    assert moodbox(["volume", "30"]) == 0
    asked = [request.body for request in house.requests]
    assert asked == [Play("happy"), Pause(), SetVolume(30)]


@pytest.mark.parametrize(
    ("words", "said"),
    [(["next"], "nothing plays"), (["volume", "101"], "<= 100"), (["play", ""], ">= 1")],
)
def test_what_cannot_be_is_one_line_and_exit_1(
    moodbox: Any, capsys: pytest.CaptureFixture[str], words: list[str], said: str
) -> None:
    assert moodbox(words) == 1
    [line] = capsys.readouterr().err.splitlines()
    assert said in line


def test_why_says_why(moodbox: Any, capsys: pytest.CaptureFixture[str]) -> None:
    moodbox(["why"])
    assert capsys.readouterr().out == "you like this when happy\n"


def test_the_report_names_what_is_confused(
    house: Any, moodbox: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    now = time.monotonic()
    house.store.clock_is(time.time() - now)
    house.store.remember(Prediction("p1", now, "happy", 0.4, (0.1,) * 7, "m", "home"))
    house.store.remember(Correction("p1", now, "sad", "home"))
    house.store.flush()
    assert moodbox(["report"]) == 0
    assert "sad was taken for happy 1 x" in capsys.readouterr().out


def test_a_player_without_sign_in_refuses_to_sign_in(
    moodbox: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    assert moodbox(["login", "--client-id", "0123456789abcdef"]) == 1
    assert "needs no sign-in" in capsys.readouterr().err


def test_pair_prints_an_address_that_pairs_a_browser_once(
    house: Any, moodbox: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    browser = Browser(house.port)
    assert moodbox(["pair"]) == 0
    address, words = capsys.readouterr().out.splitlines()
    assert "within 10 minutes" in words
    asked = {"invitation": address.partition("#")[2], "name": "a phone"}
    assert [browser.post("/api/pair", asked).status for _ in range(2)] == [200, 403]
