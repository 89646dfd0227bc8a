"""What boxes have in common becomes a challenger; what one of them is, nobody can tell of it."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest

from convert.__main__ import main
from convert.fleet import merge
from convert.fleet.merge import FARTHEST
from convert.learn.make import Champion
from edge.errors import ModelError
from edge.personal import share
from edge.personal.fit import Base, Taps, right
from edge.personal.head import FEWEST
from edge.vision import card as cards

pytestmark = pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SADeprecationWarning")  # MLflow's

WIDTH = 12


def world(rng: np.random.Generator) -> tuple[Base, Taps]:
    """Faces of seven emotions, and a layer that reads most of them."""
    felt = rng.integers(0, 7, 4000)
    seen = rng.normal(size=(4000, WIDTH))
    seen[np.arange(4000), felt] += 3.0
    seen = np.c_[seen, np.ones(4000)]
    weights = np.zeros((7, WIDTH + 1))
    weights[:, :7] = np.eye(7)
    return Base.of(weights, seen.T @ seen / 4000), Taps(seen, felt.astype(np.intp))


def shown_otherwise(taps: Taps) -> Taps:
    """The same, of people who show 3 less than the faces that the layer was made for."""
    seen = taps.seen.copy()
    seen[taps.felt == 3, 3] -= 3.5
    return Taps(seen, taps.felt)


def test_an_update_is_clipped_and_says_nothing_where_the_taps_are_few() -> None:
    base, faces = world(np.random.default_rng(0))
    faces = shown_otherwise(faces)
    norms = [
        np.linalg.norm(share.update(base, faces.take(slice(begin, begin + 10))))
        for begin in range(0, 400, 10)
    ]
    assert 0 < max(norms) <= share.NORM * (1 + 1e-9)
    assert not share.update(base, faces.take(slice(FEWEST - 1))).any()


def test_what_two_hundred_boxes_have_in_common_reaches_one_that_never_tapped() -> None:
    rng = np.random.default_rng(1)
    base, faces = world(rng)
    theirs = shown_otherwise(faces)
    updates = [
        share.update(base, theirs.take(rng.choice(2000, 10, replace=False))) for _ in range(200)
    ]
    noise = rng.normal(0, 0.64 * share.NORM / 200, updates[0].shape)  # epsilon 8
    mean = np.mean(updates, axis=0) + noise
    change, budget = merge.change(base, mean, faces.take(slice(2000)), most=0.02)
    other = theirs.take(slice(2000, None))
    assert 0 < budget <= FARTHEST
    assert right(base, change, other).mean() > right(base, None, other).mean() + 0.005


def test_a_mean_that_only_harms_is_not_followed() -> None:
    base, faces = world(np.random.default_rng(2))
    away = -1000 * base.weights @ np.linalg.inv(base.root.T)  # whatever is read, the opposite
    with pytest.raises(ModelError, match="costs other faces too much"):
        merge.change(base, away, faces, most=-0.001)


def mean(path: Path, champion: Champion, **other: object) -> Path:
    """What the server writes after a round in which hardly anything was in common."""
    told = {
        "mean": np.random.default_rng(3).normal(0, 1e-3, champion.base.weights.shape),
        "model": champion.card.model.version,
        "boxes": 200,
        "epsilon": 8.0,
        "delta": 1e-5,
        "noise_multiplier": 0.64,
    }
    file = io.BytesIO()
    np.savez(file, **(told | other))  # type: ignore[arg-type]
    path.write_bytes(file.getvalue())
    return path


def test_a_mean_becomes_a_model_that_says_where_it_comes_from(
    taught: Path, data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    model = taught / "emotion.tflite"
    made = mean(tmp_path / "mean.npz", Champion.read(model))
    command = ["fleet", str(made), "--data", str(data), "--model", str(model)]
    assert main([*command, "--out", str(tmp_path / "out"), "--runs", str(tmp_path)]) == 0
    said = capsys.readouterr().out
    assert "general test" in said
    assert "accepted" in said
    card = cards.read(tmp_path / "out" / "emotion.json")
    assert "200 boxes" in card.note
    assert card.recipe["epsilon"] == "8"
    assert card.figures["accuracy"].value > 0
    before = cards.read(taught / "emotion.json")
    assert card.model.sha256 != before.model.sha256
    assert card.last_layer != before.last_layer


@pytest.mark.parametrize(
    ("other", "complaint"),
    [
        ({"model": "0123456789ab"}, "made for the model 0123456789ab"),
        ({"mean": np.full((7, 3), 0.0)}, "made for the model"),
        ({"epsilon": "much"}, "not what a fleet's server writes"),
    ],
)
def test_what_is_no_mean_for_this_model_is_refused_in_one_line(  # noqa: PLR0917
    taught: Path,
    data: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    other: dict[str, object],
    complaint: str,
) -> None:
    model = taught / "emotion.tflite"
    made = mean(tmp_path / "mean.npz", Champion.read(model), **other)
    out = tmp_path / "out"
    command = ["fleet", str(made), "--data", str(data), "--model", str(model), "--out", str(out)]
    assert main(command) == 1
    assert complaint in capsys.readouterr().err
    assert not out.exists()


def test_numbers_that_are_none_go_nowhere(
    taught: Path, data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    model = taught / "emotion.tflite"
    champion = Champion.read(model)
    broken = np.full(champion.base.weights.shape, np.nan)
    made = mean(tmp_path / "mean.npz", champion, mean=broken)
    assert main(["fleet", str(made), "--data", str(data), "--model", str(model)]) == 1
    assert "not finite" in capsys.readouterr().err
