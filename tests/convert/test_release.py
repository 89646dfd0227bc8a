"""A release is a model with everything known of it beside it, and a page about a model."""

from __future__ import annotations

import argparse
import json
import shutil
from dataclasses import replace
from pathlib import Path

import keras
import mlflow
import msgspec
import numpy as np
import pytest

from convert import (
    agreement,
    champion,
    conditions,
    figures,
    graph,
    page,
    release,
    report_runs,
    tracking,
)
from convert.__main__ import main
from convert.card import _recipe
from convert.compare import FILE, GENERAL, OWNER, Row
from convert.dataset import LABELS, Dataset, Split, load
from edge.errors import ModelError
from edge.vision import card as cards

pytestmark = pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SADeprecationWarning")  # MLflow's


@pytest.fixture(scope="module")
def folder(trained: Path, data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("released")
    command = ["release", "--run", str(trained), "--data", str(data), "--out", str(out)]
    assert main([*command, "--note", "made of noise"]) == 0
    return out


def test_the_card_fits_the_file_beside_it(folder: Path) -> None:
    card = cards.load(folder / "emotion.json")
    assert card.labels == LABELS
    assert (card.input.zero_point, card.input.colour) == (-128, "grey")
    assert card.model.size == (folder / "emotion.tflite").stat().st_size
    assert card.parameters < 10_000 < card.multiply_adds


def test_every_figure_is_there_with_its_interval(folder: Path) -> None:
    card = cards.load(folder / "emotion.json")
    assert set(card.figures) == set(figures.MEANING)
    assert set(card.shifts) == set(conditions.CONDITIONS)
    for figure in (*card.figures.values(), *card.shifts.values()):
        assert figure.low <= figure.high
        assert figure.rows > 0


def test_a_card_says_what_the_training_was_made_of(tmp_path: Path) -> None:
    (tmp_path / "recipe.json").write_text('{"seed": 3}')
    (tmp_path / "origin.json").write_text('{"data": "a hash"}')
    assert _recipe(tmp_path) == {"seed": 3, "data": "a hash"}


def test_confusions_are_shares_of_each_true_emotion(folder: Path) -> None:
    card = cards.load(folder / "emotion.json")
    assert np.sum(card.confusion, axis=1) == pytest.approx(np.ones(7))
    assert sum(card.frequency) == pytest.approx(1)


def test_the_page_says_what_a_reader_must_know(folder: Path) -> None:
    text = (folder / "README.md").read_text()
    card = cards.load(folder / "emotion.json")
    for part in (card.note, card.licence, card.intended_use, *card.limits, *card.not_shown):
        assert part in text
    assert (folder / "emotion_confusion.png").read_bytes().startswith(b"\x89PNG")


def test_the_page_can_be_written_again_from_the_cards(folder: Path) -> None:
    before = (folder / "README.md").read_bytes()
    assert page.write(folder).read_bytes() == before


def test_the_report_needs_nothing_beside_it(
    folder: Path, trained: Path, data: Path, tmp_path: Path
) -> None:
    out, model = tmp_path / "report.html", folder / "emotion.tflite"
    command = ["report", "--model", str(model), "--data", str(data), "--out", str(out)]
    rows = [Row(OWNER, 0.1, 0.475, 40), Row(GENERAL, 0.862, 0.861, 3000)]
    (tmp_path / FILE).write_bytes(msgspec.json.encode(rows))
    assert main([*command, "--runs", str(trained), "--learnt", str(tmp_path)]) == 0
    html = out.read_text()
    assert f"{OWNER}</td>" in html
    assert "+37.50" in html
    assert "made of noise" in html
    assert html.count("data:image/png;base64,") >= 7
    assert "http" not in html


def test_runs_are_judged_by_what_was_held_out_from_them_and_grouped_by_all_but_seed_and_fold(
    trained: Path, faces: Dataset, tmp_path: Path
) -> None:
    def run(name: str, seed: int, rate: float, **origin: str) -> Path:
        folder = Path(shutil.copytree(trained, tmp_path / name))
        recipe = json.loads((folder / "recipe.json").read_text()) | {"seed": seed, "rate": rate}
        (folder / "recipe.json").write_text(json.dumps(recipe))
        (folder / "origin.json").write_text(json.dumps(origin))
        return folder

    folders = [
        run("one", 1, 1e-3, data="a"),
        run("two", 2, 1e-3, data="a"),
        run("faster", 1, 2e-3, data="a"),
        run("taught", 1, 1e-3, data="a", teacher="b"),
        run("fold 1", 1, 1e-3, data="c", fold="1 of 3", commit="d"),
        run("fold 2", 2, 1e-3, data="e", fold="2 of 3", commit="f"),
    ]
    runs = report_runs.compared(report_runs.look_at(it, faces, "ferplus") for it in folders)
    kinds = [run.kind for run in runs]
    assert len(set(kinds)) == 4
    assert kinds[0] == kinds[1]
    assert kinds[4] == kinds[5]
    assert kinds[2].endswith("data a, rate 0.002, teacher -")
    assert [run.fold for run in runs] == ["", "", "", "", "1 of 3", "2 of 3"]
    [axes] = report_runs.spread(runs).axes
    assert len(axes.get_xticklabels()) == 4
    for drawn in report_runs.learning(runs, "ferplus").values():
        [axes] = drawn.axes
        assert [it.get_text() for it in drawn.legends[0].get_texts()] == [it.name for it in runs]
        assert {np.min(line.get_xdata()) for line in axes.lines} == {1}, "epochs count from one"


def test_a_fold_is_judged_by_its_own_rows(trained: Path, faces: Dataset, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(trained, tmp_path / "fold"))
    (folder / "origin.json").write_text('{"fold": "1 of 3"}')
    held_out = faces.fold(1, 3).split == Split.VALIDATION
    # What is not held out from it is called what it is not: none of that may count.
    fold = faces.fold(1, 3)
    shown = {face.tobytes() for face in fold.images[held_out]}
    own = np.array([face.tobytes() in shown for face in faces.images])
    votes = np.where(own[:, None], faces.votes, np.roll(faces.votes, 1, axis=1))
    spoilt = replace(faces, votes=votes.astype(np.float32))
    assert report_runs.look_at(folder, spoilt, "ferplus").accuracy > 0.9


@pytest.fixture
def worse(trained: Path, runs: Path) -> Path:
    """A copy of the run that takes two emotions for each other."""
    network = keras.saving.load_model(trained / "model.keras", compile=False)
    last = network.get_layer("ferplus_conv")
    order = [1, 0, *range(2, 7)]
    last.set_weights([weights[..., order] for weights in last.get_weights()])
    run = runs / "worse"
    with tracking.run(run, {}, {}):
        pass
    network.save(run / "model.keras")
    return run


@pytest.mark.timeout(300)
def test_a_worse_model_is_released_only_for_a_reason_which_its_card_keeps(
    folder: Path, worse: Path, data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = Path(shutil.copytree(folder, tmp_path / "models"))
    before = {path.name: path.read_bytes() for path in out.iterdir()}
    command = ["release", "--run", str(worse), "--data", str(data), "--out", str(out)]
    assert main(command) == 1
    [line] = capsys.readouterr().err.splitlines()
    assert "emotion.tflite: worse than the model that is there: accuracy " in line
    assert "; balanced accuracy " in line
    assert {path.name: path.read_bytes() for path in out.iterdir()} == before
    client = mlflow.MlflowClient()
    refused = client.get_model_version_by_alias("emotion", tracking.CHALLENGER)
    assert str(refused.version) == "1"
    assert main([*command, "--allow-worse", "to try the gate"]) == 0
    card = cards.load(out / "emotion.json")
    assert card.allowed_worse == "to try the gate"
    assert "**Worse than the one before.** to try the gate" in (out / "README.md").read_text()
    # Where nothing was released yet, the shipped one is whom it has to beat.
    parser = argparse.ArgumentParser()
    release.add_arguments(parser)
    first = ["--models", str(folder), "--out", str(tmp_path / "first")]
    shipped = release.to_beat(parser.parse_args([*command[1:-2], *first]), load(data))
    with pytest.raises(ModelError, match="worse than the model that is there: accuracy "):
        champion.demand(shipped, card, None)


def test_a_model_that_loses_too_much_leaves_the_old_one_alone(
    trained: Path,
    data: Path,
    released: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    before = {path.name: path.read_bytes() for path in released.iterdir()}
    monkeypatch.setattr(agreement, "LEAST_SAME", 1.01)  # nothing agrees that well
    command = ["release", "--run", str(trained), "--data", str(data), "--out", str(released)]
    assert main(command) == 1
    assert "not released: agreement: same answer on" in capsys.readouterr().err
    assert {path.name: path.read_bytes() for path in released.iterdir()} == before


@pytest.mark.parametrize(
    ("spoil", "complaint"),
    [
        (lambda text: text.replace(b'"angry"', b'"cross"', 1), "labels"),
        (lambda text: text[:-40], "not a model's card"),
        (lambda text: text.replace(b'"grey"', b'"colour"'), "not a model's card"),
    ],
)
def test_a_spoilt_card_is_refused(spoil: object, complaint: str, released: Path) -> None:
    path = released / "emotion.json"
    path.write_bytes(spoil(path.read_bytes()))  # type: ignore[operator]
    with pytest.raises(ModelError, match=complaint):
        cards.load(path)


def test_a_card_survives_being_written(released: Path) -> None:
    card = cards.load(released / "emotion.json")
    changed = msgspec.structs.replace(card, note="changed")
    cards.save(changed, released / "emotion.json")
    assert cards.load(released / "emotion.json") == changed


def test_conditions_worsen_and_keep_the_shape(faces: Dataset) -> None:
    for name in conditions.CONDITIONS:
        worse = conditions.worsened(faces.images[:4], name)
        assert worse.shape == (4, 48, 48)
        assert np.abs(worse.astype(int) - faces.images[:4]).mean() > 1


def test_work_is_counted_as_on_paper(released: Path) -> None:
    content = (released / "emotion.tflite").read_bytes()
    stem = 48 * 48 * 8 * 9
    depthwise = 24 * 24 * 8 * 9
    pointwise = 24 * 24 * 16 * 8
    assert graph.multiply_adds(content) == stem + depthwise + pointwise + 7 * 16
