"""A folder of class folders, or of split folders (train, validation, test) that hold them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from convert.data import CLASSES, SYNONYMS, UNDECLARED, USAGES, Block, DataError, as_face
from convert.dataset import SIZE, Split

FILES_PER_PIECE = 512
IMAGES = frozenset({".png", ".jpg", ".jpeg", ".bmp", ".webp", ".pgm", ".ppm", ".tif", ".tiff"})
SPLITS = {
    "train": Split.TRAIN,
    "training": Split.TRAIN,
    "validation": Split.VALIDATION,
    "valid": Split.VALIDATION,
    "val": Split.VALIDATION,
    "test": Split.TEST,
    "testing": Split.TEST,
}


@dataclass(frozen=True)
class Files:
    """Image files with their labels and splits."""

    paths: tuple[Path, ...]
    label: tuple[int, ...]
    split: tuple[int, ...]

    def read(self) -> Block:
        """Decode every file."""
        images = [_decode(path) for path in self.paths]
        faces, converted = faces_of(images)
        return Block(faces, np.array(self.label), np.array(self.split), converted=converted)


class Folder:
    """Images sorted into folders that are named after classes."""

    def __init__(self, path: Path) -> None:
        """List the image files; nothing is decoded yet."""
        self.path = path
        inside = _folders(path)
        split = [folder for folder in inside if folder.name.lower() in SPLITS]
        if split and len(split) < len(inside):
            odd = next(folder for folder in inside if folder not in split)
            raise DataError(f"{odd}: beside {split[0].name}/; allowed: {', '.join(SPLITS)}")
        self.kind = "folders of splits and classes" if split else "folders of classes"
        self._files: list[Path] = []
        self._label: list[int] = []
        self._split: list[int] = []
        for folder in split:
            self._add_classes(folder, SPLITS[folder.name.lower()])
        if not split:
            self._add_classes(path, UNDECLARED)
        if not self._files:
            raise DataError(f"{path}: no images; allowed: {', '.join(sorted(IMAGES))}")

    def pieces(self) -> Iterator[Files]:
        """Yield some hundred files at a time."""
        for start in range(0, len(self._files), FILES_PER_PIECE):
            part = slice(start, start + FILES_PER_PIECE)
            yield Files(
                tuple(self._files[part]), tuple(self._label[part]), tuple(self._split[part])
            )

    def where(self, row: int) -> str:
        """Return the image's file."""
        return str(self._files[row])

    def names(self) -> list[str]:
        """Return the files' names."""
        return [path.name for path in self._files]

    def _add_classes(self, folder: Path, split: int) -> None:
        for inner in _folders(folder):
            if inner.name.lower() not in CLASSES:
                raise DataError(f"{inner}: no such class; allowed: {', '.join(SYNONYMS)}")
            for file in sorted(inner.iterdir()):
                if file.suffix.lower() in IMAGES:
                    self._files.append(file)
                    self._label.append(CLASSES[inner.name.lower()])
                    self._split.append(_declared(file, split))


def _folders(path: Path) -> list[Path]:
    found = sorted(p for p in path.iterdir() if p.is_dir() and not p.name.startswith("."))
    if not found:
        raise DataError(f"{path}: holds no folders; allowed: {', '.join(SYNONYMS)}")
    return found


def _declared(file: Path, split: int) -> int:
    """Return the split; Kaggle's test/ mixes two, and only file names tell them apart."""
    return USAGES.get(file.stem.partition("_")[0], split)


def _decode(path: Path) -> NDArray[np.uint8]:
    return decoded(path.read_bytes(), str(path))


def faces_of(images: list[NDArray[np.uint8]]) -> tuple[NDArray[np.uint8], int]:
    """Return images as faces, (n, 48, 48), and how many had another size or were in colour."""
    faces = np.stack([as_face(_grey(image)) for image in images])
    return faces, sum(image.shape != (SIZE, SIZE) for image in images)


def decoded(content: bytes, where: str) -> NDArray[np.uint8]:
    """Return the image in a file's `content`, (h, w) or (h, w, c); `where` names it in errors.

    Raises:
        DataError: there is none, or not of bytes.
    """
    data = np.frombuffer(content, np.uint8)
    image = cv2.imdecode(data, cv2.IMREAD_UNCHANGED) if data.size else None
    if image is None:
        raise DataError(
            f"{where}: no image can be read from it; allowed: {', '.join(sorted(IMAGES))}"
        )
    if image.dtype != np.uint8:
        raise DataError(f"{where}: {image.dtype} pixels; allowed: 8 bits a channel")
    return np.asarray(image, np.uint8)


def _grey(image: NDArray[np.uint8]) -> NDArray[np.uint8]:
    if image.ndim == 2:
        return image
    code = cv2.COLOR_BGRA2GRAY if image.shape[2] == 4 else cv2.COLOR_BGR2GRAY
    return np.asarray(cv2.cvtColor(image, code), np.uint8)
