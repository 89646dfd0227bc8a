"""Wheels, laid down as pip lays them down."""

from __future__ import annotations

import os
import subprocess
import sys
import venv
import zipfile
from pathlib import Path

import pytest
from fakes.releases import wheel

from edge.errors import MoodboxError
from edge.files import sha256
from edge.update.wheels import suitable, unpack

DATA = {
    "scripts/hello": "#!python\nprint('hello')\n",
    "headers/hello.h": "#define HELLO\n",
    "data/share/hello.txt": "hello\n",
    "platlib/hello/native.py": "WORD = 'hello'\n",
    "purelib/hello/__init__.py": "",
}
"""One of each kind of file that a wheel may bring."""
OWN = {"INSTALLER", "RECORD", "REQUESTED", "direct_url.json"}
"""What whoever lays a wheel down says of himself."""


@pytest.fixture
def rich(tmp_path: Path) -> Path:
    """A wheel with all that a wheel may bring."""
    path = wheel(tmp_path / "wheels", "1.1.0")
    with zipfile.ZipFile(path, "a") as archive:
        for name, text in DATA.items():
            file = zipfile.ZipInfo(f"moodbox-1.1.0.data/{name}")
            file.external_attr = (0o100755 if "scripts" in name else 0o100644) << 16
            archive.writestr(file, text)
        archive.writestr("hello/template.py", "this is {{ no }} Python\n")
    return path


def environment(folder: Path) -> Path:
    venv.create(folder, symlinks=True)
    return folder


def laid(folder: Path) -> dict[str, bool]:
    """Return each file, and whether it may be run; where in `include` is everybody's own."""
    files = (path for path in folder.rglob("*") if path.is_file() and path.name not in OWN)
    return {
        path.name if path.suffix == ".h" else str(path.relative_to(folder)): os.access(
            path, os.X_OK
        )
        for path in files
    }


def test_a_wheel_is_laid_down_as_pip_lays_it_down(rich: Path, tmp_path: Path) -> None:
    ours, theirs = environment(tmp_path / "ours"), environment(tmp_path / "theirs")
    unpack({rich: sha256(rich)}, ours)
    pip = [sys.executable, "-m", "pip", "--python", str(theirs / "bin" / "python")]
    subprocess.run([*pip, "install", "--quiet", "--no-index", str(rich)], check=True, timeout=60)
    assert laid(ours) == laid(theirs)
    assert "hello.h" in laid(ours)
    for program, said in ("moodbox", "1.1.0"), ("hello", "hello"):
        done = subprocess.run([ours / "bin" / program], capture_output=True, text=True, check=True)
        assert done.stdout.strip() == said


def test_nothing_of_a_wheel_that_is_not_what_its_hash_says_is_laid_down(
    rich: Path, tmp_path: Path
) -> None:
    ours = environment(tmp_path / "ours")
    before = laid(ours)
    with pytest.raises(MoodboxError, match=f"^{rich.name} is not what its hash says$"):
        unpack({rich: "0" * 64}, ours)
    assert laid(ours) == before


def not_zipped(path: Path) -> None:
    path.write_bytes(b"no archive")


def without_metadata(path: Path) -> None:
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("hello.py", "")


def outside(path: Path) -> None:
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("../../../../../outside.py", "")


@pytest.mark.parametrize("broken", [not_zipped, without_metadata, outside])
def test_what_is_no_wheel_is_one_line_and_leaves_its_folder_alone(
    rich: Path, tmp_path: Path, broken: object
) -> None:
    assert callable(broken)
    broken(rich)
    with pytest.raises(MoodboxError, match=f"^{rich.name} is no wheel: ") as caught:
        unpack({rich: sha256(rich)}, environment(tmp_path / "ours"))
    assert "\n" not in str(caught.value)
    assert not list(tmp_path.rglob("outside.py"))


def test_of_several_wheels_of_a_library_the_one_for_this_python_is_taken() -> None:
    here = f"cp{sys.version_info.major}{sys.version_info.minor}"
    own, other = f"a-1-{here}-none-any.whl", "a-1-cp27-none-any.whl"
    assert suitable([other, "a-1-py3-none-any.whl", own, "b-2-py3-none-any.whl"]) == [
        own,
        "b-2-py3-none-any.whl",
    ]
