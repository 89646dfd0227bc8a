"""The wiring: builds the parts, starts them in order, stops them in reverse."""

from __future__ import annotations

import logging
import queue
import signal
import socket
import time
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from types import FrameType
from typing import Any, NamedTuple

from edge.alerts.sender import Alerts
from edge.controller import decide, view
from edge.controller.view import summary, worth_showing
from edge.daemon.startup import expected_of, first_state, playable, read_moods
from edge.daemon.supervisor import Supervisor, supervised, systemd_notify
from edge.daemon.turns import Inbox, Turns
from edge.errors import Fault, Refused, SettingsError
from edge.events import (
    MODEL,
    Account,
    Acknowledged,
    Announce,
    Answer,
    Broker,
    CloseEyes,
    Command,
    DropFace,
    EndDaemon,
    Event,
    ForgetTaps,
    Fulfil,
    Ignore,
    KeepFace,
    KeepFaces,
    KeepTaste,
    Learn,
    MarkFace,
    OpenEyes,
    OrderUpdate,
    Pace,
    Prefer,
    Preferences,
    ReadSpeaker,
    Remember,
    RetryMusic,
    Status,
    Tick,
)
from edge.eyes import Eyes
from edge.machine.health import HealthMonitor, wall_clock
from edge.mood.moods import moods
from edge.mqtt.chosen import keep_password, settings_for
from edge.mqtt.link import Link
from edge.mqtt.speaker import SpeakerConnection
from edge.mqtt.trial import log_in
from edge.panel.button import SimulatedButton
from edge.panel.lamp import SimulatedLamp
from edge.panel.panel import Panel
from edge.personal.learner import Learner
from edge.player import Player
from edge.player.dj import Dj
from edge.player.factory import (
    api_for,
    covers_for,
    features_for,
    finder_for,
    player_for,
    search_for,
    songs_for,
    speakers_for,
    together,
)
from edge.player.mqtt import Connect
from edge.privacy import Privacy
from edge.reset import Reset, carry_out
from edge.service import Service, end_process
from edge.settings import BoxSettings, MqttSettings, OfSpotify, PlayerSettings, Settings
from edge.spotify.library import Library
from edge.spotify.web_api import WebApi
from edge.store import Store
from edge.store.corrections import CorrectionStore
from edge.store.crops import Crops
from edge.update import news
from edge.update.news import UpdateMonitor
from edge.vision.monitor import ModelMonitor
from edge.web.care import Care
from edge.web.licences import licences
from edge.web.listener import page_address
from edge.web.login import Login
from edge.web.models import Models
from edge.web.server import Web
from edge.web.simulated import Simulated
from edge.web.songs import MusicLookup

log = logging.getLogger(__name__)

STOP_WITHIN = 8.0
"""Seconds until the process ends after it was told to."""

Observer = Callable[[Event | Command | Status], None]


class World(NamedTuple):
    """What a box finds outside; a test whose time is made up brings its own."""

    clock: Callable[[], float] = time.monotonic
    wall: Callable[[], float | None] = wall_clock
    """None while the clock is not set."""
    inbox: Callable[[], Inbox] = queue.SimpleQueue
    api: Callable[[PlayerSettings, Path, Callable[[Account], None]], WebApi] = api_for
    player: Callable[[PlayerSettings, WebApi, Path, Connect], Player] = player_for


