"""The page never pretends: what is old is said, what fails is said, what changed is shown."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from edge.events import Mood, Preferences, SetVolume, Track
from edge.vision import detector
from edge.web.pairing import hashed

from .test_browser import asked
from .test_browser_looks import VIEWS, open_view

pytestmark = pytest.mark.timeout(300)
Open = Callable[..., Any]


def test_what_nobody_confirms_any_more_is_said_and_greyed(visit: Open, house: Any) -> None:
    page = visit()
    page.wait_for_selector("#link:text-is('live')")
    house.ticks = False
    page.wait_for_selector("#stale:has-text('may be old')")
    expect(page.locator(".player")).to_have_css("opacity", "0.62")  # once it has faded there
    expect(page.locator("#link")).to_have_text("the box is away")
    house.ticks = True
    page.wait_for_selector("#stale", state="detached")
    page.wait_for_selector("#link:text-is('live')")


def test_what_was_confirmed_four_seconds_ago_is_old(visit: Open, house: Any) -> None:
    page = visit()
    page.wait_for_selector("#link:text-is('live')")
    page.evaluate("(() => { const { now } = Date; Date.now = () => now() + 4000; })()")
    page.wait_for_selector("#stale:has-text('may be old')")


def test_a_laptop_that_slept_still_knows_since_when_things_are(visit: Open, house: Any) -> None:
    page = visit()
    page.wait_for_selector("#link:text-is('live')")
    # While it sleeps this clock stands, and Chromium may not notice that the line was cut.
    page.evaluate(
        "(() => { const awake = performance.now.bind(performance);"
        " performance.now = () => awake() - 3.6e6; })()"
    )
    house.show(mood=Mood("sad", 0.9, time.monotonic() - 7200.0))
    expect(page.locator("#sure")).to_contain_text("2 h")


def test_where_no_mood_is_known_none_stands_for_the_cover(visit: Open, house: Any) -> None:
    page = visit()
    coverless = Track("file:a.mp3", "Rain", "Nobody")
    house.show(track=coverless)
    page.wait_for_selector(".art .face-of:not(.nobody)")
    house.show(track=coverless, mood=None, unknown="camera")
    page.wait_for_selector(".art .face-of.nobody")


def test_why_is_german_to_its_end_where_few_songs_fit_a_mood_that_stands_in(
    visit: Open, house: Any
) -> None:
    few = "sounding happy: 2 of its 17 songs, others follow"
    stands_in = "neutral has nothing else to play, and happy is nearest to it"
    house.show(why=f"played all that there is: not tried yet when happy; {few}; {stands_in}")
    page = visit(locale="de-DE")
    few = "fröhlich klingen davon 2 von 17 Liedern, danach kommen andere"
    stands_in = "für neutral ist sonst nichts da, und fröhlich ist am nächsten"
    expect(page.locator("#why")).to_have_text(
        f"alles, was da ist: noch nicht ausprobiert, wenn du fröhlich bist; {few}; {stands_in}"
    )


def test_a_long_name_in_a_problem_leaves_the_page_as_wide_as_the_phone(
    visit: Open, house: Any
) -> None:
    house.show(problems={"sources": f"mpd cannot play spotify:playlist:{'x' * 60}"})
    page = visit()
    for view in ("now", "care"):
        open_view(page, view)
        wide = "document.scrollingElement.scrollWidth - innerWidth"
        assert page.evaluate(wide) <= 0, view
        box = page.locator("li:has-text('mpd cannot play')").first.bounding_box()
        assert box["x"] + box["width"] <= 390, view
        assert (
            page.locator("li:has-text('mpd cannot play')").first.evaluate(
                "it => it.scrollWidth - it.clientWidth"
            )
            <= 0
        ), view


def test_all_that_a_player_has_is_called_so_and_not_by_its_path(visit: Open, house: Any) -> None:
    house.store.remember(Preferences(sources={"happy": ["mpd:folder:/"]}))
    house.store.flush()
    page = visit()
    open_view(page, "music")
    expect(page.locator("main")).to_contain_text("All that there is")


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


def test_what_could_not_be_fetched_is_asked_for_again(visit: Open, house: Any) -> None:
    page = visit()
    asked_for: list[str] = []

    def fails_once(route: Any) -> None:
        address = route.request.url.partition("?")[0]
        asked_for.append(address)
        route.abort() if asked_for.count(address) == 1 else route.continue_()

    page.route("**/api/**", fails_once)
    page.reload()
    for view in VIEWS:
        open_view(page, view)
    for name in ("songs", "preferences", "music/own", "week", "browsers"):
        assert asked_for.count(f"{page.url.partition('#')[0]}api/{name}") > 1, name


def test_what_the_box_refuses_is_said_once_and_not_asked_again(visit: Open) -> None:
    page = visit()
    asked_for: list[str] = []

    def refuse(route: Any) -> None:
        asked_for.append(route.request.url)
        route.fulfill(status=409, json={"error": "sign in first"})

    page.route("**/api/music/own", refuse)
    page.clock.install()
    page.click("nav a[href='#music']")
    page.wait_for_selector("#toast:has-text('sign in first')")
    page.clock.fast_forward("01:00")
    expect(page.locator("#toast")).not_to_contain_text("sign in first")  # it fades
    page.clock.fast_forward("01:00")
    open_view(page, "care")
    assert len(asked_for) == 1


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
    page.wait_for_selector(".picker .empty")
    page.fill("#profile-name", "Ann")
    page.focus("#profile-name")
    top = "document.activeElement.getBoundingClientRect().top"
    place = page.evaluate(top)
    house.show(mood=Mood("sad", 0.7, time.monotonic()), track=Track("spotify:track:z", "Other"))
    house.web.prefer(Preferences(sources={"sad": ["rainy songs"]}))
    page.wait_for_selector(".for-mood[data-mood='sad'] li")
    page.wait_for_timeout(600)
    expect(page.locator("#profile-name")).to_have_value("Ann")
    expect(page.locator("#profile-name")).to_be_focused()
    assert page.evaluate(top) == pytest.approx(place, abs=1)


def test_a_slider_that_is_held_is_not_pulled_away(visit: Open, house: Any) -> None:
    page = visit()
    # The browser's clock stands still, so that the hand is there however slow the machine.
    page.clock.install()
    page.clock.pause_at(time.time() + 1)
    page.focus("#volume")
    for _ in range(5):
        page.keyboard.press("ArrowRight")
    asked(house, SetVolume(45))
    house.show(volume=40, track=Track("spotify:track:z", "Other"))
    expect(page.locator("#title")).to_have_text("Other")
    expect(page.locator("#volume")).to_have_value("45")
    page.clock.run_for(3000)
    expect(page.locator("#volume")).to_have_value("40")


@pytest.mark.parametrize(("language", "words"), [("en-GB", "without"), ("de-DE", "Ohne")])
def test_eyes_that_fell_back_say_so(
    visit: Open, house: Any, tmp_path: Path, language: str, words: str
) -> None:
    page = visit("/#care", locale=language)
    page.wait_for_selector("#parts")
    _, note = detector.make("auto", tmp_path)
    house.show(runs_on="CPU", detector="haar", eyes_note=note)
    page.wait_for_selector(f"#parts dd:has-text('{words} YuNet')")
