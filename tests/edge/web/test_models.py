"""A paired browser puts a model on the box, and goes back; rubbish changes nothing."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

import pytest
from fakes.browser import Browser

from edge.__main__ import main
from edge.settings import VisionSettings, WebSettings
from edge.vision.versions import LARGEST, ModelVersions
from edge.web.models import Models


@pytest.fixture
def renewed() -> list[str]:
    return []


@pytest.fixture
def home(make_house: Any, root: Path, tmp_path: Path, renewed: list[str]) -> Any:
    versions = ModelVersions(tmp_path, VisionSettings(models=str(root / "models")))
    models = Models(versions, lambda: renewed.append(versions.version))
    return make_house(WebSettings(host="127.0.0.1", port=0), models=models)


@pytest.fixture
def owner(home: Any) -> Browser:
    browser = Browser(home.port)
    browser.pair(home)
    return browser


@pytest.fixture
def moodbox(home: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setenv("MOODBOX_CONFIG", str(tmp_path / "moodbox.toml"))
    monkeypatch.setenv("RUNTIME_DIRECTORY", str(home.runtime))
    (tmp_path / "moodbox.toml").write_text("")
    return main


def sent(root: Path) -> dict[str, Any]:
    folder = root / "models"
    return {
        "card": json.loads((folder / "emotion_fer2013.json").read_bytes()),
        "model": base64.b64encode((folder / "emotion_fer2013.tflite").read_bytes()).decode(),
    }


def test_a_model_is_put_listed_and_gone_back_from(
    owner: Browser, root: Path, renewed: list[str]
) -> None:
    [installed] = json.loads(owner.get("/api/models").text)
    answer = owner.post("/api/models", sent(root))
    assert answer.status == 200
    fresh = json.loads(answer.text)["version"]
    assert renewed == [fresh]
    listed = {it["version"]: it["state"] for it in json.loads(owner.get("/api/models").text)}
    assert listed == {installed["version"]: "kept", fresh: "trial"}
    assert owner.post("/api/models/use", {"version": installed["version"]}).status == 200
    assert renewed == [fresh, installed["version"]]


def test_the_command_line_lists_them_and_goes_to_one(
    owner: Browser, moodbox: Any, root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    [installed] = json.loads(owner.get("/api/models").text)
    fresh = json.loads(owner.post("/api/models", sent(root)).text)["version"]
    assert moodbox(["models"]) == 0
    states = dict(line.split(None, 1) for line in capsys.readouterr().out.splitlines())
    assert states[fresh].startswith("in use, on trial")
    assert moodbox(["models", "use", installed["version"]]) == 0
    assert capsys.readouterr().out == f"model {installed['version']} is used\n"
    assert moodbox(["models", "use", "rubbish"]) == 1
    assert "no such version; allowed: " in capsys.readouterr().err


def test_a_bad_one_is_refused_in_words(owner: Browser, root: Path, renewed: list[str]) -> None:
    spoilt = sent(root) | {"model": base64.b64encode(b"rubbish").decode()}
    answer = owner.post("/api/models", spoilt)
    assert answer.status == 409
    assert "its hash is another" in json.loads(answer.text)["error"]
    assert owner.post("/api/models/use", {"version": "0" * 12}).status == 409
    assert owner.post("/api/models", {"model": "A" * (2 * LARGEST)}).status == 413
    assert renewed == []


def test_a_box_without_eyes_says_so(paired: Browser, root: Path) -> None:
    assert json.loads(paired.get("/api/models").text) == []
    answer = paired.post("/api/models", sent(root))
    assert (answer.status, json.loads(answer.text)["error"]) == (409, "this box has no eyes")
