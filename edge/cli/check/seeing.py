"""Looks at what sees: camera, Edge TPU, interpreter, model, face detector."""

from __future__ import annotations

import ctypes
import importlib.util
from importlib import metadata
from pathlib import Path

from edge.cli.check.result import Result, State, asked
from edge.errors import Fault, MoodboxError
from edge.events import Status
from edge.settings import Settings

FRAME_WITHIN = 5.0
"""Seconds."""
RUNTIMES = ("ai-edge-litert", "tflite-runtime")
"""What TFLite models run on; the living one first."""
CORAL = {("1a6e", "089a"), ("18d1", "9302")}
"""USB ids of the Coral accelerator before and after its first use."""


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
    return Result("model", "ok", f"{card.name} {card.model.version}{compiled}")


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
