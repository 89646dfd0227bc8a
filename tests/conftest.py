"""What every test may ask for."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import hypothesis
import pytest
from fakes.browser import WITHIN_MS
from fakes.chromium import PROGRAM, launch
from fakes.skips import pytest_terminal_summary
from fakes.workers import pytest_ignore_collect, pytest_xdist_make_scheduler

from edge.errors import ModelError
from edge.vision.detector import YUNET
from edge.vision.fetch import fetch

if TYPE_CHECKING:
    from fakes.spotify import FakeSpotify

# How long an example takes says how busy the machine is. In CI the examples are always the same.
hypothesis.settings.register_profile(
    "moodbox",
    deadline=None,
    derandomize="CI" in os.environ,
    suppress_health_check=[hypothesis.HealthCheck.too_slow],
)
hypothesis.settings.load_profile("moodbox")

__all__ = [  # hooks that pytest finds by their names
    "pytest_ignore_collect",
    "pytest_terminal_summary",
    "pytest_xdist_make_scheduler",
]

ROOT = Path(__file__).resolve().parent.parent


SHARED = ROOT.parent / "shared"
"""What may not be shipped, where somebody has it: research data, stock clips, contracts."""


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of data, clips and contracts beside the repository."""
    if not SHARED.is_dir():
        pytest.skip("needs the folder ../shared (data, clips, contracts), which is not here")
    return SHARED


@pytest.fixture(scope="session")
def clips() -> Path:
    """The folder of our own clips; tests/tools/make_clips.py makes them."""
    return ROOT / "tests" / "data"


@pytest.fixture(scope="session")
def yunet(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the face detector YuNet, which may not be shipped: found, or downloaded."""
    if (SHARED / "models" / YUNET.file).is_file():
        return SHARED / "models"
    try:
        return fetch(_kept(request.config, tmp_path_factory)).parent
    except ModelError as error:
        pytest.skip(f"needs the face detector YuNet: {error}")


def _kept(config: pytest.Config, fresh: pytest.TempPathFactory) -> Path:
    """Return where downloads stay for the next run; just for this one where pytest keeps none."""
    if config.pluginmanager.hasplugin("cacheprovider"):
        return config.cache.mkdir("yunet")
    return fresh.mktemp("yunet")


@pytest.fixture(scope="session")
def root() -> Path:
    """The repository."""
    return ROOT


@pytest.fixture
def fake_spotify() -> Iterator[FakeSpotify]:
    """A Spotify of our own; what does not fit the contract fails the test."""
    from fakes.spotify import FakeSpotify  # noqa: PLC0415  only those who ask pay for it

    with FakeSpotify() as fake:
        yield fake
    assert not fake.violations, "\n".join(fake.violations[:5])


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    """Start a browser without a screen, for one file's tests."""
    sync_api = pytest.importorskip("playwright.sync_api", reason="needs playwright (pip)")
    if PROGRAM is None:
        pytest.skip("needs chromium (apt)")
    sync_api.expect.set_options(timeout=WITHIN_MS)
    with sync_api.sync_playwright() as playwright:
        browser = launch(playwright)
        yield browser
        browser.close()
