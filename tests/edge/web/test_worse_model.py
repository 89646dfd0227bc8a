"""A model that runs and reads worse: what people say of its readings tells, and leads back."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from fakes.browser import Browser

from edge.events import Confirmation, Correction, Prediction
from edge.settings import VisionSettings, WebSettings
from edge.vision.versions import ModelVersions
from edge.web.models import Models


@pytest.fixture
def versions(root: Path, tmp_path: Path) -> ModelVersions:
    return ModelVersions(tmp_path, VisionSettings(models=str(root / "models")))


@pytest.fixture
def house(make_house: Any, versions: ModelVersions) -> Any:
    models = Models(versions, lambda: None)
    return make_house(WebSettings(host="127.0.0.1", port=0), models=models)


def judge(house: Any, judged: list[tuple[str, bool]]) -> None:
    """Let somebody call a reading of each model right or wrong, one every two hours up to now."""
    now = time.monotonic()
    house.store.clock_is(time.time() - now)
    for number, (model, right) in enumerate(reversed(judged), start=1):
        at, name = now - 7200 * number, f"p{number}"
        house.store.remember(Prediction(name, at, "happy", 0.9, (1 / 7,) * 7, model, "home"))
        kind, mood = (Confirmation, "happy") if right else (Correction, "sad")
        house.store.remember(kind(name, at, mood, "home"))
    house.store.flush()


def test_it_is_told_beside_the_one_before_and_gone_back_from_by_one_press(
    house: Any, paired: Browser, versions: ModelVersions, root: Path, visit: Callable[..., Any]
) -> None:
    before, other = versions.version, root / "models" / "emotion_fer2013.tflite"
    fresh = versions.put(json.loads(other.with_suffix(".json").read_bytes()), other.read_bytes())
    versions.keep()  # it ran
    was = [(before, n >= 10) for n in range(50)]
    judge(house, [*was, *((fresh, n >= 15) for n in range(25))])
    told = json.loads(paired.get("/api/week").text)["successor"]
    assert (told["model"], told["right"], told["judged"]) == (fresh, 10, 25)
    assert (told["before"], told["right_before"], told["judged_before"]) == (before, 40, 50)

    page = visit("/#history")
    page.wait_for_selector("#successor:has-text('right less often, by 17')")
    page.click("#model-back")
    page.wait_for_selector("#toast:has-text('The model before is used again.')")
    assert versions.version == before
    assert {it.version: it.state for it in versions.listed()} == {before: "used", fresh: "kept"}
    house.show(model=before)  # the eyes are open with it
    page.wait_for_selector("#successor", state="detached")
