"""Compile a released model for the Edge TPU, where Google's compiler is installed.

    moodbox-convert compile --model models/emotion.tflite

Every operation has to map and all parameters have to fit on the chip; then the compiled file is
put beside the model and entered on its card. Log format: coral.ai/docs/edgetpu/compiler.
"""

from __future__ import annotations

import argparse
import re
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

import msgspec

from edge.errors import MoodboxError
from edge.vision import card as cards

COMPILER = "edgetpu_compiler"
MAPPED = "Mapped to Edge TPU"
INSTALL = (
    f"{COMPILER} is not installed: on an x86-64 Debian or Ubuntu machine add Google's apt"
    " repository (deb https://packages.cloud.google.com/apt coral-edgetpu-stable main) and"
    " apt install edgetpu-compiler"
)

_UNITS = {"B": 1, "KiB": 1 << 10, "MiB": 1 << 20, "GiB": 1 << 30}
_SIZE = re.compile(r"([0-9.]+)\s*([KMG]i)?B$")
_OPERATION = re.compile(r"^([A-Z][A-Z0-9_]*)\s+(\d+)\s+(\S.*?)\s*$", re.MULTILINE)


@dataclass(frozen=True)
class Log:
    """What the compiler says of one model."""

    version: str
    on_chip: int
    """Bytes of parameters kept on the chip."""
    off_chip: int
    """Bytes of parameters fetched anew for each image."""
    operations: tuple[tuple[str, int, str], ...]
    """Name, count and status of each kind of operation."""

    def complaints(self) -> list[str]:
        """Return one line for each thing that keeps the model from running wholly on the chip."""
        unmapped = [
            f"{count} x {name}: {status}"
            for name, count, status in self.operations
            if status != MAPPED
        ]
        if not self.operations:
            unmapped.append("the log names no operation")
        if self.off_chip:
            unmapped.append(f"{self.off_chip:,} bytes of parameters do not fit on the chip")
        return unmapped


def parse(text: str) -> Log:
    """Read the compiler's output, as of `edgetpu_compiler --show_operations`.

    Raises:
        MoodboxError: a line that has to be there is not.
    """
    return Log(
        version=_field(text, r"Edge TPU Compiler version (\S+)"),
        on_chip=_bytes(_field(text, r"On-chip memory used for caching model parameters: (.+)")),
        off_chip=_bytes(
            _field(text, r"Off-chip memory used for streaming uncached model parameters: (.+)")
        ),
        operations=tuple(
            (name, int(count), status) for name, count, status in _OPERATION.findall(text)
        ),
    )


def _field(text: str, pattern: str) -> str:
    found = re.search(pattern, text)
    if found is None:
        said = next((line for line in reversed(text.splitlines()) if line.strip()), "nothing")
        raise MoodboxError(f"{COMPILER}: no line like {pattern!r}; the last one is: {said.strip()}")
    return found.group(1).strip()


def _bytes(size: str) -> int:
    found = _SIZE.match(size)
    if found is None:
        raise MoodboxError(f"{COMPILER}: {size!r} is no size; expected such as 1.92MiB")
    return round(float(found.group(1)) * _UNITS[f"{found.group(2) or ''}B"])


def compile_model(model: Path, out: Path) -> Log:
    """Compile `model` and write the result to `out`.

    Raises:
        MoodboxError: there is no compiler, it failed, or part of the model stays off the chip.
    """
    program = shutil.which(COMPILER)
    if program is None:
        raise MoodboxError(INSTALL)
    with tempfile.TemporaryDirectory() as folder:
        command = [program, "--show_operations", "--out_dir", folder, str(model)]
        done = subprocess.run(  # noqa: S603  found on PATH by its name
            command, capture_output=True, text=True, check=False, timeout=600
        )
        log = parse(done.stdout + done.stderr)
        complaints = log.complaints()
        made = Path(folder, f"{model.stem}_edgetpu.tflite")
        if done.returncode or not made.is_file():
            complaints.append(f"{COMPILER} ended with {done.returncode} and wrote no {made.name}")
        if complaints:
            raise MoodboxError(f"{model}: not wholly on the Edge TPU: {'; '.join(complaints)}")
        shutil.copyfile(made, out)
    return log


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command line."""
    parser.add_argument("--model", type=Path, required=True, help="a released int8 file (.tflite)")


def run(arguments: argparse.Namespace) -> int:
    """Compile, and enter the compiled file on the model's card."""
    model: Path = arguments.model
    page = model.with_suffix(".json")
    card = cards.load(page)
    out = model.with_name(f"{model.stem}_edgetpu.tflite")
    log = compile_model(model, out)
    cards.save(msgspec.structs.replace(card, edgetpu=cards.artefact(out)), page)
    count = sum(count for _, count, _ in log.operations)
    print(
        f"{out}: all {count} operations on the Edge TPU, {log.on_chip:,} bytes of parameters on"
        f" chip (compiler {log.version})"
    )
    return 0
