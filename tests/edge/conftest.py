"""Real input and a real model for everything that looks."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest


@pytest.fixture
def sample(root: Path) -> Path:
    """The clip that ships with the project: nobody, somebody, nobody."""
    return root / "edge" / "sample.mp4"


@pytest.fixture(scope="session")
def models(root: Path) -> Path:
    """The folder of the models that ship with the project; no YuNet in it."""
    return root / "models"


@pytest.fixture
def models_with_yunet(models: Path, shared: Path, tmp_path: Path) -> Path:
    """The same with YuNet, which may not be shipped."""
    folder = tmp_path / "models"
    shutil.copytree(models, folder)
    for file in (shared / "models").glob("*.onnx"):
        shutil.copyfile(file, folder / file.name)
    return folder
