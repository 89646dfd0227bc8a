"""A picture of the dashboard of docs/home-assistant.md, as a real Home Assistant shows it."""

from __future__ import annotations

import io
import json
from pathlib import Path

from fakes.chromium import launch
from fakes.home_assistant import HomeAssistant
from PIL import Image
from playwright.sync_api import ViewportSize, sync_playwright

SIZE: ViewportSize = {"width": 1280, "height": 1060}
COLOURS = 256
"""Enough for the page's few; a small file."""
SLOWEST_MS = 120_000


def take(hass: HomeAssistant, dashboard: str, shows: str, file: Path) -> None:
    """Open a dashboard as the first user; once it `shows` a word, keep the picture in `file`."""
    said = hass.token | {"hassUrl": hass.address, "clientId": f"{hass.address}/"}
    tokens = json.dumps(json.dumps(said | {"expires": 4e12}))
    with sync_playwright() as playwright:
        browser = launch(playwright)
        page = browser.new_page(viewport=SIZE, locale="en-GB", color_scheme="light")
        page.set_default_timeout(SLOWEST_MS)
        # What its own sign-in page leaves behind.
        page.add_init_script(
            f"localStorage.setItem('hassTokens', {tokens});"
            "localStorage.setItem('dockedSidebar', JSON.stringify('always_hidden'))"
        )
        page.goto(f"{hass.address}/{dashboard}/0")
        page.get_by_text(shows).first.wait_for()
        page.locator("state-history-charts canvas").first.wait_for()
        page.wait_for_timeout(5_000)  # the charts move in
        shot = Image.open(io.BytesIO(page.screenshot()))
        shot.convert("RGB").quantize(COLOURS).save(file, optimize=True)
        browser.close()
