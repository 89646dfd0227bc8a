"""`make pictures`: pictures of the real page, as the demo shows it, for the README and for us.

Runs the demo, opens its one-time address in Chromium, and keeps every view on phone and desktop,
light and dark, in English and German: `python tests/tools/make_pictures.py [FOLDER] [--docs]`. With
--docs only those that the documentation shows, small enough for a repository.
"""

from __future__ import annotations

import argparse
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import product
from pathlib import Path
from typing import Any, Literal, cast

from PIL import Image
from playwright.sync_api import sync_playwright

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from fakes.chromium import launch

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs" / "pictures"
SIZES = {"phone": (390, 844), "desktop": (1280, 800)}
SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
VIEWS = ("now", "music", "history", "care")
SHOWN = {
    "phone-now": ("phone", "light", "now"),
    "phone-music": ("phone", "light", "music"),
    "phone-history": ("phone", "dark", "history"),
    "desktop-now": ("desktop", "light", "now"),
    "desktop-music": ("desktop", "dark", "music"),
    "desktop-history": ("desktop", "light", "history"),
}
"""What the documentation shows."""
COLOURS = 256
"""Of a picture: few enough to be small, and enough for its gradients."""
LIVE_DOT = (0x2F, 0x9E, 0x6E)
"""So few pixels that no palette would keep their colour, which says that the page is live."""
WARM_UP = 9.0
"""Seconds until the sample clip has shown somebody for long enough."""
READY = {
    "now": "#play",
    "music": "main.music .picks li",
    "history": "main.history .heard .songs li",
    "care": "main.care #parts div",
}
"""On each view once all of it has come."""
LIVE = "body:has(#link.live):has(#toast[hidden])"
"""While the box answers in time, and has said nothing that would stand in the way."""
SEEN = ("#confirm", "#sight .face")
"""On the page while somebody is seen, and has a mood; the clip shows nobody now and then."""
TRIES, PATIENCE_MS = 8, 90_000


@contextmanager
def demo() -> Iterator[str]:
    """Run the demo; yield its one-time address."""
    command = [sys.executable, "-m", "edge", "demo"]
    quiet = {"BROWSER": "true"}  # a program of that name opens nothing, and is glad
    with subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.PIPE, text=True, env={**_environment(), **quiet}
    ) as process:
        assert process.stdout is not None
        try:
            for line in process.stdout:
                if found := re.search(r"http://\S+/pair#\S+", line):
                    yield found[0]
                    break
        finally:
            process.send_signal(signal.SIGINT)


def _environment() -> dict[str, str]:
    import os  # noqa: PLC0415

    return dict(os.environ)


def take(page: Any, view: str, file: Path) -> None:
    """Open a view and keep what is on the screen."""
    page.evaluate("view => { location.hash = view }", view)
    wanted = [READY[view], LIVE, *(SEEN if view == "now" else ())]
    page.wait_for_selector(READY[view])
    if view == "now":
        page.click("#look[aria-pressed='false']:enabled")
        page.evaluate("scrollTo(0, 0)")
    for _ in range(TRIES):
        for one in wanted:
            page.wait_for_selector(one)
        page.wait_for_timeout(1500)  # covers come, and what moves has arrived
        page.screenshot(path=file)
        if all(page.locator(one).count() for one in wanted):
            break  # it was there before and after, so in the picture
    else:
        raise SystemExit(f"{file}: the page was not whole for as long as a picture takes")
    with Image.open(file) as shot:
        whole = shot.convert("RGB")
    few = whole.quantize(COLOURS - 1).getpalette() or []
    kept = Image.new("P", (1, 1))
    kept.putpalette([*few[: 3 * (COLOURS - 1)], *LIVE_DOT])
    whole.quantize(palette=kept, dither=Image.Dither.NONE).save(file, optimize=True)


def main() -> None:
    """Take the pictures."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("folder", nargs="?", type=Path, default=DOCS)
    arguments.add_argument("--docs", action="store_true")
    wanted = arguments.parse_args()
    wanted.folder.mkdir(parents=True, exist_ok=True)
    with demo() as address, sync_playwright() as playwright:
        browser = launch(playwright)
        first = browser.new_context()
        first.new_page().goto(address)
        time.sleep(WARM_UP)
        cookies = cast("list[Any]", first.cookies())
        base = address.partition("pair#")[0]
        for size, scheme, locale in product(SIZES, SCHEMES, ("en-GB", "de-DE")):
            width, height = SIZES[size]
            context = browser.new_context(
                viewport={"width": width, "height": height},
                color_scheme=scheme,
                locale=locale,
                device_scale_factor=1,
                has_touch=size == "phone",
                is_mobile=size == "phone",
            )
            context.add_cookies(cookies)
            context.set_default_timeout(PATIENCE_MS)
            page = context.new_page()
            page.goto(base)
            page.wait_for_selector("#mood")
            for view in VIEWS:
                name = f"{size}-{view}-{scheme}-{locale[:2]}"
                if wanted.docs:
                    names = [n for n, what in SHOWN.items() if what == (size, scheme, view)]
                    if locale != "en-GB" or not names:
                        continue
                    name = names[0]
                take(page, view, wanted.folder / f"{name}.png")
            context.close()
        browser.close()


if __name__ == "__main__":
    main()
