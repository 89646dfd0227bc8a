"""`evaluate` measures what it is given, and says in one line what is wrong with it."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from convert import evaluation_set
from convert.__main__ import main
from convert.dataset import LABELS, Dataset, Split
from convert.int8 import Int8Model

Capture = pytest.CaptureFixture[str]


def evaluate(model: Path, data: Path, capsys: Capture) -> dict[str, Any]:
    assert main(["evaluate", "--model", str(model), "--data", str(data), "--json"]) == 0
    return dict(json.loads(capsys.readouterr().out))


@pytest.fixture
def plain(faces: Dataset, tmp_path: Path) -> Path:
    """A plain npz with the test rows."""
    rows = faces.part(Split.TEST)
    np.savez(tmp_path / "plain.npz", images=rows.images, label=rows.label.astype(np.int64))
    return tmp_path / "plain.npz"


def test_the_figures_are_the_models(
    released: Path, plain: Path, faces: Dataset, capsys: Capture
) -> None:
    found = evaluate(released / "emotion.tflite", plain, capsys)
    rows = faces.part(Split.TEST)
    said = Int8Model.read(released / "emotion.tflite").run(rows.images).argmax(axis=1)
    assert found["rows"] == len(rows) == np.sum(found["confusion"])
    assert found["accuracy"] == pytest.approx((said == rows.label).mean())
    assert found["confusion"][3][said[rows.label == 3][0]] > 0
    assert list(found["per_class"]) == found["labels"] == list(LABELS)


def test_every_figure_has_an_interval_around_it(
    released: Path, plain: Path, capsys: Capture
) -> None:
    found = evaluate(released / "emotion.tflite", plain, capsys)
    for name in ("accuracy", "balanced_accuracy"):
        low, high = found["intervals"][name]
        assert low <= found[name] <= high
    for name, scores in found["intervals"]["per_class"].items():
        for score, (low, high) in scores.items():
            assert low <= found["per_class"][name][score] <= high
    assert np.shape(found["intervals"]["confusion"]) == (7, 7, 2)
    low, high = found["intervals"]["ece"]
    assert 0 <= low <= high <= 1


def test_a_data_sets_test_rows_are_used_without_copies(
    released: Path, faces: Dataset, tmp_path: Path, capsys: Capture
) -> None:
    faces.save(tmp_path / "faces.npz")
    found = evaluate(released / "emotion.tflite", tmp_path / "faces.npz", capsys)
    assert found["rows"] == np.sum(~faces.part(Split.TEST).copied)


def test_faces_on_which_half_of_the_people_agree_are_no_agreement(faces: Dataset) -> None:
    rows = faces.part(Split.TEST).take(np.arange(3))
    votes = np.zeros((3, 7), np.float32)
    votes[:, 0] = 5, 6, 5  # of ten, ten, and nine
    rows = replace(rows, votes=votes, voters=np.array([10, 10, 9], np.float32))
    kept = evaluation_set.of(rows, Split.TEST, "ferplus", agreed=True)
    assert (kept.images == rows.images[1:]).all()
    assert len(evaluation_set.of(rows, Split.TEST, "ferplus")) == 3


def test_faces_of_another_size_are_resized(faces: Dataset, tmp_path: Path) -> None:
    rows = faces.part(Split.TEST)
    big = np.stack([cv2.resize(face, (96, 96)) for face in rows.images])
    np.savez(tmp_path / "big.npz", images=big, label=rows.label)
    read = evaluation_set.read(tmp_path / "big.npz", "ferplus").sized(48, 48)
    assert read.images.shape == rows.images.shape
    assert np.abs(read.images.astype(int) - rows.images).mean() < 12


def test_emotions_that_do_not_occur_are_null(
    released: Path, faces: Dataset, tmp_path: Path, capsys: Capture
) -> None:
    rows = faces.part(Split.TEST).take(faces.part(Split.TEST).label != 1)
    np.savez(tmp_path / "six.npz", images=rows.images, label=rows.label)
    found = evaluate(released / "emotion.tflite", tmp_path / "six.npz", capsys)
    assert found["per_class"]["disgust"]["recall"] is None


def test_a_person_gets_a_table(released: Path, plain: Path, capsys: Capture) -> None:
    model = released / "emotion.tflite"
    assert main(["evaluate", "--model", str(model), "--data", str(plain)]) == 0
    shown = capsys.readouterr().out
    assert "balanced accuracy" in shown
    assert all(label in shown for label in LABELS)


IMAGES = np.zeros((3, 48, 48), np.uint8)
LABEL = np.array([0, 3, 6])


@pytest.mark.parametrize(
    ("arrays", "complaint"),
    [
        ({"images": IMAGES}, "has to hold images and label"),
        ({"images": IMAGES / 255, "label": LABEL}, "have to be uint8 (n, h, w)"),
        ({"images": IMAGES[0], "label": LABEL}, "have to be uint8 (n, h, w)"),
        ({"images": IMAGES, "label": LABEL[:2]}, "has to be whole numbers (3,)"),
        ({"images": IMAGES, "label": LABEL / 2}, "has to be whole numbers (3,)"),
        ({"images": IMAGES, "label": LABEL + 1}, "row 2: label 7; allowed: 0 angry"),
    ],
)
def test_bad_data_is_one_line(
    arrays: dict[str, Any], complaint: str, released: Path, tmp_path: Path, capsys: Capture
) -> None:
    data = tmp_path / "bad.npz"
    np.savez(data, **arrays)
    model = released / "emotion.tflite"
    assert main(["evaluate", "--model", str(model), "--data", str(data), "--json"]) == 1
    (line,) = capsys.readouterr().err.splitlines()[-1:]
    assert str(data) in line
    assert complaint in line


@pytest.mark.parametrize("content", [b"", b"not an archive", b"PK\x03\x04 half of one"])
def test_a_file_that_is_no_npz_is_named(
    content: bytes, released: Path, tmp_path: Path, capsys: Capture
) -> None:
    data = tmp_path / "bad.npz"
    data.write_bytes(content)
    model = released / "emotion.tflite"
    assert main(["evaluate", "--model", str(model), "--data", str(data)]) == 1
    assert f"{data}: cannot be read as npz" in capsys.readouterr().err


def test_a_model_without_a_card_is_named(released: Path, plain: Path, capsys: Capture) -> None:
    (released / "emotion.json").unlink()
    model = released / "emotion.tflite"
    assert main(["evaluate", "--model", str(model), "--data", str(plain)]) == 1
    assert "a model's card cannot be read" in capsys.readouterr().err


def test_a_model_that_is_not_the_cards_is_named(
    released: Path, plain: Path, capsys: Capture
) -> None:
    model = released / "emotion.tflite"
    model.write_bytes(model.read_bytes() + b"\0")
    assert main(["evaluate", "--model", str(model), "--data", str(plain)]) == 1
    assert "copy model and card together" in capsys.readouterr().err
