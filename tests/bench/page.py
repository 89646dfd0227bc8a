"""What watching browsers cost, and how soon the page is live: `python tests/bench/page.py`.

A real listener and store; the browsers are event streams in another process. The page is opened on
a phone with Chromium's own slow network (100 ms, 1.6 Mbit/s) and a processor four times slower;
its figures are Chromium's. Prints one JSON object: shares of one core, MiB, milliseconds, bytes.
"""

from __future__ import annotations

import asyncio
import json
import queue
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from fakes.chromium import PROGRAM, launch

from edge.events import EMOTIONS, Answer, Mood, Request, Status
from edge.settings import WebSettings
from edge.store import Store
from edge.web.pairing import COOKIE, hashed, new_token
from edge.web.server import Web

BROWSERS = (1, 10, 50)
CHANGES = 4
"""Changes of the status a second; the daemon makes about one, more while a mood settles."""
SECONDS = 8.0
VISITS = 7
"""Of a slow phone, each in a browser that was never here; the middle one counts."""
NEAR, FAR = 0.1, 4.1
"""Seconds there and back; far enough apart that a busy machine does not matter."""

WATCH = """
import http.client, sys, threading
port, cookie, browsers = int(sys.argv[1]), sys.argv[2], int(sys.argv[3])
def watch(number):
    # Each from an address of its own, as in a home: one may hold only a few connections.
    own = (f"127.0.0.{number + 2}", 0)
    connection = http.client.HTTPConnection("127.0.0.1", port, source_address=own)
    connection.request("GET", "/api/events", headers={"cookie": cookie})
    response = connection.getresponse()
    while response.readline():
        pass
watchers = [threading.Thread(target=watch, args=(n,)) for n in range(browsers)]
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


def watched(web: Web, token: str, browsers: int) -> dict[str, float]:
    """Return what `browsers` cost that watch at once."""
    command = [sys.executable, "-c", WATCH, str(web.port), f"{COOKIE}={token}", str(browsers)]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as watchers:
        assert watchers.stdout is not None
        watchers.stdout.readline()
        time.sleep(1.0)
        found = {f"{browsers} browsers": share_of_core(web), f"{browsers}, MiB": resident()}
        watchers.kill()
    return found


def resident() -> float:
    """Return how many MiB of this process are in memory."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * 4096 / 2**20


def slow_visits(port: int, token: str) -> dict[str, float]:
    """Return how the page opens on a slow phone; nothing without Chromium."""
    if PROGRAM is None:
        return {}
    visits = [slow_visit(port, token) for _ in range(VISITS)]
    figures = {name: statistics.median(visit[name] for visit in visits) for name in visits[0]}
    times = sorted(visit["live, ms"] for visit in visits)
    return figures | {"live, ms, fastest": times[0], "live, ms, slowest": times[-1]}


def slow_visit(port: int, token: str) -> dict[str, float]:
    """Return how the page opens there once."""
    from playwright.sync_api import sync_playwright  # noqa: PLC0415  only where it can be used

    address = f"http://127.0.0.1:{port}"
    asked: list[Any] = []
    with sync_playwright() as playwright:
        browser = launch(playwright)
        context = browser.new_context(viewport={"width": 390, "height": 844})
        context.add_cookies([{"name": COOKIE, "value": token, "url": address}])
        page = context.new_page()
        page.on("requestfinished", lambda request: asked.append(request))  # noqa: PLW0108
        page.add_init_script(WATCHED)
        slow = context.new_cdp_session(page)
        slow.send("Network.enable")
        slow.send(
            "Network.emulateNetworkConditions",
            {
                "offline": False,
                "latency": 100,
                "downloadThroughput": 200_000,
                "uploadThroughput": 200_000,
            },
        )
        slow.send("Emulation.setCPUThrottlingRate", {"rate": 4})
        page.goto(address)
        page.wait_for_selector("#link:text-is('live')")
        page.wait_for_timeout(1500)
        figures: dict[str, float] = page.evaluate(
            "({'first paint, ms': performance.getEntriesByName('first-contentful-paint')[0]"
            ".startTime, 'live, ms': window.live, 'layout shift': window.shifts})"
        )
        sizes = [request.sizes() for request in asked]
        browser.close()
    figures["requests"] = len(sizes)
    figures["bytes"] = sum(it["responseBodySize"] + it["responseHeadersSize"] for it in sizes)
    return figures


