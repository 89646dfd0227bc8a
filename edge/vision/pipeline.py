"""One look: from a frame to the emotions of who is in it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

import cv2
import numpy as np
from numpy.typing import NDArray

from edge.errors import ModelError
from edge.events import EMOTIONS, Emotions, Nobody, Rectangle
from edge.vision.camera import Frame, Pixels
from edge.vision.classifier import Classifier
from edge.vision.detector import Detector
from edge.vision.framing import BoundingBox, crop_turned
from edge.vision.light import LOOKS, READABLE, best, quality
from edge.vision.people import Person, follow
from edge.vision.pictures import Pictures, within
from edge.vision.search import Look, Search
from edge.vision.tilt import tilt

MOST = 4
"""Faces that are read in one frame, the weightiest first."""
DARK = 16
"""Grey value, 0..255: a picture whose brightest hundredth is below it shows nothing."""
FLAT = np.full(len(EMOTIONS), 1 / len(EMOTIONS))
"""What a face says that cannot be read."""
ROTATIONS = {90: cv2.ROTATE_90_CLOCKWISE, 180: cv2.ROTATE_180, 270: cv2.ROTATE_90_COUNTERCLOCKWISE}


@dataclass(frozen=True)
class Observation:
    """What one frame showed."""

    event: Emotions | Nobody
    pixels: Pixels
    """(h, w, 3) blue-green-red, upright."""
    box: BoundingBox | None = None
    """Of the leading face, in pixels."""
    crop: NDArray[np.uint8] | None = None
    """The leading face as the model saw it, grey."""


class Pipeline:
    """Detector, classifier and memory of who was there, put together."""

    def __init__(
        self,
        detector: Detector,
        classifier: Classifier,
        people: Literal["group", "leader"],
        rotate: Literal[0, 90, 180, 270] = 0,
    ) -> None:
        """Read whom `people` says; turn each frame clockwise by `rotate` degrees first."""
        self._search = Search(detector)
        self.classifier = classifier
        try:
            self._framing = classifier.card.framing[detector.name]
        except KeyError:
            raise ModelError(
                f"{classifier.card.name}: its card has no framing for {detector.name}, only for"
                f" {', '.join(classifier.card.framing) or 'none'}"
            ) from None
        self._most = MOST if people == "group" else 1
        self._rotate = rotate
        self._people: list[Person] = []
        self._pictures = Pictures()
        self.tells_embedding = False
        """Whether a reading brings what the last layer read of the leading face."""

    def look(
        self, frame: Frame, how: Look = Look.WHOLE, ignored: Sequence[Rectangle] = ()
    ) -> Observation:
        """Return what `frame` shows when it is looked at like that; who counts, that is.

        A face in one of the `ignored` places is nobody, and neither is one that never moves.
        """
        pixels = frame.pixels
        if self._rotate:
            pixels = np.asarray(cv2.rotate(pixels, ROTATIONS[self._rotate]), np.uint8)
        if _is_dark(pixels):
            return Observation(Nobody(frame.at, dark=True), pixels)
        faces = self._search.find(pixels, how, [person.face for person in self._people])
        height, width = pixels.shape[:2]
        faces = [face for face in faces if not within(face.box, ignored, width, height)]
        faces = self._pictures.without(pixels, faces, frame.at)
        self._people = follow(self._people, faces, frame.at)
        if not faces:
            return Observation(Nobody(frame.at), pixels)
        return self._read(pixels, self._people[: len(faces)], frame.at)

    def _read(self, pixels: Pixels, there: list[Person], at: float) -> Observation:
        """Return the mean of the faces' emotions, the nearest weighing most."""
        grey = np.asarray(cv2.cvtColor(pixels, cv2.COLOR_BGR2GRAY), np.uint8)
        read = [self._looked(pixels, grey, person) for person in there[: self._most]]
        self._people[: len(read)] = read
        clear = [quality(person.looks[-1]) for person in read]
        crops = [best(person.looks, q) for person, q in zip(read, clear, strict=True)]
        says = [p.say if q >= READABLE else 0.0 for p, q in zip(read, clear, strict=True)]
        readable = any(says)
        probabilities, embedding = FLAT, b""
        if readable:
            # The leader last: its embedding is that of the last face.
            told = [
                self.classifier(face) if say else FLAT
                for face, say in zip(crops[::-1], says[::-1], strict=True)
            ][::-1]
            probabilities = np.average(told, axis=0, weights=says)
        leader = read[0].face
        if self.tells_embedding and says[0]:
            embedding = self.classifier.embedding.tobytes()
        event = Emotions(
            tuple(probabilities.tolist()),
            at,
            len(there),
            leader.confidence,
            readable,
            embedding,
        )
        return Observation(event, pixels, leader.box, crops[0])

    def _looked(self, pixels: Pixels, grey: NDArray[np.uint8], person: Person) -> Person:
        """Return the person with the newest crop of the face, turned upright."""
        degrees = tilt(self._search.detector, pixels, person.face)
        size = self.classifier.card.input.height
        face = crop_turned(grey, person.face.box, self._framing, degrees, size)
        return replace(person, looks=(*person.looks, face)[-LOOKS:])


def _is_dark(pixels: Pixels) -> bool:
    """Whether the picture is black, but for a stray pixel or a light on some device."""
    sample = pixels[::16, ::16]
    return bool(np.percentile(sample, 99) < DARK)
