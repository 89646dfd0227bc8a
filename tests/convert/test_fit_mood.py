from __future__ import annotations

from pathlib import Path

import msgspec
import numpy as np
import pytest

from convert import fit_mood, readings
from convert.dataset import Dataset, Split
from convert.readings import Readings
from edge.mood.emission import Emission, evidence, look

SHYNESS = np.array([0, -3, -1, 0, 0, 0, 1])
"""How much too seldom, or too often, a made-up model names each emotion (logarithms)."""


def made_up(split: Split, faces: int = 280) -> Readings:
    """Readings of a model that is unsure, shy of disgust and fond of neutral."""
    rng = np.random.default_rng(int(split))
    truth = np.arange(faces) % 7
    face = rng.normal(0, 1.2, (faces, 1, 7)) + 3 * np.eye(7)[truth][:, None]
    logits = face + rng.normal(0, 0.1, (faces, readings.VIEWS, 7)) + SHYNESS
    powers = np.exp(logits - logits.max(axis=2, keepdims=True))
    said = powers / powers.sum(axis=2, keepdims=True)
    return Readings(said.astype(np.float32), truth.astype(np.int8), np.full(faces, split, np.int8))


def test_what_a_model_owes_an_emotion_is_found() -> None:
    emission = fit_mood.fit(made_up(Split.VALIDATION))
    bias = np.array(emission.bias)
    assert np.corrcoef(bias, -SHYNESS)[0, 1] > 0.97
    assert bias.argmax() == 1


def test_a_fitted_emission_tells_the_truth_of_new_faces() -> None:
    emission = fit_mood.fit(made_up(Split.VALIDATION))
    fresh = made_up(Split.TEST)
    right = []
    for views, truth in zip(fresh.probabilities.tolist(), fresh.truth, strict=True):
        face = None
        for view in views:
            face, _ = look(face, tuple(view), 0, 1, emission)
        assert face is not None
        right.append(int(np.argmax(evidence(face, emission))) == truth)
    raw = (fresh.probabilities.mean(axis=1).argmax(axis=1) == fresh.truth).mean()
    assert np.mean(right) > raw + 0.05


def test_views_of_one_face_are_kept_together() -> None:
    known = made_up(Split.VALIDATION)
    emission = fit_mood.fit(known)
    begun = []
    for views in known.probabilities.tolist():
        face = None
        for view in views:
            face, fresh = look(face, tuple(view), 0, 1, emission)
            begun.append(fresh)
    assert np.sum(begun) < 1.1 * len(known.truth)


def test_test_faces_have_no_say() -> None:
    known, hidden = made_up(Split.VALIDATION), made_up(Split.TEST)
    wrong = Readings(
        np.concatenate([known.probabilities, hidden.probabilities[::-1]]),
        np.concatenate([known.truth, hidden.truth]),
        np.concatenate([known.split, hidden.split]),
    )
    assert fit_mood.fit(wrong) == fit_mood.fit(known)


def test_the_command_writes_what_the_box_reads(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    made_up(Split.VALIDATION).save(tmp_path / "readings.npz")
    out = tmp_path / "rules.json"
    fit_mood.main(["--readings", str(tmp_path / "readings.npz"), "--out", str(out)])
    emission = msgspec.json.decode(out.read_bytes(), type=Emission)
    assert emission == fit_mood.fit(made_up(Split.VALIDATION))
    assert capsys.readouterr().out


def test_only_unseen_faces_that_people_agree_on_are_read() -> None:
    rng = np.random.default_rng(0)
    votes = np.eye(7, dtype=np.float32)[[0, 1, 2, 3, 4]] * 10
    votes[4] = 0
    data = Dataset(
        images=rng.integers(0, 256, (5, 48, 48)).astype(np.uint8),
        label=np.zeros(5, np.int8),
        votes=votes,
        voters=np.full(5, 10, np.float32),
        split=np.array([Split.TRAIN, Split.VALIDATION, Split.TEST, Split.TEST, Split.TEST], "i1"),
        copied=np.array([False, False, False, True, False]),
        row=np.arange(5, dtype=np.int32),
    )
    found = readings.measure(lambda _: np.full(7, 1 / 7), data)
    assert found.truth.tolist() == [1, 2]
    assert found.split.tolist() == [Split.VALIDATION, Split.TEST]
    assert found.probabilities.shape == (2, readings.VIEWS, 7)


def test_a_view_is_like_its_face_and_no_other_view() -> None:
    rng = np.random.default_rng(0)
    slope = np.add.outer(np.arange(48), np.arange(48)) * 255 // 94
    face = slope.astype(np.uint8)
    one, other = readings.jitter(face, rng), readings.jitter(face, rng)
    assert one.shape == face.shape
    assert one.dtype == np.uint8
    assert not np.array_equal(one, other)
    assert np.corrcoef(one.ravel(), face.ravel())[0, 1] > 0.95