class Box:
    """All the parts of one box, wired to one inbox and one controller."""

    def __init__(
        self,
        settings: Settings,
        observe: Observer = lambda _: None,
        world: World = World(),  # noqa: B008  never written to
        *,
        made_up: tuple[str, ...] = (),
    ) -> None:
        """Build every part; nothing is opened yet.

        For the demo, `observe` sees all that happens, and the page says that what is in `made_up`
        is: past, clip.
        """
        self.inbox = world.inbox()
        self._clock = clock = world.clock
        self._observe = observe
        self._stopping = False
        self._folder = Path(settings.box.state)
        self._mqtt_settings = settings.mqtt
        state, runtime = Path(settings.box.state), Path(settings.box.runtime)
        for folder in (state, runtime):
            _make(folder)
        carry_out(state)
        report = self.inbox.put
        names = moods(settings.mood.view)
        song_moods = read_moods(settings.music.song_moods)
        api = world.api(settings.account or settings.player, state, report)
        player = together(
            settings.players,
            lambda it: world.player(it, api, state, self._connect_speaker(settings.box)),
            clock,
        )

        self.privacy = Privacy(state, runtime, report)
        self.store = Store(state / "moodbox.db", report, clock=clock)
        self.eyes = Eyes(settings.camera, settings.vision, state, report)
        self.correction_store = CorrectionStore(Crops(state / "faces"), self.eyes.face, report)
        self.learner = Learner(
            lambda: self.eyes.models.folder / f"{settings.vision.model}.json",
            self.store.read.taps,
            self.store.forget_taps,
            self.eyes.teach,
            report,
            update=runtime / "fleet-update",
        )
        self.panel = Panel(settings.lamp, settings.button, report)
        page = page_address(settings.web, socket.gethostname())
        self.link = Link(settings.mqtt, settings.box, report, moods=names, page=page)
        self.dj = Dj(
            player,
            report,
            search=search_for(player, settings.players, api),
            memory=state / "left-playing.json",
            fade=settings.music.fade,
            clock=clock,
        )
        self.library = Library(
            api,
            self.store,
            report,
            features=features_for(settings.music),
            moods=song_moods,
            view=names,
            local=songs_for(settings.players) if song_moods.songs else None,
        )
        expected = partial(expected_of, self.eyes.models, settings.mood.view)
        self.web = Web(
            settings.web,
            runtime,
            self.store,
            report,
            login=_login(settings.account, api),
            correction_store=self.correction_store,
            picture=self.eyes.picture,
            reset=Reset(state, self._forgotten),
            expected=expected,
            drift=settings.alerts.drift,
            sound=MusicLookup(
                song_moods,
                finder_for(settings.players, api),
                speakers_for(settings.player, api),
                covers_for(settings.players),
                playable(settings),
                songs_for(settings.players),
            ),
            care=Care(
                self.stop if supervised() else None,
                f"{settings.mqtt.host}:{settings.mqtt.port}" if settings.mqtt.host else "",
                self._keep_password,
                lambda: self._try_broker(settings.box),
            ),
            models=Models(self.eyes.models, self._renew_model),
            simulated=_simulated(self.panel, settings.player, made_up),
            works=partial(licences, *(it.program for it in settings.players)),
            name=settings.box.name,
            moods=names,
        )
        models = ModelMonitor(
            self.eyes.models,
            lambda now: self.store.week(now).successor,
            world.wall,
            self._renew_model,
            report,
        )
        self.alerts = Alerts(
            state,
            lambda now: models.to_alert(self.store.week(now, expected())),
            (clock, world.wall),
            report,
            name=settings.box.name,
            drift=settings.alerts.drift,
        )
        # In the order they start: what takes longest to wake goes first.
        self.services: list[Service] = [
            self.eyes,
            self.panel,
            self.store,
            self.correction_store,
            self.learner,
            self.link,
            self.dj,
            self.web,
            self.library,
            self.alerts,
            models,
            HealthMonitor(state, report),
            UpdateMonitor(Path(settings.update.folder), settings.update.address, report),
        ]
        for service in self.services:
            service.on_bugs = self._give_up
        self.supervisor = Supervisor(self.services, systemd_notify())
        self._turns = Turns(self.inbox, clock, world.wall)
        self.state = first_state(
            settings,
            self.store,
            self.privacy,
            clock(),
            world.wall(),
            speaker_tells=player.local,
        )
        self._shown: Status | None = None
        self._does = self._wiring()

    def run(self, seconds: float | None = None) -> None:
        """Run until told to stop, or for so many seconds."""
        started = self._clock()
        self._keep_faces(on=self.state.preferences.keep_faces)
        if self.state.preferences.learn:
            self.learner.learning(on=True, share=self.state.preferences.share)
        self.eyes.ignore(self.state.preferences.ignored)
        self.link.use(self._mqtt())
        self.web.prefer(self.state.preferences)
        self.library.prefer(self.state.preferences)
        self.alerts.use(self.state.preferences, greet=False)
        if self.eyes.models.unseen:
            self.eyes.complain()
        if not self.state.preferences.private:
            self.eyes.open_eyes()
        for service in self.services:
            service.start()
        self.supervisor.ready()
        try:
            while not self._stopping:
                if seconds is not None and self._clock() - started >= seconds:
                    break
                self.turn()
        finally:
            self._stop()

    def _forgotten(self) -> None:
        """End for good: the next start is a new box's, so nothing of this one stays outside."""
        self.link.forget()
        self.stop()

    def _give_up(self, part: str) -> None:
        """End at once, for `part` fails too often, but not without what is to be kept."""
        self.store.rescue()
        end_process(part)

    def stop(self, *_signal: int | FrameType | None) -> None:
        """Ask the loop to end; safe to call from a signal handler."""
        self._stopping = True

    def turn(self) -> None:
        """Take one event, or a tick, and do all that follows from it."""
        event = self._turns.next()
        self._observe(event)
        self.state, commands = decide(self.state, event)
        if isinstance(event, Tick) and event.wall is not None:
            self.store.clock_is(event.wall - event.at)
        self._carry_out(commands)
        self._show()
        self.supervisor.turned(time.monotonic(), summary(self._shown))

    def _carry_out(self, commands: tuple[Command, ...]) -> None:
        chosen = [c for c in commands if isinstance(c, Remember) and c.chosen]
        answer = next((c for c in commands if isinstance(c, Answer)), None)
        for command in commands:
            self._observe(command)
            if command is answer and chosen:
                continue  # once it is on the disk
            if chosen and command is chosen[-1]:
                self.store.remember(chosen[-1].record, partial(self._confirm, answer))
            else:
                self._does[type(command)](command)

    def _wiring(self) -> Mapping[type, Callable[[Any], None]]:
        """Return who carries out each command."""
        return {
            OpenEyes: lambda _: self._look(),
            CloseEyes: lambda _: self._close_eyes(),
            Pace: lambda c: self.eyes.pace(c.frames_per_second),
            Ignore: lambda c: self.eyes.ignore(c.places),
            KeepFaces: lambda c: self._keep_faces(on=c.on),
            Learn: lambda c: self.learner.learning(on=c.on, share=c.share),
            ForgetTaps: lambda _: self.learner.forget(),
            MarkFace: lambda c: self.eyes.mark(c.prediction),
            KeepFace: self.correction_store.keep,
            DropFace: lambda c: self.correction_store.drop(c.prediction),
            Fulfil: lambda c: self.dj.wish(c.wish),
            ReadSpeaker: lambda it: self.dj.look(by_person=it.by_person),
            RetryMusic: lambda _: self._retry_music(),
            Remember: lambda c: self.store.remember(c.record),
            KeepTaste: lambda _: self.store.keep_taste(self.state.taste),
            Acknowledged: lambda c: self._acknowledged(c.part),
            Prefer: lambda c: self._prefer(c.preferences),
            Announce: self._announce,
            Answer: self._answer,
            EndDaemon: lambda _: self.stop(),
            OrderUpdate: lambda _: self._order_update(),
        }

    def _acknowledged(self, part: str) -> None:
        if part == MODEL:
            self.eyes.models.seen()
        else:
            self.store.acknowledge(part)

    def _renew_model(self) -> None:
        self.eyes.complain()  # another is used: nobody has to look at the one before any more
        self.eyes.renew()
        self.learner.tapped()  # what was said of the model before is nothing to the next

    def _retry_music(self) -> None:
        self.dj.retry()
        self.library.wake()

    def _prefer(self, preferences: Preferences) -> None:
        self.web.prefer(preferences)
        self.library.prefer(preferences)
        self.link.use(self._mqtt())
        self.alerts.use(preferences)

    def _mqtt(self) -> MqttSettings:
        return settings_for(self._mqtt_settings, self.state.preferences.broker, self._folder)

    def _connect_speaker(self, box: BoxSettings) -> Connect:
        return lambda heard, lost: SpeakerConnection(self._mqtt, box, heard, lost)

    def _try_broker(self, box: BoxSettings) -> None:
        if not (settings := self._mqtt()).host:
            raise Refused("no broker is named")
        log_in(settings, box)

    def _keep_password(self, broker: Broker, password: str) -> None:
        keep_password(self._folder, broker, password)
        if broker == self.state.preferences.broker:
            self.link.renew()

    def _look(self) -> None:
        self.privacy.allow()
        self.eyes.open_eyes()

    def _close_eyes(self) -> None:
        self.eyes.close_eyes()
        self.privacy.forbid()

    def _order_update(self) -> None:
        try:
            news.order(self._folder)
        except Fault as fault:
            log.warning("%s", fault)

    def _announce(self, announce: Announce) -> None:
        self.web.announce(announce)
        self.link.announce(announce)

    def _keep_faces(self, *, on: bool) -> None:
        self.eyes.keep_faces(on)
        self.correction_store.keeping(on)

    def _confirm(self, answer: Answer | None, trouble: str) -> None:
        """Answer once a record is on the disk, or is not: what was confirmed is never lost."""
        self.learner.tapped()
        if answer is not None and trouble:
            answer = Answer(answer.id, accepted=False, reason=f"heard, but not kept: {trouble}")
        if answer is not None:
            self._answer(answer)

    def _answer(self, answer: Answer) -> None:
        self.web.answer(answer)
        self.link.answer(answer)

    def _show(self) -> None:
        """Show everybody the same thing, at once where it matters, else once a second."""
        status = view(self.state)
        if self._shown is not None and not worth_showing(self._shown, status):
            return
        self._shown = status
        self._observe(status)
        for part in (self.panel, self.link, self.web):
            part.show(status)
        self.alerts.show(status.problems)

    def _stop(self) -> None:
        deadline = time.monotonic() + STOP_WITHIN
        self.supervisor.stopping()
        for service in reversed(self.services):
            left = max(0.1, (deadline - time.monotonic()) / 2)
            if not service.stop(left):
                log.error("%s did not stop; leaving it behind", service.name)


