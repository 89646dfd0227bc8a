"""`moodbox check`: looks at each part, and names the fix.

What a running daemon holds, it is asked about; all else is looked at here, without it.
"""

from __future__ import annotations

import ctypes
import importlib.util
import os
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from importlib import metadata
from pathlib import Path
from typing import Literal

from msgspec import Struct

from edge import health
from edge.commands.client import Control
from edge.errors import Fault, MoodboxError, NotRunning
from edge.events import Status
from edge.music.tokens import TOKENS
from edge.settings import Settings

State = Literal["ok", "warn", "fail", "skipped"]

CANNOT_READ = "check while the daemon runs, which is given it; or set mqtt.password_file"
FRAME_WITHIN = 5.0
"""Seconds."""
RUNTIMES = ("ai-edge-litert", "tflite-runtime")
"""What TFLite models run on; the living one first."""
CORAL = {("1a6e", "089a"), ("18d1", "9302")}
"""USB ids of the Coral accelerator before and after its first use."""
HOT = 75.0
"""Degrees Celsius; a Pi slows down at 80."""
LITTLE_DISK = 200.0
"""MiB."""


class Result(Struct, frozen=True):
    """What one look found."""

    part: str
    state: State
    words: str
    fix: str = ""
    """What to do about it; empty while nothing is wrong."""


Check = Callable[[Settings], Result]


def asked(settings: Settings) -> Status | None:
    """Return what the running daemon says of itself, or None where none runs.

    Raises:
        MoodboxError: it does not answer, or not to this user.
    """
    try:
        return Control(Path(settings.box.runtime)).get("/api/status", Status)
    except NotRunning:
        return None


def camera(settings: Settings) -> Result:
    """Take one picture, or ask the daemon, which holds the camera."""
    if (status := asked(settings)) is not None:
        return _held(status)
    from edge.vision import camera as cameras  # noqa: PLC0415  OpenCV is heavy

    driver = cameras.make(settings.camera)
    try:
        driver.open()
        frame = driver.read(FRAME_WITHIN)
    except MoodboxError as error:
        return Result("camera", "fail", str(error), "look at its plug and at [camera] driver")
    finally:
        driver.close()
    if frame is None:
        return Result("camera", "fail", "it has no pictures", "look at [camera] source")
    height, width = frame.pixels.shape[:2]
    return Result("camera", "ok", f"{settings.camera.driver}, {width}x{height}")


def _held(status: Status) -> Result:
    if status.private:
        return Result("camera", "skipped", "the box is private")
    if problem := status.problems.get("eyes"):
        return Result("camera", "fail", problem, "look at its plug and at [camera] driver")
    if not status.camera:
        return Result("camera", "warn", "the eyes are not open yet", "look again in a minute")
    words = f"{status.camera}, {status.frames_per_second:.1f} frames/s, says the running daemon"
    return Result("camera", "ok", words)


def edge_tpu(settings: Settings, devices: Path = Path("/sys/bus/usb/devices")) -> Result:
    """Look for the accelerator on the bus and for its library."""
    if settings.vision.device == "cpu":
        return Result("edge tpu", "skipped", "the settings say cpu")
    state: State = "fail" if settings.vision.device == "tpu" else "warn"
    fix = "plug the Coral into a blue USB port; without it the CPU is used"
    if not _on_the_bus(devices) and not Path("/dev/apex_0").exists():
        return Result("edge tpu", state, "none is plugged in", fix)
    try:
        library = ctypes.CDLL("libedgetpu.so.1")
        library.edgetpu_version.restype = ctypes.c_char_p
        version = library.edgetpu_version().decode()
    except OSError:
        return Result(
            "edge tpu",
            state,
            "its library libedgetpu.so.1 is missing",
            "install the build that matches the interpreter (ansible role coral); Google's own "
            "libedgetpu1-std is too old and crashes",
        )
    return Result("edge tpu", "ok", version)


def _on_the_bus(devices: Path) -> bool:
    for vendor in devices.glob("*/idVendor"):
        product = vendor.with_name("idProduct")
        if (vendor.read_text().strip(), product.read_text().strip()) in CORAL:
            return True
    return False


