from __future__ import annotations

from pathlib import Path
from typing import Literal

import cv2
import msgspec
import numpy as np
import pytest
from numpy.typing import NDArray

from convert.__main__ import main
from convert.data.command import build
from convert.dataset import Split, load
from convert.framing import WIDTH, find, fit_framing, read_fits, recut
from edge.errors import MoodboxError
from edge.vision.card import Framing
from edge.vision.card import load as read_card
from edge.vision.detector import Detector, Face, Haar, make
from edge.vision.framing import crop


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
def people(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data set of one real face: the sample's, cut from each frame as the card says, jittered."""
    finder, rng = Haar(), np.random.default_rng(3)
    framing = read_card(root / "models" / "emotion.json").framing["haar"]
    film = cv2.VideoCapture(str(root / "edge" / "sample.mp4"))
    rows = []
    while (read := film.read())[0]:
        grey = np.asarray(cv2.cvtColor(read[1], cv2.COLOR_BGR2GRAY), np.uint8)
        for face in finder.find(np.asarray(read[1], np.uint8), WIDTH):
            for _ in range(3):
                x, y, w, h = face.box
                dx, dy = rng.normal(0, 0.01 * w, 2)
                rows.append(crop(grey, (x + dx, y + dy, w, h), framing, 48))
    folder = tmp_path_factory.mktemp("data")
    usage = np.array(["PrivateTest", "PublicTest", "Training"])[np.arange(len(rows)) % 3]
    votes = np.tile(np.array([0, 10, 0, 0, 0, 0, 0, 0, 0, 0], np.uint8), (len(rows), 1))
    label = np.full(len(rows), 3, np.int8)
    images = np.stack(rows)
    np.savez_compressed(
        folder / "face.npz", images=images, label=label, usage=usage, ferplus_votes=votes
    )
    build([folder / "face.npz"], folder / "faces.npz")
    return folder / "faces.npz"


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


def agrees(
    name: Literal["haar", "yunet"], data: Path, models: Path, folder: Path, fewest: float
) -> None:
    """Check a detector's fit to a data set of real faces, and that it cuts its rows out again."""
    out = folder / f"{name}.json"
    arguments = ["--data", str(data), "--out", str(out), "--detector", name, "--rows", "150"]
    assert main(["framing", *arguments, "--models", str(models)]) == 0
    fit = read_fits(out)[name]
    assert fit.found > fewest
    assert abs(fit.framing.dx) < 0.05
    assert abs(fit.framing.dy) < 0.08
    assert 0.9 < fit.framing.scale < 1.25
    faces = load(data).part(Split.VALIDATION).images[:40]
    cut, found = recut(make(name, models)[0], fit.framing, faces)
    assert np.corrcoef(cut[found].ravel(), faces[found].ravel())[0, 1] > 0.6


def test_haar_finds_most_rows_of_a_real_face_and_frames_them_alike(
    people: Path, tmp_path: Path
) -> None:
    agrees("haar", people, tmp_path, tmp_path, 0.55)


def test_yunet_finds_most_rows_of_a_real_face_and_frames_them_alike(
    people: Path, yunet: Path, tmp_path: Path
) -> None:
    agrees("yunet", people, yunet, tmp_path, 0.85)


def test_both_find_most_faces_of_fer2013(shared: Path, yunet: Path, tmp_path: Path) -> None:
    some, data = tmp_path / "some.npz", tmp_path / "faces.npz"
    with np.load(shared / "data" / "fer2013.npz") as whole:
        count = len(whole["images"])
        names = [name for name in whole.files if len(whole[name]) == count]
        np.savez(some, **{name: whole[name][::10] for name in names})
    build([some], data)
    agrees("yunet", data, yunet, tmp_path, 0.85)
    agrees("haar", data, yunet, tmp_path, 0.55)


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
