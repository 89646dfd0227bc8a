"""The page in a real browser: Debian's Chromium, driven by Playwright."""

from __future__ import annotations

import base64
import os
import shutil
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import product
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from edge.events import (
    EMOTIONS,
    Account,
    Correct,
    Correction,
    Health,
    Mood,
    Next,
    Play,
    PlayPause,
    PlayRecord,
    Prediction,
    Preferences,
    SetIntent,
    SetMusic,
    SetPreferences,
    SetPrivate,
    SetProfile,
    SetSources,
    SetVolume,
    Track,
)
from edge.records import PlaylistSnapshot, Song
from edge.settings import WebSettings

sync_api = pytest.importorskip("playwright.sync_api", reason="needs playwright (pip)")
CHROMIUM = shutil.which("chromium") or ""
pytestmark = [
    pytest.mark.skipif(not CHROMIUM, reason="needs chromium (apt)"),
    pytest.mark.timeout(300),
]
WITHIN_MS = 30_000
LARGEST_PAGE = 150_000
"""Bytes over the wire, covers excluded."""
PHONE = {"width": 390, "height": 844}
DESKTOP = {"width": 1280, "height": 900}
PIXEL = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGP4DwABAQEAsTv7YwAAAABJRU5ErkJggg=="
)


class Cover(BaseHTTPRequestHandler):
    """Where covers come from: a picture of one white pixel."""

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("content-type", "image/png")
        self.end_headers()
        self.wfile.write(PIXEL)

    def log_message(self, *_arguments: Any) -> None:
        pass


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    with sync_api.sync_playwright() as playwright:
        options = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"]
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=options)
        yield browser
        browser.close()


@pytest.fixture
def page(chromium: Any, house: Any, paired: Any) -> Iterator[Any]:
    """A phone that is paired; whatever it says went wrong fails the test."""
    context = chromium.new_context(viewport=PHONE)
    name, _, value = paired.cookie.partition("=")
    address = f"http://127.0.0.1:{house.port}"
    context.add_cookies([{"name": name, "value": value, "url": address}])
    made = context.new_page()
    made.set_default_timeout(WITHIN_MS)
    complaints: list[str] = []
    made.on("console", lambda message: complaints.append(message.text))  # its policy's too
    made.on("pageerror", lambda error: complaints.append(str(error)))
    made.goto(address)
    made.wait_for_selector("#link:text-is('live')")
    made.wait_for_selector("#mood h1:not(:text-is('…'))")
    yield made
    context.close()
    # What the box refuses is no fault of the page, which says it in words.
    assert [words for words in complaints if "Failed to load resource" not in words] == []


def wait_for_request(house: Any, wanted: Any) -> None:
    deadline = time.monotonic() + 30
    while wanted not in [request.body for request in house.requests]:
        assert time.monotonic() < deadline, f"{wanted} was not asked for, but {house.requests}"
        time.sleep(0.02)


def live_through_a_day(house: Any) -> None:
    now = time.monotonic()
    house.store.clock_is(time.time() - now)
    for hour, mood in enumerate(["neutral", "happy", "sad", "happy", "away", "neutral"]):
        at = now - (22 - 4 * hour) * 3600
        house.store.remember(Prediction(f"p{hour}", at, mood, 0.8, (0.1,) * 7, "m", "home"))
        play = PlayRecord(f"w{hour}", at, "spotify:x", f"for {mood}", mood, f"p{hour}", "home")
        house.store.remember(play)
    house.store.remember(Correction("p1", now - 17 * 3600, "sad", "home"))
    house.store.remember(Preferences(sources={"happy": ["spotify:playlist:abc"]}))
    house.store.flush()


def test_the_page_shows_what_is_felt_and_played(page: Any, house: Any) -> None:
    assert page.inner_text("#mood h1").lower() == "happy"
    assert "80 % sure" in page.inner_text("#sure")
    bars = page.locator("#bars li").all_inner_texts()
    assert [bar.split()[0] for bar in bars] == list(EMOTIONS)
    assert bars[3].split()[1:] == ["80", "%"]
    assert page.inner_text("#title") == "A Song"
    assert page.inner_text("#why") == "you like this when happy"
    assert page.get_attribute("#open", "href") == "https://open.spotify.com/track/abc"
    house.show(mood=Mood("sad", 0.6, time.monotonic()), problems={"camera": "is away"})
    page.wait_for_selector("#mood h1:text-is('sad')")
    assert "camera: is away" in page.inner_text("#problems")


