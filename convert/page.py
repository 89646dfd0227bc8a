"""Write models/README.md from the cards in that folder."""

from __future__ import annotations

from pathlib import Path

from convert.figures import MEANING
from edge.vision import card as cards
from edge.vision.card import Card, Figure

_PLOTS = {
    "confusion": "What it takes for what, on the test faces.",
    "reliability": "How often it is right when it is so sure, on the test faces.",
    "conditions": "Accuracy under worse conditions, and through each face detector.",
}


def write(folder: Path) -> Path:
    """Write the page anew and return its path."""
    found = [cards.load(path) for path in sorted(folder.glob("*.json"))]
    path = folder / "README.md"
    path.write_text("\n".join(_page(found)), encoding="utf-8")
    return path


def _page(found: list[Card]) -> list[str]:
    lines = [
        "# Models",
        "",
        "Written by `moodbox-convert release` from the cards (`.json`) beside it; the box reads",
        "the same cards. Intervals are 95 % bootstrap intervals.",
    ]
    for card in found:
        lines += ["", *_model(card)]
    return [*lines, ""]


def _model(card: Card) -> list[str]:
    about = (
        f"Reads a grey face of {card.input.height}x{card.input.width} pixels and says how likely"
        f" each of {', '.join(card.labels)} is. {card.parameters:,} parameters,"
        f" {card.multiply_adds / 1e6:.1f} million multiply-adds, {card.model.size / 1e6:.2f} MB"
        f" (`{card.model.file}`, sha256 `{card.model.version}…`)."
    )
    return [
        f"## {card.name}",
        "",
        *([f"**{card.note}**", ""] if card.note else []),
        *(
            [f"**Worse than the one before.** {card.allowed_worse}", ""]
            if card.allowed_worse
            else []
        ),
        about,
        "",
        "| figure | value | interval | on |",
        "|---|---|---|---|",
        *(_row(MEANING[name], name, figure) for name, figure in card.figures.items()),
        "",
        *(f"![{alt}]({card.name}_{plot}.png)" for plot, alt in _PLOTS.items()),
        "",
        f"**Data.** {card.data}",
        "",
        f"**Licence.** {card.licence}",
        "",
        f"**Intended use.** {card.intended_use}",
        "",
        "**Limits.**",
        "",
        *(f"- {limit}" for limit in card.limits),
        "",
        "**Not shown.**",
        "",
        *(f"- {gap}" for gap in card.not_shown),
    ]


def _row(meaning: str, name: str, figure: Figure) -> str:
    value, ends = shown(name, figure)
    unit = "rounds" if name.endswith(("milliseconds", "time_ratio")) else "faces"
    return f"| {meaning} | {value} | {ends} | {figure.rows:,} {unit} |"


def shown(name: str, figure: Figure) -> tuple[str, str]:
    """Return a figure in its unit, and its interval."""
    shape = "{:.2%}"
    if "milliseconds" in name:
        shape = "{:.3f} ms"
    elif name == "time_ratio":
        shape = "{:.2f}"
    elif "error" in name:
        shape = "{:.3f}"
    value, low, high = (shape.format(v) for v in (figure.value, figure.low, figure.high))
    return value, f"{low} to {high}"
