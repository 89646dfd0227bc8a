"""The trainings behind the released models can be made in their order, from what is there."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import keras
import pytest

from convert.__main__ import main
from convert.dataset import Dataset
from convert.lab.ladder import RUNGS, Rung, climb
from convert.network import Separable
from convert.recipe import PRESETS, SLIM

TINY = replace(PRESETS["tiny"], epochs=1, small_epochs=0, calm_epochs=0, limit=128)


def test_every_rung_stands_on_those_before_it() -> None:
    before = set[str]()
    for name, rung in RUNGS.items():
        below = {rung.start, *rung.teachers, rung.guide} - {""}
        assert {it for it in below if not it.endswith(".json")} <= before
        before.add(name)


def test_the_last_two_are_what_a_box_runs() -> None:
    for name in ("emotion", "emotion_fer2013"):
        assert RUNGS[name].recipe().shape == Separable(SLIM)
    assert RUNGS["emotion"].recipe().heads[0] == "ferplus"
    assert RUNGS["emotion_fer2013"].recipe().heads[0] == "fer2013"


@pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SADeprecationWarning")  # MLflow's own
def test_a_rung_learns_from_those_below_and_is_made_once(
    faces: Dataset, trained: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "below").symlink_to(trained)
    monkeypatch.setitem(PRESETS, "tiny", TINY)
    rung = Rung("tiny", "below", "", ("below",), guide="below", fer2013_first=True)
    path = climb(faces, tmp_path, "next", rung)
    assert list(keras.saving.load_model(path, compile=False).output) == ["fer2013", "ferplus"]
    made = path.stat().st_mtime_ns
    assert climb(faces, tmp_path, "next", rung) == path
    assert path.stat().st_mtime_ns == made


def test_what_is_missing_is_said_before_hours_of_work(
    faces: Dataset, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    faces.save(data := tmp_path / "faces.npz")
    assert main(["ladder", "--data", str(data), "--out", str(tmp_path)]) == 1
    assert "no such file; `moodbox-convert pretrained" in capsys.readouterr().err
    assert main(["ladder", "--data", str(data), "--out", str(tmp_path), "--to", "moon"]) == 1
    assert "--to moon: allowed: teacher, student" in capsys.readouterr().err
