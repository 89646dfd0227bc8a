from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from convert.data import DataError
from convert.data.command import build
from convert.data.read import processes
from convert.dataset import LABELS, Dataset, Split, load


def same(one: Dataset, other: Dataset, *, but: tuple[str, ...] = ()) -> bool:
    names = set(Dataset.__annotations__) - set(but)
    return all(np.array_equal(getattr(one, name), getattr(other, name)) for name in names)


def made(tmp_path: Path, *sources: Path, ferplus: Path | None = None, workers: int = 1) -> Dataset:
    out = tmp_path / "out" / "faces.npz"
    build(sources, out, ferplus, workers)
    assert [path.name for path in out.parent.iterdir()] == ["faces.npz"]
    return load(out)


def test_a_csv_with_ferplus_labels_says_the_same_as_the_archive(
    tmp_path: Path, collection: Any
) -> None:
    archive = made(tmp_path, collection.npz(tmp_path / "a.npz"))
    labels = collection.ferplus(tmp_path / "fer2013new.csv")
    assert same(archive, made(tmp_path, collection.csv(tmp_path / "fer2013.csv"), ferplus=labels))
    assert len(archive) == 60
    assert archive.voters.tolist() == [10.0] * 60


def test_several_processes_say_the_same_as_one(tmp_path: Path, collection: Any) -> None:
    source = collection.csv(tmp_path / "fer2013.csv")
    assert same(made(tmp_path, source), made(tmp_path, source, workers=2))


def test_what_a_worker_cannot_read_is_one_clear_error(tmp_path: Path, collection: Any) -> None:
    source = collection.csv(tmp_path / "fer2013.csv")
    source.write_text(source.read_text() + "3,1 2 3,Training\n")
    with pytest.raises(DataError, match=r"fer2013.csv: line 62: 3 pixels; allowed: 2304$"):
        build([source], tmp_path / "faces.npz", workers=2)


def test_a_worker_that_dies_is_one_clear_error() -> None:
    with pytest.raises(DataError, match="a worker died"), processes(2) as each:
        list(each(os._exit, [1]))  # type: ignore[arg-type,list-item]


def test_folders_are_read_with_the_splits_their_file_names_tell(
    tmp_path: Path, collection: Any
) -> None:
    folder = collection.folders(tmp_path / "kaggle", lambda row, usage: f"{usage}_{row}.png")
    data = made(tmp_path, folder)
    assert [len(data.part(split)) for split in Split] == [40, 10, 10]
    faces = {image.tobytes(): label for image, label in zip(data.images, data.label, strict=True)}
    for image, label in zip(collection.images, collection.label, strict=True):
        assert faces[image.tobytes()] == label


def test_folders_without_validation_rows_give_a_tenth_of_training(
    tmp_path: Path, collection: Any
) -> None:
    folder = collection.folders(tmp_path / "kaggle", lambda row, _: f"{row}.png")
    data = made(tmp_path, folder)
    assert len(data.part(Split.TEST)) == 20
    assert 0 < len(data.part(Split.VALIDATION)) < 12


def test_ferplus_labels_find_image_files_by_name(tmp_path: Path, collection: Any) -> None:
    collection.votes[:, 0] = np.arange(60) % 7 + 3
    labels = collection.ferplus(tmp_path / "fer2013new.csv")
    folder = collection.folders(tmp_path / "kaggle", lambda row, _: f"fer{row:07}.png")
    data = made(tmp_path, folder, ferplus=labels)
    expected = {
        image.tobytes(): votes.sum()
        for image, votes in zip(collection.images, collection.votes, strict=True)
    }
    for image, voters in zip(data.images, data.voters, strict=True):
        assert voters == expected[image.tobytes()]


def test_any_class_folders_are_read_whatever_size_and_colour(tmp_path: Path) -> None:
    rng = np.random.default_rng(2)
    for name in ("anger", "Happiness", "NEUTRAL"):
        (tmp_path / "faces" / name).mkdir(parents=True)
        for row in range(40):
            image = rng.integers(0, 256, (64 + row % 2, 96, 3), np.uint8)
            cv2.imwrite(str(tmp_path / "faces" / name / f"{row}.png"), image)
    (tmp_path / "faces" / "anger" / "Thumbs.db").write_bytes(b"not an image")
    report = build([tmp_path / "faces"], tmp_path / "out.npz")
    data = load(tmp_path / "out.npz")
    assert data.images.shape == (120, 48, 48)
    assert report.converted == report.assigned == report.rows_read == 120
    assert {LABELS[label] for label in data.label} == {"angry", "happy", "neutral"}
    assert set(data.split.tolist()) == set(Split)


def test_several_sources_make_one_data_set(tmp_path: Path, collection: Any) -> None:
    first = collection.npz(tmp_path / "a.npz")
    collection.images = 255 - collection.images
    data = made(tmp_path, first, collection.csv(tmp_path / "b.csv"))
    assert len(data) == 120
    assert data.row.tolist() == [*range(60), *range(60)]


