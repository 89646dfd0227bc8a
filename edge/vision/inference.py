"""Some real inferences in a process of their own: a library that does not fit takes that with it.

libedgetpu follows the memory layout of the TensorFlow Lite it was built with; beside another
interpreter it does not say so, it crashes.
"""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import msgspec
from msgspec import Struct

from edge.errors import Fault, MoodboxError
from edge.settings import VisionSettings

WITHIN = 60.0
"""Seconds: a Coral is opened in about three, a slow card is slower."""


class Tried(Struct, frozen=True):
    """What became of it."""

    runs_on: str
    milliseconds: float
    """The median of some runs."""
    note: str
    """A fall-back that was taken, and why."""


def attempt(vision: VisionSettings) -> Tried:
    """Run the model as `vision` says; raise Fault, in words, where it cannot be or crashes."""
    words = [sys.executable, "-m", __name__, vision.models, vision.model, vision.device]
    try:
        done = subprocess.run(  # noqa: S603  words of our own
            words, capture_output=True, text=True, timeout=WITHIN, check=False
        )
    except subprocess.TimeoutExpired as error:
        raise Fault(f"the interpreter did not answer within {WITHIN:.0f} s") from error
    if done.returncode < 0:
        name = signal.Signals(-done.returncode).name
        raise Fault(f"the interpreter and libedgetpu do not fit: they crashed ({name})")
    if done.returncode:
        raise Fault((done.stderr.strip().splitlines() or ["no reason was given"])[-1])
    return msgspec.json.decode(done.stdout, type=Tried)


def main(folder: str, name: str, device: str) -> int:
    """Classify some pictures, and print how it went."""
    # The daemon, which only asks, does without numpy.
    from edge.vision import last_layer, soundness  # noqa: PLC0415
    from edge.vision.classifier import open_model  # noqa: PLC0415

    try:
        vision = msgspec.convert({"device": device}, VisionSettings)
        model = open_model(Path(folder), name, vision.device)
        if model.card.last_layer is not None:
            last_layer.read(Path(folder), model.card)
        soundness.demand(model)
    except MoodboxError as error:
        print(error, file=sys.stderr)
        return 1
    print(msgspec.json.encode(Tried(model.runs_on, model.milliseconds, model.note)).decode())
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
