"""A desktop with the training tools is one more paired browser: it fetches, and puts a model."""

from __future__ import annotations

import io
import json
import shutil
import zipfile
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from fakes.faces import export, striped

from convert import tracking
from convert.__main__ import main
from convert.box import PairedBox
from edge.errors import MoodboxError
from edge.settings import VisionSettings, WebSettings
from edge.vision.versions import ModelVersions
from edge.web.models import Models

pytestmark = pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SADeprecationWarning")  # MLflow's


@pytest.fixture
def versions(root: Path, tmp_path: Path) -> ModelVersions:
    return ModelVersions(tmp_path, VisionSettings(models=str(root / "models")))


@pytest.fixture
def box(
    make_house: Any, versions: ModelVersions, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Any:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    models = Models(versions, lambda: None)
    return make_house(WebSettings(host="127.0.0.1", port=0), models=models)


def invitation(box: Any) -> str:
    """The address that `moodbox pair` prints, by a name that this machine knows."""
    return f"http://127.0.0.1:{box.port}/pair#{urlsplit(box.web.invite()).fragment}"


def test_a_desktop_is_paired_once_and_puts_a_model(
    box: Any, versions: ModelVersions, root: Path, tmp_path: Path
) -> None:
    with zipfile.ZipFile(io.BytesIO(PairedBox(invitation(box)).export())) as archive:
        assert "corrections.jsonl" in archive.namelist()
    assert (tmp_path / "moodbox" / "boxes.json").stat().st_mode & 0o777 == 0o600

    model = tmp_path / "emotion_fer2013.tflite"
    for name in (model.name, "emotion_fer2013.json", "emotion_fer2013_head.npz"):
        shutil.copy(root / "models" / name, tmp_path / name)
    again = PairedBox(f"http://127.0.0.1:{box.port}")  # the token is kept
    assert again.put(model) == versions.on_trial
    assert versions.card.last_layer is not None  # the box can teach it

    spoilt = tmp_path / "spoilt.tflite"
    spoilt.write_bytes(b"rubbish")
    card = json.loads((root / "models" / "emotion_fer2013.json").read_bytes())
    spoilt.with_suffix(".json").write_text(json.dumps(card))
    with pytest.raises(MoodboxError, match="its hash is another"):
        again.put(spoilt)


def learn(source: str, put: str, root: Path, folder: Path, runs: str = "runs") -> int:
    model = str(root / "models" / "emotion.tflite")
    places = ["--out", str(folder / "learnt"), "--runs", str(folder / runs)]
    return main(["learn", source, "--put", put, "--model", model, *places])


def aliases(runs: Path, version: str) -> tuple[str, ...]:
    found = tracking.find(runs, version)
    return () if found is None else found.aliases


def test_the_first_word_to_a_box_pairs_the_desktop_with_it(
    box: Any, root: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    address = f"http://127.0.0.1:{box.port}"
    assert learn(invitation(box), address, root, tmp_path) == 1
    assert "holds no faces of corrections" in capsys.readouterr().err  # so it was fetched
    assert learn(address, address, root, tmp_path) == 1
    assert "holds no faces of corrections" in capsys.readouterr().err


def test_what_the_box_refuses_is_no_champion_and_what_it_takes_is(
    box: Any,
    versions: ModelVersions,
    root: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    address = f"http://127.0.0.1:{box.port}"
    assert PairedBox(invitation(box)).model() == versions.version
    zipped = str(export(tmp_path / "moodbox.zip", striped(30), "angry"))
    assert learn(zipped, address, root, tmp_path) == 0
    assert "runs the model" not in capsys.readouterr().out
    fresh = versions.on_trial
    assert aliases(tmp_path / "runs", fresh) == ("champion",)

    versions.condemn("it fell over")
    card = json.loads((root / "models" / "emotion_fer2013.json").read_bytes())
    other = versions.put(card, (root / "models" / "emotion_fer2013.tflite").read_bytes())
    assert learn(zipped, address, root, tmp_path, "later") == 1
    told = capsys.readouterr()
    assert f"{address}: runs the model {other}, and this begins with " in told.out
    assert f"{fresh} was not kept before: it fell over" in told.err
    assert aliases(tmp_path / "later", fresh) == ("challenger",)


def test_what_is_wrong_is_one_line(box: Any) -> None:
    with pytest.raises(MoodboxError, match="run `moodbox pair` on the box"):
        PairedBox(f"http://127.0.0.1:{box.port}")
    with pytest.raises(MoodboxError, match="this address was used, or is too old"):
        PairedBox(f"http://127.0.0.1:{box.port}/pair#abc")
    with pytest.raises(MoodboxError, match="not a box's address; allowed: "):
        PairedBox("moodbox.local")
    with pytest.raises(MoodboxError, match="the box does not answer"):
        PairedBox("http://127.0.0.1:1/pair#abc")