def test_the_cover_comes_from_the_box(page: Any, house: Any) -> None:
    with ThreadingHTTPServer(("127.0.0.1", 0), Cover) as server:
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        house.show(track=Track("spotify:track:b", cover=f"http://127.0.0.1:{server.server_port}/"))
        page.wait_for_selector("#cover:not([hidden])")
        server.shutdown()
    house.show()
    page.wait_for_selector("#cover", state="hidden")


def test_every_button_of_the_moment_asks_for_what_it_says(page: Any, house: Any) -> None:
    page.click("#play")
    wait_for_request(house, PlayPause())
    page.click("#next")
    wait_for_request(house, Next())
    page.wait_for_selector("#toast:has-text('nothing plays')")
    page.click("#feel button:has-text('sad')")
    wait_for_request(house, Correct("sad", "p1"))
    page.click("#intent button:has-text('Lift')")
    wait_for_request(house, SetIntent("lift"))
    page.click("#music")
    wait_for_request(house, SetMusic(on=False))
    page.click("#private")
    wait_for_request(house, SetPrivate(private=True))
    page.focus("#volume")
    page.keyboard.press("ArrowRight")
    wait_for_request(house, SetVolume(41))
    page.wait_for_selector("#volume-now:has-text('41 %')")


def test_what_was_is_drawn(page: Any, house: Any) -> None:
    live_through_a_day(house)
    page.click("nav a:has-text('History')")
    page.wait_for_selector("#chart svg")
    assert page.get_attribute("#chart svg", "aria-label") == "6 moods, 1 corrections"
    assert page.locator("#chart rect").count() == 6
    assert page.locator("#chart circle").count() == 1
    page.wait_for_selector("#report li:has-text('sad was taken for happy 1')")
    assert "for neutral" in page.inner_text("#plays")
    page.click("#range button:has-text('Week')")
    page.wait_for_selector("#range button[value='7'][aria-pressed='true']")


def test_the_music_of_a_mood_is_changed(page: Any, house: Any) -> None:
    live_through_a_day(house)
    page.click("nav a:has-text('Music')")
    page.fill("input[aria-label='Music for happy']", "sunny songs")
    page.press("input[aria-label='Music for happy']", "Enter")
    wait_for_request(house, SetSources("happy", ["spotify:playlist:abc", "sunny songs"]))
    page.click("button[aria-label='Remove spotify:playlist:abc from happy']")
    wait_for_request(house, SetSources("happy", []))


def test_a_list_is_called_by_its_name_and_says_what_is_wrong_with_it(page: Any, house: Any) -> None:
    live_through_a_day(house)
    house.store.keep_playlist(
        PlaylistSnapshot("spotify:playlist:abc", "Sunny", "", 1.0, "not yours"), []
    )
    page.click("nav a:has-text('Music')")
    page.wait_for_selector("#sources li:has-text('Sunny not yours')")


def test_another_profile_is_chosen(page: Any, house: Any) -> None:
    house.store.remember(Preferences(profiles=("home", "anna")))
    house.store.flush()
    page.click("nav a:has-text('Music')")
    page.wait_for_selector("#profile option[value='anna']", state="attached")
    page.select_option("#profile", "anna")
    wait_for_request(house, SetProfile("anna"))


def test_the_live_view_is_there_while_somebody_looks(page: Any, house: Any) -> None:
    house.scene.jpeg = bytes(cv2.imencode(".jpg", np.full((120, 160, 3), 90, np.uint8))[1])
    page.click("#look")
    page.wait_for_selector("#sight .face:has-text('happy')")
    picture(page, "live")
    assert page.locator("#sight img").evaluate("image => image.naturalWidth") == 160
    page.click("nav a:has-text('Health')")
    page.click("nav a:has-text('Now')")
    page.wait_for_selector("#sight", state="hidden")
    page.click("#look")
    page.wait_for_selector("#sight img[src]")
    house.show(private=True)
    page.wait_for_selector("#sight", state="hidden")
    page.wait_for_selector("#look:disabled")


def test_songs_for_the_mood_are_offered_and_played(page: Any, house: Any) -> None:
    link = "https://open.spotify.com/track/one"
    song = Song("spotify:playlist:a", "spotify:track:one", "One", "B", "", "", link, "", 1.0)
    house.store.keep_playlist(PlaylistSnapshot("spotify:playlist:a", "A", "", 1.0), [song])
    house.store.remember(Preferences(sources={"sad": ["spotify:playlist:a"]}))
    house.store.flush()
    house.show(mood=Mood("sad", 0.8, time.monotonic()))
    page.wait_for_selector(f"#recommended a[href='{link}']:has-text('One')")
    page.click("#recommended button")
    wait_for_request(house, Play("spotify:track:one"))
    house.show(mood=Mood("away", 0.8, time.monotonic()))
    page.wait_for_selector("#recommended", state="hidden")


