"""What a training is made of: enough to make it again, and to keep two from being mixed."""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path

import numpy as np

from convert.dataset import Dataset
from convert.recipe import Recipe
from edge.errors import ModelError

COMMIT = "commit"
"""In origin.json: the commit of the code that trains."""


def of_file(path: Path) -> str:
    """Return a file's SHA-256."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def of_data(data: Dataset) -> str:
    """Return the SHA-256 of all rows, whatever file they came from."""
    found = hashlib.sha256()
    for name in data.__annotations__:
        found.update(np.ascontiguousarray(getattr(data, name)).tobytes())
    return found.hexdigest()


def commit() -> str:
    """Return the commit that this code is of; empty where there is no git, or no repository."""
    git = shutil.which("git")
    if git is None:
        return ""
    here = str(Path(__file__).parent)
    asked = [git, "-C", here, "rev-parse", "HEAD"]
    done = subprocess.run(asked, capture_output=True, text=True, check=False)  # noqa: S603  ours
    return done.stdout.strip()


def keep(out: Path, recipe: Recipe, made_of: Mapping[str, str]) -> None:
    """Write recipe.json and origin.json into a run's folder.

    Raises:
        ModelError: a training in that folder has begun with something else.
    """
    if (out / "checkpoint.json").exists():
        wrong = changed(out, recipe, made_of)
        if wrong:
            raise ModelError(
                f"{out}: a training has begun here with another {', '.join(wrong)};"
                " go on as it began, or begin in another folder"
            )
    out.mkdir(parents=True, exist_ok=True)
    (out / "recipe.json").write_text(json.dumps(asdict(recipe), indent=2))
    # On another commit the same training may go on, so `changed` does not look at that.
    origin = {**made_of, COMMIT: commit()}
    (out / "origin.json").write_text(json.dumps(origin, indent=2))


def changed(out: Path, recipe: Recipe, made_of: Mapping[str, str]) -> list[str]:
    """Return what is otherwise now than when the training in `out` began."""
    knobs = json.loads(json.dumps(asdict(recipe)))
    return [*_changed(out / "recipe.json", knobs), *_changed(out / "origin.json", made_of)]


def _changed(path: Path, now: Mapping[str, object]) -> list[str]:
    """Return what is otherwise now than the file at `path` says; nothing where there is none."""
    if not path.is_file():
        return []
    before = dict(json.loads(path.read_text()))
    names = sorted({*before, *now} - {COMMIT})
    return [name for name in names if before.get(name) != now.get(name)]
