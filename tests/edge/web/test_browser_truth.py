"""The page never pretends: what is old is said, what fails is said, what changed is shown."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from edge.events import Mood, Preferences, Track
from edge.vision import detector
from edge.web.pairing import hashed

pytestmark = pytest.mark.timeout(300)
Open = Callable[..., Any]


def test_what_nobody_confirms_any_more_is_said_and_greyed(visit: Open, house: Any) -> None:
    page = visit()
    page.wait_for_selector("#link:text-is('live')")
    house.ticks = False
    began = time.monotonic()
    page.wait_for_selector("#stale:has-text('may be old')")
    assert time.monotonic() - began < 6
    expect(page.locator(".player")).to_have_css("opacity", "0.62")  # once it has faded there
    assert page.inner_text("#link") == "the box is away"
    house.ticks = True
    page.wait_for_selector("#stale", state="detached")
    page.wait_for_selector("#link:text-is('live')")


def test_a_picture_that_stands_still_is_said(visit: Open, house: Any) -> None:
    page = visit()
    page.click("#look")
    page.wait_for_selector("#sight .face")
    house.scene.stuck = True
    page.wait_for_selector("#sight.late:has-text('The picture has stopped')")


def test_a_browser_that_was_let_go_is_led_to_pairing(visit: Open, house: Any, paired: Any) -> None:
    page = visit()
    number = house.store.read.number_of(hashed(paired.cookie.partition("=")[2]))
    other = paired.post("/api/browsers/revoke", {"number": number})
    assert other.status == 200
    page.wait_for_selector("h1:has-text('Pair this browser')")


def test_every_request_has_an_end(visit: Open, house: Any) -> None:
    page = visit()
    house.deaf = True
    page.click("#play")
    page.wait_for_selector("#play[aria-busy='true']")
    page.wait_for_selector("#toast:has-text('no answer within 5 s')")
    page.wait_for_selector("#play[aria-busy='false']")


def test_a_box_that_answers_nothing_at_all_is_given_up_on(visit: Open) -> None:
    page = visit()
    page.route("**/api/request", lambda _route: None)
    page.click("#play")
    page.wait_for_selector("#toast:has-text('did not answer in time')")


def test_nine_tabs_share_one_stream(visit: Open) -> None:
    """A browser opens six connections to a box, so the seventh tab hung."""
    first = visit()
    context = first.context
    address = first.url
    for _ in range(8):
        page = context.new_page()
        page.goto(address)
        page.wait_for_selector("#link:text-is('live')")
        expect(page.locator("#title")).to_have_text("A Song")  # the status may come after the hello


def test_another_version_reloads_the_page(visit: Open) -> None:
    """Without a shared worker, too, which some browsers lack."""
    page = visit()
    page.context.add_init_script("delete window.SharedWorker")
    versions = iter(["1.0", "1.0", "2.0"])

    def hello(route: Any) -> None:
        text = json.dumps({"now": 1.0, "wall": 1.0, "version": next(versions, "2.0")})
        body = f"retry: 300\nevent: hello\ndata: {text}\n\n"
        route.fulfill(status=200, content_type="text/event-stream", body=body)

    page.route("**/api/events", hello)
    page.reload()
    with page.expect_event("load"):
        pass
    # The page's own version is not the made-up one, so it may be loading again already.
    page.wait_for_function("window.SharedWorker === undefined")


def test_half_typed_words_focus_and_place_survive_what_changes(visit: Open, house: Any) -> None:
    page = visit("/#music")
    page.wait_for_selector("#search")
    page.fill("#profile-name", "Ann")
    page.focus("#profile-name")
    place = page.evaluate("scrollY")
    house.show(mood=Mood("sad", 0.7, time.monotonic()), track=Track("spotify:track:z", "Other"))
    house.web.prefer(Preferences(sources={"sad": ["rainy songs"]}))
    page.wait_for_selector(".for-mood[data-mood='sad'] li")
    page.wait_for_timeout(600)
    assert page.input_value("#profile-name") == "Ann"
    assert page.evaluate("document.activeElement.id") == "profile-name"
    assert abs(page.evaluate("scrollY") - place) < 120


def test_a_slider_that_is_held_is_not_pulled_away(visit: Open, house: Any) -> None:
    page = visit()
    page.focus("#volume")
    for _ in range(5):
        page.keyboard.press("ArrowRight")
    house.show(volume=40)
    assert page.input_value("#volume") == "45"


@pytest.mark.parametrize(("language", "words"), [("en-GB", "without"), ("de-DE", "Ohne")])
def test_eyes_that_fell_back_say_so(
    visit: Open, house: Any, tmp_path: Path, language: str, words: str
) -> None:
    page = visit("/#care", locale=language)
    page.wait_for_selector("#parts")
    _, note = detector.make("auto", tmp_path)
    house.show(runs_on="CPU", detector="haar", eyes_note=note)
    page.wait_for_selector(f"#parts dd:has-text('{words} YuNet')", timeout=15_000)