def test_moments_it_was_not_sure_of_are_named_by_the_owner(page: Any, house: Any) -> None:
    live_through_a_day(house)
    at = time.monotonic() - 3000
    house.store.remember(Prediction("p99", at, "fear", 0.3, (0.1,) * 7, "m", "home"))
    house.store.flush()
    house.crops.keep("p99", "sad", PIXEL)
    house.correction_store.keeping(True)
    house.web.prefer(Preferences(keep_faces=True))
    page.click("nav a:has-text('History')")
    page.wait_for_selector("#moments img[src='/api/face?of=p99']")
    picture(page, "gallery")
    page.select_option("#moments select", "surprise")
    wait_for_request(house, Correct("surprise", "p99"))
    house.web.prefer(Preferences(keep_faces=False))
    page.click("#range button:has-text('Week')")
    page.wait_for_selector("#moments img", state="detached")


def test_profiles_come_and_go(page: Any, house: Any) -> None:
    house.store.remember(Preferences(profiles=("home", "anna")))
    house.store.flush()
    page.click("nav a:has-text('Music')")
    page.select_option("#profile", "anna")
    page.click("#profile-remove")
    wait_for_request(house, SetPreferences(profiles=("home",)))
    page.fill("#profile-name", "ben")
    page.press("#profile-name", "Enter")
    wait_for_request(house, SetPreferences(profiles=("home", "anna", "ben")))


def test_quiet_hours_and_volumes_are_kept(page: Any, house: Any) -> None:
    house.web.prefer(Preferences(quiet_from="7:30", quiet_to="08:00", volume=25))
    page.click("nav a:has-text('Music')")
    sync_api.expect(page.locator("#quiet-from")).to_have_value("07:30", timeout=30_000)
    assert page.input_value("#start-volume") == "25"
    page.fill("#quiet-from", "22:30")
    page.fill("#start-volume", "")
    page.fill("#max-volume", "60")
    page.click("#limits button")
    wanted = SetPreferences(
        quiet_from="22:30", quiet_to="08:00", quiet_volume=20, volume=None, max_volume=60
    )
    wait_for_request(house, wanted)
    page.wait_for_selector("#toast:has-text('kept')")


def test_faces_are_kept_only_by_choice(page: Any, house: Any) -> None:
    page.click("nav a:has-text('House')")
    page.wait_for_selector("#keep-faces[aria-pressed='false']:enabled")
    house.web.prefer(Preferences(keep_faces=True))
    page.click("#keep-faces")
    wait_for_request(house, SetPreferences(keep_faces=True))
    page.wait_for_selector("#keep-faces[aria-pressed='true']")


def test_health_is_told_in_words(page: Any, house: Any) -> None:
    page.click("nav a:has-text('Health')")
    assert page.inner_text("#verdict") == "All is well."
    account = Account(0.0, signed_in=True, expires=1_800_000_000.0, requests_left=120)
    health = Health(0.0, temperature=61.0, disk_free=900.0)
    house.show(account=account, health=health, problems={"spotify": "sign in again"})
    page.wait_for_selector("#fixes li:has-text('spotify: sign in again')")
    words = page.inner_text("#parts")
    for expected in ("61 °C", "900 MiB", "120", "signed in", "CPU"):
        assert expected in words


def test_everything_is_erased_after_a_second_thought(page: Any, house: Any) -> None:
    live_through_a_day(house)
    page.click("nav a:has-text('House')")
    page.click("#erase")
    page.click("#erase-no")
    assert len(house.store.read.corrections()) == 1
    page.click("#erase")
    page.click("#erase-yes")
    page.wait_for_selector("#toast:has-text('erased')")
    assert house.store.read.corrections() == []


def test_whose_work_it_runs_on_is_told(page: Any) -> None:
    page.click("nav a:has-text('House')")
    page.click("#works summary")
    page.wait_for_selector("#works li:has-text('starlette')")
    words = page.locator("#works li").all_inner_texts()
    assert any(line.startswith("go-librespot") and "GPL-3.0" in line for line in words)
    picture(page, "licences")


def test_a_sign_in_that_cannot_be_is_said(page: Any) -> None:
    page.click("nav a:has-text('House')")
    page.fill("#client", "0123456789abcdef")
    page.click("#begin button")
    page.wait_for_selector("#toast:has-text('needs no sign-in')")


def test_the_house_is_taken_along(page: Any) -> None:
    page.click("nav a:has-text('House')")
    with page.expect_download() as download:
        page.click("a[download]")
    assert download.value.suggested_filename == "moodbox.zip"


def test_a_browser_is_revoked_and_sees_the_pairing_page(page: Any) -> None:
    page.click("nav a:has-text('House')")
    page.click("#browsers button")
    page.wait_for_selector("h1:has-text('Pair this browser')")


