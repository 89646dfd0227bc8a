from __future__ import annotations

import importlib.util
import json
import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import keras
import numpy as np
import pytest
from numpy.typing import NDArray

from convert import origin, train, training_data
from convert.__main__ import main
from convert.dataset import LABELS, NO_LABEL, Dataset
from convert.lab.start import begun as begin
from convert.network import Separable
from convert.recipe import CALM, PRESETS, Phase, phases
from edge.errors import ModelError


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--preset", "huge"], "--preset huge: allowed: teacher, student, "),
        (["--head", "mouth"], "--head mouth: allowed: ferplus, fer2013"),
        (["--epochs", "0"], "--epochs 0: allowed: 1 or more"),
        (["--teacher", "nowhere.keras"], "nowhere.keras: no such file"),
    ],
)
def test_what_cannot_be_trained_is_one_line(
    data: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    arguments: list[str],
    message: str,
) -> None:
    out = tmp_path / "run"
    assert main(["train", "--data", str(data), "--out", str(out), *arguments]) == 1
    told = capsys.readouterr().err
    assert message in told
    assert told.count("\n") == 1
    assert not out.exists()


def test_votes_and_a_teacher_foretell_the_labels_better_than_either(faces: Dataset) -> None:
    rng = np.random.default_rng(5)
    count, classes = 4000, len(LABELS)
    truth = rng.integers(0, classes - 1, count)  # nobody is ever neutral

    def guess(right: float) -> NDArray[np.integer]:
        return np.where(rng.random(count) < right, truth, rng.integers(0, classes - 1, count))

    told = np.eye(classes, dtype=np.float32)
    label = guess(0.8)
    data = replace(
        faces.take(np.arange(count) % len(faces)),
        label=np.where(np.arange(count) % 10 == 0, NO_LABEL, label).astype(np.int8),
        votes=10 * told[guess(0.7)],
    )
    teacher = 0.7 * told[guess(0.7)] + 0.3 / classes
    informed = training_data.informed(teacher.astype(np.float32), data)
    assert informed.sum(axis=1) == pytest.approx(1, abs=1e-5)
    assert not informed[:, LABELS.index("neutral")].any()
    hidden = data.label == NO_LABEL
    right = [(x[hidden].argmax(axis=1) == label[hidden]).mean() for x in (informed, teacher)]
    votes = (data.votes[hidden].argmax(axis=1) == label[hidden]).mean()
    assert right[0] > max(right[1], votes)


def test_teachers_who_know_different_things_know_more_together() -> None:
    rng = np.random.default_rng(6)
    truth = rng.integers(0, len(LABELS), 4000)
    teachers = []
    for known in ((0, 1, 2, 3), (3, 4, 5, 6)):
        sure = np.isin(truth, known)[:, None]
        told = np.where(sure, np.eye(len(LABELS))[truth], rng.random((len(truth), len(LABELS))))
        teachers.append(told / told.sum(axis=1, keepdims=True))
    asked, held_out = ([x[part] for x in teachers] for part in (np.s_[:3000], np.s_[3000:]))
    together = training_data.stacked(asked, held_out, truth[3000:].astype(np.int8))
    assert together.sum(axis=1) == pytest.approx(1, abs=1e-5)
    right = [(x.argmax(axis=1) == truth[:3000]).mean() for x in (together, *asked)]
    assert right[0] > max(right[1:]) + 0.2


def test_phases_change_where_size_or_strength_do() -> None:
    tiny = replace(PRESETS["tiny"], epochs=5, small_epochs=2, calm_epochs=1)
    assert phases(tiny) == [
        (2, Phase(40, 1)),
        (4, Phase(48, 1)),
        (5, Phase(48, CALM)),
    ]


