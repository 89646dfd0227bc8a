"""Made-up lives of real faces: each expression held for a while, seen five times a second."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from convert.readings import Readings

FRAMES_PER_SECOND = 5
HELD = (20.0, 120.0)
"""Seconds an expression is held, drawn evenly."""
RUN = (1.0, 5.0)
"""Seconds the same face is seen, drawn evenly, where faces come in runs."""

Kind = Literal["independent", "runs"]


@dataclass(frozen=True)
class Sequence:
    """One life, frame by frame."""

    truth: NDArray[np.int64]
    """The expression that is held, (frames,), an index into EMOTIONS."""
    probabilities: NDArray[np.float64]
    """What the model reads, (frames, 7)."""

    @property
    def changes(self) -> list[int]:
        """Frames at which a new expression begins; the first of them is 0."""
        return [0, *(np.flatnonzero(np.diff(self.truth)) + 1).tolist()]


def live(
    readings: Readings,
    kind: Kind,
    seconds: float,
    rng: np.random.Generator,
    frequency: NDArray[np.float64],
) -> Sequence:
    """Return a life of so many `seconds` made of the faces in `readings`.

    "independent" shows another face in each frame; "runs" shows each face for a while, always in
    another jittered view. `frequency`, (7,), says how often each expression comes up.
    """
    frames = int(seconds * FRAMES_PER_SECOND)
    felt = np.empty(frames, np.int64)
    shown = np.empty(frames, np.int64)
    start, feeling = 0, -1
    while start < frames:
        chance = np.where(np.arange(7) == feeling, 0, frequency)
        feeling = int(rng.choice(7, p=chance / chance.sum()))
        end = min(frames, start + int(rng.uniform(*HELD) * FRAMES_PER_SECOND))
        felt[start:end] = feeling
        shown[start:end] = _faces(np.flatnonzero(readings.truth == feeling), end - start, kind, rng)
        start = end
    view = rng.integers(0, readings.probabilities.shape[1], frames)
    return Sequence(felt, readings.probabilities[shown, view].astype(np.float64))


def _faces(
    candidates: NDArray[np.int64], frames: int, kind: Kind, rng: np.random.Generator
) -> NDArray[np.int64]:
    if kind == "independent":
        return rng.choice(candidates, frames)
    shown: list[int] = []
    while len(shown) < frames:
        run = max(1, round(rng.uniform(*RUN) * FRAMES_PER_SECOND))
        shown += [int(rng.choice(candidates))] * run
    return np.array(shown[:frames])
