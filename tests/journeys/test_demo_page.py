"""A friend's first five minutes: the demo itself, on a phone by finger and on a desktop by keys."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from fakes.browser import WITHIN_MS
from playwright.sync_api import expect

pytestmark = pytest.mark.timeout(300)
PHONE = {
    "viewport": {"width": 390, "height": 844},
    "has_touch": True,
    "is_mobile": True,
    "locale": "en-GB",
}
DESKTOP = {"viewport": {"width": 1280, "height": 800}, "locale": "de-DE"}
Open = Callable[..., Any]


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    """Run the demo as `make demo` does; its one-time address."""
    command = [sys.executable, "-m", "edge", "demo"]
    opens_nothing = {**os.environ, "BROWSER": "true"}
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=opens_nothing) as process:
        assert process.stdout is not None
        for line in process.stdout:
            if found := re.search(r"http://\S+/pair#\S+", line):
                yield found[0]
                break
        process.terminate()  # how it ends is tested in tests/edge/cli/test_demo.py


@pytest.fixture(scope="module")
def paired(address: str, chromium: Any) -> Any:
    """The cookies of the browser that has used the one-time address."""
    with chromium.new_context() as context:
        context.set_default_timeout(WITHIN_MS)
        page = context.new_page()
        page.goto(address)
        page.wait_for_selector("#link.live")
        return context.cookies()


@pytest.fixture
def visit(address: str, paired: Any, chromium: Any) -> Iterator[Open]:
    """Open the page in a browser of another kind."""
    made = []

    def opened(options: dict[str, Any]) -> Any:
        context = chromium.new_context(**options)
        context.set_default_timeout(WITHIN_MS)
        context.add_cookies(paired)
        made.append(context)
        page = context.new_page()
        page.goto(address.partition("pair#")[0])
        page.wait_for_selector("#link.live")
        return page

    yield opened
    for context in made:
        context.close()


def test_a_face_is_seen_with_its_box_and_its_label_and_all_that_is_made_up_says_so(
    visit: Open,
) -> None:
    page = visit(PHONE)
    page.wait_for_selector("#title:text-matches('\\\\w')")
    page.wait_for_selector(".player .art img")
    page.wait_for_selector(".progress .line")
    page.tap("#look:enabled")
    expect(page.locator("#sight .face span")).to_have_text(re.compile(r"\w"))
    page.wait_for_selector(".simulated:has-text('made up')")
    expect(page.locator(".lamp")).to_have_attribute("style", re.compile("--bright: *0*[.]?0*[1-9]"))


def test_the_drawn_button_does_what_the_real_one_does_by_finger_and_by_key(visit: Open) -> None:
    page = visit(PHONE)
    page.wait_for_selector("#play[aria-label='Pause']")
    page.tap("#box-button")
    page.wait_for_selector("#play[aria-label='Play']")
    page.focus("#box-button")
    for label in ("Pause", "Play") * 2 + ("Pause",):
        page.wait_for_timeout(500)  # longer ago than what would be the same gesture
        page.keyboard.press("Space")  # no finger lets go so soon, but a screen reader does
        page.wait_for_selector(f"#play[aria-label='{label}']")
    # Whether presses come close enough to be one gesture depends on how busy the machine is.
    edges: list[bool] = []
    page.on("response", lambda it: edges.append(it.ok) if "button" in it.url else None)
    for name, presses in (("Double", 2), ("Triple", 3)):
        edges.clear()
        page.tap(f".pressing button:has-text('{name}')")
        while len(edges) < 2 * presses:
            page.wait_for_timeout(50)
        assert all(edges)
    page.tap(".pressing button:has-text('Hold 2 s')")
    page.wait_for_selector("#private[aria-pressed='true']")
    page.wait_for_selector("#sure:has-text('Nothing is seen')")
    page.tap("#private")
    page.wait_for_selector("#private[aria-pressed='false']")


def test_music_is_picked_by_finger_and_the_same_twice_is_refused(visit: Open) -> None:
    page = visit(PHONE)
    page.tap("nav a[href='#music']")
    page.tap(".targets button:has-text('sad')")
    page.wait_for_selector(".targets button[aria-pressed='true']:has-text('sad')")
    sad = ".for-mood[data-mood='sad'] li"
    page.wait_for_selector(f"{sad}:has-text('Rain on Glass')")
    own = ".picks li:has-text('Night Light') button"
    page.tap(f"{own}[aria-pressed='false']")
    page.wait_for_selector(f"{sad}:has-text('Night Light')")
    page.wait_for_selector(f"{own}[aria-pressed='true']")
    again = page.evaluate(
        """async (uri) => (await fetch("api/request", {
      method: "POST", headers: { "content-type": "application/json" },
      body: JSON.stringify({ type: "AddSource", mood: "sad", source: uri }) })).json()""",
        "spotify:playlist:demofear",
    )
    assert again["accepted"] is False, again
    page.tap(f"{own}[aria-pressed='true']")
    page.wait_for_selector(f"{sad}:has-text('Night Light')", state="detached")


def test_music_is_found_and_picked_by_keys_and_drawn_to_its_mood_with_the_mouse(
    visit: Open,
) -> None:
    page = visit(DESKTOP)
    page.focus("nav a[href='#music']")
    page.keyboard.press("Enter")
    page.focus(".targets button:has-text('wütend')")
    page.keyboard.press("Enter")
    page.wait_for_selector(".targets button[aria-pressed='true']:has-text('wütend')")
    page.focus("#search")
    page.keyboard.type("confetti")
    page.keyboard.press("Enter")
    page.wait_for_selector("h3:has-text('Gefunden')")
    pick = ".picks li:has(strong:text-is('Confetti')) button"
    page.focus(pick)
    page.keyboard.press("Space")
    angry = ".for-mood[data-mood='angry']"
    page.wait_for_selector(f"{angry} li:has-text('Confetti')")
    page.fill("#search", "")
    page.drag_and_drop(".picks li:has-text('Odd Corners')", angry)
    page.wait_for_selector(f"{angry} li:has-text('Odd Corners')")


def test_two_browsers_that_edit_one_list_at_once_lose_nothing(visit: Open) -> None:
    one, other = visit(PHONE), visit(DESKTOP)
    for page in (one, other):
        page.click("nav a[href='#music']")
        page.click(".targets button >> nth=6")
        page.wait_for_selector(".targets button[aria-pressed='true'] >> text=neutral")
        page.wait_for_selector(".picks li")
    one.click(".picks li:has-text('Loud Doors') button")
    other.click(".picks li:has-text('Garden Party') button")
    for page in (one, other):
        for name in ("Plain Days", "Loud Doors", "Garden Party"):
            page.wait_for_selector(f".for-mood[data-mood='neutral'] li:has-text('{name}')")


def test_the_made_up_weeks_fill_every_view(visit: Open) -> None:
    page = visit(DESKTOP)
    page.click("nav a[href='#history']")
    page.click("#range button[value='14']")
    page.wait_for_selector(".heard section:nth-of-type(10)")
    page.fill("#find", "rivers")
    songs = page.locator(".heard strong")
    expect(songs.filter(has_not_text="Rivers")).to_have_count(0)
    expect(songs.first).to_contain_text("Rivers")
    for wanted in (".chart rect", ".report .figure strong", "#moments li", "#report li"):
        page.wait_for_selector(wanted)
