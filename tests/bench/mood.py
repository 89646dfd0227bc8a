"""The mood filter against the deque and majority of every other mood player.

    moodbox-convert mood --data faces.npz --readings readings.npz
    python tests/bench/mood.py --readings readings.npz

Both see the same lives, made of faces that training never saw (test rows, no copies of training
rows) and whose expression most people agree on. A wrong switch is a mood event that names another
expression than the one held at that moment; the delay runs from the change of expression to the
first event that names it, and a change that is never named counts as endless. The deque's length is
varied, and the filter is compared with the length that has the same median delay.

`--split validation` replays validation faces instead; `--dwell` and `--enter` move the filter along
its own curve: this is how the defaults of `edge.mood.filter.Rules` were chosen.
"""

from __future__ import annotations

import argparse
import json
from collections import Counter, deque
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sequences import FRAMES_PER_SECOND, Kind, Sequence, live

from convert import readings as measured
from convert.dataset import Split
from edge.events import EMOTIONS, UNSURE, Emission, Emotions
from edge.mood.filter import Rules, advance, begin
from edge.mood.moods import usual
from edge.vision.card import read

LENGTHS = (1, 3, 5, 7, 9, 11, 15, 19, 23, 29, 35, 43, 51)
KINDS: tuple[Kind, ...] = ("independent", "runs")
SECONDS = 1800.0
"""Of one life."""
SETTLED = 20
"""Seconds at the start of each life in which no switch is counted."""

Moods = list[str]


@dataclass(frozen=True)
class Score:
    """What one way of telling the mood did in each of several lives."""

    wrong: NDArray[np.float64]
    """Switches to a wrong emotion, an hour, (lives,)."""
    unsure: NDArray[np.float64]
    """Switches to "unsure", an hour, (lives,)."""
    right: NDArray[np.float64]
    """Share of the time with the right mood, (lives,)."""
    delays: list[NDArray[np.float64]]
    """Seconds from each change of expression to its mood; infinite where there was none."""

    def median(self, lives: NDArray[np.intp] | slice = slice(None)) -> float:
        """Return the median delay in some of the lives."""
        chosen = np.arange(len(self.delays))[lives]
        return float(np.median(np.concatenate([self.delays[life] for life in chosen])))

    def summary(self) -> dict[str, float | None]:
        """Return the figures, rounded."""
        delays = np.concatenate(self.delays)
        late = float(np.quantile(delays, 0.9, method="lower"))
        return {
            "wrong_switches_an_hour": round(float(self.wrong.mean()), 2),
            "median_delay_s": _known(self.median()),
            "delay_s_90_percent": _known(late),
            "changes_missed": round(float(np.isinf(delays).mean()), 4),
            "unsure_an_hour": round(float(self.unsure.mean()), 2),
            "time_right": round(float(self.right.mean()), 4),
        }


def filtered(life: Sequence, rules: Rules) -> Moods:
    """Return the filter's mood after each frame."""
    state, moods = begin(-60.0), []
    for frame, probabilities in enumerate(life.probabilities.tolist()):
        seen = Emotions(tuple(probabilities), frame / FRAMES_PER_SECOND)
        state = advance(state, seen, rules)
        moods.append(state.mood.name)
    return moods


def majority(life: Sequence, length: int) -> Moods:
    """Return what most of the last frames said, after each frame; a tie leaves the mood alone."""
    window: deque[int] = deque(maxlen=length)
    mood, moods = -1, []
    for emotion in life.probabilities.argmax(axis=1).tolist():
        window.append(emotion)
        counts = Counter(window)
        best, most = counts.most_common(1)[0]
        if counts[mood] < most:
            mood = best
        moods.append(EMOTIONS[mood])
    return moods


def score(lives: list[Sequence], tell: Callable[[Sequence], Moods]) -> Score:
    """Let `tell` find the moods of all lives."""
    told = [_life(life, tell(life)) for life in lives]
    wrong, unsure, right, delays = zip(*told, strict=True)
    return Score(np.array(wrong), np.array(unsure), np.array(right), list(delays))


def _life(life: Sequence, moods: Moods) -> tuple[float, float, float, NDArray[np.float64]]:
    first = SETTLED * FRAMES_PER_SECOND
    hours = (len(moods) - first) / FRAMES_PER_SECOND / 3600
    felt = [EMOTIONS[index] for index in life.truth]
    events = [i for i in range(first, len(moods)) if moods[i] != moods[i - 1]]
    unsure = sum(moods[i] == UNSURE for i in events)
    wrong = sum(moods[i] not in {felt[i], UNSURE} for i in events)
    right = float(np.mean([mood == truth for mood, truth in zip(moods, felt, strict=True)]))
    delays = [
        next((i - start for i in range(start, end) if moods[i] == felt[start]), np.inf)
        for start, end in pairwise(life.changes[1:])
    ]
    return wrong / hours, unsure / hours, right, np.array(delays) / FRAMES_PER_SECOND


def compare(lives: list[Sequence], rules: Rules, rng: np.random.Generator) -> dict[str, Any]:
    """Return the filter, the deque's curve, and the ratio of wrong switches at equal delay."""
    ours = score(lives, lambda life: filtered(life, rules))
    curve = {n: score(lives, partial(majority, length=n)) for n in LENGTHS}

    def ratio(chosen: NDArray[np.intp]) -> float:
        delays = [theirs.median(chosen) for theirs in curve.values()]
        wrong = [theirs.wrong[chosen].mean() for theirs in curve.values()]
        return float(ours.wrong[chosen].mean() / np.interp(ours.median(chosen), delays, wrong))

    everyone = np.arange(len(lives))
    again = [ratio(rng.choice(everyone, len(lives))) for _ in range(400)]
    return {
        "filter": ours.summary(),
        "deque_15": curve[15].summary(),
        "ratio_at_equal_median_delay": round(ratio(everyone), 4),
        "ratio_95_percent": np.quantile(again, [0.025, 0.975]).round(4).tolist(),
        "deque": {str(length): theirs.summary() for length, theirs in curve.items()},
        "frames_right": round(
            float(np.mean([(x.probabilities.argmax(axis=1) == x.truth).mean() for x in lives])), 4
        ),
    }


def _known(value: float) -> float | None:
    return round(value, 2) if np.isfinite(value) else None


def main() -> None:
    """Print one JSON object."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--readings", type=Path, required=True)
    parser.add_argument("--card", type=Path, default=Path("models/emotion.json"))
    parser.add_argument("--split", choices=("test", "validation"), default="test")
    parser.add_argument("--lives", type=int, default=20, help="of half an hour each")
    parser.add_argument("--often", choices=("evenly", "as-found", "at-home"), default="evenly")
    parser.add_argument("--dwell", type=float, default=Rules().dwell)
    parser.add_argument("--enter", type=float, default=Rules().enter)
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()

    readings = measured.load(args.readings).part(Split[args.split.upper()])
    often = {
        "evenly": np.ones(7),
        "as-found": np.bincount(readings.truth, minlength=7).astype(float),
        "at-home": np.array(usual("seven")),
    }[args.often]
    emission = read(args.card).mood or Emission()
    rules = Rules(emission=emission, dwell=args.dwell, enter=args.enter)
    result: dict[str, Any] = {"split": args.split, "often": args.often, "seed": args.seed}
    for kind in KINDS:
        rng = np.random.default_rng(args.seed)
        lives = [live(readings, kind, SECONDS, rng, often) for _ in range(args.lives)]
        result[kind] = compare(lives, rules, rng)
    print(json.dumps(result, indent=2))


if __name__ == "__main__":
    main()
