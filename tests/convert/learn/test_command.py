"""From a box's export to a model on that box: learnt, compared, put; and what is refused."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

import msgspec
import numpy as np
import pytest
from fakes.faces import export, striped

from convert import tracking
from convert.__main__ import main
from convert.compare import GENERAL, MADE_UP, OWNER, Row, complaints
from convert.dataset import Dataset
from convert.int8 import Int8Model
from convert.learn import layer
from convert.learn.make import Champion
from convert.learn.replay import MOST_CHANGED
from edge.errors import ModelError
from edge.vision import card as cards
from edge.vision import last_layer

pytestmark = pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SADeprecationWarning")  # MLflow's


def learn(zipped: Path, taught: Path, data: Path | None, out: Path, *more: str) -> int:
    base = [] if data is None else ["--data", str(data)]
    command = ["learn", str(zipped), *base, "--out", str(out), *more]
    return main([*command, "--model", str(taught / "emotion.tflite")])


def test_a_household_is_learnt_and_the_rest_is_let_be(
    taught: Path, data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    zipped = export(tmp_path / "moodbox.zip", striped(30), "disgust")
    out = tmp_path / "learnt"
    assert learn(zipped, taught, data, out, "--runs", str(tmp_path)) == 0
    said = capsys.readouterr().out
    assert OWNER in said
    assert GENERAL in said
    card = cards.load(out / "emotion.json")
    assert card.note == "The last layer has learnt from 30 corrections of one household."
    assert card.recipe["corrections"] == "30"
    assert card.figures["accuracy"].rows == 189
    rows = msgspec.json.decode((out / "comparison.json").read_bytes(), type=list[Row])
    assert rows[0].after > rows[0].before
    fellows = Int8Model.read(out / "emotion.tflite").run(striped(60)[30:]).argmax(axis=1)
    assert (fellows == 1).mean() > 0.5


def test_without_the_base_data_made_up_faces_are_held_to_and_the_cost_is_said(
    root: Path, tmp_path: Path, runs: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    zipped = export(tmp_path / "moodbox.zip", striped(30), "angry")
    out = tmp_path / "learnt"
    assert learn(zipped, root / "models", None, out, "--runs", str(runs)) == 0
    said = capsys.readouterr().out
    assert MADE_UP in said
    assert GENERAL not in said
    assert "nothing was measured on other people's faces" in said
    card = cards.load(out / "emotion.json")
    assert "not been measured on anybody else's faces" in card.note
    assert not card.figures
    owner, made_up = msgspec.json.decode((out / "comparison.json").read_bytes(), type=list[Row])
    assert owner.after > owner.before
    assert 1 - made_up.after <= MOST_CHANGED + 0.005  # int8 weights


def test_what_has_learnt_can_be_taught_in_its_turn(root: Path, tmp_path: Path, runs: Path) -> None:
    zipped = export(tmp_path / "moodbox.zip", striped(30), "angry")
    out = tmp_path / "learnt"
    assert learn(zipped, root / "models", None, out, "--runs", str(runs)) == 0
    card = cards.load(out / "emotion.json")
    weights, moment = last_layer.read(out, card)
    content = (out / "emotion.tflite").read_bytes()
    assert weights * card.output.temperature == pytest.approx(layer.read(content), rel=1e-5)
    released = root / "models"
    assert (moment == last_layer.read(released, cards.load(released / "emotion.json"))[1]).all()
    champion = Champion.read(out / "emotion.tflite")
    assert champion.base.width == weights.shape[1] - 1


def test_a_model_without_its_last_layer_is_said_to_need_it(
    first_release: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    zipped = export(tmp_path / "moodbox.zip", striped(30), "disgust")
    assert learn(zipped, first_release, None, tmp_path / "learnt") == 1
    [line] = capsys.readouterr().err.splitlines()
    assert "cannot be taught yet; run moodbox-convert head on it" in line


def test_what_gains_nothing_is_refused_and_leaves_nothing(
    taught: Path,
    data: Path,
    faces: Dataset,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    right = faces.images[(faces.label == 3) & (faces.split == 0)][:20]
    zipped = export(tmp_path / "moodbox.zip", right, "happy")
    out = tmp_path / "learnt"
    assert learn(zipped, taught, data, out, "--runs", str(tmp_path)) == 1
    [line] = capsys.readouterr().err.splitlines()
    assert "nothing gained: of 20 corrections 20 are read rightly" in line
    assert not out.exists()


def test_too_few_corrections_are_refused(
    taught: Path, data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    zipped = export(tmp_path / "moodbox.zip", striped(3), "fear")
    assert learn(zipped, taught, data, tmp_path / "learnt") == 1
    assert "holds 3 faces of corrections; needed: 10" in capsys.readouterr().err


def test_only_the_last_layer_changes(taught: Path) -> None:
    content = (taught / "emotion.tflite").read_bytes()
    last = layer.read(content)
    faces = striped(5)
    assert np.array_equal(
        Int8Model(layer.replace(content, last)).run(faces), Int8Model(content).run(faces)
    )
    shifted = last.copy()
    shifted[4, -1] += 1.0
    fresh = layer.replace(content, shifted)
    assert len(fresh) == len(content)
    moved = Int8Model(fresh).logits(faces) - Int8Model(content).logits(faces)
    step = Int8Model(content).output["quantization"][0]
    assert moved[:, 4] == pytest.approx(1.0, abs=2 * step)
    assert np.abs(np.delete(moved, 4, axis=1)).max() <= step


def test_a_fit_that_went_astray_goes_nowhere(taught: Path) -> None:
    content = (taught / "emotion.tflite").read_bytes()
    with pytest.raises(ModelError, match="not finite"):
        layer.replace(content, layer.read(content) * np.nan)


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ([Row(GENERAL, 0.862, 0.854, 3000)], "the general test falls from 86.20% to 85.40%"),
        ([Row(OWNER, 0.0, 0.0, 50)], "of your own corrections 0% are read rightly"),
        ([Row("half-lit", 0.7, 0.68, 3000)], "under worse conditions 68.00%"),
        ([Row(GENERAL, 0.862, 0.859, 3000), Row(OWNER, 0.0, 0.2, 50)], ""),
    ],
)
def test_the_verdict_is_in_words(rows: list[Row], said: str) -> None:
    assert said in "; ".join(complaints(rows))
    assert bool(said) is bool(list(complaints(rows)))


def test_an_unpaired_desktop_is_told_what_to_do(
    tmp_path: Path,
    data: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    assert main(["learn", "http://moodbox.local:8080", "--data", str(data)]) == 1
    assert "run `moodbox pair` on the box" in capsys.readouterr().err


def test_a_prediction_leads_to_the_run_that_made_its_model(
    taught: Path, data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    zipped = export(tmp_path / "moodbox.zip", striped(30), "disgust")
    out, runs = tmp_path / "learnt", tmp_path / "runs"
    command = ["learn", str(zipped), "--data", str(data), "--out", str(out), "--runs", str(runs)]
    assert main([*command, "--model", str(taught / "emotion.tflite")]) == 0
    version = cards.load(out / "emotion.json").model.version
    later = tmp_path / "later.zip"
    lasting = {"at": 1e9, "confidence": 0.6, "probabilities": [], "profile": "", "model": version}
    tables = {
        "predictions": lasting | {"id": "p1", "mood": "angry"},
        "plays": {"id": "x", "at": 1e9, "uri": "spotify:track:a", "why": "", "mood": "angry"}
        | {"prediction": "p1", "profile": "", "outcome": "skipped", "listened": 9.0},
        "corrections": lasting | {"prediction": "p1", "mood": "sad", "predicted": "angry"},
    }
    with zipfile.ZipFile(later, "w") as archive:
        for name, row in tables.items():
            archive.writestr(f"{name}.jsonl", json.dumps(row))
    capsys.readouterr()
    assert main(["trace", "p1", str(later), "--runs", str(runs)]) == 0
    said = capsys.readouterr().out
    assert "angry, 60% sure" in said
    assert "played spotify:track:a: skipped" in said
    assert "corrected to sad" in said
    assert f"model {version}: emotion, version 1 (champion)" in said
    champion = cards.load(taught / "emotion.json").model.sha256
    assert f"champion: {champion}" in said
    assert "general test after: 1" in said
    assert main(["trace", "p2", str(later), "--runs", str(runs)]) == 1
    assert "has no prediction 'p2'" in capsys.readouterr().err
    assert main(["trace", "p1", str(later), "--runs", str(tmp_path / "none")]) == 1
    assert f"no run made the model {version}, and no card here is its" in capsys.readouterr().err


def test_a_prediction_of_the_released_model_leads_to_its_card(
    root: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    card = cards.load(root / "models" / "emotion.json")
    row = {"at": 1e9, "confidence": 0.6, "probabilities": [], "profile": "", "id": "p1"}
    row |= {"mood": "angry", "model": card.model.version}
    zipped = tmp_path / "moodbox.zip"
    with zipfile.ZipFile(zipped, "w") as archive:
        archive.writestr("predictions.jsonl", json.dumps(row))
    places = ["--runs", str(tmp_path), "--models", str(root / "models")]
    assert main(["trace", "p1", str(zipped), *places]) == 0
    said = capsys.readouterr().out
    assert f"model {card.model.version}: emotion, by its card" in said
    assert f"rate: {card.recipe['rate']}" in said
    assert f"data: {card.data}" in said


def test_a_model_whose_run_another_store_kept_is_in_no_registry(
    runs: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder, model = runs / "from-elsewhere", tmp_path / "emotion.tflite"
    folder.mkdir()
    (folder / tracking.RUN).write_text("0" * 32)
    model.write_bytes(b"a model")
    assert tracking.register(folder, model, "emotion", tracking.CHAMPION) == ""
    [line] = capsys.readouterr().err.splitlines()
    assert f"its run {'0' * 32} is not in MLflow's store" in line
