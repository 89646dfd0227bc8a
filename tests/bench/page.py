"""What twenty watching browsers cost, and how soon the page paints: `python tests/bench/page.py`.

A real listener and store; the browsers are event streams in another process, the paint is
Chromium's own figure. Prints one JSON object: shares of one core, milliseconds.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from edge.events import EMOTIONS, Mood, Status
from edge.settings import WebSettings
from edge.store import Store
from edge.web.pairing import COOKIE, hashed, new_token
from edge.web.server import Web

BROWSERS = 20
CHANGES = 4
"""Changes of the status a second; the daemon makes about one, more while a mood settles."""
SECONDS = 8.0

WATCH = """
import http.client, sys, threading
port, cookie, browsers = int(sys.argv[1]), sys.argv[2], int(sys.argv[3])
def watch():
    connection = http.client.HTTPConnection("127.0.0.1", port)
    connection.request("GET", "/api/events", headers={"cookie": cookie})
    response = connection.getresponse()
    while response.readline():
        pass
watchers = [threading.Thread(target=watch) for _ in range(browsers)]
for watcher in watchers:
    watcher.start()
print("watching", flush=True)
"""


def status(number: int) -> Status:
    """Return a status that differs from its neighbours."""
    now = time.monotonic()
    shares = tuple((number + place) % 7 / 21 for place in range(len(EMOTIONS)))
    return Status(now, Mood("happy", 0.8, now - 60), probabilities=shares)


def share_of_core(web: Web) -> float:
    """Return how much of a core this process uses while the status changes."""
    began, used = time.monotonic(), time.process_time()
    number = 0
    while time.monotonic() - began < SECONDS:
        web.show(status(number))
        number += 1
        time.sleep(1 / CHANGES)
    return (time.process_time() - used) / (time.monotonic() - began)


def first_paint(port: int, token: str) -> float | None:
    """Return milliseconds to the first contentful paint on a phone; None without Chromium."""
    chromium = shutil.which("chromium")
    if chromium is None:
        return None
    from playwright.sync_api import sync_playwright  # noqa: PLC0415  only where it can be used

    address = f"http://127.0.0.1:{port}"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        context = browser.new_context(viewport={"width": 390, "height": 844})
        context.add_cookies([{"name": COOKIE, "value": token, "url": address}])
        page = context.new_page()
        page.goto(address)
        page.wait_for_selector("#link:text-is('live')")
        paint: Any = page.evaluate(
            "performance.getEntriesByName('first-contentful-paint')[0].startTime"
        )
        browser.close()
    return float(paint)


def main() -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as folder:
        store = Store(Path(folder) / "moodbox.db", lambda _event: None)
        web = Web(WebSettings(host="127.0.0.1", port=0), Path(folder), store, lambda _event: None)
        store.start()
        web.start()
        token = new_token()
        store.add_token(hashed(token), "bench", time.time())
        while web.port is None:
            time.sleep(0.01)
        web.show(status(0))
        figures: dict[str, float | None] = {"alone": share_of_core(web)}
        command = [sys.executable, "-c", WATCH, str(web.port), f"{COOKIE}={token}", str(BROWSERS)]
        with subprocess.Popen(command, stdout=subprocess.PIPE) as watchers:
            assert watchers.stdout is not None
            watchers.stdout.readline()
            time.sleep(1.0)
            figures[f"{BROWSERS} browsers"] = share_of_core(web)
            watchers.kill()
        figures["first paint, ms"] = first_paint(web.port, token)
        web.stop(5.0)
        store.stop(5.0)
    print(json.dumps({name: value and round(value, 4) for name, value in figures.items()}))


if __name__ == "__main__":
    main()
