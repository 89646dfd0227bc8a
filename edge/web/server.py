"""The part that serves: the control socket always, the page where it is wanted, in one thread."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import socket
import time
from collections.abc import Callable
from pathlib import Path

import msgspec

from edge import __version__
from edge.client import SOCKET
from edge.errors import Fault, Refused
from edge.events import EMOTIONS, Down, PairingCode, Request, Up
from edge.mood.moods import ROWS
from edge.records import Expected
from edge.reset import Reset
from edge.service import Service
from edge.settings import AlertSettings, WebSettings
from edge.web.answers import About
from edge.web.care import Care
from edge.web.covers import Covers
from edge.web.house import Resources
from edge.web.hub import Hub
from edge.web.licences import Work
from edge.web.listener import CONTROL, PAGE, Listener, control_socket, network_socket, page_address
from edge.web.live import LivePicture
from edge.web.login import Login
from edge.web.models import Models
from edge.web.page import control_app, page_app
from edge.web.pairing import Invitations
from edge.web.places import FLOODED, Patience, Terms
from edge.web.simulated import Simulated
from edge.web.songs import MusicLookup
from edge.web.storage import CorrectionStore, Store

log = logging.getLogger(__name__)

TURN = 0.5
"""Seconds the loop runs between two looks at whether to stop."""
RETRY_PAGE = 30.0
"""Seconds between two tries to listen on the page's port."""


class Web(Service):
    """Shows the status to whoever looks, and hands in what they want.

    Without the page's port the control socket works on: the page is said to be down by itself.
    """

    def __init__(
        self,
        settings: WebSettings,
        runtime: Path,
        store: Store,
        report: Callable[[Up | Down | Request | PairingCode], None],
        *,
        login: Login | None = None,
        covers: Covers | None = None,
        sound: MusicLookup = MusicLookup(),  # noqa: B008  never written to
        correction_store: CorrectionStore | None = None,
        picture: LivePicture | None = None,
        works: Callable[[], list[Work]] = list,
        expected: Callable[[], Expected] = Expected,
        drift: float = AlertSettings().drift,
        name: str = "moodbox",
        moods: tuple[str, ...] = EMOTIONS,
        reset: Reset | None = None,
        care: Care = Care(),  # noqa: B008  never written to
        simulated: Simulated = Simulated(),  # noqa: B008  never written to
        patience: Patience = Patience(),  # noqa: B008  never written to
        models: Models | None = None,
    ) -> None:
        """Serve the control socket in the folder `runtime`, and the page as `settings` say.

        `login` is None for players that need no sign-in; `works` tells whose work this box runs on;
        `expected` tells what the model's card says, `drift` what passes of a week's;
        `name` and `moods` are the box's own; `patience` is with whoever connects to the page;
        `simulated` shows the parts that are made up.
        """
        super().__init__("web", report)
        self._settings = settings
        self._path = runtime / SOCKET
        about = About(
            name,
            __version__,
            EMOTIONS,
            moods,
            {row.name: row.colour for row in ROWS},
            store.keep_days,
            drift,
            broker=care.broker,
            signs_in=login is not None,
            restarts=care.restart is not None,
            simulated=simulated.parts,
        )
        covers = covers or Covers(own=sound.cover)
        self._invitations = Invitations()
        self._resources = Resources(
            about,
            store,
            login,
            covers,
            self._invitations,
            works,
            sound,
            correction_store,
            picture,
            reset,
            care,
            simulated,
            models,
            expected,
        )
        self._tell = report
        self._patience = patience
        self._hub = Hub(report)
        self._loop: asyncio.AbstractEventLoop | None = None
        self._control: Listener | None = None
        self._page: Listener | None = None
        self._woken = asyncio.Event()
        self._page_down = False
        self._next_try = 0.0
        self.show = self._hub.show
        self.prefer = self._hub.prefer
        self.announce = self._hub.announce
        self.answer = self._hub.answer

    @property
    def port(self) -> int | None:
        """The page's port; None while it does not listen."""
        return self._page.port if self._page else None

    def invite(self) -> str:
        """Return an address of the page that pairs the first browser that opens it, for a while.

        May be called from any thread.

        Raises:
            Refused: there is no page.
        """
        port = self.port
        if port is None:
            raise Refused("the page does not listen, so no browser can be let in")
        settings = msgspec.structs.replace(self._settings, port=port)
        token = self._invitations.invite(time.monotonic())
        return f"{page_address(settings, socket.gethostname())}pair#{token}"

    def open(self) -> None:
        """Listen on the control socket."""
        listening = control_socket(self._path)
        self._loop = asyncio.new_event_loop()
        self._loop.run_until_complete(self._open_control(listening))
        self._next_try = 0.0

    def step(self) -> None:
        """Serve for a while; try for the page's port where it is not had yet."""
        assert self._loop is not None  # noqa: S101  open() came before
        self._loop.run_until_complete(self._serve())

    def close(self) -> None:
        """End both listeners, whatever their clients do."""
        loop, self._loop = self._loop, None
        if loop is None:
            return
        try:
            loop.run_until_complete(self._stop())
            loop.run_until_complete(loop.shutdown_asyncgens())
        finally:
            loop.close()
            self._path.unlink(missing_ok=True)

    def wake(self) -> None:
        """Cut the turn short, when stopping."""
        loop = self._loop
        if loop is not None:
            with contextlib.suppress(RuntimeError):  # closed a moment ago
                loop.call_soon_threadsafe(self._woken.set)

    async def _open_control(self, listening: socket.socket) -> None:
        self._woken = asyncio.Event()  # of this loop
        control = control_app(self._hub, self._resources, self.invite)
        self._control = Listener(control, listening, Terms("control socket", CONTROL))

    async def _serve(self) -> None:
        if self._settings.enabled and self._page is None and time.monotonic() >= self._next_try:
            self._try_page()
        listeners = {listener.task for listener in (self._control, self._page) if listener}
        woken = asyncio.ensure_future(self._woken.wait())
        ended, _ = await asyncio.wait(
            {*listeners, woken}, timeout=TURN, return_when=asyncio.FIRST_COMPLETED
        )
        woken.cancel()
        for task in ended & listeners:
            raise Fault(f"a listener ended: {task.exception() or 'by itself'}")

    def _try_page(self) -> None:
        self._next_try = time.monotonic() + RETRY_PAGE
        try:
            listening = network_socket(self._settings.host, self._settings.port)
        except Fault as fault:
            if not self._page_down:
                log.warning("page: %s", fault)
                self._tell(Down("page", str(fault), time.monotonic()))
            self._page_down = True
            return
        page = page_app(
            self._hub,
            self._resources,
            guests=self._settings.guests,
            names=self._settings.names,
            frames=self._settings.frames,
        )
        terms = Terms("page", PAGE, self._patience, self._flooded)
        self._page = Listener(page, listening, terms)
        log.info("page: listening on port %d", self._page.port)
        if self._page_down:
            self._tell(Up("page", time.monotonic()))
        self._page_down = False

    def _flooded(self, words: str) -> None:
        """Pass on who floods the page, which goes on; empty: nobody any more."""
        now = time.monotonic()
        self._tell(Down(FLOODED, words, now) if words else Up(FLOODED, now))

    async def _stop(self) -> None:
        listeners = [listener for listener in (self._control, self._page) if listener]
        self._control = self._page = None
        await asyncio.gather(*(listener.stop() for listener in listeners))