class Far:
    """A relay to `port` that is `seconds` away and back; a connection takes as long to open."""

    def __init__(self, port: int, seconds: float) -> None:
        self._port, self._seconds = port, seconds
        self._ready: queue.SimpleQueue[int] = queue.SimpleQueue()
        threading.Thread(target=lambda: asyncio.run(self._serve()), daemon=True).start()
        self.port = self._ready.get()

    async def _serve(self) -> None:
        server = await asyncio.start_server(self._relay, "127.0.0.1", 0)
        self._ready.put(server.sockets[0].getsockname()[1])
        await server.serve_forever()

    async def _relay(self, near: asyncio.StreamReader, back: asyncio.StreamWriter) -> None:
        await asyncio.sleep(self._seconds)
        far, there = await asyncio.open_connection("127.0.0.1", self._port)
        await asyncio.gather(self._carry(near, there), self._carry(far, back))

    async def _carry(self, source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
        loop, on_its_way = asyncio.get_running_loop(), asyncio.Queue[tuple[float, bytes]]()

        async def deliver() -> None:
            while True:
                due, data = await on_its_way.get()
                await asyncio.sleep(due - loop.time())
                if not data:
                    sink.close()
                    return
                sink.write(data)

        delivering = asyncio.create_task(deliver())
        data = b"?"
        while data:
            try:
                data = await source.read(65536)
            except ConnectionError:
                data = b""
            on_its_way.put_nowait((loop.time() + self._seconds / 2, data))
        await delivering


def round_trips(port: int, token: str) -> dict[str, float]:
    """Return for how many round trips, one after the other, a first visit waits until it is live.

    Two distances are compared, so what the machine itself takes does not count.
    """
    if PROGRAM is None:
        return {}
    from playwright.sync_api import sync_playwright  # noqa: PLC0415  only where it can be used

    took = []
    with sync_playwright() as playwright:
        browser = launch(playwright)
        for seconds in (NEAR, FAR):
            address = f"http://127.0.0.1:{Far(port, seconds).port}"
            context = browser.new_context(viewport={"width": 390, "height": 844})
            context.add_cookies([{"name": COOKIE, "value": token, "url": address}])
            page = context.new_page()
            page.add_init_script(WATCHED)
            page.goto(address)
            page.wait_for_selector("#link:text-is('live')", timeout=120_000)
            took.append(page.evaluate("window.live") / 1000)
            context.close()
        browser.close()
    return {"round trips to live": (took[1] - took[0]) / (FAR - NEAR)}


WATCHED = """
window.shifts = 0;
new PerformanceObserver((list) => {
  for (const entry of list.getEntries()) if (!entry.hadRecentInput) window.shifts += entry.value;
}).observe({ type: "layout-shift", buffered: true });
new MutationObserver(() => {
  if (!window.live && document.querySelector("#link.live")) window.live = performance.now();
}).observe(document, { subtree: true, childList: true, attributes: true });
"""


def main() -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as folder:

        def agree(event: object) -> None:
            if isinstance(event, Request):
                web.answer(Answer(event.id, accepted=True))

        store = Store(Path(folder) / "moodbox.db", lambda _event: None)
        web = Web(WebSettings(host="127.0.0.1", port=0), Path(folder), store, agree)
        store.start()
        web.start()
        token = new_token()
        store.add_token(hashed(token), "bench", time.time())
        while web.port is None:
            time.sleep(0.01)
        web.show(status(0))
        figures = {"alone": share_of_core(web), "alone, MiB": resident()}
        for browsers in BROWSERS:
            figures |= watched(web, token, browsers)
        figures |= slow_visits(web.port, token) | round_trips(web.port, token)
        web.stop(5.0)
        store.stop(5.0)
    print(json.dumps({name: round(value, 4) for name, value in figures.items()}))


if __name__ == "__main__":
    main()
