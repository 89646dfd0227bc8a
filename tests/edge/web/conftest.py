from __future__ import annotations

import queue
import socket
import threading
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import msgspec
import pytest
from fakes.browser import WITHIN, WITHIN_MS, Browser, until

from edge.events import (
    Answer,
    Down,
    Mood,
    Next,
    PairingCode,
    Playback,
    Request,
    SetVolume,
    Status,
    Track,
    Up,
)
from edge.records import Expected
from edge.settings import LibrespotSettings, WebSettings
from edge.store import Store
from edge.store.corrections import CorrectionStore
from edge.store.crops import Crops
from edge.vision.messages import Picture
from edge.web.care import Care
from edge.web.covers import Covers
from edge.web.licences import licences
from edge.web.login import Login
from edge.web.models import Models
from edge.web.places import Patience
from edge.web.server import Web
from edge.web.simulated import Simulated

COVERS = Covers(("127.0.0.1",), "http")
"""From a server of our own."""


def a_status(**changes: Any) -> Status:
    now = time.monotonic()
    values: dict[str, Any] = {
        "at": now,
        "mood": Mood("happy", 0.8, now - 100),
        "probabilities": (0.02, 0.01, 0.03, 0.8, 0.04, 0.05, 0.05),
        "faces": 1,
        "prediction": "p1",
        "playback": Playback.PLAYING,
        "track": Track(
            "spotify:track:abc", "A Song", "A Band", link="https://open.spotify.com/track/abc"
        ),
        "why": "you like this when happy",
        "speaker": "moodbox",
        "volume": 40,
        "runs_on": "CPU",
    }
    return Status(**(values | changes))


class Scene:
    """Eyes that see something new at once, and the face of one prediction, p1."""

    def __init__(self) -> None:
        self.asked = 0
        self.most_at_once = 0
        self.stuck = False
        """Nothing new is seen."""
        self.jpeg = b""
        """Empty: a picture's number stands for it."""
        self._at_once = 0
        self._lock = threading.Lock()

    def look(self, after: float, _timeout: float) -> Picture | None:
        with self._lock:
            self.asked += 1
            self._at_once += 1
            self.most_at_once = max(self.most_at_once, self._at_once)
        time.sleep(0.01)
        with self._lock:
            self._at_once -= 1
        if self.stuck:
            return None
        number = int(after) + 1
        jpeg = self.jpeg or str(number).encode()
        return Picture(jpeg, float(number), (0.1, 0.2, 0.3, 0.4), "happy")

    def face(self, prediction: str, _timeout: float) -> bytes:
        return b"png" if prediction == "p1" else b""


