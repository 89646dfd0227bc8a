from __future__ import annotations

import dataclasses
from pathlib import Path

import msgspec
import numpy as np
import pytest

from convert import certainty, fit_mood, readings
from convert.dataset import Dataset, Split
from convert.readings import Readings
from edge.events import Emission
from edge.mood.confidence import BINS
from edge.mood.emission import Segment, evidence, grown, is_of, reading
from edge.mood.filter import Rules
from edge.mood.moods import VIEWS, usual
from edge.vision.card import read, save

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
    assert np.corrcoef(bias, -SHYNESS)[0, 1] > 0.9
    assert bias.argmax() == 1


def segment(views: list[list[float]]) -> Segment:
    first, *others = (reading(tuple(view)) for view in views)
    seen = Segment(first, 1, 0, 0)
    for logs in others:
        seen = grown(seen, logs, 0, 1, 6)
    return seen


def test_at_home_a_fitted_emission_is_right_more_often_than_the_model() -> None:
    emission = fit_mood.fit(made_up(Split.VALIDATION))
    fresh = made_up(Split.TEST, 700)
    home = np.array(usual("seven"))
    told = np.array([evidence(segment(v), emission, 2) for v in fresh.probabilities.tolist()])
    ours = (told * home).argmax(axis=1) == fresh.truth
    raw = fresh.probabilities.mean(axis=1).argmax(axis=1) == fresh.truth
    weight = home[fresh.truth]
    assert np.average(ours, weights=weight) > np.average(raw, weights=weight)


def test_views_of_one_face_are_kept_together() -> None:
    known = made_up(Split.VALIDATION)
    emission = fit_mood.fit(known)
    together = [
        is_of(segment(views[:4]), reading(tuple(view)), emission)
        for views in known.probabilities.tolist()
        for view in views[4:]
    ]
    assert np.mean(together) > 0.97


def test_test_faces_have_no_say() -> None:
    known, hidden = made_up(Split.VALIDATION), made_up(Split.TEST)
    wrong = Readings(
        np.concatenate([known.probabilities, hidden.probabilities[::-1]]),
        np.concatenate([known.truth, hidden.truth]),
        np.concatenate([known.split, hidden.split]),
    )
    assert fit_mood.fit(wrong) == fit_mood.fit(known)


def test_the_command_writes_on_the_card_what_the_box_reads(
    root: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    made_up(Split.VALIDATION).save(tmp_path / "readings.npz")
    before = msgspec.structs.replace(read(root / "models" / "emotion.json"), mood=None)
    save(before, tmp_path / "emotion.json")
    fit_mood.main(["--models", str(tmp_path), "--readings", str(tmp_path / "readings.npz")])
    after = read(tmp_path / "emotion.json")
    assert after.mood == fit_mood.fit(made_up(Split.VALIDATION))
    assert set(after.confidence) == set(VIEWS)
    before = msgspec.structs.replace(before, mood=after.mood, confidence=after.confidence)
    assert after == before
    assert capsys.readouterr().out


@pytest.mark.parametrize("name", ["emotion", "emotion_fer2013"])
def test_a_released_card_brings_its_own_filter(root: Path, name: str) -> None:
    emission = read(root / "models" / f"{name}.json").mood
    assert emission is not None
    assert emission.bias != Emission().bias
    for sure in read(root / "models" / f"{name}.json").confidence.values():
        assert len(sure) == len(BINS) + 1
        assert sum(sure) == pytest.approx(1, abs=1e-3)
    assert read(root / "models" / f"{name}.json").confidence


def test_a_model_that_doubts_makes_a_box_less_sure_and_test_faces_have_no_say_in_it() -> None:
    clear, hidden = made_up(Split.VALIDATION, 70), made_up(Split.TEST, 70)
    doubting = dataclasses.replace(clear, probabilities=0.3 * clear.probabilities + 0.1)
    emission = fit_mood.fit(clear)
    sure = certainty.confidences(clear, emission)
    assert sure["seven"][-1] > certainty.confidences(doubting, emission)["seven"][-1]
    both = Readings(
        np.concatenate([clear.probabilities, hidden.probabilities[::-1]]),
        np.concatenate([clear.truth, hidden.truth]),
        np.concatenate([clear.split, hidden.split]),
    )
    assert certainty.confidences(both, emission) == sure


def test_a_face_that_tells_nothing_is_counted_as_one_that_the_box_is_unsure_of() -> None:
    plain = [0.01, 0.01, 0.01, 0.94, 0.01, 0.01, 0.01]
    assert certainty.declared([plain], Rules()) > 0.8
    common = usual("seven")
    assert certainty.declared([list(common)], Rules(unsure_after=5)) == pytest.approx(
        1 - max(common), abs=0.2
    )


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
