"""The first evening on the page, and where else the page is shown: sign-in, restart, frames."""

from __future__ import annotations

import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from fakes.browser import Browser, until
from fakes.spotify import FakeSpotify
from playwright.sync_api import expect

from edge.events import Account
from edge.settings import WebSettings
from edge.spotify.login import REDIRECT
from edge.spotify.tokens import Tokens
from edge.web.care import Care
from edge.web.login import Login

from .conftest import DESKTOP, Visit

pytestmark = pytest.mark.timeout(300)
HERE = WebSettings(host="127.0.0.1", port=0)
CLIENT = "a" * 32
NEXT_YEAR = 1_830_000_000.0


def visitor(chromium: Any, house: Any, **options: Any) -> Visit:
    browser = Browser(house.port)
    browser.pair(house)
    return Visit(chromium, house, browser.cookie, **options)


def test_the_owner_signs_in_by_keys_sees_until_when_and_signs_out(
    chromium: Any, make_house: Callable[..., Any], fake_spotify: FakeSpotify
) -> None:
    taken: list[Tokens] = []
    left: list[bool] = []
    login = Login(REDIRECT, fake_spotify.address, taken.append, lambda: left.append(True))
    house = make_house(HERE, login=login)
    one = visitor(chromium, house)
    page = one.open("/#care")
    page.focus("#client")
    page.keyboard.type(CLIENT)
    page.keyboard.press("Enter")
    agree = page.wait_for_selector("#authorize").get_attribute("href")
    page.wait_for_selector("#qr")
    page.fill("#landed", "https://example.org/")
    page.press("#landed", "Enter")
    page.wait_for_selector("#toast:has-text('not the address')")
    page.fill("#landed", fake_spotify.consent(agree))
    page.press("#landed", "Enter")
    page.wait_for_selector("#toast:has-text('Signed in')")
    assert [tokens.client_id for tokens in taken] == [CLIENT]
    house.show(account=Account(0.0, signed_in=True, expires=NEXT_YEAR))
    page.wait_for_selector("#signed-in:has-text('2027')")
    page.click("#sign-out")
    page.click("#sign-out-yes")
    until(lambda: left == [True])
    one.close()


def test_the_box_is_started_anew_after_a_second_thought(
    chromium: Any, make_house: Callable[..., Any]
) -> None:
    done: list[bool] = []
    one = visitor(chromium, make_house(HERE, care=Care(restart=lambda: done.append(True))))
    page = one.open("/#care")
    page.click("#restart")
    page.click("dialog[open] button:not(#restart-yes)")
    assert done == []
    page.focus("#restart")
    page.keyboard.press("Enter")
    page.wait_for_selector("#restart-yes:focus")
    page.keyboard.press("Enter")
    until(lambda: done == [True])
    one.close()


class Frame(BaseHTTPRequestHandler):
    """Another page of the house, which shows the box's in its own."""

    box = ""

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("content-type", "text/html")
        self.end_headers()
        self.wfile.write(f'<!doctype html><iframe src="{self.box}" width=900></iframe>'.encode())

    def log_message(self, *_arguments: Any) -> None:
        pass


@pytest.mark.parametrize("named", [True, False])
def test_the_page_lives_in_the_frame_of_whom_the_settings_name_alone(
    chromium: Any, make_house: Callable[..., Any], *, named: bool
) -> None:
    with ThreadingHTTPServer(("127.0.0.1", 0), Frame) as server:
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        around = f"http://127.0.0.1:{server.server_address[1]}"
        frames = (around,) if named else ("http://elsewhere.local",)
        house = make_house(WebSettings(host="127.0.0.1", port=0, frames=frames))
        one = visitor(chromium, house, viewport=DESKTOP)
        Frame.box = one.address
        page = one.context.new_page()
        page.goto(around)
        inside = page.frame_locator("iframe").locator("#link.live")
        if named:
            inside.wait_for()
        else:
            page.frame_locator("iframe").locator("html").wait_for(state="attached")
            expect(inside).to_have_count(0)
            assert page.frames[1].url.startswith("chrome-error:")
        one.close()
        server.shutdown()


def test_a_home_screen_gets_an_icon_a_name_and_the_pages_colours(
    chromium: Any, make_house: Callable[..., Any]
) -> None:
    one = visitor(chromium, make_house(HERE))
    page = one.open()
    manifest = one.context.new_cdp_session(page).send("Page.getAppManifest")
    assert manifest["errors"] == []
    assert '"name"' in manifest["data"]
    for size in (180, 192, 512):
        drawn = page.evaluate(
            """async (size) => { const icon = new Image(); icon.src = `static/icon-${size}.png`;
            await icon.decode(); return icon.naturalWidth; }""",
            size,
        )
        assert drawn == size
    assert page.locator("meta[name='theme-color']").count() == 2
    one.close()


def test_a_desktop_has_its_navigation_at_the_side_and_no_column_stands_half_empty(
    chromium: Any, make_house: Callable[..., Any]
) -> None:
    house = make_house(HERE)
    one = visitor(chromium, house, viewport=DESKTOP)
    page = one.open()
    place = (
        "name => JSON.parse(JSON.stringify(document.querySelector(name).getBoundingClientRect()))"
    )
    nav, player, sees = (page.evaluate(place, name) for name in ("nav", ".player", ".sees"))
    assert nav["right"] <= player["left"] < player["right"] <= sees["left"]
    assert page.evaluate(place, ".intent")["left"] == sees["left"], "below what is low"
    page.click("#look")
    page.wait_for_selector("#sight")
    assert page.evaluate(place, ".intent")["left"] == player["left"]
    one.close()
