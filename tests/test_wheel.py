"""What `pip install moodbox-*.whl` gives works alone, from any folder.

The dependencies are those of the environment that runs the tests; moodbox itself is the wheel's.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import sysconfig
import venv
import zipfile
from pathlib import Path

import pytest

PACKED = ("pyproject.toml", "README.md", "LICENSE", "edge", "convert", "models")


@pytest.fixture(scope="module")
def wheel(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built from a copy, so that nothing of an older build gets into it."""
    folder = tmp_path_factory.mktemp("wheel")
    source = folder / "source"
    source.mkdir()
    for name in PACKED:
        if (root / name).is_dir():
            left = shutil.ignore_patterns("__pycache__", "*.onnx")
            shutil.copytree(root / name, source / name, symlinks=True, ignore=left)
        else:
            shutil.copy(root / name, source)
    offline = ["--no-index", "--no-deps", "--no-build-isolation", "--quiet"]
    pip = [sys.executable, "-m", "pip", "wheel", *offline, "--wheel-dir", str(folder)]
    subprocess.run([*pip, str(source)], check=True, timeout=110)
    (made,) = folder.glob("moodbox-*.whl")
    return made


@pytest.fixture
def installed(wheel: Path, tmp_path: Path) -> Path:
    """The bin folder of an environment that has the wheel and nothing of this checkout."""
    environment = tmp_path / "environment"
    venv.create(environment)
    own = Path(sysconfig.get_path("purelib", vars={"base": str(environment)}))
    others = [path for path in sys.path if Path(path).name in {"site-packages", "dist-packages"}]
    (own / "dependencies.pth").write_text("\n".join(others) + "\n")
    pip = [sys.executable, "-m", "pip", "--python", str(environment / "bin" / "python")]
    install = ["install", "--no-index", "--no-deps", "--ignore-installed", "--quiet"]
    subprocess.run([*pip, *install, str(wheel)], check=True, timeout=60)
    return environment / "bin"


def moodbox(installed: Path, folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    plain = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    return subprocess.run(
        [installed / "moodbox", *words],
        cwd=folder, env=plain, capture_output=True, text=True, timeout=110, check=False,
    )  # fmt: skip


def test_the_wheel_has_one_model_with_its_card_and_where_it_comes_from(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
    models = {name for name in names if name.startswith("edge/models/")}
    assert models == {
        f"edge/models/{name}"
        for name in ("README.md", "emotion.json", "emotion.tflite", "emotion_head.npz")
    }
    assert {"edge/sample.mp4", "edge/web/static/index.html"} <= set(names)
    assert not [name for name in names if name.startswith(("tests/", "models/"))]


def test_the_demo_of_the_wheel_sees_a_mood_and_plays_to_it(installed: Path, tmp_path: Path) -> None:
    told = moodbox(installed, tmp_path, "demo", "--json")
    assert told.returncode == 0, told.stderr
    events = [json.loads(line) for line in told.stdout.splitlines()]
    assert {"mood", "play", "light"} <= {line["event"] for line in events}
    assert "happy" in [line["mood"] for line in events if line["event"] == "mood"]
    where = [str(installed / "python"), "-c", "import edge; print(edge.__file__)"]
    found = subprocess.run(where, cwd=tmp_path, capture_output=True, text=True, check=True)
    assert Path(found.stdout).is_relative_to(installed.parent)


def test_a_demo_without_its_model_says_so_in_one_line_and_fails(
    installed: Path, tmp_path: Path
) -> None:
    (card,) = installed.parent.glob("lib/*/site-packages/edge/models/emotion.json")
    card.unlink()
    told = moodbox(installed, tmp_path, "demo", "--json")
    assert told.returncode == 1
    assert told.stderr.count("\n") == 1
    assert "emotion.json" in told.stderr