def interpreter(settings: Settings) -> Result:
    """Run the model where the settings say, with the libraries that are here, or ask the daemon."""
    found = [name for name in RUNTIMES if importlib.util.find_spec(name.replace("-", "_"))]
    if not found:
        fix = "pip install ai-edge-litert"
        return Result("interpreter", "fail", "no TFLite runtime", fix)
    name = f"{found[0]} {metadata.version(found[0])}"
    if (status := asked(settings)) is not None and status.runs_on:
        words = f"{name}, {status.inference_ms:.2f} ms a face on the {status.runs_on}"
        return Result("interpreter", "ok", f"{words}, says the running daemon")
    from edge.vision.inference import attempt  # noqa: PLC0415  numpy is heavy

    try:
        tried = attempt(settings.vision)
    except Fault as error:
        fix = 'install the libedgetpu that matches it (ansible role coral); or device = "cpu"'
        return Result("interpreter", "fail", f"{name}: {error}", fix)
    words = f"{name}, {tried.milliseconds:.2f} ms a face on the {tried.runs_on}"
    return Result("interpreter", "ok", words)


def model(settings: Settings) -> Result:
    """Hold the model against its card, and run it once."""
    import numpy as np  # noqa: PLC0415  heavy, as what follows

    from edge.vision.classifier import open_model  # noqa: PLC0415

    try:
        opened = open_model(Path(settings.vision.models), settings.vision.model, "cpu")
        card = opened.card
        opened(np.zeros((card.input.height, card.input.width), np.uint8))
    except MoodboxError as error:
        return Result("model", "fail", str(error), "look at [vision] models, or install it again")
    compiled = "" if card.edgetpu else ", not compiled for the Edge TPU"
    return Result("model", "ok", f"{card.name} {card.model.sha256[:12]}{compiled}")


def detector(settings: Settings) -> Result:
    """Look for the face detector's file."""
    from edge.vision.card import verify  # noqa: PLC0415
    from edge.vision.detector import YUNET  # noqa: PLC0415  OpenCV is heavy

    if settings.vision.detector == "haar":
        return Result("detector", "ok", "Haar, as the settings say")
    path = Path(settings.vision.models) / YUNET.file
    try:
        verify(path, YUNET)
    except MoodboxError as error:
        state: State = "fail" if settings.vision.detector == "yunet" else "warn"
        return Result("detector", state, str(error), "moodbox models fetch")
    return Result("detector", "ok", "YuNet")


def gpio(settings: Settings) -> Result:
    """Look at whether the pins can be reached."""
    if settings.panel.driver != "gpio":
        return Result("gpio", "skipped", f"the settings say {settings.panel.driver}")
    chips = sorted(Path("/dev").glob("gpiochip*"))
    if not chips:
        return Result("gpio", "fail", "no /dev/gpiochip*", 'use a Raspberry Pi, or [panel] "none"')
    if not os.access(chips[0], os.R_OK | os.W_OK):
        return Result("gpio", "fail", f"{chips[0]} may not be opened", "join the group gpio")
    if importlib.util.find_spec("lgpio") is None:
        return Result("gpio", "fail", "lgpio is missing", "apt install python3-lgpio")
    return Result("gpio", "ok", str(chips[0]))


def sign_in(settings: Settings) -> Result:
    """Look at how old the sign-in is; it ends after six months."""
    from edge.music.tokens import TokenStore, sign_in_age  # noqa: PLC0415

    if settings.music.player == "simulated":
        return Result("spotify", "skipped", "the speaker is simulated")
    path = Path(settings.box.state) / TOKENS
    tokens = TokenStore(path).tokens
    if tokens is None:
        why = "the sign-in cannot be read" if path.exists() else "not signed in"
        return Result("spotify", "warn", why, "moodbox login")
    age = sign_in_age(tokens.authorized_at, time.time())
    words = f"signed in, {max(0.0, age.days_left):.0f} days left"
    if age.days_left <= 0:
        return Result("spotify", "fail", "the sign-in has ended", "moodbox login")
    return Result("spotify", "warn" if age.warn else "ok", words, "moodbox login" * age.warn)


