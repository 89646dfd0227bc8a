"""What the shipped model says of some faces, to be compared between processors.

outputs.py faces FILE        cut the faces out of the demo's film (any machine)
outputs.py run FILE OUT      classify them; OUT is .npy, (n, 7) int8
outputs.py compare A B       fail where two outputs are more than two steps apart
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))
MODELS = ROOT / "models"
STEPS = 2
"""The most that two processors may round apart."""


def faces(target: str) -> None:
    """Cut faces as the box does, and add noise: a film shows few people."""
    import cv2  # noqa: PLC0415  not needed to run the model

    from edge.vision import detector  # noqa: PLC0415
    from edge.vision.card import load  # noqa: PLC0415
    from edge.vision.framing import crop  # noqa: PLC0415
    from edge.vision.search import WHOLE  # noqa: PLC0415

    card = load(MODELS / "emotion.json")
    finder = detector.Haar()
    film = cv2.VideoCapture(str(ROOT / "edge" / "sample.mp4"))
    size = card.input.width
    found: list[NDArray[np.uint8]] = []
    while len(found) < 8:
        more, frame = film.read()
        if not more:
            break
        grey = cv2.cvtColor(frame, cv2.COLOR_BGR2GRAY)
        frame_faces = finder.find(np.asarray(frame, np.uint8), WHOLE)
        framing = card.framing["haar"]
        found += [crop(np.asarray(grey, np.uint8), f.box, framing, size) for f in frame_faces]
    if not found:
        sys.exit("no faces in the film")
    noise = np.random.default_rng(6).integers(0, 256, (4, size, size), np.uint8)
    np.save(target, np.concatenate([np.stack(found), noise]))
    print(f"{len(found)} faces and {len(noise)} of noise")


def run(source: str, target: str) -> None:
    """Classify by the box's own classifier, reading its int8 logits."""
    from edge.vision.classifier import open_model  # noqa: PLC0415

    model = open_model(MODELS, "emotion", "cpu")
    outputs = []
    for face in np.load(source):
        assert abs(model(face).sum() - 1) < 1e-9
        outputs.append(model._interpreter.get_tensor(model._output)[0].copy())
    np.save(target, np.stack(outputs))
    print(f"{len(outputs)} classified on {model.runs_on}, {model.milliseconds:.2f} ms each")


def compare(one: str, other: str) -> None:
    """Say how far apart two outputs are."""
    a, b = np.load(one).astype(int), np.load(other).astype(int)
    apart = np.abs(a - b)
    same = float((a.argmax(1) == b.argmax(1)).mean())
    print(f"{len(a)} faces: at most {apart.max()} steps apart, same emotion for {same:.0%}")
    if apart.max() > STEPS:
        sys.exit(f"more than {STEPS} steps apart")


JOBS: dict[str, Callable[..., None]] = {"faces": faces, "run": run, "compare": compare}

if __name__ == "__main__":
    JOBS[sys.argv[1]](*sys.argv[2:])
