from __future__ import annotations

import argparse
import json
import socket
import sqlite3
import sys
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from convert.__main__ import main
from convert.dataset import Dataset, Split
from convert.lab import cluster, sweep, train_command
from edge.errors import ModelError


def arguments(words: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    train_command.add_arguments(parser)
    return parser.parse_args(words)


@pytest.mark.usefixtures("traced")
@pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SADeprecationWarning")  # MLflow's own
def test_a_training_of_a_sweep_is_one_as_any_other_and_is_not_done_again(
    data: Path, faces_network: Path, runs: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    tiny = ["train", "--data", str(data), "--tiny", "--epochs", "1", "--head", "ferplus"]
    tiny += ["--start", str(faces_network)]
    sweep_of_one = [*tiny, "--out", str(runs / "all"), "--seeds", "7"]
    run, model = runs / "all-seed-7", runs / "all-seed-7" / "model.keras"
    assert main(sweep_of_one) == 0
    recipe = json.loads((run / "recipe.json").read_text())
    assert (recipe["epochs"], recipe["seed"], recipe["heads"]) == (1, 7, ["ferplus"])
    assert len((run / "curves.csv").read_text().splitlines()) == 2
    told = capsys.readouterr().out
    assert told.endswith((runs / "all" / "trials.txt").read_text())
    with closing(sqlite3.connect(runs / "mlflow.db")) as store:
        names = dict(store.execute("SELECT run_uuid, name FROM runs"))
        of = "SELECT run_uuid, value FROM tags WHERE key = 'mlflow.parentRunId'"
        parents = {names[child]: names[parent] for child, parent in store.execute(of)}
        of = "SELECT run_uuid, value FROM metrics WHERE key = 'accuracy held out'"
        ((measured, accuracy),) = store.execute(of).fetchall()
    assert parents == {"all-seed-7": "all"}
    assert names[measured] == "all-seed-7"
    assert f"all, 1 of them:\n  accuracy {100 * accuracy:.1f} %" in told

    made = model.stat().st_mtime_ns
    assert main(sweep_of_one) == 0
    again = capsys.readouterr().out
    assert "1 trainings, 1 of them done before" in again
    assert again.partition("training ")[2] == told.partition("training ")[2]
    assert main([*sweep_of_one, "--set", "rate=0.5"]) == 1
    assert "all-seed-7: a training has begun here with another rate;" in capsys.readouterr().out
    assert model.stat().st_mtime_ns == made

    assert main([*tiny, "--out", str(run), "--seed", "7"]) == 0
    assert capsys.readouterr().out.splitlines()[-1] == str(model)
    assert len((run / "curves.csv").read_text().splitlines()) == 2


def test_a_fold_holds_out_other_rows_and_never_trains_on_what_the_test_shows(
    faces: Dataset,
) -> None:
    images = faces.images.copy()
    images[300], images[301] = images[0], images[-1]  # a copy in another part; one of a test row
    faces = replace(faces, images=images)
    test = faces.part(Split.TEST)
    held_out = []
    for number in (1, 2, 3):
        fold = faces.fold(number, 3)
        assert fold.part(Split.TEST).row.tolist() == test.row.tolist()
        assert 301 not in fold.part(Split.TRAIN).row
        rows = fold.part(Split.VALIDATION).row.tolist()
        assert (0 in rows) == (300 in rows)
        held_out += rows
        assert len(rows) + len(fold.part(Split.TRAIN)) >= 2 * 210 - 1
    assert sorted(held_out) == np.flatnonzero(faces.split != Split.TEST).tolist()


def test_a_training_that_fails_leaves_the_others_theirs(data: Path, tmp_path: Path) -> None:
    def work(trial: sweep.Trial) -> sweep.Found:
        if trial.args.seed == 2:
            raise ModelError("the loss became nan")
        return sweep.Found(trial.args.seed / 10, 0.5, "here")

    command = ["--data", str(data), "--out", str(tmp_path / "run"), "--seeds", "1,2,3"]
    trials = sweep.plan(arguments(command))
    results = list(sweep.here(work, trials))
    assert [str(result) for _, result in results if isinstance(result, Exception)] == [
        "the loss became nan"
    ]
    found = {it.name: result for it, result in results if isinstance(result, sweep.Found)}
    told = sweep.table(trials, found)
    assert "run-seed-2  failed" in told
    assert "all, 2 of them:\n  accuracy 20.0 ± 14.1 %, 10.0 to 30.0 %" in told


def test_each_value_goes_with_each_seed_and_each_fold(
    data: Path, tmp_path: Path, first_release: Path
) -> None:
    teacher = first_release / "emotion.tflite"
    command = ["--data", str(data), "--out", str(tmp_path / "run"), "--folds", "2"]
    command += ["--search", f"teacher={teacher}", "--search", "rate=1e-3,3e-4", "--seeds", "4"]
    trials = sweep.plan(arguments(command))
    assert [it.args.set for it in trials] == [["rate=1e-3"]] * 2 + [["rate=3e-4"]] * 2
    assert [it.args.fold for it in trials] == [(1, 2), (2, 2)] * 2
    assert {it.args.teacher[0] for it in trials} == {teacher.resolve()}
    assert {it.args.seed for it in trials} == {4}
    assert trials[0].name.endswith("emotion.tflite-rate-1e-3-seed-4-fold-1")
    assert len({it.name for it in trials}) == 4


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--seeds", "1,2", "--seed", "1"], "--seed and --seeds: allowed: one of them"),
        (["--folds", "1"], "--folds 1: allowed: 2 or more"),
        (["--seeds", "1,2", "--cpus", "0"], "--cpus 0: allowed: 1 or more"),
        (["--search", "mouth=1"], "--search mouth: allowed: preset, teacher, start, guide, "),
        (["--search", "rate="], "--search rate=: allowed: NAME=VALUE,VALUE"),
        (["--search", "rate=fast"], "--set rate=fast: Expected `float`"),
        (["--search", "preset=student,huge"], "--preset huge: allowed: teacher, student, "),
        (["--search", "teacher=nowhere.keras"], "nowhere.keras: no such file"),
        (["--set", "keep=2"], "--set keep=2: Expected `float` <= 1.0"),
        (["--ray", "auto"], "--ray: spreads several trainings: --seeds, --folds or --search"),
    ],
)
def test_what_cannot_be_a_sweep_is_one_line(
    data: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    words: list[str],
    message: str,
) -> None:
    assert main(["train", "--data", str(data), "--out", str(tmp_path / "run"), *words]) == 1
    told = capsys.readouterr().err
    assert message in told
    assert told.count("\n") == 1
    assert not list(tmp_path.iterdir())


def test_a_cluster_that_does_not_answer_is_known_at_once() -> None:
    with socket.create_server(("127.0.0.1", 0)) as there:
        address = f"127.0.0.1:{there.getsockname()[1]}"
        cluster.knock(address)
    with pytest.raises(ConnectionRefusedError):
        cluster.knock(address)
    for asked in ("auto", "local", "ray://127.0.0.1:1"):  # Ray's own to say
        cluster.knock(asked)


@pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SADeprecationWarning")  # MLflow's own
def test_without_ray_a_cluster_is_one_line(
    data: Path, runs: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "ray", None)
    command = ["train", "--data", str(data), "--out", str(runs / "all"), "--seeds", "1,2"]
    assert main([*command, "--ray", "auto"]) == 1
    assert capsys.readouterr().err == (
        "moodbox-convert: --ray: Ray is not installed here; pip install 'moodbox[convert,ray]'\n"
    )
    assert not (runs / "all-seed-1").exists()
