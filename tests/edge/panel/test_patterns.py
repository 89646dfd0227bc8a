"""What the lights show of a status, and whether people can tell it."""

from __future__ import annotations

from itertools import combinations, pairwise
from math import inf
from typing import Any

import pytest

from edge.events import (
    AWAY,
    NETWORK,
    UNSURE,
    Account,
    Gesture,
    Lamp,
    Mood,
    Status,
)
from edge.mood.moods import VIEWS, moods
from edge.panel.patterns import (
    ACKNOWLEDGED,
    MOOD_PATTERNS,
    SCENES,
    STATES,
    Pattern,
    draw,
)
from edge.panel.render import length, level, render, stays


def status(**changes: Any) -> Status:
    fields: dict[str, Any] = {"at": 0.0, "mood": Mood("happy", 1.0, 0.0)}
    return Status(**fields | changes)


SIGNED_OUT = Account(at=0.0, signed_in=False)


@pytest.mark.parametrize(
    ("changes", "state"),
    [
        ({}, "well"),
        ({"problems": {"eyes": "no camera"}}, "degraded"),
        ({"problems": {"music": "sign in"}, "account": SIGNED_OUT}, "signed out"),
        ({"problems": {NETWORK: "no Wi-Fi"}, "account": SIGNED_OUT}, "offline"),
        ({"waking": True, "problems": {"eyes": "no camera"}}, "waking"),
        ({"private": True, "waking": True}, "private"),
        ({"pairing_until": 60.0, "private": True}, "pairing"),
        ({"pairing_until": 60.0, "problems": {NETWORK: "no Wi-Fi"}}, "offline"),
    ],
)
def test_the_state_that_matters_most_is_shown(changes: dict[str, Any], state: str) -> None:
    assert draw(status(**changes)).status == state


@pytest.mark.parametrize(
    ("changes", "scene", "colours"),
    [
        ({}, "mood", ("#d6a400",)),
        ({"mood": Mood(AWAY, 1.0, 0.0)}, "away", ("#ffffff",)),
        ({"private": True}, "private", ("white",)),
        ({"offering": "sad"}, "offer", ("#0415d3",)),
        ({"pairing_code": ("blue", "white", "blue", "green")}, "code", ("blue", "white") * 1),
    ],
)
def test_the_mood_light_shows_the_mood_or_what_is_asked(
    changes: dict[str, Any], scene: str, colours: tuple[str, ...]
) -> None:
    lights = draw(status(**changes))
    assert lights.scene == scene
    assert lights.colours[: len(colours)] == colours


def test_confidence_is_brightness() -> None:
    unsure, sure = (draw(status(mood=Mood("sad", c, 0.0))).brightness for c in (0.2, 0.9))
    assert 0.2 < unsure < sure < 1


def test_a_restless_confidence_does_not_keep_the_lights_busy() -> None:
    shown = {draw(status(mood=Mood("sad", 0.8 + k / 1000, 0.0))) for k in range(10)}
    assert len(shown) == 1


def test_the_night_is_dim() -> None:
    day, night = (render(draw(status(quiet=quiet)), 0.0, 0.0) for quiet in (False, True))
    assert 0 < night.red < day.red / 4
    assert 0 < night.status < day.status / 4


def test_a_private_box_has_no_mood_light() -> None:
    levels = render(draw(status(private=True)), 0.0, 0.0)
    assert (levels.red, levels.green, levels.blue) == (0, 0, 0)


@pytest.mark.parametrize("changes", [{}, {"private": True}, {"waking": True}, {"quiet": True}])
def test_what_the_home_sets_is_what_the_lamp_shows(changes: dict[str, Any]) -> None:
    lit = draw(status(lamp=Lamp(brightness=50, colour="#ff0000"), **changes))
    levels = render(lit, 0.0, 0.0)
    assert (levels.red, levels.green, levels.blue) == (0.5, 0, 0)
    assert lit.status == draw(status(**changes)).status
    dark = render(draw(status(lamp=Lamp(on=False), **changes)), 0.0, 0.0)
    assert (dark.red, dark.green, dark.blue) == (0, 0, 0)


