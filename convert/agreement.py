"""Does a model say the same after quantization, and in the Edge TPU's generation of TFLite?"""

from __future__ import annotations

import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from convert.int8 import Images, Int8Model, Logits
from edge.errors import ModelError

# What a released model has to keep.
LEAST_SAME = 0.95
MOST_LOST = 0.005
MOST_LSB = 2
LEAST_TOLD = 0.95


@dataclass(frozen=True)
class Agreement:
    """How an int8 model compares with the float network it came from, on the same rows."""

    same: float
    """Share of the faces on which both name the same emotion."""
    lost: float
    """Accuracy lost by quantization; a share of one, negative where it gained."""
    told: float = 1.0
    """Share of the embedding's variance, over faces, that is left as it was; see told()."""

    def complaints(self) -> list[str]:
        """Return one line for each bound that is broken."""
        return [
            f"agreement: {what} {found:.2%}, allowed {bound}"
            for what, found, bad, bound in (
                ("same answer on", self.same, self.same < LEAST_SAME, f"{LEAST_SAME:.0%} or more"),
                ("accuracy lost", self.lost, self.lost > MOST_LOST, f"{MOST_LOST:.1%} or less"),
                ("embedding told", self.told, self.told < LEAST_TOLD, f"{LEAST_TOLD:.0%} or more"),
            )
            if bad
        ]


def compare(exact: Logits, quantized: Logits, truth: NDArray[np.int8]) -> Agreement:
    """Compare two models' logits, (n, 7), on faces whose emotion is `truth`, (n,)."""
    before, after = exact.argmax(axis=1), quantized.argmax(axis=1)
    return Agreement(
        same=float(np.mean(before == after)),
        lost=float(np.mean(before == truth) - np.mean(after == truth)),
    )


def told(exact: NDArray[np.floating], quantized: NDArray[np.floating]) -> float:
    """Return how much of what differs from face to face in `exact`, (n, d), is in `quantized`."""
    spread = np.sum((exact - exact.mean(axis=0)) ** 2)
    return float(1 - np.sum((exact - quantized) ** 2) / spread)


@dataclass(frozen=True)
class Reference:
    """What an older interpreter made of the same file."""

    version: str
    """Its TensorFlow's."""
    lsb: int
    """The largest difference of any output, in steps of int8."""

    def complaints(self) -> list[str]:
        """Return one line where the difference is too large."""
        if self.lsb <= MOST_LSB:
            return []
        return [f"TensorFlow {self.version}: differs by {self.lsb} LSB, allowed {MOST_LSB}"]


def reference(python: Path, model: Path, faces: Images) -> Reference:
    """Run `model` on `faces` in the interpreter of `python`, which has an old TensorFlow."""
    with tempfile.TemporaryDirectory() as folder:
        inputs, outputs = Path(folder, "in.npy"), Path(folder, "out.npy")
        np.save(inputs, (faces ^ 0x80).view(np.int8)[..., None])
        script = Path(__file__).with_name("old_tflite.py")
        command = [str(python), str(script), str(model), str(inputs), str(outputs)]
        try:
            done = subprocess.run(  # noqa: S603  the owner names the program
                command, capture_output=True, text=True, check=True, timeout=600
            )
        except (OSError, subprocess.SubprocessError) as error:
            why = str(getattr(error, "stderr", "") or error).strip().splitlines()[-1]
            raise ModelError(f"{python}: cannot run the model there: {why}") from error
        theirs = np.load(outputs).astype(np.int16)
    ours = Int8Model.read(model).run(faces).astype(np.int16)
    return Reference(done.stdout.split()[-1], int(np.abs(ours - theirs).max()))
