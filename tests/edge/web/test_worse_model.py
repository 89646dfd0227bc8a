"""A model that runs and reads worse: what people say of its readings tells, and leads back.

By itself where the owner had put it, unless he chose it by hand; by a press where he chose it.
"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from fakes.browser import Browser

from edge.alerts.policy import shifted
from edge.events import Confirmation, Correction, Prediction
from edge.settings import VisionSettings, WebSettings
from edge.vision.monitor import PERIOD, ModelMonitor
from edge.vision.versions import ModelVersions
from edge.web.models import Models


@pytest.fixture
def versions(root: Path, tmp_path: Path) -> ModelVersions:
    return ModelVersions(tmp_path, VisionSettings(models=str(root / "models")))


WEEK = 7 * 86400.0


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


def worse(house: Any, before: str, fresh: str) -> None:
    """Let 40 of 50 readings be right with the model before, and 10 of 25 with the fresh one."""
    was = [(before, n >= 10) for n in range(50)]
    judge(house, [*was, *((fresh, n >= 15) for n in range(25))])


def watch(house: Any, versions: ModelVersions, said: list[str], *walls: float) -> ModelMonitor:
    """Let the box see at these wall times whether a week is over; what it says lies in `said`."""
    clock = iter(walls)
    monitor = ModelMonitor(
        versions,
        lambda now: house.store.week(now).successor,
        lambda: next(clock),
        lambda: said.append(versions.unseen),
        lambda _: None,
    )
    monitor.stop(0)  # it waits for nothing then
    for _ in walls:
        monitor.step()
    return monitor


def test_between_two_looks_the_watchdog_is_fed(house: Any, versions: ModelVersions) -> None:
    monitor = watch(house, versions, [])
    monitor._stopping.clear()
    looked = threading.Event()
    monitor._wall = looked.set
    monitor.start()
    assert looked.wait(20)
    deadline = time.monotonic() + 20
    while monitor._busy_since is not None and time.monotonic() < deadline:
        time.sleep(0.01)
    assert monitor.stuck_for(time.monotonic() + PERIOD - 1) == 0
    assert monitor.stop(20)


def look(house: Any, versions: ModelVersions, *walls: float) -> list[str]:
    """Return what the box says at these wall times."""
    said: list[str] = []
    watch(house, versions, said, *walls)
    return said


def alerted(house: Any, versions: ModelVersions) -> bool:
    """Whether the weekly alert tells of the model."""
    week = watch(house, versions, []).to_alert(house.store.week(time.time()))
    alert = shifted(week, 1.0, moods=False)
    return alert is not None and "is right less often here" in alert.text


def put(versions: ModelVersions, root: Path) -> str:
    other = root / "models" / "emotion_fer2013.tflite"
    return versions.put(json.loads(other.with_suffix(".json").read_bytes()), other.read_bytes())


def test_it_goes_back_by_itself_and_the_owner_may_choose_it_all_the_same(
    house: Any, paired: Browser, versions: ModelVersions, root: Path, visit: Callable[..., Any]
) -> None:
    before, fresh = versions.version, put(versions, root)
    versions.keep()
    worse(house, before, fresh)
    now = time.time()
    assert look(house, versions, now - WEEK, now - 60) == [], "a week is not over yet"
    assert not alerted(house, versions), "its going back is told"
    why = f"10 of 25 readings that somebody judged here were right, and 40 of 50 with {before}"
    words = f"model {fresh} was not kept: {why}; {before} is used again"
    assert look(house, versions, now) == [words] == [versions.unseen]
    assert versions.on_trial == ""
    house.show(model=before, problems={"model": words})

    page = visit("/#now")
    page.click("#problems a:has-text('See how it did')")
    page.wait_for_selector(f".failed-model:has-text('{fresh} was not kept: 10 of 25')")
    page.click(".failed-model button")
    page.wait_for_selector(f"#toast:has-text('The model {fresh} is used, and stays.')")
    assert versions.on_trial == fresh
    versions.keep()
    assert look(house, versions, now + WEEK, now + 2 * WEEK) == [], "he has chosen it"
    house.show(model=fresh)
    page.wait_for_selector(".failed-model", state="detached")


def test_what_came_with_the_box_is_only_told(house: Any, versions: ModelVersions) -> None:
    installed = versions.version
    worse(house, "0123456789ab", installed)  # as after an update
    now = time.time()
    assert look(house, versions, now - WEEK, now) == []
    assert versions.version == installed


def test_one_is_used_on_where_the_one_before_is_not_there_any_more(
    house: Any, versions: ModelVersions, root: Path
) -> None:
    fresh = put(versions, root)
    worse(house, "0123456789ab", fresh)
    now = time.time()
    assert look(house, versions, now - WEEK, now) == []
    assert versions.version == fresh


def test_one_that_is_right_as_often_is_kept_for_good(
    house: Any, versions: ModelVersions, root: Path
) -> None:
    before, fresh = versions.version, put(versions, root)
    judge(house, [*((before, n % 5 > 0) for n in range(50)), *((fresh, n > 8) for n in range(25))])
    now = time.time()
    assert look(house, versions, now - WEEK, now) == []
    assert versions.version == fresh


def test_it_is_told_beside_the_one_before_and_gone_back_from_by_one_press(
    house: Any, paired: Browser, versions: ModelVersions, root: Path, visit: Callable[..., Any]
) -> None:
    before, fresh = versions.version, put(versions, root)
    versions.keep()  # it ran
    versions.use(fresh)  # and was chosen: it stays, whatever is said of it
    worse(house, before, fresh)
    assert look(house, versions, time.time()) == []
    assert alerted(house, versions)
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
