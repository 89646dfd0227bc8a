"""How the page looks and weighs: on a phone and a desktop, light and dark, English and German."""

from __future__ import annotations

import contextlib
import os
import socket
import socketserver
import threading
import time
from collections.abc import Callable
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from fakes.browser import Browser, until
from playwright.sync_api import expect

from edge.events import PlayPause, Preferences
from edge.settings import WebSettings
from edge.web.simulated import Simulated

from .conftest import DESKTOP, PHONE, Visit
from .test_browser import live_through_a_day

pytestmark = pytest.mark.timeout(300)
Open = Callable[..., Any]
VIEWS = {
    "now": [".recommended"],
    "music": [".picker :is(.picks, .empty)", "#limits"],
    "history": ["#chart :is(svg, .empty)", ".report", "#week"],
    "care": ["#browsers li", ".troubles p", ".guide"],
}
"""The last things to come on each view, that it is whole."""
LANGUAGES = ("en-GB", "de-DE")
LARGEST_PAGE = 150_000
"""Bytes over the wire, covers excluded."""
SHIFTS = """
window.shifts = 0;
new PerformanceObserver((list) => {
  for (const entry of list.getEntries()) if (!entry.hadRecentInput) window.shifts += entry.value;
}).observe({ type: "layout-shift", buffered: true });
"""


def open_view(page: Any, view: str) -> None:
    page.click(f"nav a[href='#{view}']")
    for last in VIEWS[view]:
        page.wait_for_selector(f"main.{view} {last}")


def picture(page: Any, name: str) -> None:
    """Keep a picture for people to look at, where $MOODBOX_PICTURES says so."""
    if folder := os.environ.get("MOODBOX_PICTURES"):
        page.screenshot(path=f"{folder}/{name}.png", full_page=True)


@pytest.fixture(scope="module")
def axe() -> str:
    """The accessibility checker's source."""
    package = pytest.importorskip("axe_playwright_python", reason="needs axe-playwright-python")
    return Path(package.__file__).with_name("axe.min.js").read_text(encoding="utf-8") + ";0"


def found(page: Any, axe: str, name: str) -> list[str]:
    """Return what axe finds wrong with what the page shows now, light and dark."""
    # Through the debugger, as the page's own policy lets no stranger's script in.
    page.evaluate(axe)
    size, language = page.viewport_size, page.evaluate("document.documentElement.lang")
    bad = []
    for scheme in ("dark", "light"):
        # Without motion: halfway from one scheme to the other, contrast is nobody's.
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        # Between the schemes only colours differ.
        only = "{}" if scheme == "dark" else "{runOnly: ['color-contrast', 'link-in-text-block']}"
        wrong = page.evaluate(f"axe.run({only})")["violations"]
        bad += [f"{name}, {scheme}: {it['id']}: {it['nodes'][0]['html']}" for it in wrong]
        picture(page, f"{name}-{size['width']}-{scheme}-{language}")
    return bad


on_each_screen = pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["phone", "desktop"])
in_each_language = pytest.mark.parametrize("language", LANGUAGES)


@in_each_language
@on_each_screen
def test_axe_finds_nothing(visit: Open, house: Any, axe: str, language: str, size: Any) -> None:
    live_through_a_day(house)
    house.web.prefer(Preferences(sources={"happy": ["sunny songs"]}, keep_faces=True))
    house.show(problems={"eyes": "is away"}, position=3.0, hands_off_until=house.status.at + 900)
    page = visit(locale=language, viewport=size)
    for view in VIEWS:
        open_view(page, view)
        if view == "now":
            page.click("#wrong")
        assert found(page, axe, view) == []


