"""What three browsers with the live view cost the eyes: `python tests/bench/live.py`.

Real eyes on frames with a face, at ten a second; a real listener; the browsers are in another
process. Alone and watched take turns, so that a busy machine is busy for both. Prints one JSON
object: frames looked at a second, and pictures a second that each browser got.
"""

from __future__ import annotations

import json
import queue
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import fmean

from daemon import ROOT, clip

from edge.events import AWAY, Emotions, Event, Mood, Status, Watching
from edge.eyes import Eyes
from edge.settings import VideoSettings, VisionSettings, WebSettings
from edge.store import Store
from edge.web.pairing import COOKIE, hashed, new_token
from edge.web.server import Web

BROWSERS = 3
TURNS = 3
SECONDS = 8.0

LOOK = """
import http.client, sys, threading, time
port, cookie = int(sys.argv[1]), sys.argv[2]
browsers, seconds = int(sys.argv[3]), float(sys.argv[4])
counts = []
def look():
    connection = http.client.HTTPConnection("127.0.0.1", port)
    connection.request("GET", "/api/live", headers={"cookie": cookie})
    response, seen, end = connection.getresponse(), 0, time.monotonic() + seconds
    while time.monotonic() < end and (line := response.readline()):
        seen += line.startswith(b"data: ")
    counts.append(seen / seconds)
lookers = [threading.Thread(target=look) for _ in range(browsers)]
for looker in lookers:
    looker.start()
for looker in lookers:
    looker.join()
print(sum(counts) / len(counts))
"""


class Watcher:
    """Eyes on a face, and a page that shows what they see."""

    def __init__(self, folder: Path) -> None:
        """Open both."""
        self.inbox: queue.SimpleQueue[Event] = queue.SimpleQueue()
        camera = VideoSettings(source=str(clip(folder, somebody=True)), loop=True)
        vision = VisionSettings(device="cpu", models=str(ROOT / "models"))
        self.eyes = Eyes(camera, vision, folder, self.inbox.put)
        self.store = Store(folder / "moodbox.db", self.inbox.put)
        settings = WebSettings(host="127.0.0.1", port=0)
        self.web = Web(settings, folder, self.store, self.inbox.put, picture=self.eyes.picture)
        self.token = new_token()
        self.eyes.open_eyes()
        for part in (self.store, self.web, self.eyes):
            part.start()
        self.store.add_token(hashed(self.token), "bench", time.time())
        self.web.show(Status(time.monotonic(), Mood(AWAY, 1.0, 0.0)))
        while not isinstance(self.inbox.get(timeout=60), Watching):
            pass
        self.eyes.pace(10.0)

    def rate(self) -> float:
        """Return how many faces a second the eyes read, for a while."""
        while not self.inbox.empty():
            self.inbox.get()
        end, seen = time.monotonic() + SECONDS, 0
        while (left := end - time.monotonic()) > 0:
            try:
                seen += isinstance(self.inbox.get(timeout=left), Emotions)
            except queue.Empty:
                break
        return seen / SECONDS

    def close(self) -> None:
        """Close all."""
        for part in (self.eyes, self.web, self.store):
            part.stop(8.0)


def watched(watcher: Watcher) -> tuple[float, float]:
    """Return the eyes' rate while browsers look, and the pictures a second each of them got."""
    port, cookie = str(watcher.web.port), f"{COOKIE}={watcher.token}"
    command = [sys.executable, "-c", LOOK, port, cookie, str(BROWSERS), str(SECONDS)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as browsers:
        time.sleep(0.5)
        rate = watcher.rate()
        assert browsers.stdout is not None
        return rate, float(browsers.stdout.read())


def main() -> None:
    """Measure and print."""
    alone, together, pictures = [], [], []
    with tempfile.TemporaryDirectory() as folder:
        watcher = Watcher(Path(folder))
        watcher.rate()
        for _ in range(TURNS):
            alone.append(watcher.rate())
            rate, got = watched(watcher)
            together.append(rate)
            pictures.append(got)
            time.sleep(4.0)  # until the eyes send no more pictures
        watcher.close()
    figures = {
        "alone": fmean(alone),
        f"{BROWSERS} browsers": fmean(together),
        "pictures a second": fmean(pictures),
        "slower by": 1 - fmean(together) / fmean(alone),
    }
    print(json.dumps({name: round(value, 3) for name, value in figures.items()}))


if __name__ == "__main__":
    main()