def test_a_browser_pairs_by_tapping_the_colours(chromium: Any, house: Any) -> None:
    context = chromium.new_context(viewport=PHONE)
    page = context.new_page()
    page.set_default_timeout(WITHIN_MS)
    page.goto(f"http://127.0.0.1:{house.port}/")
    page.wait_for_selector("#closed:has-text('ten seconds')")
    picture(page, "pair-closed")
    house.show(pairing_until=time.monotonic() + 300, pairing_code=("blue", "white") * 2)
    page.wait_for_selector("#colours button")
    page.wait_for_selector("#window:not([hidden])")
    picture(page, "pair-open")
    for colour in house.status.pairing_code:
        page.click(f"#colours button:has-text('{colour}')")
    page.wait_for_selector("#mood h1:has-text('happy')")
    context.close()


def test_a_guest_sees_nothing_that_is_refused(chromium: Any, make_house: Any) -> None:
    house = make_house(WebSettings(host="127.0.0.1", port=0, guests=True))
    context = chromium.new_context(viewport=PHONE)
    page = context.new_page()
    page.set_default_timeout(WITHIN_MS)
    refused: list[str] = []
    page.on("response", lambda answer: refused.append(answer.url) if answer.status > 399 else None)
    page.goto(f"http://127.0.0.1:{house.port}/#past")
    page.wait_for_selector("#mood h1:has-text('happy')")
    for view in page.locator("nav a:visible").all_inner_texts():
        page.click(f"nav a:has-text('{view}')")
        picture(page, f"guest-{view.lower()}")
        controls = "button, input, select, a[download]"
        assert page.locator(f"main :is({controls}):visible").count() == 0, view
    assert refused == []
    page.click("a:has-text('pair this browser')")
    page.wait_for_selector("h1:has-text('Pair this browser')")
    context.close()


def test_the_page_is_light_and_loads_nothing_from_elsewhere(
    chromium: Any, house: Any, paired: Any
) -> None:
    context = chromium.new_context(viewport=PHONE)
    name, _, value = paired.cookie.partition("=")
    address = f"http://127.0.0.1:{house.port}"
    context.add_cookies([{"name": name, "value": value, "url": address}])
    page = context.new_page()
    asked: list[Any] = []
    page.on("requestfinished", lambda request: asked.append(request))  # noqa: PLW0108  it is marked
    page.goto(address)
    page.wait_for_selector("#link:text-is('live')")
    page.wait_for_timeout(300)
    sizes = [request.sizes() for request in asked]
    assert all(request.url.startswith(address) for request in asked)
    total = sum(size["responseBodySize"] + size["responseHeadersSize"] for size in sizes)
    assert 5_000 < total < LARGEST_PAGE
    context.close()


def test_axe_finds_nothing(page: Any, house: Any) -> None:
    package = pytest.importorskip("axe_playwright_python", reason="needs axe-playwright-python")
    axe = Path(package.__file__).with_name("axe.min.js")
    live_through_a_day(house)
    # Through the debugger, as the page's own policy lets no stranger's script in.
    page.evaluate(axe.read_text(encoding="utf-8") + ";0")
    for scheme in ("dark", "light"):
        page.emulate_media(color_scheme=scheme)
        for view in ("Now", "History", "Music", "Health", "House"):
            page.click(f"nav a:has-text('{view}')")
            page.wait_for_timeout(300)
            found = page.evaluate("axe.run()")["violations"]
            bad = [f"{one['id']}: {one['nodes'][0]['html']}" for one in found]
            assert bad == [], f"{view}, {scheme}"


def test_no_view_is_wider_than_the_screen(page: Any, house: Any) -> None:
    live_through_a_day(house)
    for size, scheme in product((PHONE, DESKTOP), ("dark", "light")):
        page.set_viewport_size(size)
        page.emulate_media(color_scheme=scheme)
        for view in ("Now", "History", "Music", "Health", "House"):
            page.click(f"nav a:has-text('{view}')")
            page.wait_for_timeout(300)
            assert page.evaluate("document.documentElement.scrollWidth") <= size["width"], view
            picture(page, f"{view.lower()}-{size['width']}-{scheme}")


def picture(page: Any, name: str) -> None:
    """Keep a picture for people to look at, where $MOODBOX_PICTURES says so."""
    if folder := os.environ.get("MOODBOX_PICTURES"):
        place = "for (const nav of document.querySelectorAll('nav')) nav.style.position = "
        page.evaluate(f"{place}'static'")  # else it lies over the middle of a long page
        page.screenshot(path=f"{folder}/{name}.png", full_page=True)
        page.evaluate(f"{place}''")
