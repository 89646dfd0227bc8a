"""The demo is the product: its page opens paired, and everything made up says so."""

from __future__ import annotations

import json
import re
import time
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from fakes.browser import Browser

from edge.cli import demo
from edge.cli.demo_past import DAY, DAYS, records
from edge.events import (
    EMOTIONS,
    Confirmation,
    Correction,
    MoodEnd,
    PlayRecord,
    Prediction,
    SongEnd,
    SongStart,
)
from edge.mood.moods import moods
from edge.player import catalogue

pytestmark = pytest.mark.timeout(120)


class Friend:
    """Who opens the address that the demo hands to the browser, and looks around."""

    def __init__(self) -> None:
        self.found: dict[str, Any] = {}

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
            self.found[key] = json.loads(browser.get(f"/api/{name}").text)  # type: ignore[attr-defined]
        cover = browser.get(f"/api/cover?of={catalogue.PREFIX}happy")
        self.found["cover"] = cover.headers["content-type"]
        for down in (True, False):
            browser.post("/api/simulated/button", {"down": down})
            time.sleep(0.1)
        return True


def test_the_page_opens_paired_with_everything_in_it(capsys: pytest.CaptureFixture[str]) -> None:
    friend = Friend()
    assert demo.run("", 14.0, page=True, browse=friend) == 0
    found, told = friend.found, capsys.readouterr().out
    assert (found["paired"], found["again"]) == (200, 403), "the address works once"
    assert set(found["about"]["simulated"]) >= {"panel", "speaker", "past"}
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


def test_an_input_that_cannot_be_read_ends_it_with_a_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    clip = tmp_path / "clip.mp4"
    clip.write_text("no video")
    opened: list[str] = []
    began = time.monotonic()
    assert demo.run(str(clip), page=True, browse=lambda url: not opened.append(url)) == 1
    assert time.monotonic() - began < 60
    assert opened == []
    last = capsys.readouterr().err.splitlines()[-1]
    assert last.startswith("moodbox: the input cannot be read: ")
    assert str(clip) in last


@pytest.mark.parametrize("view", ["seven", "fine"])
def test_the_made_up_weeks_are_whole(view: Any) -> None:
    wall = 1_795_000_000.0
    past = list(records(moods(view), wall, -wall))
    assert past == list(records(moods(view), wall, -wall)), "the same weeks each time"
    felt = [it for it in past if isinstance(it, Prediction)]
    assert {it.mood for it in felt} <= set(moods(view))
    assert all(len(it.probabilities) == len(EMOTIONS) for it in felt)
    assert min(it.at for it in past) >= -(DAYS + 1) * DAY
    assert max(it.at for it in past if not isinstance(it, Correction | Confirmation)) <= 0
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
