"""The pictures in the papers are of the lights as they are."""

from __future__ import annotations

import subprocess
import sys
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from edge.events import Gesture
from edge.mood.moods import VIEWS, colour_of, moods
from edge.panel.patterns import STATES


@pytest.fixture
def draw(root: Path, monkeypatch: pytest.MonkeyPatch) -> object:
    monkeypatch.syspath_prepend(root / "tests" / "tools")
    import draw_lights  # noqa: PLC0415  a program, not a package

    return draw_lights


def test_the_pictures_are_as_new_as_the_table(root: Path, draw: object) -> None:
    kept = {path.name: path.read_text("utf-8") for path in (root / "docs" / "lights").glob("*.svg")}
    assert kept == draw.pictures(), "run tests/tools/draw_lights.py"  # type: ignore[attr-defined]


def test_every_state_and_every_gesture_is_in_them(draw: object) -> None:
    assert draw.MEANS.keys() == STATES.keys()  # type: ignore[attr-defined]
    assert draw.ANSWERS.keys() == set(Gesture)  # type: ignore[attr-defined]


def test_every_mood_of_every_view_is_in_them(draw: object) -> None:
    picture = draw.pictures()["mood.svg"]  # type: ignore[attr-defined]
    for mood in {mood for view in VIEWS for mood in moods(view)}:
        assert f">{mood}<" in picture
        assert colour_of(mood) in picture


def test_they_are_pictures(root: Path) -> None:
    for path in (root / "docs" / "lights").glob("*.svg"):
        assert ET.parse(path).getroot().tag.endswith("svg")


def test_another_rhythm_gives_another_picture(root: Path) -> None:
    other = (
        "import draw_lights as d\n"
        "from edge.panel.patterns import Pattern\n"
        "before = d.pictures()['status.svg']\n"
        "d.STATES = dict(d.STATES) | {'offline': Pattern(((2.0, 1.0), (3.0, 0.0)))}\n"
        "assert d.pictures()['status.svg'] != before\n"
    )
    folder = root / "tests" / "tools"
    subprocess.run([sys.executable, "-c", other], cwd=folder, check=True, timeout=60)
