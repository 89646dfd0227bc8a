from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from convert.__main__ import main
from convert.data.command import build
from convert.dataset import Split, load


def test_the_report_is_printed_and_saved(
    tmp_path: Path, collection: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    collection.images[3] = 90
    collection.images[5] = collection.images[4]
    collection.images[55] = collection.images[6]
    collection.label[55] = 0
    source = collection.npz(tmp_path / "a.npz")
    arguments = ["data", str(source), "--out", str(tmp_path / "faces.npz"), "--workers", "1"]
    assert main(arguments) == 0
    printed = capsys.readouterr().out
    assert (tmp_path / "faces.txt").read_text() == printed
    assert main([*arguments, "--report", str(tmp_path / "report.json")]) == 0
    report = json.loads((tmp_path / "report.json").read_text())
    assert report["rows_read"] == 60
    assert [report["parts"][name]["rows"] for name in ("train", "validation", "test")] == [
        37,
        10,
        10,
    ]
    assert report["parts"]["test"]["leak_free"] == 9
    assert set(report["seconds"]) == {"read", "check", "judge", "write"}
    told = {anomaly["what"]: anomaly["rows"] for anomaly in report["anomalies"]}
    assert told["blank images, dropped"] == ["row 3"]
    assert told["training rows that repeat another, dropped"] == ["row 5"]
    assert told["training rows that copy a validation or test row, dropped"] == ["row 6"]
    assert told["validation and test rows with such a copy, kept and marked"] == ["row 55"]
    assert told["groups of equal images with different labels"] == [
        "row 4 = row 5",
        "row 6 = row 55",
    ]
    for what in told:
        assert what in printed


def test_an_error_is_one_line_and_leaves_the_old_data_set_alone(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "faces.npz"
    out.write_bytes(b"the old one")
    assert main(["data", str(tmp_path / "none.csv"), "--out", str(out)]) == 1
    told = capsys.readouterr().err
    assert told.count("\n") == 1
    assert "none.csv: cannot be read: No such file or directory" in told
    assert out.read_bytes() == b"the old one"
    assert list(tmp_path.iterdir()) == [out]


def test_a_data_set_without_test_rows_is_refused(tmp_path: Path, collection: Any) -> None:
    collection.images[:] = 7
    collection.images[0, 0, 0] = 9
    with pytest.raises(Exception, match="no rows for validation"):
        build([collection.npz(tmp_path / "a.npz")], tmp_path / "faces.npz")


def test_help_lists_every_command(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="0"):
        main(["--help"])
    listed = capsys.readouterr().out
    for name in ("data", "framing", "train", "quantize", "check", "compile", "evaluate"):
        assert f"    {name} " in listed


def test_fer2013_has_the_rows_that_are_known_of_it(tmp_path: Path, shared: Path) -> None:
    report = build([shared / "data" / "fer2013.npz"], tmp_path / "faces.npz")
    assert report.parts["train"].rows == 26942
    assert report.parts["validation"].rows == 3588
    assert report.parts["test"].rows == 3589
    assert report.parts["test"].leak_free == 3301
    assert report.parts["test"].leak_free_majorities == 3076
    counts = {anomaly.what: anomaly.count for anomaly in report.anomalies}
    assert counts["blank images, dropped"] == 12
    assert counts["groups of equal images with different labels"] == 57
    data = load(tmp_path / "faces.npz")
    kept = {image.tobytes() for image in data.part(Split.TRAIN).images}
    assert len(kept) == 26942
    held_out = data.take(data.split != Split.TRAIN)
    assert not any(image.tobytes() in kept for image in held_out.images)
    assert np.bincount(held_out.split)[1:].tolist() == [3588, 3589]
