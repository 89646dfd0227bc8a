"""An int8 model has to say what its float network says, and what other interpreters say."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest

from convert import agreement
from convert.__main__ import main
from convert.dataset import Dataset
from edge.errors import ModelError


def test_what_is_lost_is_the_difference_of_accuracies() -> None:
    truth = np.array([0, 1, 2, 3], np.int8)
    exact = np.eye(7, dtype=np.float32)[[0, 1, 2, 0]]
    quantized = np.eye(7, dtype=np.float32)[[0, 1, 0, 0]]
    found = agreement.compare(exact, quantized, truth)
    assert (found.same, found.lost) == (0.75, 0.25)
    assert len(found.complaints()) == 2
    assert agreement.compare(exact, exact, truth).complaints() == []


def test_more_than_two_steps_are_complained_of() -> None:
    assert agreement.Reference("2.6.5", 2).complaints() == []
    (line,) = agreement.Reference("2.6.5", 3).complaints()
    assert line == "TensorFlow 2.6.5: differs by 3 LSB, allowed 2"


def test_a_python_without_tensorflow_is_named(released: Path, faces: Dataset) -> None:
    with pytest.raises(ModelError, match="cannot run the model there"):
        agreement.reference(Path("/bin/false"), released / "emotion.tflite", faces.images[:1])


def test_check_compares_with_float_and_with_another_tensorflow(
    released: Path,
    trained: Path,
    faces: Dataset,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    faces.save(tmp_path / "faces.npz")
    command = ["check", "--model", str(released / "emotion.tflite"), "--run", str(trained)]
    command += ["--data", str(tmp_path / "faces.npz"), "--reference-python", sys.executable]
    assert main(command) == 0
    shown = capsys.readouterr().out
    assert "int8 and float say the same on" in shown
    assert "LSB" in shown
