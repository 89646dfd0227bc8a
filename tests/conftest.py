"""What every test may ask for."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from fakes.spotify import FakeSpotify

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of data, clips and contracts beside the repository."""
    folder = ROOT.parent / "shared"
    if not folder.is_dir():
        pytest.skip("needs the folder ../shared (data, clips, contracts), which is not here")
    return folder


@pytest.fixture(scope="session")
def root() -> Path:
    """The repository."""
    return ROOT


@pytest.fixture
def fake_spotify(shared: Path) -> Iterator[FakeSpotify]:
    """A Spotify of our own; what does not fit the published contract fails the test."""
    from fakes.spotify import FakeSpotify  # noqa: PLC0415  only those who ask pay for it

    with FakeSpotify(shared / "contracts" / "spotify-web-api.yml") as fake:
        yield fake
    assert not fake.violations, "\n".join(fake.violations[:5])
