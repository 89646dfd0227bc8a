"""Draw what the lights show, for the papers, from the one table in edge/panel/patterns.py.

draw_lights.py         writes docs/lights/*.svg; a test notices when they are older than the table

Each row is a light that moves as the real one does, beside a strip of its first seconds for those
who see no movement.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from math import inf
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from edge.events import UNSURE, Gesture  # noqa: E402
from edge.mood.moods import ROWS, Row, colour_of, rhythm_of  # noqa: E402
from edge.panel.patterns import (  # noqa: E402
    ACKNOWLEDGED,
    FAINT,
    MOOD_PATTERNS,
    STATES,
    Lights,
    Pattern,
)
from edge.panel.render import _mood_light, lasts, length, level, rgb  # noqa: E402

FOLDER = ROOT / "docs" / "lights"
MEANS: Mapping[str, tuple[str, str]] = {
    "waking": ("It is waking up", "wait; a minute at most"),
    "offline": ("It has no network", "give it Wi-Fi, or plug a cable in"),
    "pairing": ("It waits for your browser", "open its page, tap the colours of the big light"),
    "signed out": ("It is not signed in to Spotify", "open its page: House, Sign in"),
    "degraded": ("Something needs you", "its page says what, and what to do"),
    "private": ("Private: the camera is off", "hold the button for 2 s to end it"),
    "well": ("All is well", ""),
}
"""State of the status light -> what it waits for, and what you do; in the order of a first boot."""
ANSWERS: Mapping[Gesture, str] = {
    Gesture.PRESS: "press: play, pause",
    Gesture.DOUBLE: "press twice: next",
    Gesture.TRIPLE: "press three times: wrong mood",
    Gesture.HOLD: "hold 2 s: private",
    Gesture.RELEASE: "hold 2 s again: eyes open",
    Gesture.LONG_HOLD: "hold 10 s: a new browser",
}
SECONDS = 9.0
"""Of the strips."""
PAUSE = 2.0
"""Seconds between two answers of the moving light."""
TINY = 1e-6
FINEST = 0.05
"""Seconds between two levels of a light that glides."""
WIDTH, ROW, LEFT, SCALE = 760, 44, 350, 44
AMBER = "#e69f00"
LENS = "#3a3f45"
"""Of a light that is off."""
STYLE = """
text { font: 15px system-ui, sans-serif; fill: #1b1f24 } .soft { font-size: 12px; fill: #59636e }
rect { shape-rendering: crispEdges }
@media (prefers-color-scheme: dark) { text { fill: #f0f3f6 } .soft { fill: #9aa4ae } }
@media (prefers-reduced-motion: reduce) { * { animation: none !important } }"""


class Piece(NamedTuple):
    """A stretch of time in which a light stays as it is."""

    start: float
    end: float
    colour: str
    share: float
    """Of its full light, linear."""


Look = Callable[[float], tuple[str, float, float]]
"""From a time to colour, share, and for how long both stay."""


def main() -> None:
    """Write every picture."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name, picture in pictures().items():
        (FOLDER / name).write_text(picture, encoding="utf-8")


def pictures() -> dict[str, str]:
    """Return every picture by the name of its file."""
    states = [
        _row(f"s{n}", MEANS[it], _of(STATES[it]), length(STATES[it])) for n, it in enumerate(MEANS)
    ]
    code = ("blue", "white", "blue", "green")
    moods = [
        _row(
            "m", ("Pairing: some colours, then dark", "here " + ", ".join(code)), _code(code), 6.6
        ),
        *(
            _mood(f"e{n}", (it.name, _views(it)), it.name, 1.0)
            for n, it in enumerate(_told_apart())
        ),
        _mood("u", ("not sure yet", ""), UNSURE, FAINT[UNSURE]),
        _still("private, or off", "white", 0.0),
    ]
    answers = [
        _row(f"g{n}", (words, ""), _once(ACKNOWLEDGED[it]), length(ACKNOWLEDGED[it]) + PAUSE)
        for n, (it, words) in enumerate(ANSWERS.items())
    ]
    return {
        "status.svg": _svg("What the small light means", states),
        "mood.svg": _svg("What the big light shows", moods),
        "answers.svg": _svg("What the big light answers to the button", answers),
    }


def _told_apart() -> list[Row]:
    """Return every mood that some view has, those of a box as it comes first."""
    return sorted((row for row in ROWS if row.usual), key=lambda row: "seven" not in row.usual)


def _views(row: Row) -> str:
    return "" if "seven" in row.usual else f"in the view {' and '.join(row.usual)}"


def _of(pattern: Pattern) -> Look:
    return lambda t: (AMBER, level(pattern, t), lasts(pattern, t))


def _once(pattern: Pattern) -> Look:
    seconds = length(pattern)
    return lambda t: ("#ffffff", level(pattern, t), lasts(pattern, t)) if t < seconds else OFF


OFF = ("#ffffff", 0.0, inf)


def _code(colours: tuple[str, ...]) -> Look:
    def look(t: float) -> tuple[str, float, float]:
        colour, share, stays = _mood_light(Lights("code", colours, 1.0, "well"), t)
        return _hex(colour), share, stays

    return look


def _mood(key: str, words: tuple[str, str], mood: str, share: float = 1.0) -> str:
    rhythm, colour = MOOD_PATTERNS[rhythm_of(mood)], _hex(colour_of(mood))
    turn = length(rhythm)
    return _row(
        key,
        words,
        lambda t: (colour, share * level(rhythm, t), lasts(rhythm, t)),
        turn,
    )


def _still(words: str, colour: str, share: float) -> str:
    return _row("", (words, ""), lambda _: (_hex(colour), share, inf), inf)


def _hex(colour: str) -> str:
    return "#{:02x}{:02x}{:02x}".format(*rgb(colour))


def _svg(title: str, rows: list[str]) -> str:
    placed = (f'<g transform="translate(0 {ROW * n + 4})">{row}</g>' for n, row in enumerate(rows))
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {ROW * len(rows) + 8}" '
        f'role="img" aria-label="{title}"><title>{title}</title><style>{STYLE}</style>'
    )
    return "\n".join([head, *placed, "</svg>\n"])


def _row(key: str, words: tuple[str, str], look: Look, turn: float) -> str:
    """Return a light that moves, a turn of it in so many seconds, its words, and its strip."""
    return _circle("", LENS, 1.0, radius=13) + _lit(key, look, turn) + _words(*words) + _strip(look)


def _lit(key: str, look: Look, turn: float) -> str:
    pieces = _pieces(look, turn if turn < inf else 1.0)
    if len(pieces) == 1:
        return _circle("", pieces[0].colour, pieces[0].share)
    frames = "".join(
        f"{100 * it.start / turn:.2f}%{{fill:{it.colour};opacity:{_seen(it.share)}}}"
        for it in pieces
    )
    moves = f"animation:{key} {turn:.2f}s step-end infinite"
    brightest = max(pieces, key=lambda it: it.share)
    return (
        f"<style>@keyframes {key}{{{frames}}} #{key}{{{moves}}}</style>"
        f"{_circle(key, brightest.colour, brightest.share)}"
    )


def _pieces(look: Look, seconds: float) -> list[Piece]:
    pieces = []
    t = 0.0
    while t < seconds:
        colour, share, stays = look(t + TINY)  # not on the edge, where rounding decides
        end = min(t + max(stays + TINY, FINEST), seconds)
        pieces.append(Piece(t, end, colour, share))
        t = end
    return pieces


def _circle(key: str, colour: str, share: float, *, radius: int = 11) -> str:
    name = f' id="{key}"' if key else ""
    return f'<circle{name} cx="22" cy="18" r="{radius}" fill="{colour}" opacity="{_seen(share)}"/>'


def _seen(share: float) -> str:
    """Return how opaque a light looks: eyes and screens are not linear."""
    return f"{share ** (1 / 2.2):.2f}"


def _words(words: str, more: str) -> str:
    if not more:
        return f'<text x="46" y="23">{words}</text>'
    return f'<text x="46" y="16">{words}</text><text x="46" y="33" class="soft">{more}</text>'


def _strip(look: Look) -> str:
    """Return the first seconds, from left to right."""
    frame = (
        f'<rect x="{LEFT - 2}" y="5" width="{SECONDS * SCALE + 4:.0f}" height="26" fill="{LENS}"/>'
    )
    return frame + "".join(
        f'<rect x="{LEFT + SCALE * it.start:.1f}" y="7" width="{SCALE * (it.end - it.start):.1f}" '
        f'height="22" fill="{it.colour}" opacity="{_seen(it.share)}"/>'
        for it in _pieces(look, SECONDS)
        if it.share > 0
    )


if __name__ == "__main__":
    main()
