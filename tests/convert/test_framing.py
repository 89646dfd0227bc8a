from __future__ import annotations

from pathlib import Path

import msgspec
import numpy as np
import pytest
from numpy.typing import NDArray

from convert.__main__ import main
from convert.data.command import build
from convert.dataset import Split, load
from convert.framing import find, fit_framing, read_fits, recut
from edge.errors import MoodboxError
from edge.vision.card import Framing
from edge.vision.detector import Detector, Face, make


class Bright(Detector):
    """Finds what is not dark, and draws its box a tenth of that larger and further right."""

    name = "bright"

    def _find(self, small: NDArray[np.uint8]) -> list[Face]:
        rows, columns = np.nonzero(small[..., 0] > 40)
        if not len(rows):
            return []
        side = columns.max() - columns.min() + 1.0
        left, top = columns.min() + 0.1 * side, rows.min() - 0.05 * side
        return [Face((left, top, 1.1 * side, 1.1 * side), 1.0), Face((0.0, 0.0, 1.0, 1.0), 1.0)]


@pytest.fixture
def bright() -> NDArray[np.uint8]:
    return np.random.default_rng(0).integers(100, 256, (40, 48, 48), np.uint8)


@pytest.fixture(scope="module")
def people(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("data") / "faces.npz"
    build([shared / "data" / "fer2013.npz"], path)
    return path


def test_a_fit_undoes_what_the_detector_does_to_its_box(bright: NDArray[np.uint8]) -> None:
    fit = fit_framing(find(Bright(), bright))
    assert fit.framing.dx == pytest.approx(-0.15 / 1.1, abs=0.01)
    assert fit.framing.dy == pytest.approx(0.0, abs=0.01)
    assert fit.framing.scale == pytest.approx(1 / 1.1, abs=0.01)
    assert fit.found == 1.0
    assert fit.rows == 40
    assert fit.centre_spread < 0.01
    assert fit.side_spread < 0.01


def test_a_fit_is_not_moved_by_a_fifth_of_nonsense(bright: NDArray[np.uint8]) -> None:
    boxes = find(Bright(), bright)
    plain = fit_framing(boxes).framing
    boxes[::5] = 0, 0, 3, 3
    robust = fit_framing(boxes).framing
    assert robust.scale == pytest.approx(plain.scale, rel=0.03)
    assert robust.dx == pytest.approx(plain.dx, abs=0.03)


def test_too_few_faces_are_no_fit() -> None:
    boxes = find(Bright(), np.zeros((12, 48, 48), np.uint8))
    with pytest.raises(MoodboxError, match="found 0 of 12 faces; needed: 10"):
        fit_framing(boxes)


def test_recutting_with_the_fitted_framing_gives_the_row_back(bright: NDArray[np.uint8]) -> None:
    bright = np.stack([np.add.outer(np.arange(48), np.arange(48)) + 100] * 7).astype(np.uint8)
    bright = np.concatenate([bright, np.zeros((1, 48, 48), np.uint8)])
    framing = fit_framing(np.concatenate([find(Bright(), bright)] * 3)).framing
    cut, found = recut(Bright(), framing, bright)
    assert found.tolist() == [True] * 7 + [False]
    assert np.abs(cut.astype(int) - bright).max() <= 3
    wrong, _ = recut(Bright(), Framing(0.3, 0.0, 1.0), bright)
    assert np.abs(wrong[:7].astype(int) - bright[:7]).mean() > 5


@pytest.mark.parametrize(("name", "fewest"), [("yunet", 0.85), ("haar", 0.55)])
def test_real_detectors_find_most_rows_and_frame_them_alike(
    people: Path, shared: Path, tmp_path: Path, name: str, fewest: float
) -> None:
    out = tmp_path / "framing.json"
    arguments = ["--data", str(people), "--out", str(out), "--detector", name, "--rows", "150"]
    assert main(["framing", *arguments, "--models", str(shared / "models")]) == 0
    fit = read_fits(out)[name]
    assert fit.found > fewest
    assert abs(fit.framing.dx) < 0.05
    assert abs(fit.framing.dy) < 0.08
    assert 0.9 < fit.framing.scale < 1.25
    faces = load(people).part(Split.VALIDATION).images[:40]
    cut, found = recut(make(name, shared / "models")[0], fit.framing, faces)
    same = np.corrcoef(cut[found].ravel(), faces[found].ravel())[0, 1]
    assert same > 0.6


def test_a_model_that_is_not_there_is_one_line(
    people: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = ["--data", str(people), "--out", str(tmp_path / "framing.json")]
    assert main(["framing", *arguments, "--models", str(tmp_path)]) == 1
    told = capsys.readouterr().err
    assert "face_detection_yunet" in told
    assert told.count("\n") == 1
    assert not (tmp_path / "framing.json").exists()


def test_a_file_that_is_no_fit_is_told(tmp_path: Path) -> None:
    path = tmp_path / "framing.json"
    path.write_bytes(msgspec.json.encode({"haar": 3}))
    with pytest.raises(MoodboxError, match="not what `moodbox-convert framing` writes"):
        read_fits(path)
