"""The gate on skipped tests, tried on test runs of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

LISTED = "needs PyTorch"
ONLY_PYTEST = {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}


def run(folder: Path, reasons: list[str], **environment: str) -> subprocess.CompletedProcess[str]:
    """Run pytest on one test that passes, and on one for each of `reasons` that is skipped."""
    (folder / "test_some.py").write_text(
        "import pytest\n"
        "def test_that_passes(): pass\n"
        f"@pytest.mark.parametrize('reason', {reasons!r})\n"
        "def test_that_is_skipped(reason): pytest.skip(reason)\n"
    )
    (folder / "conftest.py").write_text("from fakes.skips import pytest_terminal_summary\n")
    alone = {key: value for key, value in os.environ.items() if key != "CI"}
    tests = str(Path(__file__).parent)
    return subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", str(folder)],
        cwd=folder,
        env=alone | ONLY_PYTEST | {"PYTHONPATH": tests} | environment,
        check=False,
        capture_output=True,
        text=True,
        timeout=100,
    )


@pytest.mark.parametrize("reasons", [[LISTED], [LISTED] * 10])
def test_few_skips_for_reasons_on_the_list_are_green(tmp_path: Path, reasons: list[str]) -> None:
    assert run(tmp_path, reasons, CI="1").returncode == 0


def test_a_skip_for_another_reason_ends_red(tmp_path: Path) -> None:
    ended = run(tmp_path, [LISTED, "no time today"], CI="1")
    assert ended.returncode == 1
    assert "SKIPPED WITHOUT LEAVE" in ended.stdout
    assert "no time today" in ended.stdout
    assert LISTED not in ended.stdout


def test_more_than_ten_skips_end_red_whatever_their_reasons(tmp_path: Path) -> None:
    ended = run(tmp_path, [LISTED] * 11, CI="1")
    assert ended.returncode == 1
    assert "TOO MANY SKIPPED: 11" in ended.stdout


def test_on_ones_own_machine_any_skip_is_green(tmp_path: Path) -> None:
    assert run(tmp_path, ["no time today"] * 11).returncode == 0
