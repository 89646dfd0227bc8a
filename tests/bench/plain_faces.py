"""What becomes of a face that is held still: faces by person, and FER+ rows as they come at home.

    python tests/bench/plain_faces.py --people faces_by_person.npz --readings readings.npz

Each face is shown to a filter that knows nothing yet, five times a second for a minute, once as the
very same picture ("still") and once in jittered views ("jittered", as convert/readings.py makes
them). Prints one JSON object: for both, how many are right in one frame and at the end, how many
neutral people are still neutral or called disgusted, and the same for the view of four moods and
the fine one, where a mood is right if its row shows the emotion of the face.

`--part choose` takes the people with an even number, by whom the filter's numbers were chosen;
`report`, the default, those with an odd one; `all` both. Of the FER+ rows, `choose` takes the
validation rows, the others the test rows; they weigh as each emotion comes at home. "right_when"
says for each mood how often somebody at home of whom it is said feels it.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from convert import fit_mood
from convert import readings as measured
from convert.dataset import Split
from edge.events import EMOTIONS, UNSURE, Emission, Emotions
from edge.mood.filter import Rules, advance, begin
from edge.mood.moods import VIEWS, ViewName, moods, shares, usual
from edge.vision.card import read

FRAMES_PER_SECOND = 5

Names = NDArray[np.str_]


def held(views: NDArray[np.floating], rules: Rules, seconds: float) -> str:
    """Return the mood after one face's readings, (views, 7), one after the other, again and again.

    Whoever was there before has long left.
    """
    state = begin(-60.0)
    rows = [tuple(row) for row in views.tolist()]
    for frame in range(int(seconds * FRAMES_PER_SECOND)):
        seen = Emotions(rows[frame % len(rows)], frame / FRAMES_PER_SECOND)
        state = advance(state, seen, rules)
    return state.mood.name


def told(faces: Iterable[NDArray[np.floating]], rules: Rules, seconds: float) -> Names:
    """Return the mood of each face."""
    return np.array([held(views, rules, seconds) for views in faces])


def share(which: NDArray[np.bool_]) -> float | None:
    """Return how many are, of one; None where there is nobody."""
    return round(float(which.mean()), 4) if len(which) else None


def by_person(
    faces: NDArray[np.floating], truth: Names, rules: Rules, seconds: float
) -> dict[str, Any]:
    """Return the figures of faces by person; `faces` are readings, (n, views, 7)."""
    first = np.array(EMOTIONS)[faces[:, 0].argmax(axis=1)]
    last = told(faces, rules, seconds)
    neutral = truth == "neutral"
    return {
        "faces": len(truth),
        "right_in_one_frame": share(first == truth),
        "right": share(last == truth),
        "unsure": share(last == UNSURE),
        "neutral_in_one_frame": share(first[neutral] == "neutral"),
        "neutral_still_neutral": share(last[neutral] == "neutral"),
        "neutral_called_disgust": share(last[neutral] == "disgust"),
        "happy_still_happy": share(last[truth == "happy"] == "happy"),
    }


def in_view(
    view: ViewName, faces: NDArray[np.floating], truth: Names, rules: Rules, seconds: float
) -> dict[str, Any]:
    """Return how faces fare where other moods are told apart."""
    last = told(faces, rules, seconds)
    shown = dict(zip(moods(view), shares(view), strict=True)) | {UNSURE: (0.0,) * 7}
    fits = np.array(
        [shown[mood][EMOTIONS.index(face)] > 0 for mood, face in zip(last, truth, strict=True)]
    )
    neutral = last[truth == "neutral"]
    return {
        "right": share(fits),
        "neutral_called": {mood: share(neutral == mood) for mood in np.unique(neutral).tolist()},
    }


def at_home(
    faces: NDArray[np.floating], truth: Names, rules: Rules, seconds: float
) -> dict[str, Any]:
    """Return the figures of FER+ rows, weighted as emotions come at home."""
    last = told(faces, rules, seconds)
    home = np.array(usual("seven"))
    called = np.array([[np.mean(last[truth == a] == b) for b in EMOTIONS] for a in EMOTIONS])
    together = home[:, None] * called
    return {
        "faces": len(truth),
        "right_at_home": round(float(np.trace(together)), 4),
        "right_evenly": round(float(np.trace(called) / len(EMOTIONS)), 4),
        "found": dict(zip(EMOTIONS, np.diag(called).round(3).tolist(), strict=True)),
        "right_when": {
            mood: round(float(together[i, i] / max(together[:, i].sum(), 1e-9)), 3)
            for i, mood in enumerate(EMOTIONS)
        },
    }


def read_people(path: Path, card: Path, part: str) -> tuple[NDArray[Any], NDArray[Any], Names]:
    """Return each face's reading, (n, 1, 7), those of its jittered views, and what it shows."""
    with np.load(path, allow_pickle=False) as file:
        chosen = {"choose": (0,), "report": (1,), "all": (0, 1)}[part]
        rows = np.isin(file["person"] % 2, chosen)
        images, label = file["images"][rows], file["label"][rows]
    model = fit_mood.open_for_faces(card.parent, card.stem)
    rng = np.random.default_rng(1)
    still = np.array([[model(face)] for face in images])
    views = [[model(measured.jitter(face, rng)) for _ in range(measured.VIEWS)] for face in images]
    return still, np.array(views), np.array(EMOTIONS)[label]


def main() -> None:
    """Print one JSON object."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=Path, help="faces by person (npz)")
    parser.add_argument("--readings", type=Path, help="of moodbox-convert mood")
    parser.add_argument("--card", type=Path, default=Path("models/emotion.json"))
    parser.add_argument("--part", choices=("choose", "report", "all"), default="report")
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--enter", type=float, default=Rules().enter)
    args = parser.parse_args()

    emission = read(args.card).mood or Emission()
    rules = {v: Rules(view=v, emission=emission, enter=args.enter) for v in VIEWS}
    result: dict[str, Any] = {"part": args.part, "card": args.card.stem, "seconds": args.seconds}
    if args.people:
        still, views, truth = read_people(args.people, args.card, args.part)
        result["still"] = by_person(still, truth, rules["seven"], args.seconds)
        result["jittered"] = by_person(views, truth, rules["seven"], args.seconds)
        for view in ("four", "fine"):
            result[view] = in_view(view, still, truth, rules[view], args.seconds)
    if args.readings:
        split = Split.VALIDATION if args.part == "choose" else Split.TEST
        rows = measured.load(args.readings).part(split)
        truth = np.array(EMOTIONS)[rows.truth]
        result["ferplus"] = at_home(rows.probabilities, truth, rules["seven"], args.seconds)
    print(json.dumps(result, indent=2))


if __name__ == "__main__":
    main()
