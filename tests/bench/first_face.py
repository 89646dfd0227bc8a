"""From `git clone` to a face with its label on the page: `python tests/bench/first_face.py`.

What a newcomer does, in a clone and a virtual environment of its own, with a Chromium that nobody
sees; the sample clip stands in for a webcam. `--cold` has pip download everything anew. Prints one
JSON object: the seconds of each step.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from playwright.sync_api import sync_playwright

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from fakes.chromium import launch

ROOT = Path(__file__).parents[2]
PATIENCE_MS = 120_000


class Watch:
    """Seconds of one step after the other."""

    def __init__(self) -> None:
        self._last = time.time()
        self.steps: dict[str, float] = {}

    def done(self, step: str, at: float | None = None) -> None:
        """Say that a step ended now, or `at` a wall time."""
        at = time.time() if at is None else at
        self.steps[step] = round(at - self._last, 1)
        self._last = at


def see(address: str, watch: Watch) -> str:
    """Open the page; return the label of the face that it shows."""
    with sync_playwright() as playwright:
        browser = launch(playwright)
        page = browser.new_page(viewport={"width": 1280, "height": 800})
        page.set_default_timeout(PATIENCE_MS)
        watch.done("browser")
        page.goto(address)
        page.wait_for_selector("#link.live")
        watch.done("page live")
        page.click("#look:enabled")
        label = page.wait_for_selector("#sight .face span")
        assert label is not None
        watch.done("face with its label")
        said: str = label.inner_text()
        browser.close()
    return said


def main() -> None:
    """Do it once, and print."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--cold", action="store_true", help="without pip's cache")
    environment = {**os.environ, "BROWSER": "true"}  # a program of that name opens nothing
    if arguments.parse_args().cold:
        environment["PIP_NO_CACHE_DIR"] = "1"
    with tempfile.TemporaryDirectory() as folder:
        clone, watch = Path(folder) / "moodbox", Watch()
        subprocess.run(["git", "clone", "--quiet", ROOT.as_uri(), clone], check=True)
        watch.done("git clone")
        demo = subprocess.Popen(
            ["make", "demo"], cwd=clone, env=environment, stdout=subprocess.PIPE, text=True,
            start_new_session=True,
        )  # fmt: skip
        try:
            assert demo.stdout is not None
            address = ""
            for line in demo.stdout:
                if found := re.search(r"http://\S+/pair#\S+", line):
                    address = found[0]
                    break
            else:
                raise SystemExit(f"make demo ended with {demo.wait()}")
            venv = clone / ".venv"
            # The last file that making an environment leaves, and what make touches after pip.
            watch.done("virtual environment", (venv / "bin" / "pip").stat().st_mtime)
            watch.done("pip install", (venv / ".demo").stat().st_mtime)
            watch.done("the box starts")
            label = see(address, watch)
        finally:
            os.killpg(demo.pid, signal.SIGINT)
            demo.wait(60)
    print(json.dumps({"label": label, "seconds": sum(watch.steps.values())} | watch.steps))


if __name__ == "__main__":
    main()
