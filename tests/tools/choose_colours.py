"""Search for the moods' colours: as far apart as can be for everybody, at every brightness.

    python tests/tools/choose_colours.py tired    prints a colour for this mood; the others stay
    python tests/tools/choose_colours.py          prints a new one for each

A mood keeps its family of hues, by which people know it, around the colour that its row has; a new
mood's row begins with any of the family. Within that, hill climbing from several beginnings moves
one colour at a time wherever the worst pair gets better. Two moods of a view that share a rhythm
must be told apart by colour, whoever looks and however bright each of them is: for dichromats
colours then lie on one line between yellow and blue, on which about three can be told apart. Moods
with different rhythms need only look different to people with normal vision.

Where a new mood's least distance stays below what tests/edge/panel/test_colours.py asks for, try
another rhythm or another hue, or name a mood of the same rhythm as well.
"""

from __future__ import annotations

import argparse
import colorsys
import sys
from collections.abc import Sequence
from itertools import combinations
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests" / "tools")]

from colour_vision import VISIONS, apart, light  # noqa: E402

from edge.events import UNSURE  # noqa: E402
from edge.mood.moods import MOODS, VIEWS, moods  # noqa: E402
from edge.panel.patterns import DARKEST, SHADES  # noqa: E402

LEVELS = np.arange(round(DARKEST * SHADES), SHADES + 1, 2)[:, None] / SHADES
FAMILY = 20
"""Degrees of the colour circle to each side of a mood's colour within which it stays."""
LEAST_VALUE = 0.55
"""Of the brightest of red, green and blue: a darker light is not seen as a colour."""
PALEST = 0.4
"""How strong a colour is at least: a paler one is taken for white."""
ACROSS = 0.6
"""How much less a pair has to be apart that its rhythms tell apart as well."""
STEPS, STARTS = 1000, 4

Colours = dict[str, str]


def _families() -> dict[str, tuple[float, float]]:
    """Return of each mood that has a colour the hues by which people know it."""
    found = {}
    for row in MOODS.values():
        hue, strength, _ = _hsv(row.colour)
        if strength:
            found[row.name] = (hue * 360 - FAMILY, hue * 360 + FAMILY)
    return found


def _hsv(colour: str) -> tuple[float, float, float]:
    red, green, blue = (value / 255 for value in bytes.fromhex(colour[1:]))
    return colorsys.rgb_to_hsv(red, green, blue)


HUES = _families()


def worst(colours: Colours, only: str = "") -> float:
    """Return the least distance of all pairs that must be told apart, or of those with a mood."""
    found = [np.inf]
    for view in VIEWS:
        for one, other in combinations((*moods(view), UNSURE), 2):
            if only and only not in (one, other):
                continue
            a, b = light(colours[one]) * LEVELS, light(colours[other]) * LEVELS
            if MOODS[one].rhythm == MOODS[other].rhythm:
                found += [apart(a, b, vision) for vision in VISIONS]
            elif UNSURE not in {one, other}:  # white, as neutral is
                found.append(apart(a, b, "normal") / ACROSS)
    return min(found)


def drawn(name: str, rng: np.random.Generator) -> str:
    """Return any colour of a mood's family."""
    low, high = HUES[name]
    hue, value = rng.uniform(low, high) / 360 % 1, rng.uniform(LEAST_VALUE, 1)
    return _hex(colorsys.hsv_to_rgb(hue, rng.uniform(PALEST, 1), value))


def moved(name: str, colour: str, rng: np.random.Generator) -> str:
    """Return a colour of the family near another one."""
    hue, strength, value = _hsv(colour)
    low, high = HUES[name]
    # On the circle, next to the family's middle.
    middle = (low + high) / 2
    turned = (hue * 360 - middle + 180) % 360 - 180 + middle + rng.normal(0, 6)
    return _hex(
        colorsys.hsv_to_rgb(
            float(np.clip(turned, low, high)) / 360 % 1,
            float(np.clip(strength + rng.normal(0, 0.08), PALEST, 1)),
            float(np.clip(value + rng.normal(0, 0.08), LEAST_VALUE, 1)),
        )
    )


def _hex(colour: tuple[float, float, float]) -> str:
    return "#{:02x}{:02x}{:02x}".format(*(round(255 * value) for value in colour))


def climb(names: Sequence[str], rng: np.random.Generator) -> tuple[float, Colours]:
    """Return the best colours of `names` that one beginning leads to; all others stay."""
    colours = {row.name: row.colour for row in MOODS.values()}
    colours |= {name: drawn(name, rng) for name in names}
    for _ in range(STEPS):
        name = str(rng.choice(names))
        other = colours | {name: moved(name, colours[name], rng)}
        if worst(other, name) >= worst(colours, name):
            colours = other
    return min(worst(colours, name) for name in names), {name: colours[name] for name in names}


def main() -> None:
    """Print the best of several climbs."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("mood", nargs="*", help="whose colour may change; else each may")
    asked = options.parse_args().mood
    if unknown := set(asked) - HUES.keys():
        options.error(f"no mood with a colour: {', '.join(sorted(unknown))}")
    names = asked or list(HUES)
    climbs = [climb(names, np.random.default_rng(seed)) for seed in range(STARTS)]
    distance, colours = max(climbs, key=lambda it: it[0])
    print(f"least distance {distance:.3f}")
    for name, colour in colours.items():
        print(f"{name:10} {colour}")


if __name__ == "__main__":
    main()