def _login(account: OfSpotify | None, api: WebApi) -> Login | None:
    """Return what leads through a sign-in; None where the music needs no account."""
    if account is None:
        return None
    return Login(account.redirect, account.accounts, api.sign_in, api.sign_out)


def _simulated(panel: Panel, player: PlayerSettings, made_up: tuple[str, ...]) -> Simulated:
    """Return what the page draws of simulated parts."""
    lamp, button = panel.lamp, panel.button
    speaker = ("speaker",) if player.driver == "simulated" else ()
    return Simulated(
        lamp.levels if isinstance(lamp, SimulatedLamp) else None,
        button.drive if isinstance(button, SimulatedButton) else None,
        *speaker,
        *made_up,
    )


def _make(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise SettingsError(f"{folder}: cannot be made: {error.strerror}") from error


def run(settings: Settings) -> int:
    """Run the daemon until SIGTERM, SIGINT or SIGHUP; return the exit code."""
    box = Box(settings)
    stop_by_signals(box)
    box.run()
    return 0


def stop_by_signals(box: Box) -> None:
    """Have the box stop where it is told to, by Ctrl-C, or as its terminal is closed.

    SIGINT counts even where a shell that started it in the background had it ignored; what `nohup`
    says of SIGHUP holds.
    """
    nohup = signal.getsignal(signal.SIGHUP) == signal.SIG_IGN
    for number in (signal.SIGTERM, signal.SIGINT, *(() if nohup else (signal.SIGHUP,))):
        signal.signal(number, box.stop)
