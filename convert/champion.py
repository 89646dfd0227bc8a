"""Whether a model may take the place of the one that is there: challenger against champion.

Both are judged by their cards. A challenger is worse where a headline figure of its lies below the
champion's interval; it may come all the same, for a reason that somebody gives and the card keeps.
No reason helps one that may have learnt nothing: whose accuracy is not surely above what always
saying the commonest emotion has for nothing, or whose balanced accuracy not above one of seven.
"""

from __future__ import annotations

import argparse
import math
from collections.abc import Iterator

import msgspec

from edge.errors import ModelError
from edge.vision.card import Card

HEADLINE = "accuracy", "balanced_accuracy"
"""What a challenger must not lose; convert/figures.py says what they mean."""


def add_argument(parser: argparse.ArgumentParser) -> None:
    """Declare what lets a worse model pass."""
    parser.add_argument(
        "--allow-worse",
        metavar="REASON",
        type=_reason,
        help="let a model pass that is worse than the one that is there; the card keeps the reason",
    )


def _reason(text: str) -> str:
    if not text.strip():
        raise argparse.ArgumentTypeError("needs a reason, in words")
    return text.strip()


def demand(champion: Card | None, challenger: Card, reason: str | None) -> Card:
    """Return the challenger's card, with the `reason` in it where it needed one.

    Raises:
        ModelError: its figures are missing, no numbers, or no better than chance, which no reason
            helps; or it is worse than the champion, or cannot be compared with it, and there is no
            reason.
    """
    file = challenger.model.file
    for name in HEADLINE:
        figure = challenger.figures.get(name)
        if figure is None or not math.isfinite(figure.value):
            raise ModelError(f"{file}: its card has no {_words(name)}")
        if figure.low <= (floor := _for_nothing(challenger, name)):
            ends = f"{figure.low:.2%} to {figure.high:.2%}"
            raise ModelError(
                f"{file}: {_words(name)} {figure.value:.2%} ({ends}), where who always says the"
                f" same has {floor:.2%}"
            )
    wrong = list(complaints(champion, challenger)) if champion is not None else []
    if wrong and reason is None:
        raise ModelError(
            f"{file}: worse than the model that is there: {'; '.join(wrong)};"
            " --allow-worse REASON lets it pass"
        )
    return msgspec.structs.replace(challenger, allowed_worse=(reason or "") if wrong else "")


def complaints(champion: Card, challenger: Card) -> Iterator[str]:
    """Yield one line for each thing that speaks against the challenger."""
    if champion.model.sha256 == challenger.model.sha256:
        return
    if champion.truth != challenger.truth:
        yield f"its truth is {challenger.truth}, not {champion.truth}: they cannot be compared"
        return
    for name in HEADLINE:
        ours, bar = challenger.figures[name], champion.figures.get(name)
        if bar is None:
            continue
        if ours.rows != bar.rows:
            yield (
                f"{_words(name)} was measured on {ours.rows:,} faces, not {bar.rows:,}:"
                " they cannot be compared"
            )
        elif ours.value < bar.low:
            yield (
                f"{_words(name)} {ours.value:.2%}, where that has {bar.value:.2%}"
                f" ({bar.low:.2%} to {bar.high:.2%})"
            )


def _for_nothing(card: Card, name: str) -> float:
    """Return what a model has that says the commonest emotion of every face."""
    return max(card.frequency) if name == "accuracy" else 1 / len(card.frequency)


def _words(figure: str) -> str:
    return figure.replace("_", " ")