class House:
    """A Web with a store, and a controller that takes everything but Next."""

    def __init__(
        self,
        folder: Path,
        settings: WebSettings,
        *,
        login: Login | None = None,
        patience: Patience | None = None,
        care: Care = Care(),  # noqa: B008  never written to
        models: Models | None = None,
        simulated: Simulated = Simulated(),  # noqa: B008  never written to
    ) -> None:
        self.heard: queue.SimpleQueue[Up | Down | Request | PairingCode] = queue.SimpleQueue()
        self.requests: list[Request] = []
        self.codes: list[PairingCode] = []
        self.parts: list[Up | Down] = []
        self.status = a_status()
        self.deaf = False
        self.becomes: list[dict[str, Any]] = []
        """What the status says after each request; nothing new where it is empty."""
        self.ticks = False
        """Show the status again and again, as the daemon does."""
        self.runtime = folder / "run"
        self.store = Store(folder / "moodbox.db", self.heard.put)
        self.scene = Scene()
        self.crops = Crops(folder / "faces")
        self.correction_store = CorrectionStore(self.crops, self.scene.face, self.heard.put)
        self.web = Web(
            settings,
            self.runtime,
            self.store,
            self.heard.put,
            login=login,
            covers=COVERS,
            correction_store=self.correction_store,
            picture=self.scene.look,
            works=partial(licences, LibrespotSettings.program),
            expected=partial(Expected, (1 / 7,) * 7, (1 / 6,) * 6),
            patience=patience or Patience(),
            care=care,
            models=models,
            simulated=simulated,
        )
        self._showing = threading.Lock()
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._listen, daemon=True)

    def start(self) -> None:
        self.store.start()
        self.web.start()
        self._thread.start()
        until(self._listens)

    def _listens(self) -> bool:
        """Whether the control socket is there and taken care of: the one comes before the other."""
        with socket.socket(socket.AF_UNIX) as probe:
            return probe.connect_ex(str(self.runtime / "control.sock")) == 0

    def stop(self) -> bool:
        self._over.set()
        self._thread.join(WITHIN)
        return self.web.stop(WITHIN) and self.store.stop(WITHIN)

    def show(self, **changes: Any) -> None:
        """Show a status with these values, and nothing of those before."""
        with self._showing:
            self.status = a_status(**changes)
            self.web.show(self.status)

    def _change(self, **changes: Any) -> None:
        """Show the last status again, with these changes."""
        with self._showing:
            at = time.monotonic()
            self.status = msgspec.structs.replace(self.status, at=at, **changes)
            self.web.show(self.status)

    @property
    def port(self) -> int:
        port = until(lambda: self.web.port)
        assert isinstance(port, int)
        return port

    def _listen(self) -> None:
        while not self._over.is_set():
            try:
                event = self.heard.get(timeout=0.25 if self.ticks else 0.05)
            except queue.Empty:
                if self.ticks:
                    self._change()
                continue
            if isinstance(event, Request):
                self.requests.append(event)
                self._follow(event)
            elif isinstance(event, PairingCode):
                self.codes.append(event)
                until_ = self.status.pairing_until if event.code else None
                self._change(pairing_until=until_, pairing_code=event.code)
            else:
                self.parts.append(event)

    def _follow(self, request: Request) -> None:
        if self.deaf:
            return
        refused = "nothing plays" if isinstance(request.body, Next) else ""
        if isinstance(request.body, SetVolume):
            self._change(volume=request.body.volume)
        self.web.answer(Answer(request.id, not refused, refused))
        if self.becomes:
            self.show(**self.becomes.pop(0))


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    made = House(tmp_path, WebSettings(host="127.0.0.1", port=0))
    made.start()
    made.show()
    yield made
    assert made.stop()


@pytest.fixture
def stranger(house: House) -> Browser:
    return Browser(house.port)


@pytest.fixture
def paired(house: House) -> Browser:
    browser = Browser(house.port)
    browser.pair(house)
    return browser


@pytest.fixture
def make_house(tmp_path: Path) -> Iterator[Callable[[WebSettings], House]]:
    made: list[House] = []

    def make(settings: WebSettings, **more: Any) -> House:
        house = House(tmp_path / str(len(made)), settings, **more)
        made.append(house)
        house.start()
        house.show()
        return house

    yield make
    stopped = [house.stop() for house in made]
    assert all(stopped)


PHONE = {"width": 390, "height": 844}
DESKTOP = {"width": 1280, "height": 800}


class Visit:
    """A browser at the page: paired, unless a house says otherwise."""

    def __init__(self, chromium: Any, house: House, cookie: str, **options: Any) -> None:
        self.house = house
        self.address = f"http://127.0.0.1:{house.port}"
        self.complaints: list[str] = []
        """What the browser found wrong: errors of scripts, breaches of the page's policy."""
        house.ticks = True
        self.context = chromium.new_context(**({"viewport": PHONE, "locale": "en-GB"} | options))
        self.context.set_default_timeout(WITHIN_MS)
        if cookie:
            name, _, value = cookie.partition("=")
            self.context.add_cookies([{"name": name, "value": value, "url": self.address}])

    def open(self, where: str = "/") -> Any:
        page = self.context.new_page()
        page.on("console", lambda message: self.complaints.append(message.text))
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.goto(f"{self.address}{where}")
        # Another view may be there before the first one has ever been drawn.
        page.wait_for_selector("#mood" if where == "/" else "#main")
        return page

    def close(self) -> None:
        self.context.close()
        # What the box refuses is no fault of the page, which says it in words.
        usual = ("Failed to load resource", "net::ERR")
        bad = [words for words in self.complaints if not any(known in words for known in usual)]
        assert bad == []


@pytest.fixture
def visit(chromium: Any, house: House, paired: Browser) -> Iterator[Callable[..., Any]]:
    """Open the page on a phone, or as the options of a browser context say."""
    made: list[Visit] = []

    def make(where: str = "/", **options: Any) -> Any:
        made.append(Visit(chromium, house, paired.cookie, **options))
        return made[-1].open(where)

    yield make
    for one in made:
        one.close()