@in_each_language
@on_each_screen
def test_axe_finds_nothing_where_a_browser_is_not_paired(
    chromium: Any, house: Any, axe: str, language: str, size: Any
) -> None:
    one = Visit(chromium, house, "", locale=language, viewport=size)
    page = one.context.new_page()
    page.goto(f"{one.address}/pair#{'x' * 43}")
    page.wait_for_selector("#closed")
    page.wait_for_selector("#state:text-matches('too old|zu alt')")
    assert found(page, axe, "pair-closed") == []
    house.show(pairing_until=time.monotonic() + 300, pairing_code=("blue", "white") * 2)
    page.wait_for_selector("#window")
    page.click("#colours button >> nth=0")
    page.wait_for_selector("#tapped [role='img']")
    assert found(page, axe, "pair-open") == []
    for _ in range(3):
        page.click("#colours button >> nth=0")
    page.wait_for_selector("#state:text-matches('not the colours|nicht die Farben')")
    assert found(page, axe, "pair-wrong") == []
    wrong = {"colours": ["green"] * 4, "name": "a guess"}
    until(lambda: Browser(house.port).post("/api/pair", wrong).status == 429)
    page.reload()
    page.wait_for_selector("#window")
    for _ in range(page.locator("#tapped .dot").count()):
        page.click("#colours button >> nth=0")
    page.wait_for_selector("#state:text-matches('too many tries|Zu viele')")
    assert found(page, axe, "pair-too-often") == []
    one.close()


@in_each_language
@on_each_screen
def test_axe_finds_nothing_on_the_demos_bench(
    chromium: Any, make_house: Any, axe: str, language: str, size: Any
) -> None:
    bench = Simulated(lambda: (0.9, 0.4, 0.0, 1.0), lambda _down: None, "speaker", "past", "clip")
    house = make_house(WebSettings(host="127.0.0.1", port=0), simulated=bench)
    browser = Browser(house.port)
    browser.pair(house)
    one = Visit(chromium, house, browser.cookie, locale=language, viewport=size)
    page = one.open()
    page.wait_for_selector(".lamp[style*='--bright']")
    assert found(page, axe, "bench") == []
    page.click("#sound")
    page.wait_for_selector("#sound[aria-pressed='true']")
    page.locator("#box-button").scroll_into_view_if_needed()
    page.hover("#box-button")
    page.mouse.down()
    page.wait_for_selector("#box-button.down")
    assert found(page, axe, "bench-pressed") == []
    page.mouse.up()
    one.close()


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_view_is_wider_than_the_screen(visit: Open, house: Any, language: str) -> None:
    live_through_a_day(house)
    page = visit(locale=language)
    for size, view in product((PHONE, DESKTOP, {"width": 320, "height": 700}), VIEWS):
        page.set_viewport_size(size)
        open_view(page, view)
        assert page.evaluate("document.documentElement.scrollWidth") <= size["width"], (view, size)


def test_text_of_twice_the_size_reflows(visit: Open, house: Any) -> None:
    live_through_a_day(house)
    page = visit(viewport={"width": 640, "height": 900})
    page.evaluate("document.documentElement.style.fontSize = '200%'")
    for view in VIEWS:
        open_view(page, view)
        assert page.evaluate("document.documentElement.scrollWidth") <= 640, view
        picture(page, f"large-{view}")


def test_what_is_touched_is_large_enough(visit: Open, house: Any) -> None:
    live_through_a_day(house)
    page = visit(has_touch=True, is_mobile=True)
    for view in VIEWS:
        open_view(page, view)
        for button in page.locator("button:visible, nav a:visible").all():
            box = button.bounding_box()
            assert min(box["width"], box["height"]) >= 24, button.inner_html()


def test_the_page_is_in_the_browsers_language(visit: Open) -> None:
    page = visit(locale="de-AT")
    expect(page.locator("html")).to_have_attribute("lang", "de")
    expect(page.locator("nav a")).to_have_text(["Jetzt", "Musik", "Verlauf", "Gerät"])
    expect(page.locator("#mood h2")).to_have_text("fröhlich")
    why = "Das magst du, wenn du fröhlich bist"
    expect(page.locator("#why")).to_contain_text(why, use_inner_text=True)
    expect(visit(locale="fr-FR").locator("html")).to_have_attribute("lang", "en")


def test_motion_is_left_out_for_whom_it_troubles(visit: Open) -> None:
    page = visit(reduced_motion="reduce")
    expect(page.locator(".bar i").first).to_have_css("transition-duration", "0s")


def test_the_page_can_be_used_by_keyboard_alone(visit: Open, house: Any) -> None:
    page = visit(viewport=DESKTOP)
    reached: list[str] = []
    for _ in range(40):
        page.keyboard.press("Tab")
        name = "document.activeElement.id || document.activeElement.getAttribute('href') || ''"
        reached.append(page.evaluate(name))
    for wanted in ("#music", "play", "next", "volume", "confirm", "wrong", "look", "private"):
        assert wanted in reached, reached
    page.focus("#wrong")
    page.keyboard.press("Enter")
    page.wait_for_selector("#feel")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_selector("#toast:not([hidden])")


