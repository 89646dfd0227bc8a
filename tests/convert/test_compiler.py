"""A model counts as compiled only if every operation and every parameter is on the chip."""

from __future__ import annotations

import argparse
import stat
from pathlib import Path

import pytest

from convert import compiler
from edge.errors import MoodboxError
from edge.vision import card as cards

# As on coral.ai/docs/edgetpu/compiler, version 16.0.
LOG = """\
Edge TPU Compiler version 16.0.384591198
Started a compilation timeout timer of 180 seconds.

Model compiled successfully in 542 ms.

Input model: emotion.tflite
Input size: 1.04MiB
Output model: emotion_edgetpu.tflite
Output size: 1.13MiB
On-chip memory used for caching model parameters: 1.02MiB
On-chip memory remaining for caching model parameters: 6.67MiB
Off-chip memory used for streaming uncached model parameters: {off}
Number of Edge TPU subgraphs: 1
Total number of operations: 26
Operation log: emotion_edgetpu.log

Operator                       Count      Status

ADD                            6          Mapped to Edge TPU
RESHAPE                        1          {reshape}
CONV_2D                        18         Mapped to Edge TPU
MEAN                           1          Mapped to Edge TPU
Compilation child process completed within timeout period.
Compilation succeeded!
"""
GOOD = LOG.format(off="0.00B", reshape="Mapped to Edge TPU")
PARTLY = LOG.format(off="0.00B", reshape="More than one subgraph is not supported")
TOO_BIG = LOG.format(off="3.23MiB", reshape="Mapped to Edge TPU")


def test_a_good_log_is_read() -> None:
    log = compiler.parse(GOOD)
    assert log.version == "16.0.384591198"
    assert (log.on_chip, log.off_chip) == (round(1.02 * 2**20), 0)
    assert ("CONV_2D", 18, "Mapped to Edge TPU") in log.operations
    assert sum(count for _, count, _ in log.operations) == 26
    assert log.complaints() == []


def test_an_operation_that_stays_behind_is_named() -> None:
    assert compiler.parse(PARTLY).complaints() == [
        "1 x RESHAPE: More than one subgraph is not supported"
    ]


def test_parameters_that_do_not_fit_are_named() -> None:
    (line,) = compiler.parse(TOO_BIG).complaints()
    assert "do not fit on the chip" in line


def test_a_log_without_operations_is_no_proof() -> None:
    assert compiler.parse(GOOD.split("Operator  ")[0]).complaints()


def test_what_is_no_log_is_shown() -> None:
    with pytest.raises(MoodboxError, match=r"Invalid model: emotion\.tflite"):
        compiler.parse("Edge TPU Compiler version 16.0.384591198\nInvalid model: emotion.tflite\n")


def install(folder: Path, log: str, monkeypatch: pytest.MonkeyPatch, code: int = 0) -> None:
    """Put a program of the compiler's name on PATH that prints `log` and writes its file."""
    (folder / "log").write_text(log)
    program = folder / "edgetpu_compiler"
    program.write_text(
        f"#!/bin/sh\ncat '{folder}/log'\n"
        'while [ "$#" -gt 1 ]; do [ "$1" = --out_dir ] && out="$2"; shift; done\n'
        'cp "$1" "$out/$(basename "$1" .tflite)_edgetpu.tflite"\n'
        f"exit {code}\n"
    )
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setenv("PATH", str(folder), prepend=":")


def arguments(model: Path) -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    compiler.add_arguments(parser)
    return parser.parse_args(["--model", str(model)])


def test_the_compiled_file_is_entered_on_the_card(
    released: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    install(tmp_path, GOOD, monkeypatch)
    assert compiler.run(arguments(released / "emotion.tflite")) == 0
    card = cards.load(released / "emotion.json")
    assert card.edgetpu is not None
    assert card.edgetpu.file == "emotion_edgetpu.tflite"


@pytest.mark.parametrize(("log", "code"), [(PARTLY, 0), (TOO_BIG, 0), (GOOD, 1)])
def test_a_model_that_is_not_wholly_compiled_is_not_kept(
    log: str, code: int, released: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    install(tmp_path, log, monkeypatch, code)
    with pytest.raises(MoodboxError, match="not wholly on the Edge TPU"):
        compiler.compile_model(released / "emotion.tflite", tmp_path / "made.tflite")
    assert not (tmp_path / "made.tflite").exists()


def test_without_the_compiler_it_says_what_to_install(
    released: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(MoodboxError, match=r"x86-64 Debian.*apt install edgetpu-compiler"):
        compiler.run(arguments(released / "emotion.tflite"))
