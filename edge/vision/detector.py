"""Where the faces are: YuNet where its file is there, else OpenCV's own Haar cascade.

Both look at a copy of the picture that fits 320x240: a face at arm's length from the box is well
above the smallest they find there, and four times the pixels would take four times as long.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import cv2
import numpy as np
from numpy.typing import NDArray

from edge.errors import Fault
from edge.vision.card import Artefact
from edge.vision.framing import Box

WIDTH, HEIGHT = 320, 240
YUNET = Artefact(
    "face_detection_yunet_2023mar.onnx",
    "8f2383e4dd3cfbb4553ea8718107fc0423210dc964f9f4280604804ed2552fa4",
    232589,
)
"""From OpenCV's model zoo, under the MIT licence; too much another's to ship."""
FETCH = "`moodbox models fetch` gets it"


@dataclass(frozen=True)
class Face:
    """A face in a frame."""

    box: Box
    confidence: float
    """The detector's, 0..1; detectors without one say 1."""


class Detector(ABC):
    """Finds faces."""

    name: str
    """As in the model card's framing."""

    def find(self, pixels: NDArray[np.uint8]) -> list[Face]:
        """Return the faces in `pixels`, (h, w, 3) blue-green-red, in any order."""
        height, width = pixels.shape[:2]
        shrink = min(1.0, WIDTH / width, HEIGHT / height)
        if shrink < 1:
            size = (round(width * shrink), round(height * shrink))
            pixels = cv2.resize(pixels, size, interpolation=cv2.INTER_AREA)  # type: ignore[assignment]
        return [
            Face((x / shrink, y / shrink, w / shrink, h / shrink), confidence)
            for x, y, w, h, confidence in self._find(pixels)
        ]

    @abstractmethod
    def _find(self, small: NDArray[np.uint8]) -> list[tuple[float, float, float, float, float]]:
        """Return left, top, width, height and confidence of each face in the small picture."""


class YuNet(Detector):
    """OpenCV's FaceDetectorYN (Wu et al. 2023, "YuNet: A Tiny Millisecond-level Face Detector")."""

    name = "yunet"

    def __init__(self, path: Path) -> None:
        """Load the network in `path`; raise Fault when it cannot be loaded."""
        try:
            self._network = cv2.FaceDetectorYN.create(str(path), "", (WIDTH, HEIGHT), 0.7)
        except cv2.error as error:
            raise Fault(f"{path}: not a YuNet network; {FETCH}") from error

    def _find(self, small: NDArray[np.uint8]) -> list[tuple[float, float, float, float, float]]:
        self._network.setInputSize((small.shape[1], small.shape[0]))
        # Each row: the box, five landmarks, the confidence.
        rows: Any = self._network.detect(small)[1]
        if rows is None:
            return []
        return [(*map(float, row[:4]), min(1.0, float(row[-1]))) for row in rows]  # type: ignore[misc]


class Haar(Detector):
    """The cascade of boosted features (Viola and Jones 2001) that comes with OpenCV."""

    name = "haar"

    def __init__(self) -> None:
        """Load the frontal face cascade."""
        path = Path(cv2.__file__).parent / "data" / "haarcascade_frontalface_default.xml"
        self._cascade = cv2.CascadeClassifier(str(path))
        if self._cascade.empty():
            raise Fault(f"{path}: this OpenCV has no Haar cascade; {FETCH}")

    def _find(self, small: NDArray[np.uint8]) -> list[tuple[float, float, float, float, float]]:
        grey = cv2.equalizeHist(cv2.cvtColor(small, cv2.COLOR_BGR2GRAY))
        found = self._cascade.detectMultiScale(grey, 1.2, 5, minSize=(30, 30))
        return [(float(x), float(y), float(w), float(h), 1.0) for x, y, w, h in found]


def make(wanted: Literal["auto", "yunet", "haar"], folder: Path) -> tuple[Detector, str]:
    """Return the detector, and a note for people where another one would be better."""
    path = folder / YUNET.file
    if wanted == "haar":
        return Haar(), ""
    if path.is_file():
        return YuNet(path), ""
    if wanted == "yunet":
        raise Fault(f"{path}: the face detector YuNet is not there; {FETCH}")
    return Haar(), f"faces are found by Haar, which misses many: YuNet is not there; {FETCH}"