def test_a_resumed_run_lets_only_kernels_decay(tmp_path: Path) -> None:
    line = keras.layers.Dense(1, kernel_initializer="ones", bias_initializer="ones")
    model = keras.Sequential([keras.Input((1,)), line])
    model.compile(train.AdamW(learning_rate=0.1, weight_decay=0.5), loss="mse")
    nothing = np.zeros((1, 1), np.float32)
    model.fit(nothing, nothing + 1, verbose=0)
    model.save(tmp_path / "checkpoint.keras")
    resumed = keras.saving.load_model(tmp_path / "checkpoint.keras")
    resumed.fit(nothing, nothing + 1, epochs=5, initial_epoch=1, verbose=0)
    kernel, bias = (float(np.squeeze(w)) for w in resumed.get_weights())
    assert kernel == pytest.approx((1 - 0.1 * 0.5) ** 5)
    assert bias == 1


def test_a_start_of_another_shape_is_one_line(
    data: Path, tmp_path: Path, first_release: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    command = ["train", "--data", str(data), "--out", str(tmp_path / "run"), "--preset", "student"]
    start = first_release / "emotion.tflite"
    assert main([*command, "--start", str(start)]) == 1
    told = capsys.readouterr().err
    assert f"{start}: its layers are not those of the recipe's network" in told


@pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SADeprecationWarning")  # MLflow's own
def test_a_run_can_keep_some_of_what_it_began_with_and_says_what_that_was(
    faces: Dataset, trained: Path, runs: Path
) -> None:
    start = trained / "model.keras"
    recipe = replace(PRESETS["tiny"], epochs=1, small_epochs=0, calm_epochs=0, keep=1.0)
    begun = begin(recipe, start, faces.images)
    path = train.train(faces, runs / "run", recipe, begun=begun, files={"start": "an hash"})
    with closing(sqlite3.connect(runs / "mlflow.db")) as store:
        tags = dict(store.execute("SELECT key, value FROM tags"))
    assert tags["data"] == origin.of_data(faces)
    assert (tags["start"], tags["commit"]) == ("an hash", origin.commit())
    assert tags["model"] == origin.of_file(path)
    ended = keras.saving.load_model(path, compile=False)
    for its, mine in zip(begun.get_weights(), ended.get_weights(), strict=True):
        assert mine == pytest.approx(its)


@pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SADeprecationWarning")  # MLflow's own
def test_a_run_begun_with_a_wider_network_knows_what_that_knew(
    faces: Dataset, trained: Path, tmp_path: Path
) -> None:
    start = trained / "model.keras"
    slim = replace(PRESETS["tiny"], shape=Separable((6, 12), (2,)), epochs=1, keep=1.0)
    begun = begin(slim, start, faces.images)
    path = train.train(faces, tmp_path / "run", slim, begun=begun)
    wide, pruned = (keras.saving.load_model(x, compile=False) for x in (start, path))
    assert pruned.count_params() < wide.count_params()
    pixels = training_data.as_pixels(faces.images)
    was, says = (np.asarray(x.predict(pixels, verbose=0)["ferplus"]) for x in (wide, pruned))
    assert (was.argmax(axis=1) == says.argmax(axis=1)).mean() > 0.9


def test_a_guide_has_its_share_in_what_every_view_should_say(faces: Dataset, trained: Path) -> None:
    guide = keras.saving.load_model(trained / "model.keras", compile=False)
    recipe = replace(PRESETS["tiny"], guided=0.25)
    even = np.full((len(faces.images), len(LABELS)), 1 / len(LABELS), np.float32)
    targets = {h: training_data.Targets(even, even[:, 0]) for h in recipe.heads}
    phase = Phase(size=48, strength=1.0)
    views, soft, _ = training_data.Batches(faces.images, targets, phase, recipe, guide)[0]
    said = np.asarray(keras.ops.softmax(guide(views)["ferplus"]))
    assert soft["ferplus"] == pytest.approx(0.75 / len(LABELS) + 0.25 * said, abs=1e-6)


@pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SADeprecationWarning")  # MLflow's own
@pytest.mark.filterwarnings("ignore::RuntimeWarning")  # the rate is meant to be none
def test_a_training_whose_loss_is_no_number_ends_and_nothing_is_called_finished(
    faces: Dataset, tmp_path: Path
) -> None:
    recipe = replace(PRESETS["tiny"], epochs=2, small_epochs=0, calm_epochs=0, rate=float("inf"))
    with pytest.raises(ModelError, match=r"run: the loss became \w+: the training ends"):
        train.train(faces, tmp_path / "run", recipe)
    assert not list((tmp_path / "run").glob("*.keras"))


def test_a_head_that_no_row_says_anything_for_is_not_trained(
    faces: Dataset, tmp_path: Path
) -> None:
    unasked = replace(faces, votes=0 * faces.votes, voters=0 * faces.voters)
    with pytest.raises(ModelError, match="no training row says anything for the head ferplus"):
        train.train(unasked, tmp_path / "run", PRESETS["tiny"])
    assert not (tmp_path / "run").exists()


def test_a_teacher_can_speak_where_nobody_was_asked(faces: Dataset) -> None:
    unasked = replace(faces, votes=0 * faces.votes, voters=0 * faces.voters)
    said = np.full((len(faces), len(LABELS)), 1 / len(LABELS), np.float32)
    targets = training_data.soft_targets(unasked, "ferplus", PRESETS["tiny"], said)
    assert targets.probabilities == pytest.approx(said)
    assert targets.weight == pytest.approx(np.ones(len(faces)))


def test_a_training_of_something_else_is_not_mixed_into_one_that_has_begun(
    faces: Dataset, tmp_path: Path
) -> None:
    run, recipe = tmp_path / "run", PRESETS["tiny"]
    made_of = {"data": origin.of_data(faces), "start": "one"}
    origin.keep(run, recipe, made_of)
    origin.keep(run, recipe, made_of | {"start": "two"})  # no epoch is done yet
    (run / "checkpoint.json").write_text('{"epochs": 1}')
    assert json.loads((run / "origin.json").read_text())["commit"] == origin.commit()
    before = {path.name: path.read_bytes() for path in run.iterdir()}
    changed = replace(faces, label=np.roll(faces.label, 1))
    for data, its, what in (
        (faces, replace(recipe, seed=9), "seed"),
        (faces, replace(recipe, epochs=9, rate=1.0), "epochs, rate"),
        (changed, recipe, "data"),
    ):
        with pytest.raises(
            ModelError, match=f"run: a training has begun here with another {what};"
        ):
            train.train(data, run, its, files={"start": "two"})
    with pytest.raises(ModelError, match="with another guide, start;"):
        train.train(faces, run, recipe, files={"guide": "three"})
    assert {path.name: path.read_bytes() for path in run.iterdir()} == before


def test_what_is_kept_counts_its_share() -> None:
    one, other = (
        keras.Sequential([keras.Input((1,)), keras.layers.Dense(1, kernel_initializer=kernel)])
        for kernel in ("zeros", "ones")
    )
    train.mix(one, other, 0.25)
    assert one.get_weights()[0].item() == 0.25


ONE_STEP = """
import keras, numpy as np
from keras import layers, ops
from convert.network import BatchNormalization

rng = np.random.default_rng(1)
faces = keras.random.normal((64, 6, 6, 5), mean=2.0, stddev=3.0, seed=1)
target = keras.random.normal((64, 6, 6, 5), seed=2)
for kind in (BatchNormalization, layers.BatchNormalization):
    model = keras.Sequential([keras.Input((6, 6, 5)), kind(momentum=0.9)])
    model.compile(keras.optimizers.SGD(0.5), loss="mse")
    model.train_on_batch(faces, target)
    print([w.round(4).tolist() for w in model.get_weights()])
"""


@pytest.mark.timeout(200)
def test_fused_batch_normalization_learns_what_keras_own_does() -> None:
    if importlib.util.find_spec("torch") is None:
        pytest.skip("needs PyTorch, which only some who train have")
    done = subprocess.run(
        [sys.executable, "-c", ONE_STEP],
        check=True,
        capture_output=True,
        text=True,
        env=os.environ | {"KERAS_BACKEND": "torch"},
    )
    ours, keras_own = (json.loads(line) for line in done.stdout.splitlines())
    # PyTorch divides a variance by n - 1.
    for mine, theirs in zip(ours, keras_own, strict=True):
        assert mine == pytest.approx(theirs, rel=2e-3, abs=2e-3)
