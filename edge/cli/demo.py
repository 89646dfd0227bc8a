"""The whole box on embedded defaults: no hardware, no account, nothing to set up.

Real pixels through the real detector and the real model, and the real page; the speaker, the panel
and the past are simulated, and what MQTT would be told is printed instead.
"""

from __future__ import annotations

import json
import select
import socket
import sys
import tempfile
import termios
import threading
import time
import tty
import webbrowser
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Literal

import msgspec

from edge.app import Box, stop_by_signals
from edge.cli.demo_past import given, live_through
from edge.cli.words import without_login
from edge.errors import MoodboxError, SettingsError
from edge.events import (
    EMOTIONS,
    Announce,
    Command,
    Down,
    Emotions,
    Ended,
    Event,
    Fulfil,
    Gesture,
    Nobody,
    Preferences,
    Pressed,
    Status,
    Watching,
)
from edge.mood.moods import moods
from edge.mqtt.entity import Context
from edge.mqtt.states import Sent, due, encoded, states
from edge.panel.patterns import Lights, draw
from edge.settings import (
    BoxSettings,
    CameraSettings,
    MqttSettings,
    MusicSettings,
    Picamera2Settings,
    PlayedSettings,
    Settings,
    SimulatedButtonSettings,
    SimulatedLampSettings,
    SimulatedPlayerSettings,
    StillsSettings,
    StreamSettings,
    VideoSettings,
    WebcamSettings,
    WebSettings,
)
from edge.vision.camera import v4l

Rotation = Literal[0, 90, 180, 270]
SAMPLE = Path(__file__).parent.with_name("sample.mp4")

KEYS = {
    " ": Gesture.PRESS,
    "n": Gesture.DOUBLE,
    "w": Gesture.TRIPLE,
    "h": Gesture.HOLD,
    "r": Gesture.RELEASE,
    "l": Gesture.LONG_HOLD,
}
HELP = "keys: space play/pause · n next · w wrong mood · h hold (private) · r let go · q quit"


def camera_for(source: str) -> CameraSettings:
    """Return the camera for `--input`: webcam[:N], /dev/videoN, rtsp://, a video file or a folder.

    Empty: the webcam where there is one, on a Raspberry Pi the camera on its ribbon, else the
    sample that ships with the project.
    """
    if not source:
        video = Path("/dev/video0").exists()
        if video and v4l.is_ribbon(0) and find_spec("picamera2") is not None:
            return Picamera2Settings()
        webcam = video and not v4l.is_ribbon(0)
        return camera_for("webcam") if webcam else camera_for(str(SAMPLE))
    if source == "webcam" or source.startswith("webcam:"):
        number = source.partition(":")[2] or "0"
        if not number.isdigit():
            raise SettingsError(f"--input {source}: the webcam's number has to be one, as webcam:1")
        return WebcamSettings(source=number)
    if v4l.DEVICE.fullmatch(source):
        return WebcamSettings(source=source)
    if "://" in source:
        return StreamSettings(source=source)
    path = Path(source)
    try:
        path.stat()
    except (OSError, ValueError) as error:
        raise SettingsError(
            f"--input {source}: no such file or folder, or not allowed to read it; allowed: "
            "webcam[:N], /dev/videoN, rtsp://ADDRESS, a video file, a folder of stills"
        ) from error
    return (StillsSettings if path.is_dir() else VideoSettings)(source=str(path.resolve()))


def settings_for(
    source: str,
    folder: Path,
    view: Literal["seven", "four", "fine"],
    *,
    page: bool = False,
    rotate: Rotation = 0,
) -> Settings:
    """Return embedded defaults that need nothing from outside; state goes into `folder`.

    With the `page`, which only this machine can open, a clip begins again at its end.
    """
    camera = msgspec.structs.replace(camera_for(source), rotate=rotate)
    if page and isinstance(camera, PlayedSettings):
        camera = msgspec.structs.replace(camera, loop=True)
    return Settings(
        box=BoxSettings(state=str(folder / "state"), runtime=str(folder / "run")),
        camera=camera,
        mood=msgspec.structs.replace(Settings().mood, view=view, away_after=3.0),
        player=SimulatedPlayerSettings(speaker="simulated speaker"),
        music=MusicSettings(min_play=0.5),
        lamp=SimulatedLampSettings(),
        button=SimulatedButtonSettings(),
        mqtt=MqttSettings(),
        web=WebSettings(enabled=page, host="127.0.0.1", port=free_port() if page else 8080),
        defaults=Preferences(sources=given(moods(view))),
    )


def free_port() -> int:
    """Return a port that nobody listens on: 8080 where it is free."""
    for port in (8080, 0):
        with closing(socket.socket()) as probe, suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return int(probe.getsockname()[1])
    return 8080


