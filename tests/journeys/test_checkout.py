"""A friend with a checkout: the true daemon on the README's few lines, its page, and Ctrl-C."""

from __future__ import annotations

import re
import signal
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from fakes.browser import WITHIN, WITHIN_MS, until

pytestmark = pytest.mark.timeout(300)


def test_the_readmes_settings_run_the_box_and_its_page(
    root: Path, tmp_path: Path, chromium: Any
) -> None:
    """The sample clip stands in for the webcam, and a free port for the usual one."""
    readme = (root / "README.md").read_text(encoding="utf-8")
    (given,) = re.findall(r"(?s)```toml\n(# box\.toml.*?)```", readme)
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    clip = f'driver = "video"\nsource = "{root}/edge/sample.mp4"\nloop = true'
    changed = given.replace('driver = "webcam"', clip) + f"[web]\nport = {port}\n"
    assert changed.count(clip) == 1
    (tmp_path / "box.toml").write_text(changed)

    def moodbox(*words: str) -> list[str]:
        return [sys.executable, "-m", "edge", *words, "--config", "box.toml"]

    def invited() -> str:
        command = subprocess.run(
            moodbox("pair"), cwd=tmp_path, capture_output=True, text=True, check=False
        )
        found = re.search(r"on this machine: (http://\S+)", command.stdout)
        return found[1] if found else ""

    with subprocess.Popen(moodbox("run"), cwd=tmp_path) as daemon:
        address = until(invited)
        with chromium.new_context(viewport={"width": 1280, "height": 800}) as context:
            context.set_default_timeout(WITHIN_MS)
            page = context.new_page()
            page.goto(f"http://127.0.0.1:{port}")
            page.wait_for_selector("#closed, #window")
            page.goto(address)
            page.wait_for_selector("#link.live")
            page.click("#look:enabled")
            page.wait_for_selector("#sight .face")
            daemon.send_signal(signal.SIGINT)
            assert daemon.wait(WITHIN) == 0
            page.wait_for_selector("#link:not(.live)")
    assert (tmp_path / "state" / "moodbox.db").exists()
    assert not list((tmp_path / "run").iterdir())