def broker(settings: Settings) -> Result:
    """Log in to the MQTT broker, or ask the daemon, which alone may know the password."""
    mqtt = settings.mqtt
    if not mqtt.host:
        return Result("broker", "skipped", "no [mqtt] host")
    where = f"{mqtt.host}:{mqtt.port} lets in {mqtt.user or 'anybody'}"
    if (status := asked(settings)) is not None:
        if problem := status.problems.get("mqtt"):
            return Result("broker", "fail", problem, "look at [mqtt]")
        return Result("broker", "ok", f"{where}, says the running daemon")
    from edge.mqtt.broker import password  # noqa: PLC0415  paho is heavy
    from edge.mqtt.trial import log_in  # noqa: PLC0415

    try:
        log_in(mqtt, settings.box)
    except Fault as error:
        unknown = bool(mqtt.user) and not password(mqtt)
        words = f"{error}; no password can be read here" if unknown else str(error)
        return Result("broker", "fail", words, CANNOT_READ if unknown else "look at [mqtt]")
    return Result("broker", "ok", where)


def clock(_settings: Settings) -> Result:
    """Ask the kernel whether a time server set the clock."""
    if _synchronised():
        return Result("clock", "ok", "set by a time server")
    return Result("clock", "warn", "not set by a time server", "timedatectl set-ntp true")


def _synchronised() -> bool:
    """adjtimex(2), reading only: TIME_ERROR means that nobody keeps the clock."""
    buffer = ctypes.create_string_buffer(512)  # larger than any struct timex; modes = 0
    return ctypes.CDLL(None).adjtimex(buffer) not in (-1, 5)


def disk(settings: Settings) -> Result:
    """Look at whether the state folder can be written, and how much fits."""
    folder = Path(settings.box.state)
    while not folder.exists():
        folder = folder.parent
    free = health.disk_free(folder) or 0.0
    words = f"{free:.0f} MiB free in {folder}"
    if not os.access(folder, os.W_OK):
        return Result("disk", "fail", f"{folder} cannot be written", "run as moodbox or root")
    if free < LITTLE_DISK:
        return Result("disk", "warn", words, "make room, or take a larger card")
    return Result("disk", "ok", words)


def heat(_settings: Settings) -> Result:
    """Read the processor's temperature."""
    degrees = health.temperature()
    if degrees is None:
        return Result("temperature", "skipped", "this machine does not tell")
    words = f"{degrees:.0f} °C"
    if degrees >= HOT:
        return Result("temperature", "warn", words, "give it air or a fan")
    return Result("temperature", "ok", words)


def power(_settings: Settings) -> Result:
    """Ask the Pi whether its supply is too weak."""
    weak = health.under_voltage()
    if weak is None:
        return Result("power", "skipped", "this machine does not tell")
    if weak:
        return Result("power", "fail", "under-voltage now", "use the official power supply")
    return Result("power", "ok", "no under-voltage")


CHECKS: dict[str, Check] = {
    "camera": camera,
    "edge tpu": edge_tpu,
    "interpreter": interpreter,
    "model": model,
    "detector": detector,
    "gpio": gpio,
    "spotify": sign_in,
    "broker": broker,
    "clock": clock,
    "disk": disk,
    "temperature": heat,
    "power": power,
}


def results(settings: Settings, parts: Sequence[str] = ()) -> Iterator[Result]:
    """Look at `parts`, or at all; one that cannot even be looked at fails, the rest go on.

    Raises:
        MoodboxError: there is no such part.
    """
    if unknown := set(parts) - CHECKS.keys():
        raise MoodboxError(f"{min(unknown)}: no such part; there are {', '.join(CHECKS)}")
    for part, check in CHECKS.items():
        if parts and part not in parts:
            continue
        try:
            with _quiet():
                result = check(settings)
        except MoodboxError as error:
            result = Result(part, "fail", str(error))
        except Exception as error:  # noqa: BLE001  a check of a broken machine may meet anything
            result = Result(part, "fail", f"{type(error).__name__}: {error}")
        yield result


@contextmanager
def _quiet() -> Iterator[None]:
    """Keep the libraries' own chatter from between the ticks."""
    saved = os.dup(2)
    null = os.open(os.devnull, os.O_WRONLY)
    os.dup2(null, 2)
    try:
        yield
    finally:
        os.dup2(saved, 2)
        os.close(saved)
        os.close(null)
