"""A challenger takes the champion's place unless its card says that it is worse."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from convert import champion
from convert.__main__ import main
from edge.errors import ModelError
from edge.vision import card as cards
from edge.vision.card import Card, Figure


@pytest.fixture
def card(released: Path) -> Card:
    figures = {name: Figure(0.80, 0.78, 0.82, 3000) for name in champion.HEADLINE}
    return msgspec.structs.replace(cards.load(released / "emotion.json"), figures=figures)


def changed(card: Card, **figures: Figure) -> Card:
    """Another model's card, with some figures of its own."""
    model = msgspec.structs.replace(card.model, sha256="0" * 64)
    return msgspec.structs.replace(card, model=model, figures=card.figures | figures)


def test_what_lies_within_the_interval_is_not_worse(card: Card) -> None:
    challenger = changed(card, accuracy=Figure(0.781, 0.76, 0.80, 3000))
    assert champion.demand(card, challenger, None).allowed_worse == ""
    assert champion.demand(card, challenger, "not needed").allowed_worse == ""


@pytest.mark.parametrize("name", champion.HEADLINE)
def test_what_lies_below_it_is_and_needs_a_reason(card: Card, name: str) -> None:
    challenger = changed(card, **{name: Figure(0.779, 0.76, 0.80, 3000)})
    said = rf"{name.replace('_', ' ')} 77.90%, where that has 80.00% \(78.00% to 82.00%\)"
    with pytest.raises(ModelError, match=said):
        champion.demand(card, challenger, None)
    assert champion.demand(card, challenger, "half the time").allowed_worse == "half the time"


def test_what_cannot_be_compared_needs_a_reason(card: Card) -> None:
    few = changed(card, accuracy=Figure(1.0, 1.0, 1.0, 12))
    with pytest.raises(ModelError, match="accuracy was measured on 12 faces, not 3,000"):
        champion.demand(card, few, None)
    other = msgspec.structs.replace(changed(card), truth="fer2013")
    with pytest.raises(ModelError, match="its truth is fer2013, not ferplus"):
        champion.demand(card, other, None)


@pytest.mark.parametrize("value", [float("nan"), None])
def test_what_has_no_figures_goes_nowhere_for_no_reason(card: Card, value: float | None) -> None:
    challenger = changed(card)
    figures = dict(challenger.figures)
    del figures["accuracy"]
    if value is not None:
        figures["accuracy"] = Figure(value, value, value, 3000)
    challenger = msgspec.structs.replace(challenger, figures=figures)
    for there in (None, card):
        with pytest.raises(ModelError, match="its card has no accuracy"):
            champion.demand(there, challenger, "I like it")


def test_a_reason_has_words(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        main(["publish", "--repository", "site", "--keys", "keys", "--allow-worse", " "])
    assert "--allow-worse: needs a reason, in words" in capsys.readouterr().err


def test_the_first_of_its_name_has_nobody_to_be_compared_with(card: Card) -> None:
    poor = changed(card, accuracy=Figure(0.3, 0.2, 0.4, 3000))
    assert champion.demand(None, poor, None) == poor


@pytest.mark.parametrize(
    ("name", "share", "said"),
    [
        ("accuracy", 0.39, "always says the same has 40.00%"),
        ("balanced_accuracy", 0.14, "always says the same has 14.29%"),
    ],
)
def test_what_may_know_nothing_is_no_champion_for_any_reason(
    card: Card, name: str, share: float, said: str
) -> None:
    poor = changed(card, **{name: Figure(share + 0.01, share, share + 0.02, 3000)})
    poor = msgspec.structs.replace(poor, frequency=(0.4, *(0.1,) * 6))
    for there in (None, card):
        with pytest.raises(ModelError, match=said):
            champion.demand(there, poor, "I like it")


def test_the_same_file_is_not_worse_than_itself(card: Card) -> None:
    again = msgspec.structs.replace(card, truth="fer2013")
    assert champion.demand(card, again, None) == again
