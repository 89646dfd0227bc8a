"""One real inference; libraries that do not fit are stood in for by one compiled here."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from edge.cli.check.seeing import interpreter
from edge.errors import Fault
from edge.settings import BoxSettings, Settings, VisionSettings
from edge.vision.inference import attempt
from edge.vision.interpreter import EDGETPU

CRASHES = """
    #include <stdlib.h>
    void *tflite_plugin_create_delegate(char **k, char **v, unsigned long n, void *e)
    { *(volatile int *)0 = 0; return 0; }
"""


@pytest.fixture
def compiled(models: Path, tmp_path: Path) -> Path:
    """A folder with a model that says it was compiled for the Edge TPU."""
    folder = tmp_path / "models"
    shutil.copytree(models, folder)
    card = json.loads((folder / "emotion.json").read_text())
    card["edgetpu"] = card["model"]
    (folder / "emotion.json").write_text(json.dumps(card))
    return folder


def test_the_shipped_model_runs_and_its_time_is_told(models: Path) -> None:
    tried = attempt(VisionSettings(models=str(models), device="cpu"))
    assert tried.runs_on == "CPU"
    assert 0 < tried.milliseconds < 1000


def test_a_model_that_is_not_there_is_said_in_one_line(tmp_path: Path) -> None:
    with pytest.raises(Fault, match=r"emotion\.json") as caught:
        attempt(VisionSettings(models=str(tmp_path)))
    assert "\n" not in str(caught.value)


def test_a_libedgetpu_that_does_not_fit_is_named_and_takes_nobody_with_it(
    compiled: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "edgetpu.c").write_text(CRASHES)
    build = ["cc", "-shared", "-fPIC", "-o", str(tmp_path / EDGETPU), str(tmp_path / "edgetpu.c")]
    subprocess.run(build, check=True, timeout=60)
    monkeypatch.setenv("LD_LIBRARY_PATH", str(tmp_path))
    settings = Settings(
        box=BoxSettings(runtime=str(tmp_path)), vision=VisionSettings(models=str(compiled))
    )
    result = interpreter(settings)
    assert result.state == "fail"
    assert "do not fit: they crashed (SIGSEGV)" in result.words
    assert "libedgetpu" in result.fix
