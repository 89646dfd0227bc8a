from __future__ import annotations

from pathlib import Path

import cv2
import msgspec
import numpy as np
import pytest
from numpy.typing import NDArray

from edge.errors import ModelError
from edge.events import Emotions, Nobody
from edge.vision import interpreter
from edge.vision.camera import Frame
from edge.vision.classifier import Classifier, open_model
from edge.vision.detector import Detector, Face
from edge.vision.framing import BoundingBox, crop
from edge.vision.pipeline import MOST, Pipeline

NEAR: BoundingBox = (40.0, 60.0, 120.0, 160.0)
FAR: BoundingBox = (220.0, 80.0, 50.0, 60.0)


class Shown(Detector):
    """Finds faces where a test says they are."""

    name = "haar"

    def __init__(self, *boxes: BoundingBox) -> None:
        self.boxes = boxes

    def _find(self, small: NDArray[np.uint8]) -> list[Face]:
        return [Face(box, 0.9) for box in self.boxes]


@pytest.fixture(scope="module")
def classifier(models: Path) -> Classifier:
    return open_model(models, "emotion", "cpu")


@pytest.fixture(scope="module")
def frame() -> Frame:
    noise = np.random.default_rng(1).integers(0, 256, (30, 40, 3), np.uint8)
    return Frame(np.asarray(cv2.resize(noise, (320, 240)), np.uint8), 5.0)


def alone(classifier: Classifier, frame: Frame, box: BoundingBox) -> NDArray[np.float64]:
    grey = np.asarray(cv2.cvtColor(frame.pixels, cv2.COLOR_BGR2GRAY), np.uint8)
    return classifier(crop(grey, box, classifier.card.framing["haar"]))


def test_the_group_is_the_mean_weighted_by_size(classifier: Classifier, frame: Frame) -> None:
    event = Pipeline(Shown(FAR, NEAR), classifier, "group").look(frame).event
    assert isinstance(event, Emotions)
    assert event.faces == 2
    assert event.at == frame.at
    near, far = (alone(classifier, frame, box) for box in (NEAR, FAR))
    say = [(box[2] * box[3]) ** 1.5 for box in (NEAR, FAR)]
    expected = (near * say[0] + far * say[1]) / sum(say)
    assert event.probabilities == pytest.approx(expected)


def test_only_the_leader_counts_where_the_settings_say_so(
    classifier: Classifier, frame: Frame
) -> None:
    look = Pipeline(Shown(FAR, NEAR), classifier, "leader").look(frame)
    assert isinstance(look.event, Emotions)
    assert look.event.faces == 2
    assert look.event.probabilities == pytest.approx(alone(classifier, frame, NEAR))
    assert look.box == NEAR
    assert look.crop is not None
    assert look.crop.shape == (48, 48)


def test_in_a_crowd_only_the_weightiest_are_read(classifier: Classifier, frame: Frame) -> None:
    crowd = [(30.0 * place, 20.0, 20.0 + place, 20.0) for place in range(9)]
    event = Pipeline(Shown(*crowd), classifier, "group").look(frame).event
    few = Pipeline(Shown(*crowd[-MOST:]), classifier, "group").look(frame).event
    assert isinstance(event, Emotions)
    assert isinstance(few, Emotions)
    assert event.faces == 9
    assert event.probabilities == pytest.approx(few.probabilities)


@pytest.mark.parametrize("level", [0, 12])
def test_too_dark_to_tell_is_not_the_same_as_nobody(classifier: Classifier, level: int) -> None:
    pipeline = Pipeline(Shown(NEAR), classifier, "group")
    pixels = np.full((240, 320, 3), level, np.uint8)
    pixels[:4, :4] = 255  # the light of some device
    assert pipeline.look(Frame(pixels, 1.0)).event == Nobody(1.0, dark=True)


def test_nobody_in_a_lit_room(classifier: Classifier, frame: Frame) -> None:
    assert Pipeline(Shown(), classifier, "group").look(frame).event == Nobody(5.0)


@pytest.mark.parametrize(("degrees", "turn"), [(90, 1), (180, 2), (270, 3)])
def test_a_camera_on_its_side_is_turned_upright(
    classifier: Classifier, frame: Frame, degrees: int, turn: int
) -> None:
    turned = Frame(np.ascontiguousarray(np.rot90(frame.pixels, turn)), 5.0)
    look = Pipeline(Shown(NEAR), classifier, "group", rotate=degrees).look(turned)  # type: ignore[arg-type]
    assert np.array_equal(look.pixels, frame.pixels)


def test_a_card_without_the_detectors_framing_is_refused(
    classifier: Classifier, models: Path
) -> None:
    bare = msgspec.structs.replace(classifier.card, framing={})
    other = Classifier(bare, interpreter.make(bare, models, "cpu", ""))
    with pytest.raises(ModelError, match="no framing for haar"):
        Pipeline(Shown(), other, "group")


def test_a_face_in_a_place_to_ignore_is_nobody(classifier: Classifier, frame: Frame) -> None:
    pipeline = Pipeline(Shown(NEAR, FAR), classifier, "group")
    event = pipeline.look(frame, ignored=[(0.1, 0.2, 0.4, 0.7)]).event
    assert isinstance(event, Emotions)
    assert event.faces == 1
    assert pipeline.look(frame, ignored=[(0.0, 0.0, 1.0, 1.0)]).event == Nobody(5.0)


def test_a_photograph_alone_is_nobody_after_a_while(classifier: Classifier, frame: Frame) -> None:
    pipeline = Pipeline(Shown(NEAR), classifier, "group")
    events = [pipeline.look(Frame(frame.pixels, float(at))).event for at in range(0, 200, 10)]
    assert isinstance(events[0], Emotions)
    assert events[-1] == Nobody(190.0)


def test_a_face_in_the_dark_is_somebody_who_cannot_be_read(classifier: Classifier) -> None:
    grain = np.random.default_rng(2).integers(20, 40, (240, 320, 3), np.uint8)
    event = Pipeline(Shown(NEAR), classifier, "group").look(Frame(grain, 1.0)).event
    assert isinstance(event, Emotions)
    assert not event.readable
    assert event.faces == 1


def test_numbers_of_a_face_leave_only_where_they_are_wanted_and_are_the_leaders(
    classifier: Classifier, frame: Frame
) -> None:
    pipeline = Pipeline(Shown(FAR, NEAR), classifier, "group")
    event = pipeline.look(frame).event
    assert isinstance(event, Emotions)
    assert event.embedding == b""
    pipeline.tells_embedding = True
    event = pipeline.look(frame).event
    assert isinstance(event, Emotions)
    alone(classifier, frame, NEAR)
    assert event.embedding == classifier.embedding.tobytes()
    assert len(event.embedding) == 192
