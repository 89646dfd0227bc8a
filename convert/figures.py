"""Every figure on a model's card, and what it means.

Shares of one unless a name says otherwise. "Own truth" is what the model was trained towards: for
`emotion` the FER+ majority (the unique largest of ten people's votes), for `emotion_fer2013` the
original labels. Test rows that are exact copies of training rows are left out, except where "all"
says otherwise.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import keras
import numpy as np

from convert import conditions, evaluation_set, framing, metrics, quantize, timing
from convert.agreement import compare
from convert.dataset import Dataset, Split, Truth
from convert.evaluation_set import EvaluationSet
from convert.int8 import Int8Model, Logits
from edge.vision import detector
from edge.vision.card import Figure, Framing

MEANING = {
    "accuracy": "int8 accuracy, own truth, seven classes",
    "balanced_accuracy": "mean of the seven classes' recalls, int8, own truth",
    "accuracy_four": "int8 accuracy, own truth, only angry, happy, sad and neutral",
    "accuracy_agreed": "int8 accuracy, own truth, where more than half of the people voted alike",
    "accuracy_all": "int8 accuracy, own truth, seven classes, copies of training rows included",
    "accuracy_float": "the float network's accuracy on the rows of accuracy",
    "points_lost": "accuracy lost from float to int8, row by row",
    "agreement": "rows on which int8 and float say the same",
    "calibration_error": "expected calibration error, 15 bins, after the one temperature",
    "calibration_error_untempered": "the same at temperature 1",
    "milliseconds": "one image, one CPU thread, ai-edge-litert, on the desktop it was released on",
    "yardstick_milliseconds": "the same for an int8 network of mini_XCEPTION's shape, in turns",
    "time_ratio": "milliseconds as a multiple of the yardstick's",
}


def measure(
    model: Int8Model, network: keras.Model, temperature: float, data: Dataset, truth: Truth
) -> dict[str, Figure]:
    """Return every figure of a model on the test rows, and its time."""
    faces = evaluation_set.of(data, Split.TEST, truth)
    exact, said = quantize.float_logits(network, faces.images), model.logits(faces.images)
    return {
        **of_logits(said, temperature, faces),
        **_agreed(model, evaluation_set.of(data, Split.TEST, truth, agreed=True)),
        "accuracy_all": _accuracy(model, evaluation_set.of(data, Split.TEST, truth, copies=True)),
        **_quantization(exact, said, faces),
        **timing.race(model, Int8Model(timing.yardstick())),
    }


def headline(model: Int8Model, faces: EvaluationSet) -> dict[str, Figure]:
    """Return the figures that a champion must not lose (convert/champion.py), on some faces."""
    images = faces.sized(*model.size).images
    said = metrics.confusion(faces.truth, model.run(images).argmax(axis=1))
    return {
        "accuracy": metrics.of_matrix(metrics.accuracy, said),
        "balanced_accuracy": metrics.of_matrix(metrics.balanced_accuracy, said),
    }


def _agreed(model: Int8Model, faces: EvaluationSet) -> dict[str, Figure]:
    """Return nothing for a data set without votes."""
    return {"accuracy_agreed": _accuracy(model, faces)} if len(faces) else {}


def of_logits(said: Logits, temperature: float, faces: EvaluationSet) -> dict[str, Figure]:
    """Return the figures that follow from what a model said of some faces."""
    matrix = metrics.confusion(faces.truth, said.argmax(axis=1))
    four = metrics.confusion(*metrics.four_only(said, faces.truth))
    sure, raw = metrics.probabilities(said, temperature), metrics.probabilities(said)
    return {
        "accuracy": metrics.of_matrix(metrics.accuracy, matrix),
        "balanced_accuracy": metrics.of_matrix(metrics.balanced_accuracy, matrix),
        "accuracy_four": metrics.of_matrix(metrics.accuracy, four),
        "calibration_error": metrics.bootstrap(metrics.calibration_error, faces.truth, sure),
        "calibration_error_untempered": metrics.bootstrap(
            metrics.calibration_error, faces.truth, raw
        ),
    }


def _quantization(exact: Logits, said: Logits, faces: EvaluationSet) -> dict[str, Figure]:
    def lost(truth: Any, before: Any, after: Any) -> float:
        return compare(before, after, truth).lost

    def same(truth: Any, before: Any, after: Any) -> float:
        return compare(before, after, truth).same

    matrix = metrics.confusion(faces.truth, exact.argmax(axis=1))
    return {
        "accuracy_float": metrics.of_matrix(metrics.accuracy, matrix),
        "points_lost": metrics.bootstrap(lost, faces.truth, exact, said),
        "agreement": metrics.bootstrap(same, faces.truth, exact, said),
    }


def under_conditions(model: Int8Model, faces: EvaluationSet) -> dict[str, Figure]:
    """Return the accuracy with every face worsened, for each of conditions.CONDITIONS."""
    return {
        name: _accuracy(model, EvaluationSet(conditions.worsened(faces.images, name), faces.truth))
        for name in conditions.CONDITIONS
    }


def through_detectors(
    model: Int8Model, faces: EvaluationSet, framings: Mapping[str, Framing], folder: Path
) -> dict[str, Figure]:
    """Return the accuracy on the faces that each detector finds and cuts; `folder` has YuNet."""
    found = {}
    for name, frame in framings.items():
        finder, _ = detector.make(name, folder)  # type: ignore[arg-type]
        cut, seen = framing.recut(finder, frame, faces.images)
        found[name] = _accuracy(model, EvaluationSet(cut[seen], faces.truth[seen]))
    return found


def _accuracy(model: Int8Model, faces: EvaluationSet) -> Figure:
    matrix = metrics.confusion(faces.truth, model.logits(faces.images).argmax(axis=1))
    return metrics.of_matrix(metrics.accuracy, matrix)


def row_shares(matrix: Any) -> tuple[tuple[float, ...], ...]:
    """Return a confusion matrix whose rows each sum to one; a row without faces is even."""
    smooth = np.where(matrix.sum(axis=1, keepdims=True) > 0, matrix, 1)
    shares = smooth / smooth.sum(axis=1, keepdims=True)
    return tuple(tuple(float(cell) for cell in row) for row in shares)
