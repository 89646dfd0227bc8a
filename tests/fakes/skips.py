"""The gate on skipped tests: in CI, few are skipped, and each for a reason that is on the list."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

LIST = Path(__file__).parents[1] / "allowed_skips.txt"
MOST = 10


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """In CI, fail the run for a skip that nobody agreed to, and for too many of the others."""
    if not os.environ.get("CI"):
        return
    skipped = terminalreporter.stats.get("skipped", [])
    lines = LIST.read_text(encoding="utf-8").splitlines()
    allowed = [line.partition("#")[0].strip() for line in lines]
    found = [
        f"SKIPPED WITHOUT LEAVE: {report.nodeid}: {report.longrepr}"
        for report in skipped
        if not any(words and words in str(report.longrepr) for words in allowed)
    ]
    if len(skipped) > MOST:
        found.append(f"TOO MANY SKIPPED: {len(skipped)}; allowed: {MOST}")
    for line in found:
        terminalreporter.write_line(line)
    if found:
        assert terminalreporter._session is not None
        terminalreporter._session.exitstatus = pytest.ExitCode.TESTS_FAILED
