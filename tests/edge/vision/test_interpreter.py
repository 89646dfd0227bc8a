"""Which interpreter is taken. The Edge TPU's library is stood in for by one compiled here."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
from pathlib import Path

import msgspec
import pytest

from edge.errors import Fault
from edge.vision import card, interpreter
from edge.vision.card import Card


@pytest.fixture
def known(models: Path) -> Card:
    """A card that names a compiled model, which on a CPU would be refused."""
    plain = card.read(models / "emotion.json")
    return msgspec.structs.replace(plain, edgetpu=plain.model)


def test_the_cpu_is_taken_without_a_word_where_it_is_wanted(known: Card, models: Path) -> None:
    opened = interpreter.make(known, models, "cpu", "")
    assert (opened.runs_on, opened.note) == ("CPU", "")


@pytest.mark.parametrize(("no_tpu", "words"), [("", "not installed"), ("left alone", "left alone")])
def test_auto_falls_back_and_says_why(known: Card, models: Path, no_tpu: str, words: str) -> None:
    opened = interpreter.make(known, models, "auto", no_tpu)
    assert opened.runs_on == "CPU"
    assert opened.note.startswith("runs on the CPU; Edge TPU: ")
    assert words in opened.note


def test_a_model_that_was_never_compiled_is_said_to_be(known: Card, models: Path) -> None:
    plain = msgspec.structs.replace(known, edgetpu=None)
    assert "not been compiled" in interpreter.make(plain, models, "auto", "").note


def test_tpu_alone_is_a_fault_that_waits(known: Card, models: Path) -> None:
    with pytest.raises(Fault, match="Edge TPU: its library is not installed") as caught:
        interpreter.make(known, models, "tpu", "")
    assert caught.value.retry_after is not None
    assert caught.value.retry_after >= 30


def with_library(folder: Path, source: str, models: Path) -> subprocess.CompletedProcess[str]:
    """Open the model with "auto" in a process whose libedgetpu.so.1 is made of `source`."""
    (folder / "edgetpu.c").write_text(source)
    library = folder / interpreter.EDGETPU
    compile_ = ["cc", "-shared", "-fPIC", "-o", str(library), str(folder / "edgetpu.c")]
    subprocess.run(compile_, check=True, timeout=60)
    program = textwrap.dedent("""
        import sys
        from pathlib import Path
        import msgspec
        from edge.vision import card, interpreter
        models = Path(sys.argv[1])
        known = card.read(models / "emotion.json")
        known = msgspec.structs.replace(known, edgetpu=known.model)
        opened = interpreter.make(known, models, "auto", "")
        print(opened.runs_on, opened.note)
    """)
    return subprocess.run(
        [sys.executable, "-c", program, str(models)],
        env=os.environ | {"LD_LIBRARY_PATH": str(folder)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_a_stick_that_is_not_plugged_in_is_said_to_be(models: Path, tmp_path: Path) -> None:
    source = """
        void *tflite_plugin_create_delegate(char **k, char **v, unsigned long n, void *e)
        { return 0; }
        void tflite_plugin_destroy_delegate(void *d) {}
    """
    ended = with_library(tmp_path, source, models)
    assert ended.returncode == 0, ended.stderr
    assert ended.stdout.startswith("CPU runs on the CPU; Edge TPU: none is plugged in")
    assert "Traceback" not in ended.stderr


def test_the_device_is_asked_for_by_its_number(models: Path, tmp_path: Path) -> None:
    source = """
        #include <stdio.h>
        void *tflite_plugin_create_delegate(char **k, char **v, unsigned long n,
                                            void (*report)(const char *))
        { char words[80]; snprintf(words, 80, "asked %lu %s=%s", n, k[0], v[0]);
          report(words); return 0; }
        void tflite_plugin_destroy_delegate(void *d) {}
    """
    assert "asked 1 device=usb:0" in with_library(tmp_path, source, models).stdout


def test_an_edge_tpu_that_aborts_takes_its_process_with_it(models: Path, tmp_path: Path) -> None:
    """Nothing can be done about it inside: this is why the eyes are a process of their own."""
    source = """
        #include <stdlib.h>
        void *tflite_plugin_create_delegate(char **k, char **v, unsigned long n, void *e)
        { abort(); }
    """
    assert with_library(tmp_path, source, models).returncode == -signal.SIGABRT