def test_images_of_another_size_are_brought_to_size(tmp_path: Path, collection: Any) -> None:
    collection.images = np.repeat(np.repeat(collection.images, 2, axis=1), 2, axis=2)
    data = made(tmp_path, collection.npz(tmp_path / "a.npz"))
    assert np.array_equal(data.images, collection.images[:, ::2, ::2])


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("label", np.r_[7, np.arange(59) % 7], r"a.npz: row 0: label = 7; allowed: -1 \(none\) or"),
        ("label", np.ones(60), "label is float64; allowed: whole numbers"),
        ("label", np.ones(59, int), r"label is \(59,\); the images make it \(60,\)"),
        ("usage", np.array(["Training"] * 59 + ["Train"]), "row 59: usage = 'Train'; allowed: Tr"),
        ("votes", np.full((60, 10), 101), r"row 0: neutral = 101; allowed: 0 to 100 votes \(and"),
        ("votes", np.ones((60, 8), int), r"ferplus_votes is \(60, 8\); the images make it"),
        ("images", np.zeros((60, 48, 48)), r"images are float64 .*; allowed: uint8 \(n, h, w\)"),
        ("usage", np.array(["Training"] * 60)[:0], "usage is"),
    ],
)
def test_a_bad_archive_is_told_in_one_line_and_nothing_is_written(
    tmp_path: Path, collection: Any, name: str, value: Any, message: str
) -> None:
    setattr(collection, name, value)
    source = collection.npz(tmp_path / "a.npz")
    with pytest.raises(DataError, match=message) as error:
        build([source], tmp_path / "out" / "faces.npz")
    assert "\n" not in str(error.value)
    assert list((tmp_path / "out").iterdir()) == []


def test_a_cut_off_archive_is_told_in_one_line(tmp_path: Path, collection: Any) -> None:
    source = collection.npz(tmp_path / "a.npz")
    source.write_bytes(source.read_bytes()[:-3000])
    with pytest.raises(DataError, match=r"a\.npz: cannot be read as a numpy"):
        build([source], tmp_path / "faces.npz")


def test_a_data_set_that_was_checked_before_says_the_same_again(
    tmp_path: Path, collection: Any
) -> None:
    build([collection.npz(tmp_path / "a.npz")], tmp_path / "faces.npz")
    assert same(load(tmp_path / "faces.npz"), made(tmp_path, tmp_path / "faces.npz"))


def test_half_a_checked_data_set_is_told(tmp_path: Path, collection: Any) -> None:
    path = tmp_path / "a.npz"
    np.savez(path, images=collection.images, label=collection.label, split=collection.label)
    with pytest.raises(DataError, match=r"a\.npz: has split but no array 'copied'"):
        build([path], tmp_path / "faces.npz")


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("3,1 2 3,Training", "line 2: 3 pixels; allowed: 2304"),
        ("3,1 x 3,Training", "line 2: pixels: allowed: whole numbers 0 to 255"),
        ("3,1 256 3,Training", "line 2: pixels: allowed: whole numbers 0 to 255"),
        ("happy," + "0 " * 2304 + ",Training", "line 2: emotion = 'happy'; allowed: 0 to 6"),
        ("3," + "0 " * 2304 + ",Test", "line 2: Usage = 'Test'; allowed: Training, PublicTest"),
        ("3," + "0 " * 2304, "line 2: 2 columns; allowed: 3"),
        ("9," + "0 " * 2304 + ",Training", "line 2: label = 9; allowed"),
    ],
)
def test_a_bad_line_is_named(tmp_path: Path, line: str, message: str) -> None:
    source = tmp_path / "fer2013.csv"
    source.write_text(f"emotion,pixels,Usage\n{line}\n")
    with pytest.raises(DataError, match=rf"fer2013.csv: {message}"):
        build([source], tmp_path / "faces.npz")


def test_a_bad_folder_is_named(tmp_path: Path) -> None:
    (tmp_path / "faces" / "grumpy").mkdir(parents=True)
    with pytest.raises(DataError, match="faces/grumpy: no such class; allowed: angry, disgust"):
        build([tmp_path / "faces"], tmp_path / "faces.npz")


def test_a_bad_image_is_named(tmp_path: Path) -> None:
    (tmp_path / "faces" / "sad").mkdir(parents=True)
    (tmp_path / "faces" / "sad" / "broken.png").write_bytes(b"\x89PNG not really")
    with pytest.raises(DataError, match=r"sad/broken.png: no image can be read from it"):
        build([tmp_path / "faces"], tmp_path / "faces.npz")


def test_ferplus_labels_of_another_order_are_refused(tmp_path: Path, collection: Any) -> None:
    source = collection.csv(tmp_path / "a.csv")
    collection.usage[3] = "PublicTest"
    labels = collection.ferplus(tmp_path / "fer2013new.csv")
    with pytest.raises(DataError, match=r"fer2013new.csv: line 5: another Usage than .*line 5"):
        build([source], tmp_path / "faces.npz", labels)
