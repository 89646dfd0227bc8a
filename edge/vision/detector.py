"""Where the faces are: YuNet where its file is there, else OpenCV's own Haar cascade."""

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
from edge.vision.framing import BoundingBox

FOUND = 0.6
"""YuNet's confidence from which on something is a face."""
YUNET = Artefact(
    "face_detection_yunet_2023mar.onnx",
    "8f2383e4dd3cfbb4553ea8718107fc0423210dc964f9f4280604804ed2552fa4",
    232589,
)
"""From OpenCV's model zoo, under the MIT licence; too much another's to ship."""
FETCH = "`moodbox models fetch` gets it"

Area = tuple[int, int, int, int]
"""Left, top, width and height of a part of a picture, in its pixels."""
Landmarks = tuple[tuple[float, float], ...]
"""Right eye, left eye, tip of the nose, right and left corner of the mouth; the person's own right
and left, in pixels."""


@dataclass(frozen=True)
class Face:
    """A face in a frame."""

    box: BoundingBox
    confidence: float
    """The detector's, 0..1; detectors without one say 1."""
    landmarks: Landmarks = ()
    """Empty where the detector has none."""

    def placed(self, shrunk: float, left: float, top: float) -> Face:
        """Return the face as it lies in the picture that it was cut from and `shrunk` in."""
        x, y, w, h = (value / shrunk for value in self.box)
        points = tuple((x / shrunk + left, y / shrunk + top) for x, y in self.landmarks)
        return Face((x + left, y + top, w, h), self.confidence, points)


class Detector(ABC):
    """Finds faces."""

    name: str
    """As in the model card's framing."""

    def find(
        self,
        pixels: NDArray[np.uint8],
        longest: int,
        area: Area | None = None,
        *,
        enlarge: bool = False,
    ) -> list[Face]:
        """Return the faces in `pixels`, (h, w, 3) blue-green-red, in any order.

        Looks at a copy of the area, or of the whole, whose longer side has at most `longest`
        pixels, or just so many with `enlarge`: four times the pixels take four times as long.
        Boxes are in pixels of the whole.
        """
        left, top, width, height = area or (0, 0, pixels.shape[1], pixels.shape[0])
        part = pixels[top : top + height, left : left + width]
        shrunk = longest / max(width, height)
        shrunk = shrunk if enlarge else min(1.0, shrunk)
        if shrunk != 1:
            size = (max(1, round(width * shrunk)), max(1, round(height * shrunk)))
            method = cv2.INTER_AREA if shrunk < 1 else cv2.INTER_LINEAR
            part = cv2.resize(part, size, interpolation=method)  # type: ignore[assignment]
        return [face.placed(shrunk, left, top) for face in self._find(np.ascontiguousarray(part))]

    @abstractmethod
    def _find(self, small: NDArray[np.uint8]) -> list[Face]:
        """Return the faces in the small picture, in its own pixels."""


class YuNet(Detector):
    """OpenCV's FaceDetectorYN (Wu et al. 2023, "YuNet: A Tiny Millisecond-level Face Detector")."""

    name = "yunet"

    def __init__(self, path: Path) -> None:
        """Load the network in `path`; raise Fault when it cannot be loaded."""
        try:
            self._network = cv2.FaceDetectorYN.create(str(path), "", (320, 320), FOUND)
        except cv2.error as error:
            raise Fault(f"{path}: not a YuNet network; {FETCH}") from error

    def _find(self, small: NDArray[np.uint8]) -> list[Face]:
        self._network.setInputSize((small.shape[1], small.shape[0]))
        # Each row: the box, five landmarks, the confidence.
        rows: Any = self._network.detect(small)[1]
        return [] if rows is None else [_face(row.tolist()) for row in rows]


def _face(row: list[float]) -> Face:
    x, y, w, h, *points, confidence = row
    landmarks = tuple(zip(points[::2], points[1::2], strict=True))
    return Face((x, y, w, h), min(1.0, confidence), landmarks)


class Haar(Detector):
    """The cascade of boosted features (Viola and Jones 2001) that comes with OpenCV."""

    name = "haar"

    def __init__(self) -> None:
        """Load the frontal face cascade."""
        path = Path(cv2.__file__).parent / "data" / "haarcascade_frontalface_default.xml"
        self._cascade = cv2.CascadeClassifier(str(path))
        if self._cascade.empty():
            raise Fault(f"{path}: this OpenCV has no Haar cascade; {FETCH}")

    def _find(self, small: NDArray[np.uint8]) -> list[Face]:
        grey = cv2.equalizeHist(cv2.cvtColor(small, cv2.COLOR_BGR2GRAY))
        found = self._cascade.detectMultiScale(grey, 1.2, 5, minSize=(30, 30))
        return [Face((float(x), float(y), float(w), float(h)), 1.0) for x, y, w, h in found]


def make(wanted: Literal["auto", "yunet", "haar"], folder: Path) -> tuple[Detector, str]:
    """Return the detector, and a note for people where another one would be better."""
    path = folder / YUNET.file
    if wanted == "haar":
        return Haar(), ""
    if path.is_file():
        return YuNet(path), ""
    if wanted == "yunet":
        raise Fault(f"{path}: the face detector YuNet is not there; {FETCH}")
    return Haar(), f"without YuNet, faces are found by Haar, which misses many: {FETCH}"
