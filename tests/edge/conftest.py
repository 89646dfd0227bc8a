"""Real input and a real model for everything that looks."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from edge.settings import SHIPPED
from edge.vision.detector import YUNET


@pytest.fixture
def sample(root: Path) -> Path:
    """The clip that ships with the project: nobody, somebody, nobody."""
    return root / "edge" / "sample.mp4"


@pytest.fixture(scope="session")
def models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the models that ship with the project; no YuNet in it."""
    folder = tmp_path_factory.mktemp("shipped") / "models"
    shutil.copytree(SHIPPED, folder, ignore=shutil.ignore_patterns("*.onnx"))
    return folder


@pytest.fixture
def models_with_yunet(models: Path, yunet: Path, tmp_path: Path) -> Path:
    """The same with YuNet."""
    folder = tmp_path / "models"
    shutil.copytree(models, folder)
    shutil.copyfile(yunet / YUNET.file, folder / YUNET.file)
    return folder
