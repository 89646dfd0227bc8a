"""What is checked before a change lands is the same everywhere."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml
from packaging.specifiers import SpecifierSet


@pytest.fixture
def job(root: Path) -> dict[str, Any]:
    """The workflow's one job."""
    workflow = yaml.safe_load((root / ".github" / "workflows" / "ci.yml").read_text())
    (job,) = workflow["jobs"].values()
    assert isinstance(job, dict)
    return job


def test_the_workflow_and_the_script_call_the_same_targets(root: Path, job: dict[str, Any]) -> None:
    script = re.findall(r"^make (\w+)$", (root / ".ci" / "run").read_text(), re.MULTILINE)
    steps = [step["run"].removeprefix("make ") for step in job["steps"] if "run" in step]
    assert steps == script == ["lint", "test"]
    makefile = (root / "Makefile").read_text()
    assert all(re.search(rf"^{target}:", makefile, re.MULTILINE) for target in script)


def test_every_python_that_is_supported_is_tried(root: Path, job: dict[str, Any]) -> None:
    project = tomllib.loads((root / "pyproject.toml").read_text())["project"]
    supported = SpecifierSet(project["requires-python"])
    known = [f"3.{minor}" for minor in range(9, 20)]
    assert job["strategy"]["matrix"]["python"] == [v for v in known if supported.contains(v)]