class Printer:
    """Prints what happens, as it happens: lines for a person, or one JSON object a line."""

    def __init__(self, names: tuple[str, ...], *, as_json: bool) -> None:
        """Count time from now; `names` are the moods that can be told apart."""
        self._names = names
        self._began = time.monotonic()
        self._as_json = as_json
        self._light: Lights | None = None
        self._published: dict[str, Sent] = {}
        self.ended = threading.Event()
        self.watching = threading.Event()
        self.failed = ""
        """Why nothing could be seen at all; empty: something was."""
        self._seen = False

    def __call__(self, what: Event | Command | Status) -> None:
        """Hear of an event, a command or a status."""
        match what:
            case Nobody():
                self._seen = True
            case Watching():
                self.watching.set()
                words = {"camera": what.camera, "detector": what.detector, "runs on": what.runs_on}
                self._tell(what.at, "eyes", **words, **({"note": what.note} if what.note else {}))
            case Down(part="eyes") if not self._seen:
                self.failed = what.reason
                self.ended.set()
            case Emotions():
                self._seen = True
                probabilities = dict(zip(EMOTIONS, what.probabilities, strict=True))
                self._tell(what.at, "emotions", probabilities=probabilities, faces=what.faces)
            case Announce(event="mood"):
                self._tell(what.at, "mood", **what.data)
            case Fulfil() if what.wish.uri:
                self._tell(what.wish.at, "play", uri=what.wish.uri, why=what.wish.why)
            case Announce(event="gesture" | "fault"):
                self._tell(what.at, what.event, **what.data)
            case Ended():
                self.ended.set()
            case Status():
                self._status(what)

    def _status(self, status: Status) -> None:
        light = draw(status)
        if light != self._light:
            self._light = light
            self._tell(status.at, "light", **msgspec.to_builtins(light))
        context = Context(status, self._names)
        topics, _ = due(told := states(context), self._published, status.at)
        for topic in topics:
            self._published[topic] = Sent(told[topic], status.at)
            self._tell(status.at, "publish", topic=topic, payload=encoded(told[topic]))

    def _tell(self, at: float, event: str, **data: Any) -> None:
        seconds = round(at - self._began, 3)
        if self._as_json:
            print(json.dumps({"at": seconds, "event": event} | data), flush=True)
        elif event not in ("emotions", "publish"):
            words = " · ".join(_short(value) for value in data.values())
            print(f"{seconds:6.1f} s  {event:8} {words}", flush=True)


def _short(value: Any) -> str:
    if isinstance(value, float):
        return f"{value:.2f}"
    return "/".join(map(str, value)) if isinstance(value, (list, tuple)) else str(value)


def run(
    source: str = "",
    seconds: float | None = None,
    *,
    as_json: bool = False,
    view: Literal["seven", "four", "fine"] = "seven",
    page: bool = False,
    rotate: Rotation = 0,
    browse: Callable[[str], bool] = webbrowser.open,
) -> int:
    """Run the demo until the input ends, `seconds` are over or somebody quits.

    With the `page`, its address is opened in the browser where `browse` is true; 1 is returned
    where the input cannot be read at all.
    """
    printer = Printer(moods(view), as_json=as_json)
    with suppress(KeyboardInterrupt), tempfile.TemporaryDirectory(prefix="moodbox-") as folder:
        settings = settings_for(source, Path(folder), view, page=page, rotate=rotate)
        clip = isinstance(settings.camera, PlayedSettings)
        if page:
            live_through(Path(settings.box.state), moods(view), settings.defaults)
        box = Box(settings, observe=printer, made_up=("past", *(["clip"] if clip else [])))
        stop_by_signals(box)  # from here on, nothing cuts the folder's end short
        if not as_json:
            print(_words(settings, source, page=page), flush=True)
        threading.Thread(target=_stop_at_end, args=(printer, box), daemon=True).start()
        if page:
            threading.Thread(target=_open_page, args=(box, printer, browse), daemon=True).start()
        with keyboard(box):
            box.run(seconds)
    if printer.failed:
        print(f"moodbox: the input cannot be read: {printer.failed}", file=sys.stderr)
        return 1
    if not as_json:
        print("\nThe demo has ended; nothing of it is kept.")
    return 0


def _words(settings: Settings, source: str, *, page: bool) -> str:
    """Say what is real and what is not, and how to end it."""
    camera = settings.camera
    driver = type(camera).__struct_config__.tag
    seen = f"{driver} {without_login(camera.source)}".strip()
    if not source and isinstance(camera, PlayedSettings):
        seen = "no camera found: the sample clip stands in for a webcam"
    lines = [
        f"camera:  {seen}",
        "music:   a made-up speaker; the page can make it heard" if page else "music:   made up",
        *(["history: two weeks that nobody lived"] if page else []),
        HELP if sys.stdin.isatty() else "end it with Ctrl-C",
    ]
    return "\n".join(lines)


def _open_page(box: Box, printer: Printer, browse: Callable[[str], bool]) -> None:
    """Open the page, paired by an address that works once and on this machine alone."""
    deadline = time.monotonic() + 20.0
    while not box.web.port or not (printer.watching.is_set() or time.monotonic() > deadline):
        if printer.ended.is_set():
            return
        time.sleep(0.05)
    try:
        address = box.web.invite()
    except MoodboxError as error:
        print(f"page:    {error}", file=sys.stderr)
        return
    opened = browse(address)
    print(f"page:    {address}{' (opened in the browser)' if opened else ''}", flush=True)


def _stop_at_end(printer: Printer, box: Box) -> None:
    printer.ended.wait()
    box.stop()


@contextmanager
def keyboard(box: Box) -> Iterator[None]:
    """Let keys of the terminal speak for the button, where there is a terminal."""
    if not sys.stdin.isatty():
        yield
        return
    descriptor = sys.stdin.fileno()
    before = termios.tcgetattr(descriptor)
    over = threading.Event()

    def listen() -> None:
        while not over.is_set():
            if select.select([sys.stdin], [], [], 0.2)[0]:
                key = sys.stdin.read(1)
                if key == "q":
                    box.stop()
                elif key in KEYS:
                    box.inbox.put(Pressed(KEYS[key], time.monotonic()))

    tty.setcbreak(descriptor)
    threading.Thread(target=listen, name="keyboard", daemon=True).start()
    try:
        yield
    finally:
        over.set()
        termios.tcsetattr(descriptor, termios.TCSADRAIN, before)