def test_the_page_is_light_and_steady_and_loads_nothing_from_elsewhere(
    chromium: Any, house: Any, paired: Any
) -> None:
    one = Visit(chromium, house, paired.cookie)
    asked: list[Any] = []
    one.context.add_init_script(SHIFTS)
    one.context.on("requestfinished", lambda request: asked.append(request))  # noqa: PLW0108
    page = one.open()
    page.wait_for_selector("#link:text-is('live')")
    page.wait_for_selector(".recommended")
    page.wait_for_timeout(600)
    assert page.evaluate("window.shifts") < 0.1
    for view in VIEWS:
        open_view(page, view)
    sizes = [request.sizes() for request in asked if "/api/" not in request.url]
    assert all(request.url.startswith(one.address) for request in asked)
    total = sum(size["responseBodySize"] + size["responseHeadersSize"] for size in sizes)
    assert 5_000 < total < LARGEST_PAGE
    one.close()


def test_the_first_screen_waits_for_no_answer_and_makes_no_formats(
    chromium: Any, house: Any, paired: Any
) -> None:
    """A slow phone's whole first second went by in what it did not show."""
    one = Visit(chromium, house, paired.cookie)
    one.context.route("**/api/**", lambda _route: None)
    one.context.add_init_script("""
      window.made = 0;
      for (const name of ["NumberFormat", "DateTimeFormat"]) {
        const kind = Intl[name];
        Intl[name] = class extends kind {
          constructor(...how) { super(...how); window.made += 1; }
        };
      }""")
    house.show(volume=30)
    page = one.open()
    page.wait_for_selector("#link:text-is('live')")
    expect(page.locator("#volume-now")).to_have_text("30%")
    expect(page.locator("#mood h2")).to_have_text("happy")
    assert page.evaluate("window.made") == 0
    one.close()


class Proxy(socketserver.ThreadingTCPServer):
    """A reverse proxy that serves what is at `port` under /box/, a connection a request."""

    allow_reuse_address = True
    daemon_threads = True

    def __init__(self, port: int) -> None:
        super().__init__(("127.0.0.1", 0), Forward)
        self.port = port


class Forward(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        line, *rest = self._head()
        method, path, protocol = line.split(b" ")
        if not path.startswith(b"/box/"):
            self.wfile.write(b"HTTP/1.1 404 Not here\r\nconnection: close\r\n\r\n")
            return
        kept = [one for one in rest if not one.lower().startswith(b"connection:")]
        head = [b" ".join((method, path.removeprefix(b"/box"), protocol)), *kept]
        length = next(
            (int(one[15:]) for one in rest if one.lower().startswith(b"content-length:")), 0
        )
        with socket.create_connection(("127.0.0.1", self.server.port)) as behind:  # type: ignore[attr-defined]
            behind.sendall(b"\r\n".join([*head, b"connection: close", b"", b""]))
            behind.sendall(self.rfile.read(length))
            with contextlib.suppress(OSError):
                while answer := behind.recv(65536):
                    self.wfile.write(answer)

    def _head(self) -> list[bytes]:
        lines = []
        while line := self.rfile.readline().strip():
            lines.append(line)
        return lines or [b"GET / HTTP/1.1"]


def test_the_page_works_behind_a_proxy_on_a_path(chromium: Any, house: Any, paired: Any) -> None:
    """Every address that it asks for is relative to where it is."""
    with Proxy(house.port) as proxy:
        threading.Thread(target=proxy.serve_forever, args=(0.05,), daemon=True).start()
        one = Visit(chromium, house, paired.cookie)
        name, _, value = paired.cookie.partition("=")
        address = f"http://127.0.0.1:{proxy.server_address[1]}"
        one.context.add_cookies([{"name": name, "value": value, "url": address}])
        asked: list[str] = []
        one.context.on("request", lambda request: asked.append(request.url))
        page = one.context.new_page()
        page.goto(f"{address}/box/")
        page.wait_for_selector("#link:text-is('live')")
        page.click("#play")
        until(lambda: PlayPause() in [request.body for request in house.requests])
        for view in VIEWS:
            open_view(page, view)
        assert [url for url in asked if not url.startswith(f"{address}/box/")] == []
        one.close()
        proxy.shutdown()
