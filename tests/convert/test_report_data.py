"""What a report says of the data is counted from the data, and drawn so that it can be seen."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from convert import report_data
from convert.dataset import LABELS, Dataset, Split


def test_each_split_is_told_in_numbers(faces: Dataset) -> None:
    parts = report_data.parts(faces)
    assert [part.rows for part in parts.values()] == [210, 210, 210]
    assert parts["training"].labels == [30] * 7
    assert parts["test"].copies == 21
    assert parts["training"].brightness == pytest.approx(109.5, abs=2)
    assert parts["training"].entropy == 0
    assert sum(part.leaks for part in parts.values()) == 0


def test_a_leak_is_seen(faces: Dataset) -> None:
    images = faces.images.copy()
    images[np.flatnonzero(faces.split == Split.TEST)[:3]] = images[0]
    assert report_data.parts(replace(faces, images=images))["test"].leaks == 3


def test_the_entropy_of_votes_is_in_bits() -> None:
    votes = np.zeros((4, 7), np.float32)
    votes[0, 3] = 10
    votes[1, :2] = 5
    votes[2, :4] = 2
    assert report_data.entropy(votes) == pytest.approx([0, 1, 2])


def test_samples_are_training_faces_of_their_emotion(faces: Dataset) -> None:
    shown = report_data.samples(faces)
    assert list(shown) == list(LABELS)
    training = {
        face.tobytes(): label for face, label in zip(faces.images, faces.label, strict=True)
    }
    for number, images in enumerate(shown.values()):
        assert len(images) == report_data.SAMPLES
        assert {training[face.tobytes()] for face in images} == {number}


def test_data_without_votes_is_drawn_too(faces: Dataset) -> None:
    assert len(report_data.drawings(faces)) == 3
    silent = replace(faces, votes=np.zeros_like(faces.votes))
    assert len(report_data.drawings(silent)) == 2
    assert np.isnan(report_data.parts(silent)["test"].entropy)


def test_few_values_are_shown_one_by_one_and_many_as_a_shape() -> None:
    rng = np.random.default_rng(0)
    canvas = report_data.violins([np.array([0.5]), rng.normal(size=200)], ["one", "many"])
    axes = canvas.axes[0]
    assert [np.size(line.get_ydata()) for line in axes.lines] == [1]
    assert len(axes.collections) >= 1
