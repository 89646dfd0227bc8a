"""The commands that ask the daemon, against a real control socket."""

from __future__ import annotations

import json
import time
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from fakes.browser import Browser

from edge.__main__ import main
from edge.cli.wishes import Became, follow_up
from edge.events import (
    Answer,
    Confirm,
    Correction,
    FollowMood,
    Intent,
    Next,
    Pause,
    Play,
    Prediction,
    Preferences,
    Previous,
    ProfilePreferences,
    QuietHours,
    Resume,
    SetIntent,
    SetPreferences,
    SetPrivate,
    SetProfile,
    SetProfilePreferences,
    SetSources,
    SetVolume,
    Status,
)


@pytest.fixture
def moodbox(house: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setenv("MOODBOX_CONFIG", str(tmp_path / "moodbox.toml"))
    monkeypatch.setenv("RUNTIME_DIRECTORY", str(house.runtime))
    (tmp_path / "moodbox.toml").write_text("")
    house.ticks = True
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
    house.show(private=True, mood=None, unknown="private")
    moodbox(["status"])
    assert "not looking: private" in capsys.readouterr().out


def test_what_is_asked_for_reaches_the_controller(house: Any, moodbox: Any) -> None:
    assert moodbox(["play", "happy"]) == 0
    assert moodbox(["pause"]) == 0
    assert moodbox(["volume", "30"]) == 0
    for words in ("resume", "next", "previous", "follow", "confirm"):
        moodbox([words])
    asked = [request.body for request in house.requests]
    assert asked[:3] == [Play("happy"), Pause(), SetVolume(30)]
    assert asked[3:] == [Resume(), Next(), Previous(), FollowMood(), Confirm()]


def test_what_the_house_prefers_is_set_and_shown(
    house: Any, moodbox: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    house.web.prefer(Preferences(sources={"happy": ["a", "b"]}, profiles=("home", "Ada")))
    for words in (
        "intent lift", "private on", "private off", "profile Ada", "sources add happy c",
        "sources remove happy a", "sources add sad d", "quiet 22:30 07:00 --volume 15", "quiet off",
    ):  # fmt: skip
        assert moodbox(words.split()) == 0, words
    assert [request.body for request in house.requests] == [
        SetIntent(Intent.LIFT),
        SetPrivate(True),
        SetPrivate(False),
        SetProfile("Ada"),
        SetSources("happy", ["a", "b", "c"]),
        SetSources("happy", ["b"]),
        SetSources("sad", ["d"]),
        SetPreferences(quiet_from="22:30", quiet_to="07:00", quiet_volume=15),
        SetPreferences(quiet_from="", quiet_to=""),
    ]
    capsys.readouterr()
    for words in ("profile", "sources", "sources list happy", "sources list sad", "quiet"):
        assert moodbox(words.split()) == 0
    said = capsys.readouterr().out.splitlines()
    own = ["happy: a", "happy: b"]
    assert said == ["* home", "  Ada", *own * 2, "sad was given nothing yet", "no quiet hours"]


def test_what_a_profile_has_of_its_own_is_set_and_shown(
    house: Any, moodbox: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    late = QuietHours("23:00", "07:00", volume=10)
    own = {"Ada": ProfilePreferences({"happy": ["a"]}, quiet=late)}
    house.web.prefer(Preferences(profiles=("home", "Ada"), own=own))
    for words in (
        "sources add happy b --profile Ada", "quiet 22:00 06:00 --profile Ada",
        "quiet --volume 5 --profile Ada", "quiet off --profile Ada", "quiet house --profile Ada",
    ):  # fmt: skip
        assert moodbox(words.split()) == 0, words
    assert [request.body for request in house.requests] == [
        SetSources("happy", ["a", "b"], profile="Ada"),
        SetProfilePreferences("Ada", quiet=QuietHours("22:00", "06:00", volume=10)),
        SetProfilePreferences("Ada", quiet=QuietHours("23:00", "07:00", volume=5)),
        SetProfilePreferences("Ada", quiet=QuietHours("", "", volume=10)),
        SetProfilePreferences("Ada", quiet=None),
    ]
    capsys.readouterr()
    for words in ("sources --profile Ada", "quiet --profile Ada", "quiet --profile home"):
        assert moodbox(words.split()) == 0
    assert capsys.readouterr().out.splitlines() == [
        "happy: a",
        "23:00 to 07:00, volume 10 at most",
        "as the house: no quiet hours",
    ]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("intent loud", "allowed: match, lift"),
        ("sources add happy", "needs a mood"),
        ("sources remove happy z", "it has: a"),
        ("sources list happy z", "takes a mood or nothing"),
        ("sources list joyful", "mood 'joyful': no such mood; allowed: angry, "),
        ("quiet 22:30 07:00 --volume 101", "quiet_volume"),
        ("quiet house", "takes --profile NAME"),
        ("sources add happy b --profile Ben", "no such profile; allowed: home"),
        ("logout 7", "no such browser; allowed: spotify, browsers"),
    ],
)
def test_what_makes_no_sense_to_the_house_is_one_line(
    house: Any, moodbox: Any, capsys: pytest.CaptureFixture[str], words: str, said: str
) -> None:
    house.web.prefer(Preferences(sources={"happy": ["a"]}))
    assert moodbox(words.split()) == 1
    [line] = capsys.readouterr().err.splitlines()
    assert said in line
    assert house.requests == []


def test_a_wish_that_fails_is_told_with_its_reason_and_exit_1(
    house: Any, moodbox: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    house.becomes = [{"problems": {"music": "speaker not found: switch it on"}}]
    assert moodbox(["play", "happy"]) == 1
    assert capsys.readouterr().out == "speaker not found: switch it on\n"


def a_box_that(*stages: tuple[float, dict[str, Any]]) -> Any:
    """Statuses over made-up time: (from when, what is different)."""
    now = [100.0]

    def look() -> Status:
        changes = [changes for at, changes in stages if now[0] - 100.0 >= at][-1]
        return Status(**({"at": now[0], "mood": None} | changes))

    def sleep(seconds: float) -> None:
        now[0] += seconds

    return partial(follow_up, look, clock=lambda: now[0], sleep=sleep)


TAKEN = Answer("1", accepted=True)
STARTING = {"doing": "starting on moodbox…"}


def test_done_is_said_once_it_is_done() -> None:
    assert a_box_that((0, STARTING), (9, {}))(TAKEN) == Became("done", "done")


def test_an_old_status_is_no_word_of_what_was_asked_just_now() -> None:
    box = a_box_that((0, {"at": 99.9}), (1, STARTING), (5, {"problems": {"music": "no speaker"}}))
    assert box(TAKEN) == Became("failed", "no speaker")


def test_what_takes_too_long_is_said_to_be_under_way() -> None:
    became = a_box_that((0, STARTING))(TAKEN)
    assert became == Became("under way", "heard, and under way: starting on moodbox…")


def test_what_is_due_later_is_said_so() -> None:
    later = Answer("1", accepted=True, note="at the end of this song")
    assert a_box_that((0, STARTING))(later) == Became("done", "at the end of this song")


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


def test_logout_signs_browsers_out_by_number_or_all(
    house: Any, moodbox: Any, paired: Browser, capsys: pytest.CaptureFixture[str]
) -> None:
    assert moodbox(["logout"]) == 0
    assert capsys.readouterr().out.splitlines()[0] == "1: a test"
    assert moodbox(["logout", "1"]) == 0
    assert capsys.readouterr().out == "signed out: a test\n"
    assert paired.get("/api/status").status == 401
    assert moodbox(["logout", "browsers"]) == 0
    assert capsys.readouterr().out == "none was paired\n"


def test_a_browser_signs_itself_out(house: Any, paired: Browser) -> None:
    answer = paired.post("/api/logout", {})
    assert answer.status == 200
    assert 'moodbox=""' in answer.headers["set-cookie"]
    assert paired.get("/api/status").status == 401
    assert house.store.read.devices() == []
