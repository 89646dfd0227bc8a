"""Whether people can tell the moods apart by the lamp, however they see colours."""

from __future__ import annotations

from itertools import combinations, pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from edge.events import AWAY, EMOTIONS, UNSURE, Mood, Status
from edge.mood.moods import MOODS, VIEWS, ViewName, moods
from edge.panel.patterns import MOOD_PATTERNS, draw
from edge.panel.render import level, render

SURE = np.linspace(0, 1, 9)
"""Confidences, which the lamp turns into brightness."""
DAY, NIGHT = 0.09, 0.044
"""Least distance (Oklab) of two moods with one rhythm, each at any brightness; 0.02 can just be
told apart. In quiet hours the whole lamp is dimmed."""
WHITE = 0.05
"""The same of what is white, which the lamp tells apart by how faint it is."""


@pytest.fixture
def vision(root: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.syspath_prepend(root / "tests" / "tools")
    import colour_vision  # noqa: PLC0415  shared with a program

    return colour_vision


def lights(name: str, *, quiet: bool) -> np.ndarray[Any, np.dtype[np.float64]]:
    """Return what the lamp gives for a mood, at each confidence, (n, 3)."""
    shown = []
    for confidence in SURE.tolist():
        status = Status(at=0.0, mood=Mood(name, confidence, 0.0), quiet=quiet)
        levels = render(draw(status), 0.0, 0.0)
        shown.append((levels.red, levels.green, levels.blue))
    return np.array(shown)


@pytest.mark.parametrize("view", VIEWS)
@pytest.mark.parametrize("quiet", [False, True], ids=["day", "quiet"])
@pytest.mark.parametrize("eyes", ["normal", "protanopia", "deuteranopia", "tritanopia"])
def test_moods_of_one_rhythm_are_told_apart_by_colour_at_every_brightness(
    vision: Any, view: ViewName, quiet: bool, eyes: str
) -> None:
    for one, other in combinations(moods(view), 2):
        if MOODS[one].rhythm == MOODS[other].rhythm:
            distance = vision.apart(lights(one, quiet=quiet), lights(other, quiet=quiet), eyes)
            assert distance > (NIGHT if quiet else DAY), (one, other)


@pytest.mark.parametrize("view", VIEWS)
@pytest.mark.parametrize("eyes", ["normal", "protanopia", "deuteranopia", "tritanopia"])
def test_being_away_or_unsure_looks_like_no_mood(vision: Any, view: ViewName, eyes: str) -> None:
    for white in (AWAY, UNSURE):
        for mood in moods(view):
            if MOODS[mood].rhythm == MOODS[white].rhythm:
                distance = vision.apart(lights(white, quiet=False), lights(mood, quiet=False), eyes)
                assert distance > WHITE, (white, mood)


def test_the_rhythms_of_moods_are_told_apart_by_counting_dips() -> None:
    dips = {}
    for name, rhythm in MOOD_PATTERNS.items():
        levels = [level(rhythm, k / 20) for k in range(20 * 60)]
        dips[name] = sum(now < before for before, now in pairwise(levels))
        assert set(levels) <= {1.0, 0.35}
    assert dips["steady"] == 0
    assert dips["two dips"] == pytest.approx(2 * dips["one dip"], abs=1)
    assert {MOODS[emotion].rhythm for emotion in EMOTIONS} == set(MOOD_PATTERNS)
