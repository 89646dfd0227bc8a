"""A box's export is a source of faces as it is, alone or beside a data set with votes."""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import cv2
import msgspec
import numpy as np
import pytest

from convert.__main__ import main
from convert.data import DataError
from convert.data.command import build
from convert.dataset import LABELS, Split, load
from edge.records import PastCorrection
from edge.store import Reader
from edge.store.crops import Crops
from edge.store.export import export

FACES = np.random.default_rng(9).integers(0, 256, (40, 48, 48), np.uint8)


def png(number: int) -> bytes:
    return cv2.imencode(".png", FACES[number])[1].tobytes()


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    """What the page gives of a box on which forty faces were called sad, and kept."""
    crops = Crops(tmp_path / "faces")
    for number in range(len(FACES)):
        crops.keep(f"p{number}", "sad", png(number))
    path = tmp_path / "export.zip"
    path.write_bytes(export(Reader(tmp_path / "none.db"), crops.files()))
    return path


def rewritten(archive: Path, change: Callable[[dict[str, bytes]], object]) -> Path:
    """The archive with other members."""
    with zipfile.ZipFile(archive) as old:
        members = {name: old.read(name) for name in old.namelist()}
    change(members)
    with zipfile.ZipFile(archive, "w") as new:
        for name, content in members.items():
            new.writestr(name, content)
    return archive


def said(*corrections: tuple[str, str]) -> bytes:
    lines = [
        PastCorrection(1.0, p, mood, "home", None, None, None, None) for p, mood in corrections
    ]
    return b"".join(msgspec.json.encode(line) + b"\n" for line in lines)


def told(source: Sequence[Path], tmp_path: Path) -> dict[bytes, tuple[str, list[float], float]]:
    """Each face of the data set made of `source`, with its label, votes and voters."""
    build(source, tmp_path / "out.npz")
    data = load(tmp_path / "out.npz")
    return {
        image.tobytes(): (LABELS[label], votes.tolist(), float(voters))
        for image, label, votes, voters in zip(
            data.images, data.label, data.votes, data.voters, strict=True
        )
    }


def test_a_correction_is_ten_votes_of_one_mind(archive: Path, tmp_path: Path) -> None:
    faces = told([archive], tmp_path)
    assert set(faces) == {face.tobytes() for face in FACES}
    sad = [10.0 * (label == "sad") for label in LABELS]
    assert all(face == ("sad", sad, 10.0) for face in faces.values())


def test_what_was_said_last_of_a_face_holds(archive: Path, tmp_path: Path) -> None:
    last = said(("p0", "happy"), ("p0", "fear"), ("p1", "calm"), ("gone", "happy"))
    rewritten(archive, lambda members: members.update({"corrections.jsonl": last}))
    faces = told([archive], tmp_path)
    assert faces[FACES[0].tobytes()][0] == "fear"
    assert FACES[1].tobytes() not in faces  # calm is no emotion that a network is taught
    assert faces[FACES[2].tobytes()][0] == "sad"


def test_it_joins_a_checked_data_set_whose_rows_stay_what_they_were(
    archive: Path, collection: Any, tmp_path: Path
) -> None:
    collection.votes[:, :] = np.random.default_rng(1).integers(0, 5, collection.votes.shape)
    collection.images[55] = collection.images[6]
    build([collection.npz(tmp_path / "raw.npz")], tmp_path / "base.npz")
    out, base = tmp_path / "both.npz", load(tmp_path / "base.npz")
    words = ["data", str(tmp_path / "base.npz"), str(archive), "--out", str(out), "--workers", "1"]
    assert main(words) == 0
    both = load(out)
    before = both.take(np.arange(len(base)))
    for name in set(base.__annotations__) - {"row"}:
        assert np.array_equal(getattr(before, name), getattr(base, name)), name
    assert base.copied.sum() == 1
    taken = both.take(np.arange(len(base), len(both)))
    assert len(taken) == len(FACES)
    assert set(taken.split.tolist()) == {Split.TRAIN}
    assert (taken.votes.argmax(axis=1) == LABELS.index("sad")).all()


def test_its_own_votes_hold_beside_those_of_a_table(
    archive: Path, collection: Any, tmp_path: Path
) -> None:
    labels = collection.ferplus(tmp_path / "fer2013new.csv")
    source = collection.csv(tmp_path / "fer2013.csv")
    build([source, archive], tmp_path / "out.npz", labels)
    data = load(tmp_path / "out.npz")
    assert data.votes[:60].max() == 8
    assert (data.votes[60:].max(axis=1) == 10).all()


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda m: [m.pop(n) for n in list(m) if "faces/" in n], "holds no faces of corrections"),
        (lambda m: m.pop("corrections.jsonl"), "has no corrections.jsonl: not an export of a box"),
        (
            lambda m: m.update({"corrections.jsonl": said(("p0", "sad")) + b"{}\n"}),
            "corrections.jsonl: line 2: not a correction",
        ),
        (lambda m: m.update({"faces/calm/p.png": b""}), "faces/calm/p.png: no such class"),
        (lambda m: m.update({"faces/sad/p.png": b"\x89PNG"}), "faces/sad/p.png: no image can be"),
        (lambda m: m.update({"faces/sad/p.png": bytes(2**20 + 1)}), "1,048,577 bytes; allowed"),
    ],
)
def test_what_is_wrong_with_it_is_one_line(
    archive: Path, tmp_path: Path, change: Callable[[dict[str, bytes]], object], message: str
) -> None:
    with pytest.raises(DataError, match=message) as error:
        build([rewritten(archive, change)], tmp_path / "out.npz")
    assert str(error.value).startswith(str(archive))
    assert "\n" not in str(error.value)
    assert not (tmp_path / "out.npz").exists()


def test_one_that_was_cut_off_is_one_line(archive: Path, tmp_path: Path) -> None:
    archive.write_bytes(archive.read_bytes()[:-300])
    with pytest.raises(DataError, match=r"export\.zip: cannot be read as an export of a box"):
        build([archive], tmp_path / "out.npz")
