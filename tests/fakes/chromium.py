"""A browser without a screen."""

from __future__ import annotations

import shutil
from typing import Any

PROGRAM = shutil.which("chromium-headless-shell") or shutil.which("chromium")
"""None where neither is installed. What has no windows to hide needs half of the processor."""


def launch(playwright: Any) -> Any:
    """Start it. Whoever asks has seen that there is one."""
    options = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"]
    return playwright.chromium.launch(executable_path=PROGRAM, args=options)