def test_a_lamp_without_a_colour_of_its_own_dims_the_moods() -> None:
    whole, half = (render(draw(status(lamp=Lamp(brightness=b))), 0.0, 0.0) for b in (100, 50))
    assert half.red == pytest.approx(whole.red / 2)
    assert half.green == pytest.approx(whole.green / 2)


@pytest.mark.parametrize(
    ("asked", "scene"),
    [({"pairing_code": ("blue", "green")}, "code"), ({"offering": "sad"}, "offer")],
)
def test_what_a_person_at_the_box_asked_for_is_seen_whatever_the_home_set(
    asked: dict[str, Any], scene: str
) -> None:
    assert draw(status(lamp=Lamp(on=False), **asked)).scene == scene


def test_within_a_view_no_two_moods_look_alike() -> None:
    for view in VIEWS:
        looks = [
            (one.colours, one.brightness, one.scene, one.rhythm)
            for one in (draw(status(mood=Mood(name, 1.0, 0.0))) for name in (*moods(view), UNSURE))
        ]
        assert len(set(looks)) == len(looks)


def signature(pattern: Pattern) -> tuple[float, float]:
    """Return flashes in 60 s and the share of time it is lit, as an eye counts them."""
    lit = [level(pattern, k / 50) >= 0.5 for k in range(3000)]
    flashes = sum(now and not before for before, now in pairwise(lit))
    return flashes, sum(lit) / len(lit)


def test_the_states_are_told_apart_by_rhythm_alone() -> None:
    for a, b in combinations(STATES, 2):
        (many_a, lit_a), (many_b, lit_b) = signature(STATES[a]), signature(STATES[b])
        more, less = max(many_a, many_b), min(many_a, many_b)
        assert more > 1.5 * less or abs(lit_a - lit_b) > 0.3, (a, b)


def test_nothing_flashes_more_than_three_times_a_second() -> None:
    for rhythm in (
        *STATES.values(),
        *SCENES.values(),
        *MOOD_PATTERNS.values(),
        *ACKNOWLEDGED.values(),
    ):
        if length(rhythm) == inf:
            continue
        lit = [level(rhythm, k / 100) >= 0.5 for k in range(2000)]
        rises = [k for k in range(1, 2000) if lit[k] and not lit[k - 1]]
        within = [sum(k <= r < k + 100 for r in rises) for k in rises]
        assert max(within, default=0) <= 3


def test_every_gesture_is_answered_and_differently() -> None:
    assert ACKNOWLEDGED.keys() == set(Gesture)
    assert len(set(ACKNOWLEDGED.values())) == len(Gesture)


def test_levels_stay_for_as_long_as_is_said() -> None:
    shown = [
        draw(status(pairing_code=("blue", "white", "blue", "green"))),
        draw(status(account=SIGNED_OUT)),
        draw(status(private=True)),
        draw(status(problems={"eyes": "no camera"})),
    ]
    for lights in shown:
        t = 0.0
        for _ in range(200):
            wait = min(stays(lights, t, t), 10.0)
            assert wait > 0
            assert render(lights, t, t) == render(lights, t + wait * 0.98, t + wait * 0.98)
            t += wait + 1e-6


def test_a_code_is_shown_colour_by_colour_with_a_rest() -> None:
    lights = draw(status(pairing_code=("blue", "yellow", "blue", "white")))
    seen: list[tuple[float, float, float]] = []
    for k in range(700):
        levels = render(lights, k / 100, 0.0)
        now = (levels.red, levels.green, levels.blue)
        if not seen or seen[-1] != now:
            seen.append(now)
    assert len(seen) == 9  # four colours, each followed by dark, and the first again
    assert seen[0] == seen[4] == seen[8]
    assert seen[1] == (0, 0, 0)
