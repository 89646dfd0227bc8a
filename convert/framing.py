"""Fit how a face detector's box maps to the faces of the data set, and cut faces that way.

    moodbox-convert framing --data faces.npz --models models --out framing.json

The rows are cut already, so each is enlarged and laid on a dark picture, where the detector finds
it again: the row's own edges are then the square that the box should have led to. Dark, because
what is there must not look like more face; on real video the two detectors' boxes relate to each
other as they do here.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import cv2
import msgspec
import numpy as np
from numpy.typing import NDArray

from convert.dataset import SIZE, Split, load
from edge.errors import MoodboxError
from edge.vision.card import Framing
from edge.vision.detector import Detector, make
from edge.vision.fetch import fetch
from edge.vision.framing import crop, square

Faces = NDArray[np.uint8]
"""(n, 48, 48)."""
Boxes = NDArray[np.float64]
"""Left, top, width, height of a face, in pixels of its row, (n, 4); NaN where none was found."""

WIDTH, HEIGHT = 320, 240
"""Of the picture that a row is set into for a detector, in pixels."""
SIDES = (100, 112, 126, 141, 159, 178, 200)
"""Pixels of a face on the picture, in turn, as its place is: Haar only knows sizes in steps of a
fifth and places in steps of some pixels, so a single one would fit the steps and not the faces."""
FINE = 4
"""Rows are enlarged so much before they are cut again, so that whole pixels are fine enough."""
SIGMA = 1.4826
"""Standard deviation of a normal distribution in median absolute deviations."""


class Fit(msgspec.Struct, frozen=True):
    """One detector's framing, and how well it holds."""

    framing: Framing
    rows: int
    """Faces that were shown to the detector."""
    found: float
    """Share of them that it found."""
    centre_spread: float
    """Robust standard deviation of the square's centre along one axis, in sides of the square."""
    side_spread: float
    """Robust standard deviation of the square's side, in sides of the square."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `moodbox-convert framing`."""
    parser.add_argument("--data", type=Path, required=True, help="what `data` wrote")
    parser.add_argument("--out", type=Path, required=True, help="where the fits go, .json")
    parser.add_argument(
        "--detector", nargs="+", choices=["yunet", "haar"], default=["yunet", "haar"]
    )
    parser.add_argument(
        "--models",
        type=Path,
        default=Path("models"),
        help="folder of YuNet's file; fetched by its hash where it is not there",
    )
    parser.add_argument("--rows", type=int, default=3000, help="training rows to look at")
    parser.add_argument("--seed", type=int, default=1)


def run(args: argparse.Namespace) -> int:
    """Fit each detector, print the fits and write them to one file."""
    if "yunet" in args.detector:
        fetch(args.models)  # nothing but a look, where it is there
    detectors = [make(name, args.models)[0] for name in args.detector]
    faces = load(args.data).part(Split.TRAIN).images
    rows = np.random.default_rng(args.seed).permutation(len(faces))[: args.rows]
    fits = {}
    for detector in detectors:
        fit = fits[detector.name] = fit_framing(find(detector, faces[rows]))
        print(
            f"{detector.name}: dx {fit.framing.dx:+.3f}, dy {fit.framing.dy:+.3f},"
            f" scale {fit.framing.scale:.3f}; found {fit.found:.1%} of {fit.rows} faces;"
            f" spread of centre {fit.centre_spread:.3f}, of side {fit.side_spread:.3f}"
        )
    fresh = args.out.with_name(args.out.name + ".new")
    fresh.write_bytes(msgspec.json.format(msgspec.json.encode(fits), indent=2) + b"\n")
    fresh.replace(args.out)
    return 0


def read_fits(path: Path) -> dict[str, Fit]:
    """Read what `run` wrote: detector -> its fit."""
    try:
        return msgspec.json.decode(path.read_bytes(), type=dict[str, Fit])
    except OSError as error:
        raise MoodboxError(f"{path}: cannot be read: {error.strerror}") from error
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise MoodboxError(f"{path}: not what `moodbox-convert framing` writes: {error}") from error


def find(detector: Detector, faces: Faces) -> Boxes:
    """Return where `detector` sees the face in each row; the largest one, where it sees several."""
    boxes = np.full((len(faces), 4), np.nan)
    for index, face in enumerate(faces):
        side = SIDES[index % len(SIDES)]
        left = (WIDTH - side) // 2 + index % 11 - 5
        top = (HEIGHT - side) // 2 + index % 13 - 6
        picture = np.zeros((HEIGHT, WIDTH), np.uint8)
        picture[top : top + side, left : left + side] = _enlarged(face, side)
        found = detector.find(np.repeat(picture[..., None], 3, axis=2), WIDTH)
        if found:
            x, y, width, height = max(found, key=lambda f: f.box[2] * f.box[3]).box
            pixel = side / face.shape[0]
            boxes[index] = np.array([x - left, y - top, width, height]) / pixel
    return boxes


def fit_framing(boxes: Boxes, side: int = SIZE) -> Fit:
    """Return the framing that leads from boxes to rows of `side` pixels: medians, so robust.

    Raises:
        MoodboxError: the detector found too few faces to tell.
    """
    seen = boxes[~np.isnan(boxes[:, 0])]
    if len(seen) < 10:
        raise MoodboxError(f"the detector found {len(seen)} of {len(boxes)} faces; needed: 10")
    x, y, width, height = seen.T
    framing = Framing(
        dx=float(np.median((side / 2 - x) / width - 0.5)),
        dy=float(np.median((side / 2 - y) / height - 0.5)),
        scale=float(np.median(side / np.sqrt(width * height))),
    )
    squares = np.array([square(tuple(box), framing) for box in seen]) / side
    centres = squares[:, :2] + squares[:, 2:] / 2 - 0.5
    return Fit(
        framing=framing,
        rows=len(boxes),
        found=len(seen) / len(boxes),
        centre_spread=SIGMA * float(np.median(np.abs(centres))),
        side_spread=SIGMA * float(np.median(np.abs(squares[:, 2] - 1))),
    )


def recut(detector: Detector, framing: Framing, faces: Faces) -> tuple[Faces, NDArray[np.bool_]]:
    """Return each row as the box would cut it out, (n, 48, 48), and which rows it found, (n,).

    A row that was not found comes back as it is; the mask leaves it out. Beyond a row's edges its
    border is repeated, since nothing is known of what was there.
    """
    boxes = find(detector, faces)
    found = ~np.isnan(boxes[:, 0])
    cut = faces.copy()
    for index in np.flatnonzero(found):
        size = faces.shape[1]
        fine = _enlarged(faces[index], FINE * size)
        x, y, width, height = FINE * boxes[index]
        cut[index] = crop(fine, (x, y, width, height), framing, size)
    return cut, found


def _enlarged(face: NDArray[np.uint8], side: int) -> NDArray[np.uint8]:
    return np.asarray(cv2.resize(face, (side, side), interpolation=cv2.INTER_CUBIC), np.uint8)
