"""The TFLite interpreter, by name: on the Edge TPU or on the CPU, whichever library there is."""

from __future__ import annotations

import ctypes
import importlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from edge.errors import Fault, ModelError
from edge.vision.card import Card

LIBRARIES = ("ai_edge_litert.interpreter", "tflite_runtime.interpreter")
"""The living one first."""
EDGETPU = "libedgetpu.so.1"
RETRY_TPU = 30.0
"""Seconds before the Edge TPU is tried again: opening it takes about three."""


@dataclass(frozen=True)
class Opened:
    """An interpreter with its tensors allocated."""

    interpreter: Any
    runs_on: Literal["Edge TPU", "CPU"]
    note: str = ""
    """Why it is not the Edge TPU, where that was hoped for."""


class NoTpu(Exception):
    """Why the Edge TPU cannot be used, in words."""


def make(card: Card, folder: Path, device: Literal["auto", "tpu", "cpu"], no_tpu: str) -> Opened:
    """Return an interpreter for the card's model in `folder`.

    `no_tpu` is why the Edge TPU is to be left alone; empty, it is tried unless the device is
    "cpu". "auto" goes on with the CPU and says so, "tpu" raises Fault.
    """
    model = folder / card.model.file
    if device == "cpu":
        return Opened(_on_cpu(model), "CPU")
    try:
        return Opened(_on_tpu(card, folder, no_tpu), "Edge TPU")
    except NoTpu as reason:
        if device == "tpu":
            raise Fault(f"Edge TPU: {reason}", RETRY_TPU) from reason
        return Opened(_on_cpu(model), "CPU", f"runs on the CPU; Edge TPU: {reason}")


def _library() -> Any:
    for name in LIBRARIES:
        try:
            return importlib.import_module(name)
        except ImportError:
            continue
    raise Fault("no TFLite interpreter is installed; pip install ai-edge-litert")


def _on_cpu(model: Path) -> Any:
    library = _library()
    try:
        # One thread: at 48x48 pixels more gain nothing.
        interpreter = library.Interpreter(model_path=str(model), num_threads=1)
        interpreter.allocate_tensors()
    except (RuntimeError, ValueError) as error:
        raise ModelError(f"{model}: cannot run on a CPU: {_line(error)}") from error
    return interpreter


def _on_tpu(card: Card, folder: Path, no_tpu: str) -> Any:
    if card.edgetpu is None:
        raise NoTpu(f"{card.name} has not been compiled for it")
    if no_tpu:
        raise NoTpu(no_tpu)
    model = folder / card.edgetpu.file
    try:
        # PyPI's package of that name is about coral reefs, and has no such module.
        edgetpu = importlib.import_module("pycoral.utils.edgetpu")
    except ImportError:
        make_interpreter = _delegated
    else:
        make_interpreter = edgetpu.make_interpreter
    try:
        interpreter = make_interpreter(str(model), device="usb:0")
        interpreter.allocate_tensors()
    except OSError as error:
        raise NoTpu(f"its library is not installed ({error})") from error
    except ValueError as error:  # without a device: "Failed to load delegate from …\n" and no more
        _, _, reason = str(error).partition("\n")
        raise NoTpu(reason.strip() or "none is plugged in, or it may not be opened") from error
    except RuntimeError as error:
        raise NoTpu(f"it cannot run {model.name} ({_line(error)})") from error
    return interpreter


def _delegated(model: str, device: str) -> Any:
    """Return what pycoral's make_interpreter returns, for those who do not have it."""
    # TFLite's own loader leaves a half-made object behind that complains when it is collected.
    ctypes.CDLL(EDGETPU)
    library = _library()
    delegate = library.load_delegate(EDGETPU, {"device": device})
    return library.Interpreter(model_path=model, experimental_delegates=[delegate])


def _line(error: Exception) -> str:
    """Return an error's words in one line."""
    return " ".join(str(error).split())
